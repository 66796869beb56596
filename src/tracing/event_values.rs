//! The key-values of an event: [`EventValues`].

use std::cell::OnceCell;

use log::kv::Value;
use tracing_core::Event;
use tracing_core::field::Field;

use crate::record::{LentValues, OwnedValue};
use crate::sys::event_handling;
use crate::tracing::field_value::{FieldValue, Visitor, key_of};
use crate::tracing::survey::Survey;

/// The fields of an event that are key-values, read from the event where they are written.
pub(super) struct EventValues<'e> {
    event: &'e Event<'e>,
    survey: &'e Survey,
    /// Copies, for what keeps single values longer than a visit lasts.
    kept: OnceCell<Vec<(&'static str, OwnedValue)>>,
}

impl<'e> EventValues<'e> {
    pub(super) fn new(event: &'e Event<'e>, survey: &'e Survey) -> Self {
        Self {
            event,
            survey,
            kept: OnceCell::new(),
        }
    }

    fn visit(&self, mut visit: impl FnMut(&'static str, FieldValue<'_>)) {
        let mut visitor = Visitor(|field: &Field, value: FieldValue<'_>| {
            if self.survey.is_value(field) {
                visit(key_of(field), value);
            }
        });
        event_handling::in_values(|| self.event.record(&mut visitor));
    }
}

impl LentValues for EventValues<'_> {
    fn for_each(&self, visit: &mut dyn FnMut(&str, &Value<'_>)) {
        self.visit(|key, value| value.with(|value| visit(key, value)));
    }

    fn has(&self, key: &str) -> bool {
        let mut fields = self.event.metadata().fields().iter();
        if !fields.any(|field| key_of(&field) == key) {
            return false;
        }
        // It may be declared and have no value.
        let mut has = false;
        self.visit(|known, _| has |= known == key);
        has
    }

    fn kept(&self) -> &[(&'static str, OwnedValue)] {
        self.kept.get_or_init(|| {
            let mut kept = Vec::new();
            self.visit(|key, value| kept.push((key, value.to_owned())));
            kept
        })
    }
}
