//! Redacts secrets in records: [`RedactingFilter`].
//!
//! `rules` is the table of names, words and tokens, `places` that of places. `prefilter` passes over
//! a text for what is worth a closer look, and `finder` looks. `names` knows which names have secret
//! values, `separator` what stands between a name and its value, or else `apart`, `pairs` and
//! `rows`; `value`, `container`, `lines` and `header` where the value begins, `extent` where it
//! ends, and `name` hides it unless `innocent` says that it is none, or `placeholder` that it stands
//! in place of one. `place`, `commands`, `statements` and `logons` know secrets by their place,
//! `shapes` and `urls` by their looks. `views` decodes what was encoded, and `personal` finds
//! personal data.

mod apart;
mod class;
mod commands;
mod container;
mod extent;
mod finder;
mod header;
mod innocent;
mod lines;
mod logons;
mod name;
mod names;
mod pairs;
mod personal;
mod place;
mod placeholder;
#[rustfmt::skip]
mod places;
mod prefilter;
mod redacting_filter;
mod rows;
#[rustfmt::skip]
mod rules;
mod secret;
mod separator;
mod shapes;
mod span;
mod statements;
mod text;
mod urls;
mod value;
mod views;

pub use self::class::SecretClass;
pub use self::redacting_filter::RedactingFilter;
pub use self::secret::Secret;
