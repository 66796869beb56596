//! `logtree pretty`.

use std::fs;

use crate::program::Run;

const LINES: &str = concat!(
    "starting\tup \x1b[31mred\n",
    r#"{"time":"2024-01-02T03:04:05.678Z","level":"INFO","logger":"app","message":"ours","n":1}"#,
    "\n",
    r#"{"level":30,"time":1704164645678,"name":"api","msg":"pino"}"#,
    "\r\n",
    r#"{"level":"error","time":"2024-01-02T03:04:05Z","error":"refused","message":"zero\u001b[2J"}"#,
    "\n    at x\n",
    r#"{"name":"b","level":50,"msg":"bunyan","time":"2024-01-02T03:04:05.678Z","v":0}"#,
    "\n",
    r#"{"@timestamp":"2024-01-02T03:04:05.678Z","log.level":"warn","message":"ecs","log":{"logger":"e"}}"#,
    "\n{\"a\": 1}\nlast",
);

const SHOWN: &str = "\
starting\tup \\x1b[31mred
03:04:05.678 INFO     app: ours n=1
03:04:05.678 INFO     api: pino
03:04:05.000 ERROR    zero\\x1b[2J
    refused
    at x
03:04:05.678 ERROR    b: bunyan
03:04:05.678 WARNING  e: ecs
{\"a\": 1}
last
";

#[test]
fn json_lines_for_reading() {
    assert_eq!(Run::with_input(&["pretty", "--utc"], LINES).good(), SHOWN);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    fs::write(&path, LINES).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(
        Run::with_input(&["pretty", "--utc", path], "").good(),
        SHOWN
    );
    let text = Run::with_input(&["pretty", "--utc", "--level", "warn", path], "").good();
    let expected = "\
03:04:05.000 ERROR    zero\\x1b[2J
    refused
    at x
03:04:05.678 ERROR    b: bunyan
03:04:05.678 WARNING  e: ecs
{\"a\": 1}
last
";
    // The first line belongs to no record.
    assert_eq!(text, format!("starting\tup \\x1b[31mred\n{expected}"));
}

#[test]
fn formats_and_colours() {
    let text = Run::with_input(&["pretty", "--format", "{levelname}|{message}"], LINES).good();
    assert!(
        text.contains("INFO|ours n=1\n") && text.contains("ERROR|bunyan\n"),
        "{text}"
    );
    let text = Run::with_input(&["pretty", "--color", "always"], LINES).good();
    assert!(
        text.contains("\x1b[32mINFO    \x1b[0m app: ours"),
        "{text:?}"
    );
    let text = Run::with_input(&["pretty", "--json"], LINES).good();
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line)
            .unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    assert_eq!(Run::with_input(&["pretty", "/no/such"], "").code, 1);
    assert_eq!(Run::with_input(&["pretty", "--format", "%(x"], "").code, 2);
}

#[test]
fn bytes_that_are_no_text() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    fs::write(&path, b"a\xff\x9bb\0\n").unwrap();
    let text = Run::with_input(&["pretty", path.to_str().unwrap()], "").good();
    assert!(
        text.starts_with('a') && text.ends_with("b\\0\n") || text.ends_with("b\\x00\n"),
        "{text:?}"
    );
}
