//! How a client is set up to log.

use std::fmt;

use crate::client::logger::ClientLogger;
use crate::client::mode::ClientLogMode;
use crate::client::sink::{ClientSink, NopSink};
use crate::client::standard::StandardSink;
use crate::error::Error;
use crate::logger::Logger;
use crate::sys::sync::Arc;

/// What a client tells, and where it goes.
///
/// # Go
/// `aws.Config`'s `Logger` and `ClientLogMode` (rows G8, G9).
///
/// # Examples
/// ```
/// use logtree::client::{ClientLogConfig, ClientLogMode};
///
/// let config = ClientLogConfig::builder().mode(ClientLogMode::RETRIES).build();
/// let logger = config.client(&logtree::get_logger("botocore.client.S3"));
/// assert!(logger.mode().is_retries());
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientLogConfig {
    sink: Option<Arc<dyn ClientSink>>,
    mode: Option<ClientLogMode>,
}

impl Default for ClientLogConfig {
    /// Into nothing, and nothing told: what a Go client has that was made without the loaded configuration.
    fn default() -> Self {
        Self {
            sink: Some(Arc::new(NopSink)),
            mode: Some(ClientLogMode::NONE),
        }
    }
}

impl ClientLogConfig {
    /// Into the tree, told by the levels of the client's loggers.
    pub fn tree() -> Self {
        Self {
            sink: None,
            mode: None,
        }
    }

    /// To standard error in Go's form, told by the variable `SDK_LOG_MODE`, and where it is absent nothing: what a Go client has by default.
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

    /// Starts a configuration: into the tree, by the levels of the client's loggers, unless told otherwise.
    pub fn builder() -> ClientLogConfigBuilder {
        ClientLogConfigBuilder {
            config: Self::tree(),
        }
    }

    /// The logger of a client with this configuration, whose loggers lie below `base`.
    #[must_use]
    pub fn client(&self, base: &Logger) -> ClientLogger {
        let client = ClientLogger::new(base);
        let client = match &self.sink {
            Some(sink) => client.with_sink(Arc::clone(sink)),
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

/// Makes a [`ClientLogConfig`]; what is said last counts.
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientLogConfigBuilder {
    config: ClientLogConfig,
}

impl ClientLogConfigBuilder {
    /// Where the messages go.
    pub fn logger(mut self, sink: impl ClientSink + 'static) -> Self {
        self.config.sink = Some(Arc::new(sink));
        self
    }

    /// What is told, whatever the levels of the client's loggers are.
    pub fn mode(mut self, mode: ClientLogMode) -> Self {
        self.config.mode = Some(mode);
        self
    }

    /// The configuration.
    pub fn build(self) -> ClientLogConfig {
        self.config
    }
}
