//! What `serde` writes and reads.

use std::fmt::Debug;

use logtree::control::{Control, LevelTarget, LoggingOptions, Page, TargetType};
use logtree::record::OwnedValue;
use logtree::time::Timestamp;
use logtree::{Level, Registry};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

#[track_caller]
fn both_ways<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    value: &T,
    shown: serde_json::Value,
) {
    assert_eq!(serde_json::to_value(value).unwrap(), shown);
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
}

#[track_caller]
fn refused<T: DeserializeOwned + Debug>(text: &str) -> String {
    serde_json::from_str::<T>(text).unwrap_err().to_string()
}

#[test]
fn levels_are_names_or_numbers() {
    both_ways(&Level::WARNING, json!("WARNING"));
    both_ways(&Level::OFF, json!("OFF"));
    both_ways(&Level::new(15), json!(15));
    for text in ["\"warn\"", "\"30\"", "30"] {
        assert_eq!(serde_json::from_str::<Level>(text).unwrap(), Level::WARNING);
    }
    assert!(refused::<Level>("\"loud\"").contains("unknown level"));
    for text in ["-1", "65536", "1.5", "null"] {
        refused::<Level>(text);
    }
}

#[test]
fn times_are_rfc_3339() {
    let time = Timestamp::from_nanos(735_379_380_123_000_000);
    both_ways(&time, json!("1993-04-21T08:03:00.123Z"));
    refused::<Timestamp>("\"yesterday\"");
}

#[test]
fn values_are_the_formats_own() {
    let value = OwnedValue::Map(vec![
        ("text".into(), "a".into()),
        (
            "list".into(),
            OwnedValue::List(vec![1_u8.into(), (-1_i8).into(), 0.5.into()]),
        ),
        ("truth".into(), true.into()),
        ("none".into(), OwnedValue::Null),
    ]);
    let shown = json!({"text": "a", "list": [1, -1, 0.5], "truth": true, "none": null});
    both_ways(&value, shown);
    assert_eq!(
        serde_json::to_string(&OwnedValue::Unsigned(u128::MAX)).unwrap(),
        u128::MAX.to_string()
    );
    assert_eq!(
        serde_json::to_value(OwnedValue::Bytes(vec![1, 255])).unwrap(),
        json!([1, 255])
    );
}

#[test]
fn the_state_of_a_control_goes_both_ways() {
    let registry = Registry::new();
    let control = Control::new(&registry).with_origin("test");
    control
        .set_options(LoggingOptions::default().with_default_level(Level::INFO))
        .unwrap();
    control
        .set_level(LevelTarget::logger("a::b"), Level::DEBUG)
        .unwrap();
    control.set_group("g", ["a.b"]).unwrap();
    let listing = control.list(None, Page::new(1)).unwrap();
    let text = serde_json::to_string(&listing).unwrap();
    assert_eq!(
        serde_json::from_str::<logtree::control::Listing>(&text).unwrap(),
        listing
    );
    both_ways(
        &LevelTarget::logger("a.b"),
        json!({"type": "THING_GROUP", "name": "a.b"}),
    );
    let normalized: LevelTarget =
        serde_json::from_str(r#"{"type": "LOGGER", "name": "root"}"#).unwrap();
    assert_eq!(normalized.target_type(), TargetType::Default);
    for state in control.loggers() {
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(
            serde_json::from_str::<logtree::control::LoggerState>(&text).unwrap(),
            state
        );
    }
    let group = control.groups().remove(0);
    both_ways(
        &group,
        json!({"name": "g", "members": ["a.b"], "level": null}),
    );
    both_ways(
        &control.options().unwrap(),
        json!({"default_level": "INFO", "disable_all": false, "role": null}),
    );
    assert!(refused::<LevelTarget>(r#"{"type": "PLANET"}"#).contains("PLANET"));
}
