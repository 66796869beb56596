//! `logtree replay`.

use std::fs;

use crate::program::Run;

#[test]
fn the_sample_as_the_small_program_replays_it() {
    let levels = [
        "replay",
        "--level",
        "botocore=WARNING",
        "--level",
        "botocore.credentials=INFO,s3transfer=DEBUG",
    ];
    let text = Run::with_input(&levels, "").good();
    assert_eq!(text, include_str!("../../../replay/tests/sample.txt"));
}

#[test]
fn what_each_logger_showed_and_hid() {
    let events = "{\"level\":20,\"time\":1,\"name\":\"a\",\"msg\":\"x\"}\n{\"level\":30,\"time\":1,\"name\":\"a\",\"msg\":\"y\"}\nno event\n";
    let run = Run::with_input(&["replay", "-", "--json"], events);
    let json = run.json();
    assert_eq!(run.code, 1);
    assert!(
        run.errors
            .contains("lines without an event: 1, the first is line 3"),
        "{run:?}"
    );
    let expected = serde_json::json!({
        "loggers": [{"logger": "a", "seen": 2, "emitted": 1, "suppressed": 1}],
        "total": {"logger": "total", "seen": 2, "emitted": 1, "suppressed": 1},
        "unread": [3],
    });
    assert_eq!(json, expected);
    let run = Run::with_input(
        &[
            "replay",
            "-",
            "--format",
            "{name} {message}",
            "--speed",
            "1000x",
        ],
        events,
    );
    assert!(run.out.starts_with("a y\nlogger "), "{run:?}");
    let run = Run::with_input(&["replay", "-", "--summary"], events);
    assert!(
        run.out.starts_with("logger ") && run.out.contains("total"),
        "{run:?}"
    );
    for wrong in [
        &["--speed", "0x"][..],
        &["--speed", "fast"],
        &["--level", "a=LOUD"],
        &["--format", "loud"],
    ] {
        let mut arguments = vec!["replay"];
        arguments.extend(wrong);
        assert_eq!(Run::with_input(&arguments, "").code, 2, "{wrong:?}");
    }
    assert_eq!(Run::with_input(&["replay", "/no/such"], "").code, 1);
}

/// A handler's level hides as well.
#[test]
fn through_a_configuration() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("logging.toml");
    let text = "version = 1\n[handlers.out]\nclass = 'stream'\nstream = 'ext://sys.stdout'\n\
                level = 'ERROR'\n[root]\nlevel = 'DEBUG'\nhandlers = ['out']\n";
    fs::write(&config, text).unwrap();
    let events = "{\"level\":30,\"time\":1,\"name\":\"a\",\"msg\":\"x\"}\n{\"level\":50,\"time\":1,\"name\":\"a\",\"msg\":\"y\"}\n";
    let config = config.to_str().unwrap();
    let text = Run::with_input(&["replay", "-", "--config", config], events).good();
    assert!(text.starts_with("y\nlogger "), "{text}");
    assert!(
        text.ends_with("total                                     2          1          1\n"),
        "{text}"
    );
}
