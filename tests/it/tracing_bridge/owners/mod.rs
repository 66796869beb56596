//! Spans that own what is logged in them, as those of the AWS SDK for Rust do.

mod rules;
mod services;
mod threads;

use tracing::Span;

/// A service, as the SDK's crate for it names its spans.
#[derive(Clone, Copy)]
pub(super) enum Service {
    S3,
    DynamoDb,
    Sts,
    Logs,
}

impl Service {
    /// The span of an operation.
    pub(super) fn span(self) -> Span {
        let id = "1234567";
        match self {
            Self::S3 => tracing::debug_span!(
                target: "aws_sdk_s3::operation::put_object", "S3.PutObject",
                rpc.service = "S3", rpc.method = "PutObject", sdk_invocation_id = id
            ),
            Self::DynamoDb => tracing::debug_span!(
                target: "aws_sdk_dynamodb::operation::put_item", "DynamoDB.PutItem",
                rpc.service = "DynamoDB", rpc.method = "PutItem", sdk_invocation_id = id
            ),
            Self::Sts => tracing::debug_span!(
                target: "aws_sdk_sts::operation::assume_role", "STS.AssumeRole",
                rpc.service = "STS", rpc.method = "AssumeRole", sdk_invocation_id = id
            ),
            Self::Logs => tracing::debug_span!(
                target: "aws_smithy_runtime::client::orchestrator::operation", "invoke",
                rpc.service = "CloudWatch Logs", rpc.method = "PutLogEvents"
            ),
        }
    }
}

/// What the crates log that all services share.
fn shared(of: &str) {
    let attempt = tracing::debug_span!(
        target: "aws_smithy_runtime::client::orchestrator", "try_attempt", attempt = 1
    );
    let _attempt = attempt.entered();
    tracing::debug!(target: "aws_smithy_runtime::client::orchestrator", "{of} signs");
    tracing::trace!(target: "hyper_util::client::legacy::connect::http", "{of} connects");
    tracing::warn!(target: "aws_smithy_runtime::client::retries", "{of} retries");
}

fn call(service: Service, of: &str) {
    let _span = service.span().entered();
    shared(of);
}
