//! The lines as they are to look, at several widths, with and without colours.

use std::path::Path;
use std::{env, fs, io};

use logtree::formatter::{ColorChoice, PrettyFormatter, TimeZone};
use logtree::handler::StreamHandler;
use logtree::record::{OwnedValue, RecordBuilder, Source};
use logtree::time::Timestamp;
use logtree::{Level, Record};

use crate::support::Text;

/// 2026-11-27, 23:59:58.
const START: i64 = 1_795_823_998_000;

#[derive(Debug)]
struct Failed(io::Error);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection reset")
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Returns a record, by the milliseconds since the start.
fn record<'a>(millis: i64, level: Level, name: &'a str, message: &'a str) -> RecordBuilder<'a> {
    Record::builder()
        .time(Timestamp::from_nanos((START + millis) * 1_000_000))
        .level(level)
        .name(name)
        .message(message)
        .source(Source::default().with_file("src/s3.rs").with_line(41))
}

/// Passes each record of the scene to a handler.
fn play(handler: &StreamHandler) {
    let error = Failed(io::Error::other("broken pipe (os error 32)"));
    let list: Vec<OwnedValue> = (1..=8).map(|n| format!("element {n}").into()).collect();
    let show = |record: RecordBuilder<'_>| handler.handle(&record.build());
    let (info, debug) = (Level::INFO, Level::DEBUG);
    show(
        record(123, info, "botocore.client.S3", "put object")
            .key_value("bucket", "photos")
            .key_value("size", 3),
    );
    show(
        record(348, Level::ERROR, "app.db", "query failed")
            .key_value("rows", 0)
            .key_value("query", "SELECT *\nFROM t\n  WHERE a = 1\n")
            .error(&error),
    );
    show(record(349, Level::TRACE, "app.db", "the pool has room").key_value("free", 4));
    show(
        record(
            350,
            Level::WARNING,
            "app.http",
            "slow answer from the server that was asked last, so it is asked no more",
        )
        .key_value("host", "eu-central-1.example.org")
        .key_value("agent", "curl 8.1")
        .key_value("empty", "")
        .key_value("path", "C:\\dir")
        .key_value("ok", false)
        .key_value("none", OwnedValue::Null),
    );
    show(
        record(351, Level::CRITICAL, "app", "disk full")
            .key_value("err", "no space left")
            .key_value("disk", "/dev/sda1"),
    );
    show(record(
        352,
        Level::new(25),
        "app",
        "first line\nsecond line\r\n\tthird",
    ));
    show(
        record(353, info, "app", "lists")
            .key_value("short", OwnedValue::List(vec![1.into(), "a".into()]))
            .key_value("long", OwnedValue::List(list)),
    );
    show(record(
        1200,
        debug,
        "averylong.packagename.module.submodule.Type",
        "the name is shortened",
    ));
    show(
        record(1201, info, "日本.wide", "注文が届きました")
            .key_value("顧客", "山田 太郎")
            .key_value("n", 1),
    );
    show(
        record(
            1202,
            info,
            "cafe\u{301}",
            "combining: e\u{301}a\u{308}o\u{302}",
        )
        .key_value("k", "e\u{301}"),
    );
    show(record(1203, info, "app", "plain, as long as the one above it").key_value("k", "e"));
    show(record(2100, info, "app", "on another day").source(Source::default()));
    show(
        record(2101, info, "app", "escapes \x1b[31mred\x1b[0m\u{7}")
            .key_value("new\nline", "\u{202e}x"),
    );
    show(record(2102, Level::ERROR, "app", "kept").error_text("outer\ncaused by: inner\ncaused by: innermost").stack(
        "   0: std::a\n             at /rustc/1/library/std/src/a.rs:1:1\n   1: app::main\n             at ./src/main.rs:4:5",
    ));
    show(record(
        2103,
        info,
        "app",
        "a_single_word_that_is_longer_than_any_of_these_lines_and_so_is_left_to_the_terminal_itself_for_copying_whole",
    ));
}

fn pretty() -> PrettyFormatter {
    PrettyFormatter::new()
        .time_zone(TimeZone::Utc)
        .wrap(true)
        .ascii(false)
}

fn shown(formatter: PrettyFormatter, color: ColorChoice) -> String {
    let text = Text::default();
    let handler = StreamHandler::new(text.clone()).with_color(color);
    play(&handler.with_formatter(formatter));
    text.get()
}

/// Compares a text with a file, in which escapes are readable.
#[track_caller]
fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/pretty/golden")
        .join(format!("{name}.txt"));
    let text = text.replace('\x1b', "␛");
    if env::var_os("LOGTREE_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    assert_eq!(text, golden, "{name}: LOGTREE_BLESS=1 rewrites it");
}

#[test]
fn lines_look_as_they_are_to_look() {
    for (name, width) in [
        ("none", None),
        ("60", Some(60)),
        ("80", Some(80)),
        ("120", Some(120)),
    ] {
        let formatter = || match width {
            Some(width) => pretty().width(width),
            None => pretty(),
        };
        assert_golden(name, &shown(formatter(), ColorChoice::Never));
        let colored = shown(formatter(), ColorChoice::Always);
        assert_golden(&format!("{name}_color"), &colored);
    }
}

#[test]
fn options_change_the_look() {
    let formatter = pretty()
        .width(100)
        .ascii(true)
        .short_levels(true)
        .repeat_times(true)
        .name_width(12)
        .align_names(true);
    assert_golden("options", &shown(formatter, ColorChoice::Never));
}

#[test]
fn presets_look_like_other_loggers() {
    let presets = [
        ("loguru", PrettyFormatter::loguru()),
        ("zerolog", PrettyFormatter::zerolog()),
        ("charm", PrettyFormatter::charm()),
        ("pino", PrettyFormatter::pino()),
    ];
    for (name, preset) in presets {
        let formatter = || {
            preset
                .clone()
                .time_zone(TimeZone::Utc)
                .wrap(true)
                .ascii(false)
                .width(80)
        };
        assert_golden(name, &shown(formatter(), ColorChoice::Never));
        assert_golden(
            &format!("{name}_color"),
            &shown(formatter(), ColorChoice::Always),
        );
    }
}
