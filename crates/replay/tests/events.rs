//! Events of several libraries, as they print them.

use logtree::formatter::{Format, JsonFormatter, Line, TimeZone};
use logtree::record::Source;
use logtree::time::Timestamp;
use logtree::{Level, Registry};
use logtree_replay::{Event, Layout};

/// Returns the event in the developer's layout.
fn shown(line: &str) -> String {
    let event = Event::read(line).unwrap_or_else(|| panic!("no event: {line}"));
    let layout = Layout::developer().formatter(TimeZone::Utc).unwrap();
    let mut out = Line::new();
    let registry = Registry::new();
    event
        .with_record(&registry, |record| layout.format(record, &mut out))
        .unwrap();
    out.as_str().to_owned()
}

#[test]
fn each_library() {
    for (library, line, expected) in [
        (
            "pino",
            r#"{"level":30,"time":1531171074631,"pid":657,"hostname":"h","name":"api","msg":"hello","n":1}"#,
            "21:17:54.631 INFO     api: hello hostname=h n=1",
        ),
        (
            "pino with an error",
            r#"{"level":60,"time":1531171074631,"err":{"message":"boom","stack":"Error: boom\n    at x.js:1"},"msg":"boom"}"#,
            "21:17:54.631 CRITICAL boom err.message=boom\n    \
             Error: boom\n        at x.js:1",
        ),
        (
            "bunyan",
            r#"{"name":"myapp","hostname":"h","pid":40161,"level":40,"msg":"hi","time":"2013-01-04T18:46:23.851Z","v":0,"src":{"file":"/a/b.js","line":3}}"#,
            "18:46:23.851 WARNING  myapp: hi hostname=h",
        ),
        (
            "zerolog",
            r#"{"level":"error","error":"refused","caller":"/go/main.go:12","name":"bob","time":1516134303,"message":"connect"}"#,
            "20:25:03.000 ERROR    connect name=bob\n    refused",
        ),
        (
            "ECS",
            r#"{"@timestamp":"2019-08-06T12:09:12.375Z","log.level":"WARN","message":"late","ecs.version":"1.2.0","log":{"logger":"a.b"},"process":{"thread":{"name":"main"},"pid":7},"error":{"message":"m","stack_trace":"E: m\n\tat A"}}"#,
            "12:09:12.375 WARNING  a.b: late error.message=m\n    E: m\n    \tat A",
        ),
        (
            "zap",
            r#"{"level":"info","ts":1453404000.25,"logger":"x","caller":"a/b.go:1","msg":"up"}"#,
            "19:20:00.250 INFO     x: up",
        ),
        (
            "tracing-subscriber",
            r#"{"timestamp":"2022-02-15T18:47:10.821315Z","level":"INFO","fields":{"message":"preparing","number":3},"target":"a::b"}"#,
            "18:47:10.821 INFO     a::b: preparing fields.number=3",
        ),
        (
            "Python",
            r#"{"created":1795226333.4263182,"name":"botocore.hooks","levelno":10,"levelname":"DEBUG","message":"m","filename":"hooks.py","lineno":482,"funcName":"f","threadName":"MainThread"}"#,
            "01:58:53.426 DEBUG    botocore.hooks: m",
        ),
        (
            "a live tail",
            r#"{"time":"1970-01-01T00:00:00.001Z","level":"NOTE","logger":"a","message":"m","levelNumber":25,"seq":9,"pid":3,"span":null}"#,
            "00:00:00.001 NOTE     a: m",
        ),
        (
            "syslog's words",
            r#"{"time":"1970-01-01T00:00:00Z","level":"emerg","msg":"down"}"#,
            "00:00:00.000 EMERG    down",
        ),
    ] {
        assert_eq!(shown(line), expected, "{library}");
    }
}

#[test]
fn control_characters_are_escaped() {
    let line = r#"{"time":"1970-01-01T00:00:00Z","level":"INFO","logger":"a\u001b[2J","msg":"b\u001b[31m\u0007\u009bc","\u001b[1m":1}"#;
    let shown = shown(line);
    assert!(!shown.contains(char::is_control), "{shown:?}");
}

#[test]
fn other_lines_are_no_events() {
    for line in [
        "",
        "plain",
        "{",
        "[1]",
        "{}",
        r#"{"a":1}"#,
        r#"{"level":"INFO"}"#,
        r#"{"msg":"m"}"#,
        r#"{"level":null,"msg":"m"}"#,
        r#"{"level":"INFO","msg":"m"} x"#,
    ] {
        assert_eq!(Event::read(line), None, "{line}");
    }
    let deep = format!("{}1{}", r#"{"level":"INFO","msg":"#, "[".repeat(100_000));
    assert_eq!(Event::read(&deep), None);
}

#[test]
fn what_this_crate_writes_is_read_back() {
    let registry = Registry::new();
    let logger = registry.get_logger("a.b");
    let source = Source::default()
        .with_file("src/a.rs")
        .with_line(7)
        .with_function("f")
        .with_module_path("a::b");
    let record = logger
        .record_builder(Level::ERROR)
        .message("two\nlines")
        .time(Timestamp::from_nanos(1_700_000_000_123_000_000))
        .source(source)
        .thread(4, "worker")
        .process(99, "p")
        .key_value("z", -1)
        .key_value("a", u64::MAX)
        .key_value("list", 0.5)
        .error_text("broken")
        .stack("at x")
        .build();
    let builder = JsonFormatter::builder()
        .source(true)
        .thread(true)
        .process(true);
    let mut line = Line::new();
    builder.build().format(&record, &mut line).unwrap();
    let event = Event::read(line.as_str()).unwrap();
    let mut again = Line::new();
    let builder = JsonFormatter::builder()
        .source(true)
        .thread(true)
        .process(true);
    let record = event.record_builder(&logger).build();
    builder.build().format(&record, &mut again).unwrap();
    assert_eq!(again.as_str(), line.as_str());
}
