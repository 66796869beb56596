//! What a client logs, and where: [`ClientLogConfig`].

use std::fmt;

use crate::client::logger::ClientLogger;
use crate::client::mode::ClientLogMode;
use crate::client::null::NullSink;
use crate::client::sink::ClientSink;
use crate::client::standard::StandardSink;
use crate::error::Error;
use crate::logger::IntoLogger;
use crate::sys::sync::Arc;

/// What a client logs, and where.
///
/// # Go
/// `aws.Config`'s `Logger` and `ClientLogMode`.
///
/// # Examples
/// ```
/// use logtree::client::{ClientLogConfig, ClientLogMode};
///
/// let config = ClientLogConfig::builder().mode(ClientLogMode::RETRIES).build();
/// let logger = config.client(&logtree::get_logger("botocore.client.S3"));
/// assert_eq!(logger.mode(), ClientLogMode::RETRIES);
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientLogConfig {
    sink: Option<Arc<dyn ClientSink>>,
    mode: Option<ClientLogMode>,
}

impl Default for ClientLogConfig {
    /// Logs nothing: a Go client that was created without the loaded configuration.
    fn default() -> Self {
        Self {
            sink: Some(Arc::new(NullSink)),
            mode: Some(ClientLogMode::NONE),
        }
    }
}

impl ClientLogConfig {
    /// Logs into the tree, by the levels of the client's loggers.
    pub fn tree() -> Self {
        Self {
            sink: None,
            mode: None,
        }
    }

    /// Logs to standard error in Go's format what the environment variable `SDK_LOG_MODE` selects;
    /// nothing if it is not set. The default of a Go client.
    ///
    /// # Errors
    /// Those of [`ClientLogMode::from_env`].
    pub fn load_default() -> Result<Self, Error> {
        let mode = ClientLogMode::from_env()?.unwrap_or_default();
        Ok(Self::builder()
            .logger(StandardSink::new())
            .mode(mode)
            .build())
    }

    /// Returns a builder; its defaults are those of [`tree`](Self::tree).
    pub fn builder() -> ClientLogConfigBuilder {
        ClientLogConfigBuilder {
            config: Self::tree(),
        }
    }

    /// Returns the log of a client with this configuration, whose loggers are below `base`.
    #[must_use]
    pub fn client(&self, base: impl IntoLogger) -> ClientLogger {
        let client = ClientLogger::new(base);
        let client = match &self.sink {
            Some(sink) => client.with_shared_sink(Arc::clone(sink)),
            None => client,
        };
        if let Some(mode) = self.mode {
            client.set_mode(mode);
        }
        client
    }
}

impl fmt::Debug for ClientLogConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientLogConfig")
            .field("has_sink", &self.sink.is_some())
            .field("mode", &self.mode)
            .finish()
    }
}

/// A builder for [`ClientLogConfig`]; the last call of a method wins.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientLogConfigBuilder {
    config: ClientLogConfig,
}

impl ClientLogConfigBuilder {
    /// Sets where the messages go; into the tree by default.
    pub fn logger(mut self, sink: impl ClientSink + 'static) -> Self {
        self.config.sink = Some(Arc::new(sink));
        self
    }

    /// Sets what is logged. By default the levels of the client's loggers decide.
    pub fn mode(mut self, mode: ClientLogMode) -> Self {
        self.config.mode = Some(mode);
        self
    }

    /// Returns the configuration.
    pub fn build(self) -> ClientLogConfig {
        self.config
    }
}
