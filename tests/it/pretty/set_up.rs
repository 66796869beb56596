//! The set-ups by `init_pretty` and `set_stream_logger_pretty`.

use std::env;
use std::process::Command;

use logtree::Level;
use logtree::setup::set_stream_logger_pretty;

/// What a process prints that is set up with these variables.
fn printed(set_up: &str, variables: &[(&str, &str)]) -> Vec<String> {
    const TEST: &str = "pretty::set_up::the_environment_chooses_the_format";
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture"])
        .env_remove("LOGTREE")
        .env_remove("RUST_LOG")
        .env_remove("CI")
        .env("LOGTREE_TEST_SET_UP", set_up)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn program(set_up: &str) {
    match set_up {
        "init_pretty" => assert!(logtree::init_pretty().is_some()),
        _ => drop(set_stream_logger_pretty("app", Level::INFO)),
    }
    log::debug!(target: "app", "hidden");
    log::info!(target: "app", password = "hunter2"; "up\nand running");
}

#[test]
fn the_environment_chooses_the_format() {
    if let Ok(set_up) = env::var("LOGTREE_TEST_SET_UP") {
        return program(&set_up);
    }
    for set_up in ["init_pretty", "set_stream_logger_pretty"] {
        let lines = printed(set_up, &[]);
        assert!(lines[0].ends_with(" app [INFO] up"), "{lines:?}");
        let lines = printed(set_up, &[("LOGTREE_FORMAT", "pretty"), ("COLUMNS", "90")]);
        assert!(lines[0].contains(" INFO  app  up  password="), "{lines:?}");
        assert!(
            lines[0].contains(".rs:") && lines[0].len() == 90,
            "{lines:?}"
        );
        assert_eq!(lines[1], "    │ and running");
        let lines = printed(set_up, &[("LOGTREE_FORMAT", "json")]);
        assert!(lines[0].starts_with('{'), "{lines:?}");
        let lines = printed(set_up, &[("LOGTREE_FORMAT", "prety")]);
        assert_eq!(
            lines[0],
            "logtree: LOGTREE_FORMAT: unknown format \"prety\": expected auto, pretty, text, \
             plain, json, logfmt, ecs, gcp, pino, bunyan, logstash, datadog, python"
        );
        assert!(lines[1].ends_with(" app [INFO] up"), "{lines:?}");
        for lines in [&lines, &printed(set_up, &[("LOGTREE_FORMAT", "pretty")])] {
            assert!(!lines.concat().contains("hunter2"), "{lines:?}");
        }
    }
    let lines = printed("init_pretty", &[("LOGTREE", "debug")]);
    assert!(lines[0].ends_with(" app [DEBUG] hidden"), "{lines:?}");
}
