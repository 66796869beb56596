//! Records of the attributes of Python's: [`deliver`].

use serde_json::Value as Json;

use crate::handler::socket::unpickle::{MAX_DEPTH, MAX_VALUES, Refused, unpickle};
use crate::level::Level;
use crate::logger::{Entry, dispatch};
use crate::name::{self, Name};
use crate::record::{OwnedValue, RecordBuilder, Source};
use crate::registry::Registry;
use crate::time::Timestamp;

/// How many key-values a record has at most.
const MAX_KEY_VALUES: usize = 1_024;

/// Attributes that are made of others.
const DERIVED: &[&str] = &[
    "filename",
    "module",
    "msecs",
    "relativeCreated",
    "exc_info",
    "message",
    "asctime",
];

/// Logs the record of a frame. Levels and handlers are those of the logger of its name, or of the
/// nearest ancestor that there is: names of others make no loggers.
///
/// # Errors
/// Where it is no record, or has anything but values.
pub(super) fn deliver(registry: &Registry, frame: &[u8]) -> Result<(), Refused> {
    let value = match frame.first() {
        Some(b'{') => json(frame)?,
        _ => unpickle(frame)?,
    };
    let OwnedValue::Map(attributes) = value else {
        return Err("a value that is no dictionary");
    };
    let mut attributes = Attributes(attributes);
    let level = attributes
        .number("levelno")
        .ok_or("a record without a level")?;
    let level = Level::new(level);
    let name = attributes.text("name").unwrap_or_default();
    let name = match Name::cut(&name) {
        "" => name::ROOT,
        name => name,
    };
    let registry = registry.inner();
    let dotted = name::dotted(name);
    let node = registry.nearest(&dotted);
    let by_level = level >= node.level_for(&dotted);
    if !node.lets_through(level) || !registry.wants(&node, level, by_level) {
        return Ok(());
    }
    let file = attributes.text("pathname").unwrap_or_default();
    let function = attributes.text("funcName").unwrap_or_default();
    let source = Source::default()
        .with_file(&file)
        .with_line(attributes.number("lineno").unwrap_or(0))
        .with_function(&function);
    let thread = attributes.number("thread").unwrap_or(0);
    let thread_name = attributes.text("threadName");
    let process = attributes.number("process").unwrap_or(0);
    let process_name = attributes.text("processName").unwrap_or_default();
    let mut record = RecordBuilder::new(&registry.environment)
        .name(name)
        .level(level)
        .message(attributes.text("msg").unwrap_or_default())
        .source(source)
        .thread(thread, thread_name.as_deref())
        .process(process, &process_name);
    if let Some(time) = attributes.time() {
        record = record.time(time);
    }
    let level_name = attributes.text("levelname");
    let known = registry.environment.level_names.name(level);
    if let Some(level_name) = level_name.filter(|name| **name != *known) {
        record = record.level_name(level_name);
    }
    if let Some(error) = attributes.text("exc_text") {
        record = record.error_text(error);
    }
    if let Some(stack) = attributes.text("stack_info") {
        record = record.stack(stack);
    }
    let others = attributes.others();
    if others.len() > MAX_KEY_VALUES {
        return Err("a record of too many key-values");
    }
    for (key, value) in others {
        record = record.key_value(key, value);
    }
    dispatch(
        registry,
        &node,
        &mut record.build(),
        Entry::Call { by_level },
    );
    Ok(())
}

struct Attributes(Vec<(String, OwnedValue)>);

impl Attributes {
    /// Takes an attribute that is not `None` out. The last one of a name is the one that counts, as
    /// in Python.
    fn take(&mut self, name: &str) -> Option<OwnedValue> {
        let mut found = None;
        self.0.retain_mut(|(key, value)| {
            let is_it = key == name;
            if is_it {
                found = Some(std::mem::replace(value, OwnedValue::Null));
            }
            !is_it
        });
        found.filter(|value| *value != OwnedValue::Null)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.take(name).map(|value| match value {
            OwnedValue::Text(text) => text,
            other => other.to_string(),
        })
    }

    fn number<N: TryFrom<i128> + TryFrom<u128>>(&mut self, name: &str) -> Option<N> {
        match self.take(name)? {
            OwnedValue::Signed(number) => N::try_from(number).ok(),
            OwnedValue::Unsigned(number) => N::try_from(number).ok(),
            _ => None,
        }
    }

    fn time(&mut self) -> Option<Timestamp> {
        let seconds = self.take("created")?.as_f64()?;
        // Python's clock has microseconds in a float.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates, as time beyond the range does"
        )]
        let micros = (seconds * 1e6).round() as i64;
        Some(Timestamp::from_nanos(micros.saturating_mul(1_000)))
    }

    /// Returns what is left and is not made of the others.
    fn others(self) -> Vec<(String, OwnedValue)> {
        let mut others = self.0;
        others.retain(|(key, value)| match &**key {
            "args" => !matches!(value, OwnedValue::Null) && *value != OwnedValue::List(Vec::new()),
            "taskName" => *value != OwnedValue::Null,
            key => !DERIVED.contains(&key),
        });
        others
    }
}

fn json(frame: &[u8]) -> Result<OwnedValue, Refused> {
    let value = serde_json::from_slice(frame).map_err(|_| "damaged JSON")?;
    owned(value, MAX_DEPTH, &mut { MAX_VALUES })
}

/// Returns the same value; `left` is how many more there may be.
fn owned(value: Json, depth: usize, left: &mut usize) -> Result<OwnedValue, Refused> {
    *left = left.checked_sub(1).ok_or("JSON of too many values")?;
    let inside = || depth.checked_sub(1).ok_or("JSON that nests too deep");
    Ok(match value {
        Json::Null => OwnedValue::Null,
        Json::Bool(value) => OwnedValue::Bool(value),
        Json::String(text) => OwnedValue::Text(text),
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => whole.into(),
            (_, Some(whole), _) => whole.into(),
            (.., Some(float)) => float.into(),
            _ => OwnedValue::Text(number.to_string()),
        },
        Json::Array(values) => {
            let depth = inside()?;
            let values = values.into_iter().map(|value| owned(value, depth, left));
            OwnedValue::List(values.collect::<Result<_, _>>()?)
        }
        Json::Object(fields) => {
            let depth = inside()?;
            let fields = fields.into_iter();
            let fields = fields.map(|(key, value)| Ok((key, owned(value, depth, left)?)));
            OwnedValue::Map(fields.collect::<Result<_, Refused>>()?)
        }
    })
}
