//! What the fields of an event are: [`Survey`].

use std::fmt;

use tracing_core::Event;
use tracing_core::field::Field;

use crate::record::message::LentText;
use crate::sys::{event_handling, user_code};
use crate::tracing::field_value::{FieldValue, Visitor};
use crate::tracing::log_origin;

/// Which fields of an event are no key-values.
pub(super) struct Survey {
    /// The place of the message among the fields, or [`NOWHERE`].
    message: usize,
    /// The place of the first error.
    error: usize,
    /// Whether fields `log.…` are the origin of the record.
    of_log: bool,
    /// Whether there are key-values.
    pub(super) has_values: bool,
}

const NOWHERE: usize = usize::MAX;

/// Reports whether a field is called `message`.
fn is_message(field: &Field) -> bool {
    field.name() == "message"
}

impl Survey {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let mut survey = Self {
            message: NOWHERE,
            error: NOWHERE,
            of_log: log_origin::is_of_log(event.metadata()),
            has_values: false,
        };
        let mut messages = 0;
        event.record(&mut Visitor(|field: &Field, value: FieldValue<'_>| {
            if is_message(field) {
                messages += 1;
                survey.message = field.index();
            } else if matches!(value, FieldValue::Error(_)) && survey.error == NOWHERE {
                survey.error = field.index();
            } else if !survey.is_origin(field) {
                survey.has_values = true;
            }
        }));
        if messages > 1 {
            survey.message = last_message(event);
            survey.has_values = true;
        }
        survey
    }

    pub(super) fn is_message(&self, field: &Field) -> bool {
        self.message == field.index()
    }

    pub(super) fn is_error(&self, field: &Field) -> bool {
        self.error == field.index()
    }

    pub(super) fn has_error(&self) -> bool {
        self.error != NOWHERE
    }

    #[inline]
    pub(super) fn is_value(&self, field: &Field) -> bool {
        !self.is_message(field) && !self.is_error(field) && !self.is_origin(field)
    }

    #[inline]
    fn is_origin(&self, field: &Field) -> bool {
        self.of_log && log_origin::is_origin(field)
    }
}

/// Returns the place of the last message that is not empty, or of the first.
#[cold]
fn last_message(event: &Event<'_>) -> usize {
    let mut last = NOWHERE;
    event.record(&mut Visitor(|field: &Field, value: FieldValue<'_>| {
        if is_message(field) {
            let write = || user_code::text(|out| value.write_to(out));
            let text = event_handling::in_values(write);
            if !text.is_empty() || last == NOWHERE {
                last = field.index();
            }
        }
    }));
    last
}

/// The message of an event, written when it is displayed.
pub(super) struct EventMessage<'e> {
    pub(super) event: &'e Event<'e>,
    pub(super) survey: &'e Survey,
}

impl LentText for EventMessage<'_> {
    fn write_to(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let mut result = Ok(());
        let mut visitor = Visitor(|field: &Field, value: FieldValue<'_>| {
            if self.survey.is_message(field) {
                result = value.write_to(out);
            }
        });
        event_handling::in_values(|| self.event.record(&mut visitor));
        result
    }
}
