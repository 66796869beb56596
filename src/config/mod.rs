//! Configurations as data: Python's `dictConfig` and `fileConfig` (feature `config`; TOML
//! and YAML with the features `config-toml` and `config-yaml`).
//!
//! [`DictConfig`] is a configuration, [`Factories`] lists the objects that it can name, and
//! [`DictConfigBuilder`] builds one in code. [`init_from_file`] is the one-line set-up.
//!
//! # How a document is applied
//! ```text
//! text        JSON, TOML, YAML, INI
//!   syntax    values, each with its place in the text
//!   plan      checked against the factories: what to build, or all problems
//!   apply     formatters, filters and handlers are built; then the tree changes, in one step
//! ```

mod apply;
mod arguments;
mod builder;
mod dict_config;
#[cfg(feature = "control")]
mod endpoint;
mod factories;
mod file;
mod fingerprint;
mod foreign;
mod from_config;
mod handler_ref;
mod mismatch;
mod node;
mod place;
mod plan;
mod raw_problem;
mod read_context;
mod references;
#[cfg(feature = "reload")]
mod reload;
mod schema;
mod sections;
mod settings;
mod streams;
mod syntax;

pub use self::arguments::Arguments;
pub use self::builder::DictConfigBuilder;
pub use self::dict_config::{DictConfig, init_from_file};
pub use self::factories::Factories;
pub use self::from_config::FromConfig;
pub use self::handler_ref::HandlerRef;
#[cfg(feature = "reload")]
pub use self::reload::{Reloader, ReloaderBuilder};
pub use self::sections::{
    ControlSection, FilterSection, FormatterSection, HandlerSection, LoggerSection,
};
pub use self::syntax::Syntax;
