//! Records as messages of OTLP: [`log_record`].

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::logs::v1::LogRecord;

use crate::handler::otlp::severity::severity;
use crate::record::{OwnedValue, Record, Scalar};
use crate::sys::user_code;
use crate::time::{Clock, SystemClock, Timestamp};

/// How many attributes a record has at most, with the one that is added when it is sent.
const MAX_ATTRIBUTES: usize = 128;

/// How deep lists and maps are read; readers of protobuf end at 100 messages.
const DEEPEST: usize = 24;

/// Returns a record as a message, with a line as its body.
pub(super) fn log_record(record: &Record<'_>, line: &str) -> LogRecord {
    let mut log = LogRecord {
        time_unix_nano: nanos(record.time()),
        observed_time_unix_nano: nanos(SystemClock.now()),
        severity_number: severity(record.level()),
        severity_text: record.level_name().into_owned(),
        body: Some(any(Value::StringValue(line.to_owned()))),
        ..LogRecord::default()
    };
    let source = record.source();
    let mut own = |key: &str, value: Option<Value>| {
        log.attributes
            .extend(value.map(|value| key_value(key, any(value))));
    };
    let text = |text: &str| (!text.is_empty()).then(|| Value::StringValue(text.to_owned()));
    own("code.file.path", text(source.file()));
    let line = i64::from(source.line());
    own(
        "code.line.number",
        (line > 0).then_some(Value::IntValue(line)),
    );
    own("code.function.name", text(source.function()));
    own(
        "thread.id",
        i64::try_from(record.thread_id()).ok().map(Value::IntValue),
    );
    own(
        "thread.name",
        record.thread_name().and_then(|name| text(&name)),
    );
    own(
        "exception.message",
        record.error_text().and_then(|error| text(&error)),
    );
    own(
        "exception.stacktrace",
        record.stack().and_then(|stack| text(&stack)),
    );
    record.key_values().for_each_kept(|key, value| {
        let key = key.as_str();
        value.read(|value| add(&mut log, key, value));
    });
    log
}

/// Adds a key-value: to the field of its name, where there is one and its value fits, or else to
/// the attributes.
fn add(log: &mut LogRecord, key: &str, value: Scalar<'_>) {
    let text = |value: Scalar<'_>| match value {
        Scalar::Text(text) => Some(text.to_owned()),
        // An identifier that only has a `Display`, as those of OpenTelemetry's crate.
        Scalar::Other(value) => Some(user_code::display(value)),
        _ => None,
    };
    match key {
        "trace_id" if log.trace_id.is_empty() => {
            if let Some(id) = text(value).and_then(|text| identifier::<16>(&text)) {
                log.trace_id = id;
                return;
            }
        }
        "span_id" if log.span_id.is_empty() => {
            if let Some(id) = text(value).and_then(|text| identifier::<8>(&text)) {
                log.span_id = id;
                return;
            }
        }
        "event_name" if log.event_name.is_empty() => {
            if let Some(name) = text(value) {
                log.event_name = name;
                return;
            }
        }
        _ => {}
    }
    if log.attributes.len() + 1 >= MAX_ATTRIBUTES {
        log.dropped_attributes_count += 1;
        return;
    }
    let mut key = key.to_owned();
    // No key occurs twice.
    while key == UID || log.attributes.iter().any(|known| known.key == key) {
        key.push('_');
    }
    log.attributes.push(key_value(&key, value_of(value, 0)));
}

/// The attribute by which receivers find duplicates.
pub(super) const UID: &str = "log.record.uid";

pub(super) fn key_value(key: &str, value: AnyValue) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(value),
        ..KeyValue::default()
    }
}

pub(super) fn any(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

/// Returns a value as a message; integers that 64 bits cannot hold, with sign, as strings.
pub(super) fn value_of(value: Scalar<'_>, depth: usize) -> AnyValue {
    let whole = |number: Option<i64>, text: String| {
        number.map_or(Value::StringValue(text), Value::IntValue)
    };
    any(match value {
        // A value that is not set.
        Scalar::Null => return AnyValue::default(),
        Scalar::Bool(value) => Value::BoolValue(value),
        Scalar::Signed(value) => whole(i64::try_from(value).ok(), value.to_string()),
        Scalar::Unsigned(value) => whole(i64::try_from(value).ok(), value.to_string()),
        Scalar::Float(value) => Value::DoubleValue(value),
        Scalar::Text(text) => Value::StringValue(text.to_owned()),
        Scalar::Other(value) => Value::StringValue(user_code::display(value)),
        Scalar::Nested(OwnedValue::Bytes(bytes)) => Value::BytesValue(bytes.clone()),
        Scalar::Nested(OwnedValue::List(values)) if depth < DEEPEST => {
            let values = values
                .iter()
                .map(|value| value_of(value.as_scalar(), depth + 1));
            Value::ArrayValue(ArrayValue {
                values: values.collect(),
            })
        }
        Scalar::Nested(OwnedValue::Map(values)) if depth < DEEPEST => {
            let values = values.iter();
            let values =
                values.map(|(key, value)| key_value(key, value_of(value.as_scalar(), depth + 1)));
            Value::KvlistValue(KeyValueList {
                values: values.collect(),
            })
        }
        Scalar::Nested(value) => Value::StringValue(value.to_string()),
    })
}

/// Reads an identifier of so many bytes in hexadecimal digits; one of zeros alone is none.
fn identifier<const BYTES: usize>(text: &str) -> Option<Vec<u8>> {
    if text.len() != 2 * BYTES || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let bytes = (0..BYTES).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok());
    let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
    bytes.iter().any(|byte| *byte != 0).then_some(bytes)
}

/// The nanoseconds since 1970; 0, which means unknown, for times before.
fn nanos(time: Timestamp) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;

    fn of(record: &Record<'_>) -> LogRecord {
        log_record(record, record.message())
    }

    fn attribute(log: &LogRecord, key: &str) -> Option<Value> {
        let mut found = log.attributes.iter().filter(|known| known.key == key);
        let value = found.next()?.value.clone()?.value;
        assert!(found.next().is_none(), "{key} stands twice");
        value
    }

    #[test]
    fn identifiers_move_into_their_fields() {
        let record = Record::builder()
            .key_value("trace_id", "0AF7651916cd43dd8448eb211c80319c")
            .key_value("span_id", "b7ad6b7169203331")
            .key_value("event_name", "user.login")
            .build();
        let log = of(&record);
        assert_eq!(
            (log.trace_id.len(), log.trace_id[0], log.trace_id[15]),
            (16, 10, 0x9c)
        );
        assert_eq!(
            log.span_id,
            [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]
        );
        assert_eq!(log.event_name, "user.login");
        assert!(
            ["trace_id", "span_id", "event_name"]
                .iter()
                .all(|key| attribute(&log, key).is_none())
        );
        for (key, wrong) in [
            ("trace_id", "0af7651916cd43dd8448eb211c80319"),
            ("trace_id", "00000000000000000000000000000000"),
            ("trace_id", "+af7651916cd43dd8448eb211c80319c"),
            ("trace_id", "äaf7651916cd43dd8448eb211c8031"),
            ("span_id", "0af7651916cd43dd8448eb211c80319c"),
        ] {
            let log = of(&Record::builder().key_value(key, wrong).build());
            assert!(log.trace_id.is_empty() && log.span_id.is_empty());
            assert_eq!(
                attribute(&log, key),
                Some(Value::StringValue(wrong.to_owned()))
            );
        }
    }

    #[test]
    fn of_attributes_there_are_as_many_as_allowed_and_the_rest_is_counted() {
        for (given, kept, dropped) in [(0, 0, 0), (126, 126, 0), (127, 126, 1), (500, 126, 374)] {
            let mut builder = Record::builder().thread(1, None);
            for number in 0..given {
                builder = builder.key_value(format!("key {number}"), number);
            }
            let log = of(&builder.build());
            // The identifier of the thread is one, and one is left.
            assert_eq!(log.attributes.len(), kept + 1, "{given}");
            assert_eq!(log.dropped_attributes_count, dropped, "{given}");
        }
    }

    #[test]
    fn no_key_stands_twice() {
        let record = Record::builder()
            .thread(7, None)
            .key_value("thread.id", "mine")
            .key_value("thread.id_", "also")
            .key_value(UID, "x")
            .build();
        let log = of(&record);
        assert_eq!(attribute(&log, "thread.id"), Some(Value::IntValue(7)));
        assert_eq!(
            attribute(&log, "thread.id_"),
            Some(Value::StringValue("mine".to_owned()))
        );
        assert_eq!(
            attribute(&log, "thread.id__"),
            Some(Value::StringValue("also".to_owned()))
        );
        assert_eq!(attribute(&log, UID), None);
    }

    #[test]
    fn values_keep_their_types() {
        let value = |value: OwnedValue| value_of(value.as_scalar(), 0).value;
        assert_eq!(value(OwnedValue::Null), None);
        assert_eq!(value(true.into()), Some(Value::BoolValue(true)));
        assert_eq!(value(i64::MIN.into()), Some(Value::IntValue(i64::MIN)));
        let texts = [u64::MAX.into(), u128::MAX.into(), i128::MIN.into()];
        for number in texts {
            let text = OwnedValue::to_string(&number);
            assert_eq!(value(number), Some(Value::StringValue(text)));
        }
        let mut deep = OwnedValue::from(1);
        for _ in 0..DEEPEST + 2 {
            deep = OwnedValue::List(vec![deep]);
        }
        let message = prost::Message::encode_to_vec(&value_of(deep.as_scalar(), 0));
        assert!(<AnyValue as prost::Message>::decode(&*message).is_ok());
    }

    #[test]
    fn times_before_1970_are_unknown() {
        let record = Record::builder()
            .level(Level::INFO)
            .time(Timestamp::from_nanos(-1));
        assert_eq!(of(&record.build()).time_unix_nano, 0);
    }
}
