//! Lines for people who develop: [`PrettyFormatter`].

mod below;
mod columns;
mod fields;
mod formatter;
mod frames;
mod glyphs;
mod label;
mod name;
mod options;
mod pen;
mod place;
mod styles;
mod wrap;

pub use self::formatter::PrettyFormatter;
