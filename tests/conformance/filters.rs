//! The scenarios' filters.

use std::sync::atomic::{AtomicU64, Ordering};

use logtree::filter::{LevelRange, NameFilter, SharedFilter};
use logtree::{Level, Record};
use serde_json::Value;

use crate::player::owned;

pub(crate) fn make(spec: &Value) -> SharedFilter {
    let text = |key: &str| spec[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| spec[key].as_u64().unwrap_or_default();
    let asked = AtomicU64::new(0);
    match spec["kind"].as_str().expect("a filter has a kind") {
        "name" => NameFilter::new(text("name")).into(),
        "max_level" => LevelRange::at_most(level(&spec["level"])).into(),
        "reject_text" => {
            let text = text("text");
            (move |record: &mut Record<'_>| !record.message().contains(&text)).into()
        }
        "require_text" => {
            let text = text("text");
            (move |record: &mut Record<'_>| record.message().contains(&text)).into()
        }
        "reject_levels" => {
            let levels = levels(spec);
            (move |record: &mut Record<'_>| !levels.contains(&record.level())).into()
        }
        "require_levels" => {
            let levels = levels(spec);
            (move |record: &mut Record<'_>| levels.contains(&record.level())).into()
        }
        "first" => {
            let n = number("n");
            (move |_: &mut Record<'_>| asked.fetch_add(1, Ordering::Relaxed) < n).into()
        }
        "every" => {
            let n = number("n");
            (move |_: &mut Record<'_>| asked.fetch_add(1, Ordering::Relaxed) % n == 0).into()
        }
        "prefix" => {
            let text = text("text");
            (move |record: &mut Record<'_>| {
                let message = format!("{text}{}", record.message());
                record.set_message(message);
                true
            })
            .into()
        }
        "replace" => {
            let text = text("text");
            (move |record: &mut Record<'_>| {
                record.set_message(text.clone());
                true
            })
            .into()
        }
        "set_field" => {
            let (field, value) = (text("field"), owned(&spec["value"]));
            (move |record: &mut Record<'_>| {
                record.set_key_value(field.clone(), value.clone());
                true
            })
            .into()
        }
        "accept" => (|_: &mut Record<'_>| true).into(),
        "reject" => (|_: &mut Record<'_>| false).into(),
        other => panic!("unknown filter {other}"),
    }
}

fn levels(spec: &Value) -> Vec<Level> {
    spec["levels"]
        .as_array()
        .expect("levels")
        .iter()
        .map(level)
        .collect()
}

fn level(value: &Value) -> Level {
    match value.as_u64() {
        Some(number) => Level::new(u16::try_from(number).unwrap()),
        None => value.as_str().unwrap_or_default().parse().unwrap(),
    }
}
