//! Where an event of `tracing-log` comes from: [`LogOrigin`].

use tracing_core::field::Field;
use tracing_core::{Event, Metadata};

use crate::record::Source;
use crate::tracing::field_value::{FieldValue, Visitor};

const TARGET: &str = "log.target";
const MODULE_PATH: &str = "log.module_path";
const FILE: &str = "log.file";
const LINE: &str = "log.line";

/// Reports whether an event may be a record of the `log` facade, sent on by `tracing-log`.
pub(super) fn is_of_log(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "log"
}

/// Reports whether a field of such an event says where the record is from.
pub(super) fn is_origin(field: &Field) -> bool {
    matches!(field.name(), TARGET | MODULE_PATH | FILE | LINE)
}

/// The origin of a record of the facade.
#[derive(Default)]
pub(super) struct LogOrigin {
    pub(super) target: String,
    module_path: String,
    pub(super) file: String,
    pub(super) line: u32,
}

impl LogOrigin {
    /// Returns the origin; `None` for an event that has none.
    pub(super) fn of(event: &Event<'_>) -> Option<Self> {
        if !is_of_log(event.metadata()) || event.metadata().fields().field(TARGET).is_none() {
            return None;
        }
        let mut origin = Self::default();
        let mut has_target = false;
        event.record(&mut Visitor(
            |field: &Field, value: FieldValue<'_>| match (field.name(), value) {
                (TARGET, FieldValue::Text(text)) => {
                    text.clone_into(&mut origin.target);
                    has_target = true;
                }
                (MODULE_PATH, FieldValue::Text(text)) => text.clone_into(&mut origin.module_path),
                (FILE, FieldValue::Text(text)) => text.clone_into(&mut origin.file),
                (LINE, FieldValue::Unsigned(line)) => {
                    origin.line = u32::try_from(line).unwrap_or_default();
                }
                _ => {}
            },
        ));
        has_target.then_some(origin)
    }

    pub(super) fn source(&self) -> Source<'_> {
        Source::default()
            .with_module_path(&self.module_path)
            .with_file(&self.file)
            .with_line(self.line)
    }
}
