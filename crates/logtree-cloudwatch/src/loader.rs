//! How a client is found: [`CloudWatchLoader`].

use std::fmt;
use std::thread;

use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::SharedCredentialsProvider;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use logtree::{Error, ErrorKind};
use tokio::runtime::Builder;

use crate::cloudwatch::CloudWatch;

/// Makes a [`CloudWatch`] of what the environment and the files of AWS say.
#[derive(Clone, Default)]
#[must_use]
pub struct CloudWatchLoader {
    region: Option<String>,
    endpoint_url: Option<String>,
    profile: Option<String>,
    role_arn: Option<String>,
}

impl CloudWatchLoader {
    /// Sets the region, before that of the environment.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets the URL of the service, before that of the environment; the region's own by default.
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// Sets the profile in AWS's files, before that of the environment.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Sets a role that is assumed with the credentials that are found; none by default.
    pub fn role_arn(mut self, role: impl Into<String>) -> Self {
        self.role_arn = Some(role.into());
        self
    }

    /// Returns the client.
    pub async fn load(self) -> CloudWatch {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http);
        if let Some(region) = self.region {
            loader = loader.region(Region::new(region));
        }
        if let Some(url) = self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(profile) = self.profile {
            loader = loader.profile_name(profile);
        }
        let mut config = loader.load().await;
        if let Some(role) = self.role_arn {
            let provider = AssumeRoleProvider::builder(role).session_name("logtree");
            let provider = provider.configure(&config).build().await;
            let provider = SharedCredentialsProvider::new(provider);
            config = config.into_builder().credentials_provider(provider).build();
        }
        CloudWatch::new(Client::new(&config))
    }

    /// As [`load`](Self::load), and waits for it; also where the caller is asynchronous.
    ///
    /// # Errors
    /// Where the system has no thread or event queue left.
    pub fn blocking_load(self) -> Result<CloudWatch, Error> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Io, "cannot load the configuration of AWS").with_source(error)
        };
        // A thread of its own: a task of a runtime must not wait for another runtime.
        let load = move || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(self.load()))
        };
        let thread = thread::Builder::new().name("logtree-cloudwatch".to_owned());
        let loaded = thread.spawn(load).map_err(failed)?.join();
        let panicked = |_| Error::new(ErrorKind::Panicked, "the SDK panicked");
        loaded.map_err(panicked)?.map_err(failed)
    }
}

impl fmt::Debug for CloudWatchLoader {
    /// Without the URL, which may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudWatchLoader")
            .field("region", &self.region)
            .field("profile", &self.profile)
            .field("role_arn", &self.role_arn)
            .finish_non_exhaustive()
    }
}
