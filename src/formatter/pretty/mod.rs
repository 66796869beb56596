//! Lines for people who develop: [`PrettyFormatter`].

mod auto;
mod below;
mod columns;
mod extras;
mod fields;
mod formatter;
mod frames;
mod glyphs;
mod highlight;
mod human;
mod label;
mod layout;
mod links;
mod name;
mod named;
mod options;
mod pen;
mod place;
mod presets;
mod spans;
mod styles;
mod wrap;

pub use self::auto::AutoFormatter;
pub use self::formatter::PrettyFormatter;
#[cfg(feature = "config")]
pub(crate) use self::named::NAMES;
