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
