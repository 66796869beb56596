//! How records are written for a socket: [`Wire`].

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_pickle::SerOptions;

use crate::error::{Error, ErrorKind};
use crate::formatter::for_each_field;
use crate::handler::delivery::{halved, halved_json};
use crate::handler::socket::unpickle::unpickle;
use crate::record::{OwnedValue, Record, Scalar};
use crate::sys::user_code;

/// How a [`SocketHandler`](crate::handler::SocketHandler) and a
/// [`DatagramHandler`](crate::handler::DatagramHandler) write a record: the attributes of Python's
/// `LogRecord` in a dictionary, then the key-values.
///
/// The text is in `msg`, and `args` and `exc_info` are `None`, as Python sends them. A key-value
/// with the name of an attribute is called `kv_NAME`. Whole numbers beyond 64 bits are strings, and
/// bytes are strings of hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wire {
    /// Python's own: a pickle, of protocol 2, which each Python can read. Unpickling can run code
    /// that the sender chooses, so receivers must trust all that can connect.
    #[default]
    Pickle,
    /// The same dictionary as a JSON object, for receivers that accept no pickles. NaN and
    /// infinities are `null`.
    Json,
}

impl Wire {
    /// Appends the dictionary of a record.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn write(self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        self.serialize(&Dictionary(record), out)
    }

    /// Returns the same dictionary with its longest string halved; `None` if it is short.
    pub(super) fn shorten(self, payload: &[u8]) -> Option<Vec<u8>> {
        if self == Self::Json {
            return halved_json(payload);
        }
        let Ok(OwnedValue::Map(mut fields)) = unpickle(payload) else {
            return None;
        };
        let texts = fields.iter_mut().filter_map(|(_, value)| match value {
            OwnedValue::Text(text) => Some(text),
            _ => None,
        });
        let longest = texts.max_by_key(|text| text.len())?;
        *longest = halved(longest)?;
        let mut shorter = Vec::with_capacity(payload.len());
        let fields = OwnedValue::Map(fields);
        let written = self.serialize(&Plain(fields.as_scalar()), &mut shorter);
        written.ok().map(|()| shorter)
    }

    fn serialize(self, value: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Error> {
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(ErrorKind::FieldType, "cannot write a record for a socket")
                .with_source(std::io::Error::other(error))
        };
        match self {
            Self::Pickle => serde_pickle::to_writer(out, value, SerOptions::new().proto_v2())
                .map_err(|error| failed(error.into())),
            Self::Json => serde_json::to_writer(out, value).map_err(|error| failed(error.into())),
        }
    }
}

/// A record as a dictionary.
struct Dictionary<'r>(&'r Record<'r>);

impl Serialize for Dictionary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut result = Ok(());
        for_each_field(self.0, |name, value| {
            if result.is_ok() {
                result = map.serialize_entry(name, &Plain(value));
            }
        });
        result?;
        map.end()
    }
}

/// A value as each receiver can read it.
struct Plain<'v>(Scalar<'v>);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Scalar::Null => serializer.serialize_none(),
            Scalar::Bool(value) => serializer.serialize_bool(value),
            Scalar::Signed(value) => match i64::try_from(value) {
                Ok(value) => serializer.serialize_i64(value),
                Err(_) => serializer.collect_str(&value),
            },
            Scalar::Unsigned(value) => match u64::try_from(value) {
                Ok(value) => serializer.serialize_u64(value),
                Err(_) => serializer.collect_str(&value),
            },
            Scalar::Float(value) => serializer.serialize_f64(value),
            Scalar::Text(text) => serializer.serialize_str(text),
            Scalar::Other(value) => serializer.serialize_str(&user_code::display(value)),
            Scalar::Nested(OwnedValue::List(values)) => {
                serializer.collect_seq(values.iter().map(|value| Plain(value.as_scalar())))
            }
            Scalar::Nested(OwnedValue::Map(values)) => serializer.collect_map(
                values
                    .iter()
                    .map(|(key, value)| (key, Plain(value.as_scalar()))),
            ),
            Scalar::Nested(value) => serializer.collect_str(value),
        }
    }
}
