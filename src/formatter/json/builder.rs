//! How [`JsonFormatter`]s are built: [`JsonFormatterBuilder`].

use crate::formatter::head::Head;
use crate::formatter::json::content::Content;
use crate::formatter::json::field_map::{FieldMap, Member};
use crate::formatter::json::formatter::{JsonFormatter, NAMES};
use crate::formatter::json::gcp;
use crate::formatter::json::own_names::OwnNames;
use crate::formatter::json::placement::Placement;
use crate::formatter::json::preset::{Options, Preset};
use crate::formatter::json::time::{JsonTime, TimeWriter};
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::record::OwnedValue;

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
/// Its members can be renamed, chosen and added to; [`ecs`](Self::ecs), [`gcp`](Self::gcp),
/// [`pino`](Self::pino), [`bunyan`](Self::bunyan), [`logstash`](Self::logstash) and
/// [`datadog`](Self::datadog) set all that another system expects, and are called first.
///
/// # Examples
/// ```
/// use logtree::formatter::{Format, JsonFormatter, JsonTime, Line};
///
/// let formatter = JsonFormatter::builder()
///     .time(JsonTime::Omitted)
///     .name("message", "msg")
///     .constant("service", "shop")
///     .build();
/// let record = logtree::Record::builder().name("app").message("up").key_value("port", 80).build();
/// let mut line = Line::new();
/// formatter.format(&record, &mut line)?;
/// let expected = r#"{"level":"NOTSET","logger":"app","msg":"up","service":"shop","port":80}"#;
/// assert_eq!(line.as_str(), expected);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct JsonFormatterBuilder {
    pub(super) preset: Preset,
    options: Options,
    names: Vec<(String, String)>,
    members: Option<Vec<String>>,
    reserved: &'static [&'static str],
}

impl JsonFormatterBuilder {
    /// Sets how the time is written.
    pub fn time(mut self, time: JsonTime) -> Self {
        self.options.time = time;
        self
    }

    /// Renames a member of the formatter itself, such as `message`; any other name is that of a
    /// key-value. A new name that another member has gets an underscore.
    ///
    /// A preset's members are known by the names that they have without it (`message`, not `msg`),
    /// or, where it adds one, by that (`hostname`).
    pub fn name(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.names.push((from.into(), to.into()));
        self
    }

    /// Sets which members are written, and their order, by the names that [`name`](Self::name)
    /// takes. The names of the others are free for key-values. A name that is no member's is that
    /// of a key-value, which is null in records that lack it. Constants and further key-values
    /// follow.
    ///
    /// Errors and stack traces are written only if `error` and `stack` are among them.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::{Format, JsonFormatter, Line};
    ///
    /// let members = ["message", "user", "thread_name"];
    /// let formatter = JsonFormatter::builder().members(members).build();
    /// let record = logtree::Record::builder().message("up").thread(1, "main").build();
    /// let mut line = Line::new();
    /// formatter.format(&record, &mut line)?;
    /// assert_eq!(line.as_str(), r#"{"message":"up","user":null,"thread_name":"main"}"#);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn members(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.members = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a member that is the same in each object, replacing one of its name.
    pub fn constant(mut self, name: impl Into<String>, value: impl Into<OwnedValue>) -> Self {
        self.options.constants.push((name.into(), value.into()));
        self
    }

    /// Sets the name of the service: ECS's `service.name`, from which `event.dataset` follows
    /// unless it is set as a [constant](Self::constant); the service in Google Cloud's error
    /// reports; elsewhere `service`.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.options.service = Some(name.into());
        self
    }

    /// Sets the version of the service: `service.version` in ECS, `version` at Datadog and Google
    /// Cloud, elsewhere `service_version`.
    pub fn service_version(mut self, version: impl Into<String>) -> Self {
        self.options.service_version = Some(version.into());
        self
    }

    /// Sets whether `file`, `line`, `function` and `module_path` are written; off by default.
    pub fn source(mut self, source: bool) -> Self {
        self.options.source = source;
        self
    }

    /// Sets whether `thread` and `thread_name` are written; off by default.
    pub fn thread(mut self, thread: bool) -> Self {
        self.options.thread = thread;
        self
    }

    /// Sets whether `process`, the id of the process, is written; off by default.
    pub fn process(mut self, process: bool) -> Self {
        self.options.process = process;
        self
    }

    /// Sets whether `span`, the name of the innermost span, and `spans`, the names of all (as
    /// `outer:inner`), are written for records inside of spans; off by default.
    pub fn spans(mut self, spans: bool) -> Self {
        self.options.spans = spans;
        self
    }

    pub(super) fn preset(mut self, preset: Preset) -> Self {
        let options = &mut self.options;
        (options.source, options.thread, options.process) = match preset {
            Preset::Plain => (false, false, false),
            Preset::Ecs { .. } | Preset::Python { .. } => (true, true, true),
            Preset::Gcp { .. } => (true, false, false),
            Preset::Pino | Preset::Bunyan => (false, false, true),
            Preset::Logstash | Preset::Datadog => (false, true, false),
        };
        options.time = match preset {
            Preset::Gcp { .. } => JsonTime::Nanos,
            Preset::Pino => JsonTime::EpochMillis,
            _ => JsonTime::Millis,
        };
        self.preset = preset;
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
        let map = self.map();
        let options = self.options;
        let time = options.time.into();
        let head = match &time {
            TimeWriter::Text(format) if map.is_none() => Head::new(format),
            _ => None,
        };
        JsonFormatter {
            time,
            head,
            map: map.map(Box::new),
            names: OwnNames::new(&[&NAMES, self.reserved].concat()),
            source: options.source,
            thread: options.thread,
            process: options.process,
            spans: options.spans,
        }
    }

    /// Returns the map of members that are not the default ones.
    fn map(&self) -> Option<FieldMap> {
        let Self { options, .. } = self;
        let is_plain = matches!(self.preset, Preset::Plain);
        let has_constants = !options.constants.is_empty()
            || options.service.is_some()
            || options.service_version.is_some();
        if is_plain && self.names.is_empty() && self.members.is_none() && !has_constants {
            return None;
        }
        let mut members = self.preset.members(options);
        if let Some(chosen) = &self.members {
            members = choose(members, chosen, &self.preset.constants(options));
        }
        for (from, to) in &self.names {
            let at = members.iter().position(|member| member.id == *from);
            let Some(at) = at else {
                let key_value = (&**from, &**to, Content::key_value(from, false));
                members.push(Member::new(key_value, true, false));
                continue;
            };
            let mut name = to.clone();
            let has_other = |name: &str| {
                let mut others = members.iter().enumerate();
                others.any(|(other, member)| other != at && member.name == name)
            };
            while has_other(&name) {
                name.push('_');
            }
            members[at].name = name;
        }
        Member::make_unique(&mut members);
        let mut reserved = self.reserved.to_vec();
        if matches!(self.preset, Preset::Gcp { .. }) {
            reserved.extend(gcp::RESERVED);
        }
        let placement = match &self.preset {
            Preset::Ecs { prefix } => Placement::Ecs {
                prefix: prefix.clone(),
            },
            _ => Placement::Plain,
        };
        let is_sparse = !matches!(self.preset, Preset::Plain | Preset::Python { .. });
        let (time, hidden) = match &self.preset {
            Preset::Python { time, hidden, .. } => (time.clone(), hidden.clone()),
            _ => (TimeFormat::python(TimeZone::Local), Vec::new()),
        };
        Some(FieldMap::new(
            members, &reserved, placement, is_sparse, time, hidden,
        ))
    }
}

/// Returns the chosen members in their order, before the constants.
fn choose(
    mut members: Vec<Member>,
    chosen: &[String],
    constants: &[(String, OwnedValue)],
) -> Vec<Member> {
    let mut written: Vec<Member> = Vec::new();
    for id in chosen {
        if written.iter().any(|member| member.id == *id) {
            continue;
        }
        match members.iter().position(|member| member.id == *id) {
            Some(at) => {
                let member = members.remove(at);
                written.push(Member {
                    is_written: true,
                    is_late: false,
                    ..member
                });
            }
            None => {
                let content = Content::key_value(id, true);
                written.push(Member::new((id, id, content), true, false));
            }
        }
    }
    let is_constant =
        |member: &Member| constants.iter().any(|(constant, _)| *constant == member.id);
    written.extend(members.into_iter().filter(is_constant));
    written
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
