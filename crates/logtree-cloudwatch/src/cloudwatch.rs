//! The client of a handler: [`CloudWatch`].

use std::borrow::Borrow;
use std::fmt;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::retry::RetryConfig;
use aws_sdk_cloudwatchlogs::config::timeout::TimeoutConfig;
use logtree::Error;
use tokio::runtime::Handle;

use crate::loader::CloudWatchLoader;
use crate::runtime::Runtime;

const CONNECT: Duration = Duration::from_secs(5);

/// A client of CloudWatch Logs for a [`CloudWatchHandler`](logtree::handler::CloudWatchHandler):
/// the official SDK's, and what runs it.
///
/// The SDK is asynchronous. By default it runs on a thread that is started with the first call, so
/// that it works whether the program has a runtime or not, and whatever that one does.
/// [`with_runtime`](Self::with_runtime) has it run elsewhere.
///
/// A call has 15 seconds, 5 of them to connect. The SDK repeats none: the handler does. Clones
/// share the client and the thread.
#[derive(Clone)]
pub struct CloudWatch {
    pub(crate) client: Client,
    pub(crate) runtime: Runtime,
}

impl CloudWatch {
    /// Returns one over a client, with its attempts and time limits replaced.
    #[must_use]
    pub fn new(client: impl Borrow<Client>) -> Self {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT);
        let config = client.borrow().config().to_builder();
        let config = config.retry_config(RetryConfig::disabled());
        let config = config.timeout_config(timeouts.build());
        Self {
            client: Client::from_conf(config.build()),
            runtime: Runtime::own(),
        }
    }

    /// Returns one with credentials, region, endpoint and role from the environment and the files
    /// of AWS (`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `~/.aws/config` and others).
    ///
    /// Credentials are looked up when the first call is made, and renewed as needed.
    ///
    /// # Examples
    /// ```no_run
    /// use logtree::handler::CloudWatchHandler;
    /// use logtree_cloudwatch::CloudWatch;
    ///
    /// # async fn set_up() -> Result<(), logtree::Error> {
    /// let client = CloudWatch::from_env().await;
    /// let handler = CloudWatchHandler::new(client, "my-service")?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn from_env() -> Self {
        Self::loader().load().await
    }

    /// As [`from_env`](Self::from_env), and waits for it; also where the caller is asynchronous.
    ///
    /// # Errors
    /// Where the system has no thread or event queue left.
    pub fn blocking_from_env() -> Result<Self, Error> {
        Self::loader().blocking_load()
    }

    /// Returns a loader, which can be given region, endpoint, profile and role.
    pub fn loader() -> CloudWatchLoader {
        CloudWatchLoader::default()
    }

    /// Has the SDK's work done by a runtime of the program, which needs its timers and input and
    /// output enabled (`enable_all`).
    ///
    /// Do not flush the handler from a task where that runtime has one thread only: the flush would
    /// wait for work that waits for its end, and fail after 10 seconds.
    #[must_use]
    pub fn with_runtime(mut self, handle: Handle) -> Self {
        self.runtime = Runtime::Given(handle);
        self
    }
}

impl fmt::Debug for CloudWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudWatch")
            .field("region", &self.client.config().region())
            .field("runtime", &self.runtime)
            .finish_non_exhaustive()
    }
}
