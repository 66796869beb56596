//! Services, and the code that they share.

use logtree::{Level, Registry};
use tracing::dispatcher::with_default;

use crate::support::to_text;
use crate::tracing_bridge::owners::{Service, call, shared};
use crate::tracing_bridge::{by_each_front, lines};

#[test]
fn a_service_is_shown_whole_and_others_are_not() {
    let scene = |registry: &Registry| {
        let s3 = registry.get_logger("aws_sdk_s3");
        call(Service::S3, "before");
        s3.set_level(Level::DEBUG);
        call(Service::S3, "s3");
        registry
            .get_logger("aws_sdk_dynamodb")
            .set_level(Level::OFF);
        call(Service::DynamoDb, "dynamodb");
        call(Service::Sts, "sts");
        s3.set_level(Level::NOTSET);
        call(Service::S3, "after");
    };
    for lines in lines(
        Level::WARNING,
        "%(name)s %(rpc.service)s %(message)s",
        scene,
    ) {
        let names: Vec<_> = lines.iter().map(String::as_str).collect();
        let prefix = "aws_smithy_runtime.client";
        let retries = |of: &str, service: &str| format!("{prefix}.retries {service} {of} retries");
        assert!(
            names[0].starts_with(&format!("{prefix}.retries")),
            "{names:?}"
        );
        assert_eq!(names.len(), 5, "{names:?}");
        assert!(names[1].contains("orchestrator S3 s3 signs"), "{names:?}");
        assert!(names[1].contains("rpc.method=PutObject"), "{names:?}");
        assert!(names[1].contains("sdk_invocation_id=1234567"), "{names:?}");
        assert!(names[2].starts_with(&retries("s3", "S3")), "{names:?}");
        assert!(names[3].starts_with(&retries("sts", "STS")), "{names:?}");
        assert!(names[4].starts_with(&retries("after", "S3")), "{names:?}");
    }
}

/// Without a level of an owner, everything goes by its own target.
#[test]
fn shared_code_has_its_own_level_for_all_services() {
    let scene = |registry: &Registry| {
        registry
            .get_logger("aws_smithy_runtime")
            .set_level(Level::DEBUG);
        call(Service::S3, "s3");
        call(Service::DynamoDb, "dynamodb");
        registry
            .get_logger("aws_sdk_dynamodb")
            .set_level(Level::ERROR);
        call(Service::DynamoDb, "silenced");
        shared("none");
    };
    for lines in lines(Level::WARNING, "%(message)s", scene) {
        let words: Vec<_> = lines
            .iter()
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            words,
            [
                "s3 signs",
                "s3 retries",
                "dynamodb signs",
                "dynamodb retries",
                "none signs",
                "none retries"
            ]
        );
    }
}

#[test]
fn the_innermost_service_owns() {
    let scene = |registry: &Registry| {
        registry.get_logger("aws_sdk_s3").set_level(Level::DEBUG);
        let _s3 = Service::S3.span().entered();
        let identity = tracing::debug_span!(
            target: "aws_smithy_runtime::client::identity", "lazy_load_identity"
        );
        identity.in_scope(|| {
            tracing::debug!(target: "aws_config", "s3 loads");
            // Its own level is not set.
            call(Service::Sts, "sts");
            registry.get_logger("aws_sdk_sts").set_level(Level::OFF);
            call(Service::Sts, "silent");
            tracing::debug!(target: "aws_config", "s3 has");
        });
        // Of another task's span, and of none.
        let parent = Service::DynamoDb.span();
        tracing::debug!(target: "hyper", parent: &parent, "of dynamodb");
        tracing::debug!(target: "hyper", parent: &identity, "of s3");
        tracing::debug!(target: "hyper", parent: None, "of none");
        let child = tracing::debug_span!(target: "hyper", parent: &identity, "child");
        child.in_scope(|| tracing::debug!(target: "hyper", "of the child"));
    };
    for lines in lines(Level::WARNING, "%(name)s", scene) {
        let names: Vec<_> = lines
            .iter()
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "aws_config",
                "aws_smithy_runtime.client.retries",
                "aws_config",
                "hyper",
                "hyper"
            ]
        );
    }
}

/// Clients before 2025 name the service in a field, and so do calls that no crate is generated for.
#[test]
fn a_service_may_be_named_in_a_field() {
    let scene = |registry: &Registry| {
        for name in ["aws_sdk_s3", "aws_sdk_cloudwatchlogs"] {
            registry.get_logger(name).set_level(Level::DEBUG);
        }
        for service in ["s3", "S3", "dynamodb"] {
            let span = tracing::debug_span!(
                target: "aws_smithy_runtime::client::orchestrator", "invoke",
                service = %service, operation = "PutObject", sdk_invocation_id = 7
            );
            span.in_scope(|| tracing::debug!(target: "hyper", "{service}"));
        }
        call(Service::Logs, "logs");
        // Others may have such a field and mean something else.
        let span = tracing::debug_span!(target: "shop", "sale", service = "s3");
        span.in_scope(|| tracing::debug!(target: "hyper", "no"));
    };
    for lines in lines(Level::WARNING, "%(message)s", scene) {
        let words: Vec<_> = lines
            .iter()
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        assert_eq!(words, ["s3", "S3", "logs", "logs"]);
    }
}

#[test]
fn handlers_and_captures_of_a_service_get_what_it_owns() {
    by_each_front(|front| {
        let registry = Registry::new();
        let s3 = registry.get_logger("aws_sdk_s3");
        let (handler, text) = to_text("%(levelname)s");
        s3.add_handler(handler);
        s3.set_propagate(false);
        let capture = logtree::test::Capture::builder(&s3)
            .level(Level::DEBUG)
            .start();
        with_default(&front(&registry), || {
            call(Service::S3, "s3");
            call(Service::DynamoDb, "dynamodb");
        });
        assert_eq!(text.lines().len(), 1);
        assert_eq!(capture.len(), 2);
    });
}
