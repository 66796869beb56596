//! Configurations as data: Python's `dictConfig` and `fileConfig` (feature `config`; YAML by `yaml`).
//!
//! [`DictConfig`] is a configuration, [`Kinds`] what it can name, [`DictConfigBuilder`] makes one in code.
//! [`init_from_file`] is the one-line set-up.
//!
//! # The way of a document
//! ```text
//! text      JSON, TOML, YAML, INI
//!   read    values, each with its place in the text
//!   check   against the kinds: a plan, or all that is wrong
//!   apply   formatters, filters and handlers are made; then the tree changes, in one step
//! ```

mod apply;
mod arguments;
mod builder;
mod check;
mod dict_config;
mod file;
mod fingerprint;
mod foreign;
mod kinds;
mod node;
mod plan;
mod problems;
mod read;
#[cfg(feature = "reload")]
mod reload;
mod schema;
mod value;

use std::path::Path;

pub use self::arguments::{Arguments, HandlerRef};
pub use self::builder::{
    DictConfigBuilder, FilterSection, FormatterSection, HandlerSection, LoggerSection,
};
pub use self::dict_config::DictConfig;
pub use self::kinds::Kinds;
pub use self::read::Syntax;
#[cfg(feature = "reload")]
pub use self::reload::{Reloader, ReloaderBuilder};
pub use self::value::FromConfig;

use crate::error::Error;

/// Configures the global registry from a file of JSON, TOML, YAML or INI, by the end of its name, and makes it the backend of the `log`
/// facade where there is no other.
///
/// # Errors
/// Those of [`DictConfig::from_file`] and [`DictConfig::apply`]; nothing is changed then.
///
/// # Python
/// `logging.config.fileConfig`, and what people write around `dictConfig`.
///
/// # Examples
/// ```no_run
/// logtree::config::init_from_file("logging.toml")?;
/// # Ok::<(), logtree::Error>(())
/// ```
pub fn init_from_file(path: impl AsRef<Path>) -> Result<(), Error> {
    DictConfig::from_file(path)?.apply()
}
