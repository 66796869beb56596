//! Clients that are found in the environment, and credentials that are not.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::{BehaviorVersion, Credentials, Region};
use logtree::handler::CloudWatchHandler;
use logtree_cloudwatch::CloudWatch;
use serde_json::Value;

use crate::moto_server::{MotoServer, messages};
use crate::stub::{Step, Stub};
use crate::{SECRET, client, free_port, log, now};

/// Runs the example, and returns what it prints.
fn program(arguments: &[&str], variables: &[(&str, &str)], input: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO"));
    let is_aws = |name: &std::ffi::OsString| name.to_string_lossy().starts_with("AWS_");
    for name in std::env::vars_os().map(|(name, _)| name).filter(is_aws) {
        command.env_remove(name);
    }
    command
        .args([
            "run",
            "--quiet",
            "--all-features",
            "--example",
            "to_cloudwatch",
            "--",
        ])
        .args(["lines", "stream"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut program = command.envs(variables.iter().copied()).spawn().unwrap();
    let mut stdin = program.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let (mut shown, mut errors) = (String::new(), String::new());
    let (mut stdout, mut stderr) = (program.stdout.take(), program.stderr.take());
    let _ = stdout.as_mut().unwrap().read_to_string(&mut shown);
    let _ = stderr.as_mut().unwrap().read_to_string(&mut errors);
    (program.wait().unwrap().success(), shown + &errors)
}

/// The program logs everything, the SDK's own records included: they do not come back, or it would
/// never stop sending.
#[test]
fn a_program_finds_its_client_in_the_environment() {
    let Some(moto) = MotoServer::start() else {
        return;
    };
    let variables = [
        ("AWS_ENDPOINT_URL", &*moto.url()),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ];
    let (_, shown) = program(&[], &variables, "one\ntwo\n");
    assert_eq!(shown, "sent 2\n");
    let read = moto.read("lines", "stream");
    let texts: Vec<Value> = messages(&read)
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let texts: Vec<_> = texts
        .iter()
        .map(|record| record["message"].as_str().unwrap())
        .collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(read["retention"], 7);
}

#[test]
fn credentials_that_are_missing_are_an_error_of_the_flush() {
    let stub = Stub::new([]);
    let (succeeded, shown) = program(&[], &[("AWS_ENDPOINT_URL", &stub.url())], "one\n");
    assert!(!succeeded);
    assert!(shown.contains("1 record not sent yet"), "{shown}");
    assert!(shown.contains("credential"), "{shown}");
    assert!(stub.calls().is_empty());
}

/// The role's credentials come from the service for them, by the SDK.
#[test]
fn a_role_is_assumed() {
    let Some(moto) = MotoServer::start() else {
        return;
    };
    let stub = Stub::new([Step::Take]);
    let role = "arn:aws:iam::123456789012:role/writes-logs";
    let variables = [
        ("AWS_ENDPOINT_URL_STS", &*moto.url()),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &*stub.url()),
        ("AWS_ACCESS_KEY_ID", "AKIDOFTHEPROGRAM"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ];
    let (_, shown) = program(&[role], &variables, "one\n");
    assert_eq!(shown, "sent 1\n");
    let head = stub.last_head();
    assert!(head.contains("Credential=ASIA"), "{head}");
    assert!(head.contains("x-amz-security-token: "), "{head}");
}

/// A record waits, and nothing that is shown names a credential.
#[test]
fn a_service_that_is_away_is_an_error_without_secrets() {
    let port = free_port();
    let token = "FwoGZXIvYXdzEXAMPLETOKEN";
    let config = aws_sdk_cloudwatchlogs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new(
            "AKIDEXAMPLE",
            SECRET,
            Some(token.into()),
            None,
            "test",
        ))
        .endpoint_url(format!("http://user:hunter2@127.0.0.1:{port}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let client = CloudWatch::new(Client::from_conf(config.build()));
    let mut shown = format!("{client:?}");
    let handler = CloudWatchHandler::new(client, "group").unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, now(), "x");
    let error = handler.flush().unwrap_err().to_string();
    let start = "1 record not sent yet: cannot put log events: ";
    assert!(error.starts_with(start), "{error}");
    assert!(!handler.health().is_up);
    shown += &error;
    shown += &format!("{:?} {handler:?}", handler.health());
    for secret in ["AKIDEXAMPLE", SECRET, token, "hunter2"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// What the service sends back with a wrong signature repeats the request.
#[test]
fn a_wrong_signature_is_shown_without_the_request() {
    let text = format!("the canonical request is: x-amz-security-token:{SECRET}");
    let stub = Stub::new([Step::Fail(400, "InvalidSignatureException", text)]);
    let handler = CloudWatchHandler::new(CloudWatch::new(client(&stub.url())), "group").unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, now(), "x");
    let error = handler.flush().unwrap_err().to_string();
    assert!(error.contains("InvalidSignatureException"), "{error}");
    assert!(!error.contains(SECRET), "{error}");
}
