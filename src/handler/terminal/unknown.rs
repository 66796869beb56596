//! The terminal of a stream, where no formatter asks for it.

use std::io::IsTerminal;

use crate::formatter::Line;
use crate::record::Record;
use crate::sys::host::Standard;

pub(in crate::handler) struct Terminal;

impl Terminal {
    pub(in crate::handler) fn of(_: Standard, _: &impl IsTerminal) -> Self {
        Self
    }

    pub(in crate::handler) fn none() -> Self {
        Self
    }

    #[inline]
    pub(in crate::handler) fn line(&self, color: bool, _: &Record<'_>) -> Line {
        Line::new().with_color(color)
    }
}

#[derive(Default)]
pub(in crate::handler) struct Above {}

impl Above {
    #[inline]
    pub(in crate::handler) fn leave_out(&mut self, _: &mut Line) {}
}
