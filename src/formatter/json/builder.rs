//! How [`JsonFormatter`]s are built: [`JsonFormatterBuilder`].

use crate::formatter::head::Head;
use crate::formatter::json::formatter::{JsonFormatter, NAMES};
use crate::formatter::json::own_names::OwnNames;
use crate::formatter::json::time::{JsonTime, TimeWriter};

impl JsonFormatter {
    /// Returns a formatter with the default members.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns a builder for a formatter with other members.
    pub fn builder() -> JsonFormatterBuilder {
        JsonFormatterBuilder::default()
    }
}

impl Default for JsonFormatter {
    fn default() -> Self {
        Self::new()
    }
}

/// Builds a [`JsonFormatter`].
///
/// # Examples
/// ```
/// use logtree::formatter::{JsonFormatter, JsonTime};
///
/// let formatter = JsonFormatter::builder()
///     .time(JsonTime::Nanos)
///     .name("time", "@timestamp")
///     .name("message", "msg")
///     .source(true)
///     .build();
/// # let _ = formatter;
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct JsonFormatterBuilder {
    time: JsonTime,
    names: Vec<(String, String)>,
    source: bool,
    thread: bool,
    process: bool,
    spans: bool,
    reserved: &'static [&'static str],
}

impl JsonFormatterBuilder {
    /// Sets how the time is written.
    pub fn time(mut self, time: JsonTime) -> Self {
        self.time = time;
        self
    }

    /// Renames a member of the formatter itself, such as `message`; any other name has no effect. A
    /// new name that another member has gets an underscore.
    pub fn name(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.names.push((from.into(), to.into()));
        self
    }

    /// Sets whether `file`, `line`, `function` and `module_path` are written; off by default.
    pub fn source(mut self, source: bool) -> Self {
        self.source = source;
        self
    }

    /// Sets whether `thread` and `thread_name` are written; off by default.
    pub fn thread(mut self, thread: bool) -> Self {
        self.thread = thread;
        self
    }

    /// Sets whether `process`, the id of the process, is written; off by default.
    pub fn process(mut self, process: bool) -> Self {
        self.process = process;
        self
    }

    /// Sets whether `span`, the name of the innermost span, and `spans`, the names of all (as
    /// `outer:inner`), are written for records inside of spans; off by default.
    pub fn spans(mut self, spans: bool) -> Self {
        self.spans = spans;
        self
    }

    /// Sets names that key-values do not get, as members of these names are added to the objects.
    #[cfg(feature = "control")]
    pub(crate) fn reserving(mut self, names: &'static [&'static str]) -> Self {
        self.reserved = names;
        self
    }

    /// Returns the formatter.
    #[must_use]
    pub fn build(self) -> JsonFormatter {
        let time = self.time.into();
        let is_renamed = !self.names.is_empty();
        let head = match &time {
            TimeWriter::Text(format) if !is_renamed => Head::new(format),
            _ => None,
        };
        let names = OwnNames::new(&[&NAMES, self.reserved].concat());
        JsonFormatter {
            time,
            head,
            is_renamed,
            names: names.renamed(&self.names),
            source: self.source,
            thread: self.thread,
            process: self.process,
            spans: self.spans,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::format::Format;
    use crate::formatter::line::Line;
    use crate::record::{OwnedValue, Record};
    use crate::time::Timestamp;
    use log::kv::Value;

    fn json(record: &Record<'_>) -> serde_json::Map<String, serde_json::Value> {
        let mut line = Line::new();
        let formatter = JsonFormatter::builder().time(JsonTime::EpochNanos).build();
        formatter.format(record, &mut line).unwrap();
        assert!(!line.as_str().contains('\n'));
        serde_json::from_str(line.as_str()).unwrap()
    }

    #[test]
    fn types_survive() {
        let record = Record::builder()
            .key_value("i", -1)
            .key_value("u", u64::MAX)
            .key_value("f", 1.0);
        let record = record
            .key_value("nan", f64::NAN)
            .key_value("b", true)
            .key_value("n", None::<i32>);
        let object = json(&record.key_value("t", "x").build());
        assert_eq!(object["i"], -1);
        assert_eq!(object["u"], u64::MAX);
        assert!(object["f"].is_f64());
        assert!(object["nan"].is_null() && object["n"].is_null());
        assert_eq!((&object["b"], &object["t"]), (&true.into(), &"x".into()));
    }

    #[test]
    fn no_name_stands_twice_and_nothing_is_lost() {
        let pairs = [
            ("message", Value::from(1)),
            ("a", Value::from(2)),
            ("a", Value::from(3)),
            ("a_", Value::from(4)),
            ("message_", Value::from(5)),
            ("process", Value::from(6)),
        ];
        let mut record = Record::builder().message("m").build();
        record.set_source_of_key_values(&pairs);
        let object = json(&record);
        let mut values: Vec<_> = object
            .values()
            .filter_map(serde_json::Value::as_i64)
            .filter(|n| *n < 7)
            .collect();
        values.sort_unstable();
        assert_eq!(values, [1, 2, 3, 4, 5, 6], "{object:?}");
        assert_eq!(
            (&object["message"], &object["message_"]),
            (&"m".into(), &1.into())
        );
    }

    #[test]
    fn nested_values_are_arrays_and_objects() {
        let map = OwnedValue::Map(vec![
            (
                "a\"b".into(),
                OwnedValue::List(vec![1.into(), "x".into(), true.into()]),
            ),
            ("n".into(), OwnedValue::Null),
            ("bytes".into(), OwnedValue::Bytes(vec![0, 171])),
        ]);
        let record = Record::builder().key_value("map", map).build();
        let expected = serde_json::json!({"a\"b": [1, "x", true], "n": null, "bytes": "00ab"});
        assert_eq!(json(&record)["map"], expected);
        assert_eq!(json(&record.to_owned_record().as_record())["map"], expected);
    }

    #[test]
    fn members_take_other_names() {
        let formatter = JsonFormatter::builder()
            .time(JsonTime::EpochMillis)
            .thread(true)
            .name("time", "@timestamp")
            .name("message", "m\"")
            .name("thread", "level")
            .name("no such member", "x")
            .build();
        let record = Record::builder()
            .name("app")
            .message("hi")
            .time(Timestamp::from_nanos(1_000_000))
            .thread(7, None)
            .error_text("E");
        let record = record
            .key_value("message", 1)
            .key_value("m\"", 2)
            .key_value("@timestamp", 3)
            .build();
        let mut line = Line::new();
        formatter.format(&record, &mut line).unwrap();
        assert_eq!(
            line.as_str(),
            concat!(
                r#"{"@timestamp":1,"level":"NOTSET","logger":"app","m\"":"hi","level_":7,"#,
                r#""thread_name":null,"message":1,"m\"_":2,"@timestamp_":3,"error":"E"}"#
            )
        );
    }

    #[test]
    fn names_that_look_like_others_stay_apart() {
        let ends = ["", "a", "e", "me", "ge", "_"];
        let of = |letter: char| ends.map(|end| format!("{letter}{end}"));
        let own = NAMES.into_iter().map(str::to_owned);
        let names: Vec<_> = ('a'..='z').flat_map(of).chain(own).collect();
        for a in &names {
            for b in names.iter().step_by(3) {
                let pairs = [(&**a, 1), (b, 2), (a, 3), (b, 4)].map(|(k, v)| (k, Value::from(v)));
                let mut record = Record::builder().message("m").build();
                record.set_source_of_key_values(&pairs);
                let object = json(&record);
                assert_eq!(object.len(), 4 + pairs.len(), "{object:?}");
            }
        }
    }

    #[test]
    fn every_character_survives_and_none_drives_a_terminal() {
        let text: String = ('\0'..'\u{3000}').chain(['\u{1f980}', char::MAX]).collect();
        let record = Record::builder().message(text.as_str()).build();
        assert_eq!(json(&record)["message"], text);
        let mut line = Line::new();
        JsonFormatter::new().format(&record, &mut line).unwrap();
        assert!(!line.as_str().chars().any(char::is_control));
    }

    #[test]
    fn forms_of_time() {
        let record = Record::builder()
            .time(Timestamp::from_nanos(1_500_000_001))
            .build();
        let time = |time: JsonTime| {
            let mut line = Line::new();
            JsonFormatter::builder()
                .time(time)
                .build()
                .format(&record, &mut line)
                .unwrap();
            serde_json::from_str::<serde_json::Value>(line.as_str()).unwrap()["time"].to_string()
        };
        assert_eq!(time(JsonTime::Millis), "\"1970-01-01T00:00:01.500Z\"");
        assert_eq!(time(JsonTime::Nanos), "\"1970-01-01T00:00:01.500000001Z\"");
        assert_eq!(time(JsonTime::EpochMillis), "1500");
        assert_eq!(time(JsonTime::EpochNanos), "1500000001");
        assert_eq!(time(JsonTime::Omitted), "null");

        // Not rounded up into the next second, as Python's floats would have it.
        let record = Record::builder()
            .time(Timestamp::from_nanos(1_677_903_920_999_999_900))
            .build();
        let mut line = Line::new();
        JsonFormatter::new().format(&record, &mut line).unwrap();
        assert!(
            line.as_str().contains("T04:25:20.999Z"),
            "{}",
            line.as_str()
        );
    }
}
