//! Records as the dictionaries that Python's network handlers send.

use crate::formatter::template::Field;
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::record::{Record, Scalar};
use crate::sys::sync::Lazy;

/// The attributes of a `LogRecord`, in the order in which CPython sets them.
static FIELDS: [Field; 21] = [
    Field::Name,
    Field::Msg,
    Field::Args,
    Field::LevelName,
    Field::LevelNumber,
    Field::PathName,
    Field::FileName,
    Field::Module,
    Field::ErrorInfo,
    Field::ErrorText,
    Field::StackInfo,
    Field::LineNumber,
    Field::Function,
    Field::Created,
    Field::Millis,
    Field::RelativeCreated,
    Field::Thread,
    Field::ThreadName,
    Field::ProcessName,
    Field::Process,
    Field::TaskName,
];

/// Calls `visit` with what is in the dictionary of a record, in CPython's order: the attributes,
/// with the text as `msg`, no `args` and no `exc_info`; then the key-values, those with the name of
/// an attribute as `kv_NAME`.
pub(crate) fn for_each_field(record: &Record<'_>, mut visit: impl FnMut(&str, Scalar<'_>)) {
    static TIME: Lazy<TimeFormat> = Lazy::new(|| TimeFormat::python(TimeZone::Utc));
    for field in &FIELDS {
        match field {
            Field::Args | Field::ErrorInfo => visit(field.name(), Scalar::Null),
            _ => {
                field.read(record, &TIME, &[], |value| visit(field.name(), value));
            }
        }
    }
    record.key_values().for_each_kept(|key, value| {
        let key = key.as_str();
        match FIELDS.iter().find(|field| field.name() == key) {
            // It is the attribute.
            Some(Field::TaskName) => {}
            // A formatter of the receiver would replace them.
            None if matches!(key, "message" | "asctime") => {
                value.read(|value| visit(&format!("kv_{key}"), value));
            }
            Some(_) => value.read(|value| visit(&format!("kv_{key}"), value)),
            None => value.read(|value| visit(key, value)),
        }
    });
}
