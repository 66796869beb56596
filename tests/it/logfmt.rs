//! Lines of logfmt: what a reader finds in them, and that no value forges one.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use logtree::formatter::{Format, JsonTime, Line, LogfmtFormatter};
use logtree::record::{OwnedValue, RecordBuilder, Source};
use logtree::time::Timestamp;
use logtree::{Level, Record, Registry};
use serde_json::{Value, json};

use crate::support::Random;

/// The line of a record, from its message on.
fn line(record: RecordBuilder<'_>) -> String {
    let mut line = Line::new();
    let formatter = LogfmtFormatter::new().with_time(JsonTime::Omitted);
    let record = record.level(Level::INFO).name("app").build();
    formatter.format(&record, &mut line).unwrap();
    let text = line.as_str();
    assert!(!text.contains(char::is_control), "{text:?}");
    text.strip_prefix("level=info logger=app ")
        .unwrap()
        .to_owned()
}

/// Others drop the record, or end its line.
#[test]
fn a_blank_in_a_key_and_a_newline_in_a_value_lose_and_forge_nothing() {
    let record = Record::builder().message("m");
    let record = record
        .key_value("user name", "ann")
        .key_value("note", "a\nforged")
        .key_value("x\nlevel=error msg", 1);
    assert_eq!(
        line(record),
        r#"msg=m user_name=ann note="a\nforged" x_level_error_msg=1"#
    );
}

#[test]
fn values_are_quoted_where_they_need_it() {
    for (value, shown) in [
        ("plain", "plain"),
        ("", r#""""#),
        ("two words", r#""two words""#),
        ("a=b", r#""a=b""#),
        (r#"say "hi""#, r#""say \"hi\"""#),
        (r"C:\dir", r#""C:\\dir""#),
        ("a\r\n\tb", r#""a\r\n\tb""#),
        ("\x1b[2J", r#""\u001b[2J""#),
        ("\u{7f}\u{9b}", r#""\u007f\u009b""#),
        ("a\u{a0}b", "\"a\u{a0}b\""),
        ("a\u{2028}b", r#""a\u2028b""#),
        ("\u{fffd}", "\"\u{fffd}\""),
        ("\u{e0041}", r#""\udb40\udc41""#),
        ("naïve/日本語🦀", "naïve/日本語🦀"),
        ("https://a.b/c?d,e;f'g", "https://a.b/c?d,e;f'g"),
        (
            "a-rather-long-word-without-anything-special-in-it",
            "a-rather-long-word-without-anything-special-in-it",
        ),
        (
            "a-rather-long-text-with-something-special-at-its-end\\",
            r#""a-rather-long-text-with-something-special-at-its-end\\""#,
        ),
    ] {
        let record = Record::builder().message(value).key_value("k", value);
        assert_eq!(line(record), format!("msg={shown} k={shown}"));
    }
}

#[test]
fn other_values_are_bare() {
    let list = OwnedValue::List(vec![1.into(), "x".into(), OwnedValue::Null]);
    let record = Record::builder()
        .message("m")
        .key_value("i", -1)
        .key_value("u", u128::MAX)
        .key_value("f", 0.5)
        .key_value("nan", f64::NAN)
        .key_value("b", true)
        .key_value("n", None::<i32>);
    let record = record
        .key_value("empty", OwnedValue::List(Vec::new()))
        .key_value("list", list.clone())
        .key_value("map", OwnedValue::Map(vec![("a b".into(), list)]))
        .key_value("bytes", OwnedValue::Bytes(vec![0, 171]));
    let max = u128::MAX;
    assert_eq!(
        line(record),
        format!(
            "msg=m i=-1 u={max} f=0.5 nan=NaN b=true n= empty=[] {}",
            r#"list="[1,\"x\",null]" map="{\"a b\":[1,\"x\",null]}" bytes=00ab"#
        )
    );
}

#[test]
fn keys_of_the_formatter_are_its_own() {
    let mut record = Record::builder().message("m");
    for key in [
        "time", "level", "logger", "msg", "caller", "error", "stack", "Level", "", "é ü",
    ] {
        record = record.key_value(key, 1);
    }
    let own = ["time", "level", "logger", "msg", "caller", "error", "stack"];
    let own = own.map(|key| format!("kv_{key}=1")).join(" ");
    let record = record.error_text("E\ncaused by: F").stack("0: main");
    assert_eq!(
        line(record),
        format!(r#"msg=m {own} Level=1 _=1 é_ü=1 error="E\ncaused by: F" stack="0: main""#)
    );
}

#[test]
fn levels_are_in_lower_case_and_the_source_on_request() {
    let registry = Registry::new();
    registry.add_level_name(Level::new(25), "NO \"TICE\n");
    let source = Source::default().with_file("src/my app.rs").with_line(7);
    for (level, shown) in [
        (Level::WARNING, "warning"),
        (Level::CRITICAL, "critical"),
        (Level::new(15), "\"level 15\""),
        (Level::new(25), r#""no \"tice\n""#),
    ] {
        let root = registry.root();
        let record = root.record_builder(level).name("a b").source(source);
        let record = record
            .time(Timestamp::from_nanos(1_500_000_000))
            .message("")
            .build();
        let mut line = Line::new();
        let formatter = LogfmtFormatter::new()
            .with_source(true)
            .with_time(JsonTime::EpochMillis);
        formatter.format(&record, &mut line).unwrap();
        let rest = r#"logger="a b" msg="" caller="src/my app.rs:7""#;
        assert_eq!(line.as_str(), format!("time=1500 level={shown} {rest}"));
    }
}

/// What ends lines, values or keys, and what readers trip over.
const BAD: &[char] = &[
    ' ',
    '\n',
    '\r',
    '\t',
    '"',
    '=',
    '\0',
    '\x0b',
    '\x0c',
    '\x1b',
    '\x1c',
    '\x7f',
    '\u{85}',
    '\u{9b}',
    '\u{a0}',
    '\u{200b}',
    '\u{2028}',
    '\u{2029}',
    '\u{202e}',
    '\u{3000}',
    '\u{feff}',
    '\u{fffd}',
    '\u{e0041}',
];
const GOOD: &[char] = &[
    'a', 'B', '7', '-', '.', '/', '\\', ':', ',', '{', '\'', '%', 'é', '日', '🦀',
];
const FORGERIES: &[&str] = &[
    "\ntime=2026-01-01T00:00:00.000Z level=error logger=x msg=forged",
    "\" level=critical x=\"",
    "\\",
    "\\\"",
    "\\n",
    " msg=",
];

fn text(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(12) {
        match random.below(8) {
            0 => text.push_str(FORGERIES[random.below(FORGERIES.len())]),
            1..=3 => text.push(BAD[random.below(BAD.len())]),
            _ => text.push(GOOD[random.below(GOOD.len())]),
        }
    }
    text
}

/// A key as it is written, by the rule of the documentation.
fn shown(key: &str) -> String {
    let own = ["time", "level", "logger", "msg", "caller", "error", "stack"];
    let shown: String = key
        .chars()
        .map(|c| if BAD.contains(&c) { '_' } else { c })
        .collect();
    match shown.as_str() {
        "" => "_".to_owned(),
        own_key if own.contains(&own_key) => format!("kv_{own_key}"),
        _ => shown,
    }
}

/// The variable `LOGTREE_LOGFMT_VALUES` sets how many random values are read back; 20,000 unless
/// set.
#[test]
fn python_reads_back_what_was_logged_and_no_line_is_forged() {
    let wanted = env::var("LOGTREE_LOGFMT_VALUES").map_or(20_000, |wanted| wanted.parse().unwrap());
    let mut random = Random::new(0x1096_f317);
    let (mut lines, mut expected) = (String::new(), String::new());
    let (mut drawn, mut values, mut records) = (0, 0, 0);
    let formatter = LogfmtFormatter::new();
    while drawn < wanted {
        let (name, message, error) = (text(&mut random), text(&mut random), text(&mut random));
        let mut pairs = vec![
            json!(["time", "1970-01-01T00:00:01.500Z"]),
            json!(["level", "info"]),
            json!(["logger", name]),
            json!(["msg", message]),
        ];
        let record = Record::builder()
            .level(Level::INFO)
            .name(&name)
            .message(&*message);
        let mut record = record.time(Timestamp::from_nanos(1_500_000_000));
        for number in 0..random.below(5) {
            // Each key once: the last value of one counts.
            let key = format!("{}{number}", text(&mut random));
            let key = if random.below(9) == 0 {
                "level".to_owned()
            } else {
                key
            };
            if pairs.iter().any(|pair| pair[0] == shown(&key)) {
                continue;
            }
            let value = match random.below(6) {
                0 => OwnedValue::from(number),
                1 => OwnedValue::Null,
                _ => text(&mut random).into(),
            };
            pairs.push(json!([
                shown(&key),
                match &value {
                    OwnedValue::Null => Value::Null,
                    value => value.to_string().into(),
                }
            ]));
            record = record.key_value(key, value);
        }
        if !error.is_empty() {
            pairs.push(json!(["error", error]));
            record = record.error_text(error);
        }
        let mut line = Line::new();
        formatter.format(&record.build(), &mut line).unwrap();
        assert!(
            !line.as_str().contains(['\n', '\r', '\u{2028}']),
            "{:?}",
            line.as_str()
        );
        writeln!(lines, "{}", line.as_str()).unwrap();
        // The time and the level are always the same.
        drawn += pairs.len() - 2;
        values += pairs.len();
        records += 1;
        writeln!(expected, "{}", Value::from(pairs)).unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let paths = ["lines", "expected"].map(|name| directory.path().join(name));
    fs::write(&paths[0], lines).unwrap();
    fs::write(&paths[1], expected).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/receivers/logfmt.py");
    let output = match Command::new("python3").arg(script).args(paths).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("!! skipped: there is no python3");
            return;
        }
        output => output.unwrap(),
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("{report}");
    assert_eq!(
        report,
        json!({"lines": records, "forged": 0, "values": values, "different": 0, "first": []})
    );
}
