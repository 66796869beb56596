//! The formatters of most handlers: [`KnownFormat`].

use crate::formatter::format::Format;
use crate::formatter::json::JsonFormatter;
use crate::formatter::text::Formatter;

/// A formatter of a type that is known, so that it is called by no pointer.
#[derive(Clone)]
pub(crate) enum KnownFormat {
    Text(Formatter),
    Json(JsonFormatter),
}

impl KnownFormat {
    /// Returns a clone of a formatter, which writes the same lines, if it is one of these.
    pub(crate) fn of(formatter: &dyn Format) -> Option<Self> {
        let pure = formatter.as_pure()?;
        let text = pure.downcast_ref::<Formatter>().cloned().map(Self::Text);
        text.or_else(|| Some(Self::Json(pure.downcast_ref::<JsonFormatter>()?.clone())))
    }
}
