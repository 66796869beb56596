//! Clients of the AWS SDK for servers on this machine.

mod stub;

use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;

pub use stub::{Stub, closed_port};

/// The credentials that the documentation of AWS has.
pub const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The clients of two services.
#[derive(Clone, Debug)]
pub struct Clients {
    pub s3: aws_sdk_s3::Client,
    pub dynamodb: aws_sdk_dynamodb::Client,
}

impl Clients {
    /// Returns clients for a server that has both services.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let credentials = || Credentials::new(KEY, SECRET, None, None, "example");
        let region = || Region::new("eu-west-1");
        let http = || aws_smithy_http_client::Builder::new().build_http();
        // A busy machine is no reason for a further attempt.
        let timeouts = || TimeoutConfig::builder().connect_timeout(PATIENCE).build();
        let s3 = aws_sdk_s3::Config::builder()
            .behavior_version_latest()
            .region(region())
            .credentials_provider(credentials())
            .endpoint_url(url)
            .force_path_style(true)
            .timeout_config(timeouts())
            .http_client(http());
        let dynamodb = aws_sdk_dynamodb::Config::builder()
            .behavior_version_latest()
            .region(region())
            .credentials_provider(credentials())
            .endpoint_url(url)
            .timeout_config(timeouts())
            .http_client(http());
        Self {
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
        }
    }

    /// Puts an object. Reports whether the service took it.
    pub async fn put_object(&self) -> bool {
        let put = self.s3.put_object().bucket("photos").key("cat.jpg");
        put.body(ByteStream::from_static(b"miaow"))
            .send()
            .await
            .is_ok()
    }

    /// Lists the tables. Reports whether the service did it.
    pub async fn list_tables(&self) -> bool {
        self.dynamodb.list_tables().send().await.is_ok()
    }

    /// Calls both services at once. Returns how many calls succeeded.
    pub async fn both(&self) -> usize {
        let (own, other) = (self.clone(), self.clone());
        let put = tokio::spawn(async move { own.put_object().await });
        let list = tokio::spawn(async move { other.list_tables().await });
        let succeeded = [put.await, list.await].map(|done| usize::from(done.unwrap_or(false)));
        succeeded.into_iter().sum()
    }
}
