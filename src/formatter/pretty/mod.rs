//! Lines for people who develop: [`PrettyFormatter`].

mod auto;
mod below;
mod columns;
mod fields;
mod formatter;
mod frames;
mod glyphs;
mod label;
mod layout;
mod name;
mod options;
mod pen;
mod place;
mod presets;
mod styles;
mod wrap;

pub use self::auto::AutoFormatter;
pub use self::formatter::PrettyFormatter;
