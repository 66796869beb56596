//! Values that serialize themselves, `key:serde = value` and `key:sval = value`.

use std::collections::BTreeMap;
use std::fmt;

use log::kv;
use logtree::filter::RedactingFilter;
use logtree::formatter::{Format, JsonFormatter, LogfmtFormatter};
use logtree::handler::StreamHandler;
use logtree::{Formatter, Registry};
use serde::ser::{Error as _, Serialize, SerializeSeq, Serializer};
use serde_json::{Value, json};

use crate::support::Text;

#[derive(serde::Serialize)]
struct Order {
    id: u64,
    price: f32,
    tags: Vec<&'static str>,
    state: State,
    buyer: Option<Buyer>,
    none: Option<u8>,
    unit: (),
    sizes: BTreeMap<i32, (bool, char)>,
}

#[derive(serde::Serialize)]
struct Buyer {
    name: &'static str,
    password: &'static str,
}

#[derive(serde::Serialize)]
enum State {
    Sent { at: u8 },
}

fn order() -> Order {
    Order {
        id: 7,
        price: 1.1,
        tags: vec!["a", "b\nc"],
        state: State::Sent { at: 3 },
        buyer: Some(Buyer {
            name: "ann",
            password: "correcthorse42",
        }),
        none: None,
        unit: (),
        sizes: [(-1, (true, 'x'))].into(),
    }
}

/// Logs by the facade; returns what a formatter writes.
fn logged(formatter: impl Format + 'static, redacts: bool, log: impl Fn(&Registry)) -> String {
    let (registry, text) = (Registry::new(), Text::default());
    let mut handler = StreamHandler::new(text.clone()).with_formatter(formatter);
    if redacts {
        handler = handler.with_filter(RedactingFilter::credentials());
    }
    registry.root().add_handler(handler);
    log(&registry);
    text.get()
}

/// Logs by the facade, past its maximum level.
fn by_facade(registry: &Registry, values: &[(&str, kv::Value<'_>)]) {
    let mut record = log::Record::builder();
    record.level(log::Level::Error).key_values(&values);
    log::Log::log(registry, &record.args(format_args!("m")).build());
}

/// What JSON has of one value, by the facade and by the macros of this crate.
fn json_of(value: &(impl Serialize + 'static)) -> Value {
    let line = logged(JsonFormatter::new(), false, |registry| {
        let v = kv::Value::from_serde(value);
        by_facade(
            registry,
            &[("before", 1.into()), ("v", v), ("after", "x".into())],
        );
        logtree::error!(registry.root(), before = 1, v:serde = value, after = "x"; "m");
    });
    let lines: Vec<Value> = line
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    for object in &lines {
        // What it costs, it costs itself only.
        assert_eq!(
            (&object["before"], &object["after"]),
            (&json!(1), &json!("x"))
        );
        assert_eq!(object["v"], lines[0]["v"]);
    }
    lines[0]["v"].clone()
}

#[test]
fn values_that_serialize_themselves_stay_nested() {
    let expected = json!({
        "id": 7, "price": 1.1, "tags": ["a", "b\nc"], "state": {"Sent": {"at": 3}},
        "buyer": {"name": "ann", "password": "correcthorse42"}, "none": null, "unit": null,
        "sizes": {"-1": [true, "x"]}
    });
    assert_eq!(json_of(&order()), expected);
    for scalar in [
        json!(5),
        json!("a\nb"),
        json!(null),
        json!(true),
        json!(1.5),
    ] {
        assert_eq!(json_of(&scalar), scalar);
    }
    let line = logged(JsonFormatter::new(), false, |registry| {
        let list: &[&[i32]] = &[&[1, 2], &[3, 4]];
        logtree::error!(registry.root(), list:sval = list, debug:? = list, shown:% = 1; "m");
        let values = [
            ("list", kv::Value::from_sval(&list)),
            ("debug", kv::Value::from_debug(&list)),
            ("shown", kv::Value::from_display(&1)),
        ];
        by_facade(registry, &values);
    });
    for line in line.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        assert_eq!(object["list"], json!([[1, 2], [3, 4]]));
        assert_eq!(
            (&object["debug"], &object["shown"]),
            (&json!("[[1, 2], [3, 4]]"), &json!("1"))
        );
    }
    // In all presets; ECS has labels, which are text.
    let presets = [
        JsonFormatter::gcp(""),
        JsonFormatter::pino(),
        JsonFormatter::bunyan(),
        JsonFormatter::logstash(),
        JsonFormatter::datadog(),
        JsonFormatter::builder().python(["message"]).build(),
    ];
    let order = order();
    let log =
        |registry: &Registry| by_facade(registry, &[("order", kv::Value::from_serde(&order))]);
    for preset in presets {
        let line = logged(preset, false, log);
        let object: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(object["order"], expected, "{line}");
    }
    let line = logged(JsonFormatter::ecs(), false, log);
    let object: Value = serde_json::from_str(&line).unwrap();
    let label = object["labels.order"]
        .as_str()
        .unwrap_or_else(|| panic!("{line}"));
    assert_eq!(serde_json::from_str::<Value>(label).unwrap(), expected);
}

#[test]
fn text_formats_have_nested_values_in_one_line() {
    let order = order();
    let log = |registry: &Registry| by_facade(registry, &[("v", kv::Value::from_serde(&order))]);
    let line = logged(LogfmtFormatter::new(), false, log);
    let json = r#"\"tags\":[\"a\",\"b\\nc\"]"#;
    assert!(line.contains(json) && line.lines().count() == 1, "{line}");
    let line = logged(Formatter::default(), false, log);
    assert!(
        line.contains("b\\\\nc") && line.lines().count() == 1,
        "{line}"
    );
}

#[test]
fn secrets_inside_values_are_redacted_in_place() {
    let order = order();
    let log = |registry: &Registry| by_facade(registry, &[("v", kv::Value::from_serde(&order))]);
    let line = logged(JsonFormatter::new(), true, log);
    assert!(!line.contains("correcthorse42"), "{line}");
    let object: Value = serde_json::from_str(&line).unwrap();
    let buyer = &object["v"]["buyer"];
    assert_eq!(buyer["name"], "ann", "{line}");
    assert!(buyer["password"].is_string(), "{line}");
    // What no key of its own shows, or the key of the whole.
    let log = |registry: &Registry| {
        let tag = json!({"list": ["Authorization: Bearer abcdefghijklmnop0123456789"]});
        let password = json!({"of": "hunter2hunter2"});
        let tag = ("v", kv::Value::from_serde(&tag));
        by_facade(
            registry,
            &[tag, ("password", kv::Value::from_serde(&password))],
        );
    };
    let line = logged(JsonFormatter::new(), true, log);
    assert!(!line.contains("abcdefghijklmnop0123456789"), "{line}");
    assert!(!line.contains("hunter2hunter2"), "{line}");
}

/// Begins a list, and fails or panics.
struct Bad(bool);

impl Serialize for Bad {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&1)?;
        if self.0 {
            panic!("boom\nforged");
        }
        Err(S::Error::custom("not\ntoday"))
    }
}

struct Deep(u32);

impl Serialize for Deep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(1))?;
        if self.0 > 0 {
            list.serialize_element(&Self(self.0 - 1))?;
        }
        list.end()
    }
}

struct Wrapped(u32);

impl Serialize for Wrapped {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            0 => serializer.serialize_none(),
            left => serializer.serialize_some(&Self(left - 1)),
        }
    }
}

struct Long;

impl fmt::Display for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..1_000_000).try_for_each(|_| f.write_str("ä"))
    }
}

struct Collected;

impl Serialize for Collected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&format_args!("{}", 1))?;
        list.serialize_element(&Shown)?;
        list.end()
    }
}

struct Shown;

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Long)
    }
}

#[test]
fn a_value_that_fails_or_has_no_end_costs_itself_only() {
    assert_eq!(
        json_of(&Bad(false)),
        "[1<failed to serialize to a standard formatter>"
    );
    assert_eq!(
        json_of(&Bad(true)),
        "<panic while serializing: boom\nforged>"
    );
    for text in [json_of(&Deep(1_000_000)), json_of(&[Wrapped(1_000)])] {
        assert!(text.to_string().contains('…'), "{text}");
        assert!(text.to_string().len() < 100, "{text}");
    }
    let most = 64 * 1024 + 100;
    let wide: Vec<u64> = (0..1_000_000).collect();
    let kept = json_of(&wide);
    let kept = kept.as_array().unwrap();
    assert!(kept.len() > 1000 && kept.len() < 10_000, "{}", kept.len());
    assert_eq!((&kept[0], kept.last().unwrap()), (&json!(0), &json!("…")));
    // As deep as values are kept.
    let nested = (0..32).fold(json!(wide), |inner, _| json!([inner]));
    let length = json_of(&nested).to_string().len();
    assert!(length < most, "{length}");
    let map: BTreeMap<u32, &str> = (0..1_000_000).map(|n| (n, "x")).collect();
    let kept = json_of(&map);
    assert!(kept.as_object().unwrap().len() < 10_000);
    assert_eq!(kept["…"], "…");
    let text = json_of(&vec!["ä".repeat(1_000_000)]);
    let text = text[0].as_str().unwrap();
    assert!(text.len() < most && text.ends_with("ä…"), "{}", text.len());
    let text = json_of(&Collected);
    assert_eq!(text[0], "1");
    let text = text[1].as_str().unwrap();
    assert!(text.len() < most && text.ends_with("ä…"), "{}", text.len());
}
