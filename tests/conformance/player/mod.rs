//! Plays a scenario, operation by operation.

mod handlers;
mod operations;
mod queries;
mod records;
mod setups;

use std::sync::Arc;

use logtree::filter::Filter;
use logtree::handler::{MemoryHandler, QueueListener, TimedRotatingFileHandler};
use logtree::logger::LoggerAdapter;
use logtree::record::OwnedValue;
use logtree::time::{Clock, Timestamp};
use logtree::{Formatter, Handler, Level, Logger, Record};
use serde_json::{Value, json};

use crate::formatters;
use crate::world::{Failure, Known, World, kind};

const CLOCK: i64 = 1_709_210_096_789_000_000;
const START: i64 = 1_709_210_000_000_000_000;

pub(crate) fn play(scenario: &Value) -> Value {
    let mut world = World::new(
        scenario["clock"].as_i64().unwrap_or(CLOCK),
        scenario["start"].as_i64().unwrap_or(START),
    );
    let operations = scenario["ops"].as_array().expect("ops");
    for (number, operation) in operations.iter().enumerate() {
        world.observer.start(number);
        match world.play(operation) {
            Ok(Value::Null) => {}
            // `null` is an answer too.
            Ok(answer) if answer == json!({"null": true}) => world.observer.push("r", Value::Null),
            Ok(answer) => world.observer.push("r", answer),
            Err(failure) => world.observer.push("err", failure.into()),
        }
        world.directory.follow_clock(world.clock.now());
    }
    for (_, listener) in &world.listeners {
        world.observer.start(operations.len());
        listener.stop();
        world.observer.tell_of_threads();
    }
    let answer =
        json!({"id": scenario["id"], "obs": world.observer.list(), "buffers": world.buffers.all()});
    // Handlers are registered by name for the whole process; the next scenario starts from an empty
    // registry.
    for known in world.handlers.values() {
        known.handler().set_name(None);
    }
    answer
}

/// A scenario's value as a key-value's.
pub(crate) fn owned(value: &Value) -> OwnedValue {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::String(text) => text.as_str().into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), _, _) => whole.into(),
            (_, Some(whole), _) => whole.into(),
            (_, _, float) => float.into(),
        },
        _ => OwnedValue::Null,
    }
}

/// The answer to a query that may have none.
fn optional(value: Option<impl Into<Value>>) -> Value {
    value.map_or_else(|| json!({"null": true}), Into::into)
}

/// A key's text; empty if it is absent.
fn text<'v>(operation: &'v Value, key: &str) -> &'v str {
    operation[key].as_str().unwrap_or_default()
}

impl World {
    fn logger(&self, operation: &Value) -> Logger {
        self.registry.get_logger(text(operation, "logger"))
    }

    /// The logger, or the adapter, that an operation is about.
    fn target(&self, operation: &Value) -> LoggerAdapter {
        match operation["adapter"].as_str() {
            Some(id) => self.adapters[id].0.clone(),
            None => self.logger(operation).into(),
        }
    }

    /// A handler of the scenario; one that could not be made is missing.
    fn handler(&self, id: &Value) -> Result<Handler, Failure> {
        let known = self.handlers.get(id.as_str().expect("a handler's id"));
        known.map(Known::handler).ok_or("bad_scenario")
    }

    fn memory(&self, operation: &Value) -> MemoryHandler {
        match &self.handlers[text(operation, "handler")] {
            Known::Memory(handler) => handler.clone(),
            _ => panic!("not a memory handler"),
        }
    }

    fn listener(&self, operation: &Value) -> &QueueListener {
        let known = self.listeners.iter();
        let mut found = known.filter(|(id, _)| id == text(operation, "listener"));
        &found.next().expect("a listener").1
    }

    fn timed(&self, operation: &Value) -> &TimedRotatingFileHandler {
        match &self.handlers[text(operation, "handler")] {
            Known::Timed(handler) => handler,
            _ => panic!("not a timed handler"),
        }
    }

    pub(crate) fn level(&self, value: &Value) -> Result<Level, Failure> {
        match value {
            Value::Number(number) => {
                let number = number
                    .as_u64()
                    .and_then(|number| u16::try_from(number).ok());
                Ok(Level::new(number.expect("levels are from 0 to 65535")))
            }
            Value::String(name) => self
                .registry
                .parse_level(name)
                .map_err(|error| kind(&error)),
            _ => Err("invalid_level"),
        }
    }

    fn formatter(&self, spec: &Value) -> Result<Arc<Formatter>, Failure> {
        match spec {
            Value::String(id) => Ok(Arc::clone(&self.formatters[id])),
            _ => formatters::make(spec)
                .map(Arc::new)
                .map_err(|error| kind(&error)),
        }
    }
}

/// Python's formatter for a handler without one.
fn python_default() -> Formatter {
    Formatter::builder()
        .python_exact()
        .build()
        .expect("the default is valid")
}

fn time(nanos: &Value) -> Timestamp {
    Timestamp::from_nanos(nanos.as_i64().expect("a time in nanoseconds"))
}

fn seconds(time: Option<Timestamp>) -> Value {
    optional(time.map(Timestamp::seconds))
}

fn count(spec: &Value, key: &str) -> usize {
    usize::try_from(spec[key].as_u64().unwrap_or(0)).unwrap()
}

fn flag(operation: &Value, key: &str) -> bool {
    operation[key].as_bool().unwrap_or(false)
}

/// The trait must stay usable as an object; scenarios only meet it as a closure.
#[expect(dead_code, reason = "a check at compile time")]
fn filters_are_objects(filter: &dyn Filter, record: &mut Record<'_>) -> bool {
    filter.filter(record)
}
