//! Redacts secrets in records: [`RedactingFilter`].
//!
//! `rules` is the table of names and tokens, `places` that of places, `innocents` that of values
//! that are no secrets. `prefilter` scans a string for candidates, which `finder` examines. `names`
//! and `keys` decide which names have secret values. `separator` and its `sign`, `apart`, `ahead`,
//! `pairs` and their `name_keys`, `record`, `rows` and `bindings` find the value of a name,
//! `value`, `container`, `lines` and `header` its beginning, and `extent` its end. `name` redacts
//! it unless it is `innocent`, by its `look` for example, `plain`ly something else, or a
//! `placeholder`.
//! `place`, `commands`, `statements` and `logons` recognize secrets by their position, `shapes` and
//! `urls` by their shape. `views` decodes encoded strings, and `personal` finds personal data.

mod ahead;
mod apart;
mod bindings;
mod class;
mod commands;
mod container;
mod extent;
mod finder;
mod header;
mod innocent;
#[rustfmt::skip]
mod innocents;
mod keys;
mod lines;
mod logons;
mod look;
mod name;
mod name_keys;
mod names;
mod pairs;
mod personal;
mod place;
mod placeholder;
#[rustfmt::skip]
mod places;
mod plain;
mod prefilter;
mod record;
mod redacting_filter;
mod rows;
#[rustfmt::skip]
mod rules;
mod secret;
mod separator;
mod shapes;
mod sign;
mod span;
mod statements;
mod text;
mod urls;
mod value;
mod views;

pub use self::class::SecretClass;
pub use self::redacting_filter::RedactingFilter;
pub use self::secret::Secret;
