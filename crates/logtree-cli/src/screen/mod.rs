//! Tables and colours on a terminal, tab-separated text or JSON elsewhere.

mod cell;
mod escape;
mod screen;
mod table;

pub(crate) use self::cell::{Cell, Tone};
pub(crate) use self::escape::{escaped, json_line};
pub(crate) use self::screen::Screen;
pub(crate) use self::table::Table;
