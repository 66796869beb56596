//! What holds for all lines.

use logtree::formatter::{ColorChoice, Format, Line, PrettyFormatter, TimeZone};
use logtree::handler::StreamHandler;
use logtree::record::Source;
use logtree::time::Timestamp;
use logtree::{Formatter, Level, Record, Registry};
use proptest::prelude::*;

use crate::support::Text;

fn pretty() -> PrettyFormatter {
    PrettyFormatter::new()
        .time_zone(TimeZone::Utc)
        .wrap(true)
        .ascii(false)
}

/// Returns a text with what the record's strings could be made of to forge a line.
fn hostile() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\t".to_owned()),
        Just("\x1b[2J\x1b]8;;x\x1b\\".to_owned()),
        Just("00:00:00.000  INFO  app  forged".to_owned()),
        Just("        .348 ERROR  app  forged".to_owned()),
        Just("日本 e\u{301} \u{202e}\u{200b}".to_owned()),
        Just("caused by: ".to_owned()),
        Just("   ".to_owned()),
        "[a-z =\"\\\\]{0,12}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(parts, 0..8).prop_map(|parts| parts.concat())
}

#[test]
fn nothing_in_a_record_forges_a_line_or_drives_the_terminal() {
    proptest!(ProptestConfig::with_cases(512), |(
        texts in prop::collection::vec(hostile(), 9),
        width in prop::option::of(20_u16..140),
        has_error in any::<bool>(),
    )| {
        let record = Record::builder()
            .name(&texts[0])
            .level(Level::INFO)
            .level_name(&*texts[1])
            .message(&*texts[2])
            .source(Source::default().with_file(&texts[3]).with_line(7))
            .key_value(&*texts[4], &*texts[5])
            .key_value("error", &*texts[6]);
        let record = if has_error { record.error_text(&*texts[7]).stack(&*texts[8]) } else { record };
        let formatter = match width {
            Some(width) => pretty().width(width),
            None => pretty(),
        };
        let text = formatter.format_to_string(&record.build());
        for (at, line) in text.lines().enumerate() {
            prop_assert!(at == 0 || line.starts_with("    "), "{text}");
            // A repeated time would be here.
            prop_assert!(at == 0 || !line.starts_with("        .348 ERROR"), "{text}");
            prop_assert!(!line.contains(|c: char| c.is_control()), "{text:?}");
            prop_assert!(!line.contains(['\u{202e}', '\u{200b}']), "{text:?}");
        }
    });
}

#[test]
fn a_file_has_the_dates_and_all_times() {
    let text = |formatter: &dyn Format, record: &Record<'_>| {
        let mut line = Line::new();
        formatter.format(record, &mut line).unwrap();
        line.as_str().to_owned()
    };
    let record = Record::builder()
        .name("app")
        .level(Level::INFO)
        .message("m")
        .time(Timestamp::from_nanos(0))
        .build();
    let formatter = pretty();
    for _ in 0..2 {
        assert_eq!(
            text(&formatter, &record),
            "1970-01-01 00:00:00.000  INFO  app  m"
        );
    }
}

/// The stream knows which line is above, whatever formatter wrote it.
#[test]
fn a_time_is_left_out_below_the_same_second_only() {
    let text = Text::default();
    let handler = StreamHandler::new(text.clone()).with_formatter(pretty());
    let log = |nanos: i64| {
        let time = Timestamp::from_nanos(nanos);
        handler.handle(
            &Record::builder()
                .name("a")
                .level(Level::INFO)
                .message("m")
                .time(time)
                .build(),
        );
    };
    const DAY: i64 = 86_400_000_000_000;
    for nanos in [
        0,
        5_000_000,
        1_005_000_000,
        1_005_000_001,
        DAY + 1_005_000_000,
        DAY - 1,
        i64::MAX,
    ] {
        log(nanos);
    }
    handler.set_formatter(Formatter::new("%(message)s").unwrap());
    log(i64::MAX);
    handler.set_formatter(pretty());
    log(i64::MAX);
    assert_eq!(
        text.lines(),
        [
            "00:00:00.000  INFO  a  m",
            "        .005  INFO  a  m",
            "00:00:01.005  INFO  a  m",
            "        .005  INFO  a  m",
            "── 1970-01-02 ──",
            "00:00:01.005  INFO  a  m",
            "── 1970-01-01 ──",
            "23:59:59.999  INFO  a  m",
            "── 2262-04-11 ──",
            "23:47:16.854  INFO  a  m",
            "m",
            "        .854  INFO  a  m",
        ]
    );
}

#[test]
fn levels_have_names_of_five_columns() {
    let registry = Registry::new();
    registry.add_level_name(Level::new(25), "NOTICE");
    registry.add_level_name(Level::INFO, "notiz");
    registry.add_level_name(Level::new(26), "日本語");
    let shown = |level: u16, formatter: &PrettyFormatter| {
        let root = registry.root();
        let record = root
            .record_builder(Level::new(level))
            .name("x")
            .message("m")
            .build();
        let line = formatter.format_to_string(&record);
        line[23..].strip_suffix("  x  m").unwrap().to_owned()
    };
    let long = pretty();
    assert_eq!(
        [5, 10, 20, 25, 26, 27, 30, 40, 50, 1000, 65535].map(|level| shown(level, &long)),
        [
            " TRACE", " DEBUG", " notiz", " NOTIC", "  日本", "   L27", "  WARN", " ERROR",
            "  CRIT", " L1000", "   OFF"
        ]
    );
    let short = pretty().short_levels(true);
    assert_eq!(
        [5, 10, 20, 25, 27, 30, 40, 50].map(|level| shown(level, &short)),
        [
            " TRC", " DBG", " not", " NOT", " L27", " WRN", " ERR", " CRT"
        ]
    );
}

/// The one that a user sees: the message is formatted once, and the rest of it is below.
#[test]
fn a_message_of_several_lines_is_formatted_once() {
    struct Once(std::cell::Cell<u32>);
    impl std::fmt::Display for Once {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.set(self.0.get() + 1);
            f.write_str("one\ntwo")
        }
    }
    let (text, registry) = (Text::default(), Registry::new());
    let handler = StreamHandler::new(text.clone())
        .with_formatter(pretty().source(false))
        .with_color(ColorChoice::Never);
    registry.root().add_handler(handler);
    let once = Once(std::cell::Cell::new(0));
    logtree::error!(registry.root(), k:% = once; "{once}");
    assert_eq!(once.0.get(), 2);
    let lines = text.lines();
    assert!(lines[0].ends_with(" ERROR  root  one"), "{lines:?}");
    assert_eq!(lines[1..], ["    │ two", "    ╰ k = one", "          two"]);
}

#[test]
fn errors_come_first_wherever_they_are() {
    let record = Record::builder()
        .message("m")
        .key_value("a", 1)
        .key_value("err", "x y")
        .key_value("b", "two\nlines")
        .key_value("error", "E")
        .key_value("c", "");
    let shown = |record: logtree::record::RecordBuilder<'_>| {
        let line = pretty().name_width(9).format_to_string(&record.build());
        line.split_once("  m").unwrap().1.to_owned()
    };
    assert_eq!(
        shown(record),
        "  err=\"x y\" error=E a=1 c=\"\"\n    ╰ b = two\n          lines"
    );
    let alone = Record::builder().message("m").key_value("error", "a\nb");
    assert_eq!(shown(alone), "\n    ╰ error = a\n              b");
    assert_eq!(shown(Record::builder().message("m")), "");
}
