//! The stock clients of AWS: its command line and boto3.

use std::path::Path;
use std::process::Command;

use logtree::Level;
use logtree::control::{Control, LevelTarget, TargetType};
use serde_json::{Value, json};

use crate::http::{Served, serve, serve_control, serve_with, skipped};

/// Reports whether a client is installed. `.ci/run` installs them.
fn is_there(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    let is_there = output.is_ok_and(|output| output.status.success());
    if !is_there {
        skipped(&format!("{program} {arguments:?} does not run here"));
    }
    is_there
}

fn has_command_line() -> bool {
    is_there("aws", &["--version"])
}

/// A client with the token and without the user's configuration.
fn client(served: &Served, program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env("AWS_ACCESS_KEY_ID", "logtree")
        .env("AWS_SECRET_ACCESS_KEY", served.server.token().unwrap())
        .env("AWS_DEFAULT_REGION", "local")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("AWS_PAGER", "")
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN");
    command
}

/// `aws iot` with arguments.
fn aws(served: &Served, arguments: &[&str]) -> Command {
    let mut command = client(served, "aws");
    let address = format!("http://{}", served.address());
    let address = ["iot", "--endpoint-url", &address, "--output", "json"];
    command.args(address).args(arguments);
    command
}

/// Returns what a call prints, as JSON; null if it prints nothing.
#[track_caller]
fn accepted(mut call: Command) -> Value {
    let output = call.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    match text.trim() {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap(),
    }
}

/// Fails unless a call is refused with an error of this name.
#[track_caller]
fn refused(mut call: Command, name: &str) {
    let output = call.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    // 254 is version 2 of the command line.
    let code = output.status.code().unwrap();
    assert!([254, 255].contains(&code), "{output:?}");
    let expected = format!("An error occurred ({name})");
    assert!(text.contains(&expected), "{text}");
}

#[test]
fn the_command_line_sets_lists_and_deletes() {
    if !has_command_line() {
        return;
    }
    let served = serve();
    let aws = |arguments: &[&str]| accepted(aws(&served, arguments));
    let role = "arn:aws:iam::123456789012:role/logs";
    aws(&[
        "set-v2-logging-options",
        "--role-arn",
        role,
        "--default-log-level",
        "INFO",
    ]);
    aws(&["set-v2-logging-options", "--disable-all-logs"]);
    assert!(!served.registry.root().is_enabled_for(Level::CRITICAL));
    let events = "eventType=Publish,logLevel=DEBUG";
    aws(&[
        "set-v2-logging-options",
        "--no-disable-all-logs",
        "--event-configurations",
        events,
    ]);
    assert_eq!(
        aws(&["get-v2-logging-options", "--verbose"]),
        json!({
            "roleArn": role,
            "defaultLogLevel": "INFO",
            "disableAllLogs": false,
            "eventConfigurations": [{"eventType": "Publish", "logLevel": "DEBUG"}],
        })
    );
    let set = |target: &str, level: &str| {
        let printed = aws(&[
            "set-v2-logging-level",
            "--log-target",
            target,
            "--log-level",
            level,
        ]);
        assert_eq!(printed, Value::Null);
    };
    set(
        "targetType=THING_GROUP,targetName=botocore.client.S3",
        "DEBUG",
    );
    set(
        r#"{"targetType": "CLIENT_ID", "targetName": "sensor 7"}"#,
        "DISABLED",
    );
    // The command line does not check types and levels, so it accepts this crate's.
    set("targetType=LOGGER,targetName=x", "TRACE");
    assert_eq!(
        aws(&["list-v2-logging-levels", "--target-type", "THING_GROUP"]),
        json!({
            "logTargetConfigurations": [
                {
                    "logTarget": {"targetType": "THING_GROUP", "targetName": "botocore.client.S3"},
                    "logLevel": "DEBUG",
                },
                {"logTarget": {"targetType": "THING_GROUP", "targetName": "x"}, "logLevel": "TRACE"},
            ],
        })
    );
    let names = ["--target-type", "CLIENT_ID", "--target-name", "sensor 7"];
    aws(&[&["delete-v2-logging-level"], &names[..]].concat());
    assert_eq!(
        served.control.level(&LevelTarget::client_id("sensor 7")),
        None
    );
    let logger = served.registry.get_logger("botocore.client.S3");
    assert_eq!(logger.level(), Level::DEBUG);
}

#[test]
fn the_command_line_walks_all_pages() {
    if !has_command_line() {
        return;
    }
    let served = serve();
    for number in 0..501 {
        let target = LevelTarget::logger(format!("l{number:03}"));
        served.control.set_level(target, Level::DEBUG).unwrap();
    }
    let list = |arguments: &[&str]| {
        let list = ["list-v2-logging-levels", "--target-type", "THING_GROUP"];
        accepted(aws(&served, &[&list, arguments].concat()))
    };
    let count = |listing: &Value| listing["logTargetConfigurations"].as_array().unwrap().len();
    let all = list(&[]);
    assert_eq!((count(&all), all.get("nextToken")), (501, None));
    let first = list(&["--max-results", "2"]);
    assert_eq!(count(&first), 2);
    let next = first["nextToken"].as_str().unwrap();
    let second = list(&["--max-results", "250", "--next-token", next]);
    assert_eq!(count(&second), 250);
    let name = &second["logTargetConfigurations"][0]["logTarget"]["targetName"];
    assert_eq!(name, "l002");
}

#[test]
fn the_command_line_prints_errors() {
    if !has_command_line() {
        return;
    }
    let served = serve();
    let a = "targetType=THING_GROUP,targetName=a";
    let set = ["set-v2-logging-level", "--log-target", a, "--log-level"];
    let invalid = "InvalidRequestException";
    refused(aws(&served, &[&set[..], &["LOUD"]].concat()), invalid);
    refused(
        aws(&served, &["list-v2-logging-levels", "--max-results", "251"]),
        invalid,
    );
    let unknown = "UnrecognizedClientException";
    let mut wrong = aws(&served, &[&set[..], &["DEBUG"]].concat());
    wrong.env("AWS_SECRET_ACCESS_KEY", "wrong");
    refused(wrong, unknown);
    refused(
        aws(&served, &["get-v2-logging-options", "--no-sign-request"]),
        unknown,
    );
    assert_eq!(served.control.level(&LevelTarget::logger("a")), None);
    let strict = serve_control(|registry| Control::builder(registry).strict_aws(true).open());
    refused(
        aws(&strict, &["get-v2-logging-options"]),
        "NotConfiguredException",
    );
    let open = serve_with(|endpoint| endpoint.unsigned_reads(true));
    let options = accepted(aws(&open, &["get-v2-logging-options", "--no-sign-request"]));
    assert_eq!(options["defaultLogLevel"], "WARN");
    let set = [&set[..], &["DEBUG", "--no-sign-request"]].concat();
    refused(aws(&open, &set), unknown);
}

#[test]
fn boto3_makes_all_calls() {
    if !is_there("python3", &["-c", "import boto3"]) {
        return;
    }
    let served = serve();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/endpoint/aws_clients.py");
    let mut python = client(&served, "python3");
    python.arg(script);
    python.arg(format!("http://{}", served.address()));
    python.arg(served.server.token().unwrap());
    let output = python.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "done");
    let names = served
        .control
        .list(Some(TargetType::Logger), logtree::control::Page::new(9));
    let names = names.unwrap().overrides;
    assert_eq!(names.len(), 1);
    assert_eq!(names[0].target, LevelTarget::logger("botocore"));
    assert_eq!(served.registry.root().level(), Level::ERROR);
}
