//! The verbs of `aws iot`.

use std::path::Path;

use serde_json::{Value, json};

use crate::daemon::Daemon;
use crate::program::{Run, private_directory};

fn get(directory: &Path, arguments: &[&str]) -> Value {
    let text = Run::on(directory, arguments).good();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_five_verbs_word_for_word() {
    let directory = private_directory();
    let directory = directory.path();
    let _daemon = Daemon::start(directory, "app");
    let quiet = |arguments: &[&str]| assert_eq!(Run::on(directory, arguments).good(), "");

    quiet(&[
        "set-v2-logging-options",
        "--role-arn",
        "arn:aws:iam::123456789012:role/logging",
        "--default-log-level",
        "WARN",
    ]);
    let options = get(directory, &["get-v2-logging-options"]);
    assert_eq!(
        options,
        json!({
            "roleArn": "arn:aws:iam::123456789012:role/logging",
            "defaultLogLevel": "WARN",
            "disableAllLogs": false,
        })
    );
    quiet(&[
        "set-v2-logging-options",
        "--disable-all-logs",
        "--region",
        "local",
    ]);
    assert_eq!(
        get(directory, &["get-v2-logging-options"])["disableAllLogs"],
        true
    );
    quiet(&["set-v2-logging-options", "--no-disable-all-logs"]);
    assert_eq!(
        get(directory, &["get-v2-logging-options"])["disableAllLogs"],
        false
    );

    quiet(&[
        "set-v2-logging-options",
        "--event-configurations",
        "eventType=Connect,logLevel=DEBUG",
        r#"{"eventType": "Publish", "logLevel": "ERROR"}"#,
    ]);
    let verbose = get(directory, &["get-v2-logging-options", "--verbose"]);
    let events = verbose["eventConfigurations"].as_array().unwrap();
    assert_eq!(events.len(), 2, "{verbose}");
    get(directory, &["get-v2-logging-options", "--no-verbose"]);

    for (target, level) in [
        ("targetType=THING_GROUP,targetName=botocore.client", "DEBUG"),
        (
            r#"{"targetType": "CLIENT_ID", "targetName": "a,b"}"#,
            "ERROR",
        ),
        ("targetType=CLIENT_ID,targetName='c,d'", "DISABLED"),
    ] {
        quiet(&[
            "set-v2-logging-level",
            "--log-target",
            target,
            "--log-level",
            level,
        ]);
    }
    let input =
        r#"{"logTarget": {"targetType": "SOURCE_IP", "targetName": "::1"}, "logLevel": "INFO"}"#;
    quiet(&["set-v2-logging-level", "--cli-input-json", input]);

    let all = get(
        directory,
        &["list-v2-logging-levels", "--target-type", "CLIENT_ID"],
    );
    let expected = json!({"logTargetConfigurations": [
        {"logTarget": {"targetType": "CLIENT_ID", "targetName": "a,b"}, "logLevel": "ERROR"},
        {"logTarget": {"targetType": "CLIENT_ID", "targetName": "c,d"}, "logLevel": "DISABLED"},
    ]});
    assert_eq!(all, expected);

    // Pages are gathered, or cut.
    let whole = get(directory, &["list-v2-logging-levels"]);
    let paged = get(directory, &["list-v2-logging-levels", "--page-size", "1"]);
    assert_eq!(whole, paged);
    let entries = |page: &Value| page["logTargetConfigurations"].as_array().unwrap().clone();
    let mut gathered = Vec::new();
    let mut token = None::<String>;
    loop {
        let mut arguments = vec!["list-v2-logging-levels", "--max-items", "2"];
        arguments.extend(token.iter().flat_map(|token| ["--starting-token", token]));
        let page = get(directory, &arguments);
        assert!(entries(&page).len() <= 2);
        gathered.extend(entries(&page));
        let Some(next) = page["NextToken"].as_str() else {
            break;
        };
        token = Some(next.to_owned());
    }
    assert_eq!(gathered, entries(&whole));

    quiet(&[
        "delete-v2-logging-level",
        "--target-type",
        "CLIENT_ID",
        "--target-name",
        "a,b",
    ]);
    quiet(&[
        "delete-v2-logging-level",
        "--target-type",
        "CLIENT_ID",
        "--target-name",
        "none",
    ]);
    let rest = get(
        directory,
        &["list-v2-logging-levels", "--target-type", "CLIENT_ID"],
    );
    assert_eq!(entries(&rest).len(), 1);

    for (arguments, code) in [
        (
            &[
                "set-v2-logging-level",
                "--log-target",
                "targetType=NONE,targetName=x",
                "--log-level",
                "INFO",
            ][..],
            1,
        ),
        (
            &[
                "set-v2-logging-level",
                "--log-target",
                "targetType=THING_GROUP,targetName=x",
                "--log-level",
                "LOUD",
            ],
            1,
        ),
        (&["list-v2-logging-levels", "--starting-token", "forged"], 1),
        (
            &[
                "set-v2-logging-level",
                "--log-target",
                "x",
                "--log-level",
                "INFO",
            ],
            2,
        ),
        (&["set-v2-logging-level", "--log-level", "INFO"], 2),
        (
            &["delete-v2-logging-level", "--target-type", "CLIENT_ID"],
            2,
        ),
        (&["set-v2-logging-options", "--cli-input-json", "[]"], 2),
        (
            &[
                "set-v2-logging-options",
                "--event-configurations",
                r#"[{"eventType": "A", "logLevel": "DEBUG"}, {"evenType": "B"}]"#,
            ],
            2,
        ),
        (
            &["set-v2-logging-options", "--event-configurations", "[1]"],
            2,
        ),
    ] {
        let run = Run::on(directory, arguments);
        assert!(
            run.code == code && !run.errors.is_empty(),
            "{arguments:?}: {run:?}"
        );
    }
}

#[test]
fn several_processes() {
    let directory = private_directory();
    let directory = directory.path();
    let (_one, _two) = (
        Daemon::start(directory, "one"),
        Daemon::start(directory, "two"),
    );
    let target = "targetType=THING_GROUP,targetName=a";
    let set = [
        "set-v2-logging-level",
        "--log-target",
        target,
        "--log-level",
        "DEBUG",
    ];
    assert_eq!(Run::on(directory, &set).good(), "");
    let all = get(
        directory,
        &["list-v2-logging-levels", "--target-type", "THING_GROUP"],
    );
    for (at, name) in ["one", "two"].iter().enumerate() {
        assert_eq!(all[at]["process"]["name"], *name);
        let found = &all[at]["result"]["logTargetConfigurations"];
        assert!(found.to_string().contains(r#""targetName":"a""#), "{found}");
    }
}

/// The output of both, byte for byte, on the same process.
#[test]
fn the_output_is_that_of_the_aws_command_line() {
    let is_there = std::process::Command::new("aws").arg("--version").output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        eprintln!("not played: aws does not run here");
        return;
    }
    let directory = private_directory();
    let directory = directory.path();
    let daemon = Daemon::with_console(directory, "app");
    let (url, token) = daemon.url.split_once("/#token=").unwrap();
    let aws = |arguments: &[&str]| {
        let mut command = std::process::Command::new("aws");
        command
            .args(["iot", "--endpoint-url", url, "--output", "json"])
            .args(arguments)
            .env("AWS_ACCESS_KEY_ID", "logtree")
            .env("AWS_SECRET_ACCESS_KEY", token)
            .env("AWS_DEFAULT_REGION", "local")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_PAGER", "")
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1");
        Run::of(command).good()
    };
    let set = |target: &str| {
        let level = [
            "set-v2-logging-level",
            "--log-target",
            target,
            "--log-level",
            "DEBUG",
        ];
        level.map(str::to_owned).to_vec()
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for arguments in [
        words("list-v2-logging-levels --target-type CLIENT_ID"),
        words(
            "set-v2-logging-options --role-arn arn:aws:iam::123456789012:role/logs --default-log-level INFO",
        ),
        words("get-v2-logging-options"),
        words("set-v2-logging-options --event-configurations eventType=Publish,logLevel=DEBUG"),
        words("get-v2-logging-options --verbose"),
        set("targetType=THING_GROUP,targetName=botocore"),
        set(r#"{"targetType": "CLIENT_ID", "targetName": "ü \"7\" \\"}"#),
        words("list-v2-logging-levels"),
        words("list-v2-logging-levels --max-items 2"),
        words("delete-v2-logging-level --target-type THING_GROUP --target-name botocore"),
        words("list-v2-logging-levels --target-type THING_GROUP"),
    ] {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let theirs = aws(&arguments);
        let mut ours = Run::on(directory, &arguments).good();
        let mut theirs_shown = theirs.clone();
        // Each has tokens of its own.
        for text in [&mut ours, &mut theirs_shown] {
            if let Some((before, rest)) = text.clone().split_once("\"NextToken\": \"") {
                let (token, after) = rest.split_once('"').unwrap();
                assert!(!token.is_empty());
                *text = format!("{before}\"NextToken\": \"\"{after}");
            }
        }
        assert_eq!(ours, theirs_shown, "{arguments:?}");
    }
}
