//! Records as GELF messages: [`message`].

use serde_json::{Map, Value};

use crate::formatter::plain;
use crate::level::severity::severity;
use crate::record::{Record, Scalar};
use crate::time::Timestamp;

/// Returns a record as a message of GELF 1.1, with a line as its text.
pub(super) fn message(record: &Record<'_>, host: &str, line: &str) -> Map<String, Value> {
    let mut object = Map::new();
    let mut own = |name: &str, value: Value| {
        object.insert(name.to_owned(), value);
    };
    own("version", "1.1".into());
    own("host", host.into());
    let line = line.trim_end();
    let short = line.lines().find(|line| !line.trim().is_empty());
    // Receivers refuse a message without a text.
    let short = short.unwrap_or("-");
    own("short_message", short.into());
    if short != line && !line.is_empty() {
        own("full_message", line.into());
    }
    own("timestamp", seconds(record.time()).into());
    own("level", severity(record.level()).into());
    own("_logger", record.name().into());
    let thread = record.thread_name();
    own(
        "_thread",
        match thread {
            Some(name) => name.into(),
            None => record.thread_id().into(),
        },
    );
    let source = record.source();
    if !source.file().is_empty() {
        own("_file", source.file().into());
    }
    if source.line() > 0 {
        own("_line", source.line().into());
    }
    if let Some(error) = record.error_text() {
        own("_error", error.into());
    }
    if let Some(stack) = record.stack() {
        own("_stack", stack.into());
    }
    record.key_values().for_each_kept(|key, value| {
        let key = key.as_str();
        let mut name = name_of(key);
        // `_id` belongs to the receiver.
        while name == "_id" || object.contains_key(&name) {
            name.push('_');
        }
        object.insert(name, value.read(value_of));
    });
    object
}

/// The seconds since 1970, to the microsecond: a float has no more of it.
#[expect(clippy::cast_precision_loss, reason = "seconds have less than 53 bits")]
fn seconds(time: Timestamp) -> f64 {
    let micros = time.subsec_nanos() / 1000;
    time.seconds() as f64 + f64::from(micros) / 1e6
}

/// The name of an additional field: `\w`, dots and dashes alone.
fn name_of(key: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let name = key.chars().map(|c| if fits(c) { c } else { '_' });
    std::iter::once('_').chain(name).collect()
}

/// Values are strings or numbers.
fn value_of(value: Scalar<'_>) -> Value {
    let number: Option<Value> = match value {
        Scalar::Signed(number) => i64::try_from(number).ok().map(Value::from),
        Scalar::Unsigned(number) => u64::try_from(number).ok().map(Value::from),
        Scalar::Float(number) => serde_json::Number::from_f64(number).map(Value::from),
        Scalar::Bool(value) => Some(if value { "true" } else { "false" }.into()),
        _ => None,
    };
    number.unwrap_or_else(|| plain(value).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;
    use crate::record::{OwnedValue, Source};

    #[test]
    fn fields_are_as_the_specification_says() {
        let record = Record::builder()
            .name("app.db")
            .level(Level::WARNING)
            .time(Timestamp::from_nanos(1_700_000_000_250_000_000))
            .source(Source::default().with_file("src/db.rs").with_line(7))
            .thread(3, Some("worker"))
            .key_value("id", 1)
            .key_value("_id", 2)
            .key_value("logger", "mine")
            .key_value("näme !", true)
            .key_value("a.b-c_d", 0.5)
            .key_value("nan", f64::NAN)
            .key_value("big", u128::MAX)
            .key_value("none", OwnedValue::Null)
            .build();
        let object = message(&record, "web1", "first\nsecond\n");
        let expected = serde_json::json!({
            "version": "1.1", "host": "web1", "short_message": "first",
            "full_message": "first\nsecond", "timestamp": 1_700_000_000.25, "level": 4,
            "_logger": "app.db", "_thread": "worker", "_file": "src/db.rs", "_line": 7,
            "_id_": 1, "__id": 2, "_logger_": "mine", "_n_me__": "true", "_a.b-c_d": 0.5,
            "_nan": "nan", "_big": u128::MAX.to_string(), "_none": "None",
        });
        assert_eq!(Value::Object(object), expected);
    }

    #[test]
    fn no_message_is_without_a_text() {
        for (line, short, full) in [
            ("", "-", None),
            (" \n", "-", None),
            ("a", "a", None),
            ("\n\nb", "b", Some("\n\nb")),
        ] {
            let object = message(&Record::builder().build(), "h", line);
            assert_eq!(object["short_message"], short, "{line:?}");
            let given = object.get("full_message").and_then(Value::as_str);
            assert_eq!(given, full, "{line:?}");
        }
    }
}
