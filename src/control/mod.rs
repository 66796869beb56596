//! Levels that are changed while the program runs: [`Control`].
//!
//! External tools (a console, a command line, an endpoint) change levels through this module only.
//! Its model is that of AWS IoT's logging options and levels, with expiry, groups, revisions and
//! persistence in addition.

mod beside;
mod builder;
mod change;
mod change_log;
mod changed;
mod clear_all;
mod clock;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod control;
mod core;
mod differences;
#[cfg(feature = "control")]
mod endpoint;
mod entry;
mod error_codes;
#[cfg(feature = "fleet")]
pub mod fleet;
#[cfg(feature = "fleet")]
mod fleet_change;
mod fleet_level;
mod group;
mod kept;
mod layer;
mod limits;
mod listing;
mod local_file;
mod logger_state;
mod options;
mod origin;
mod page;
mod past;
#[cfg(feature = "control")]
mod plan;
mod rules;
mod sensitive;
mod state;
mod store_format;
mod subscription;
#[cfg(feature = "control")]
mod tail;
mod target;
mod target_type;
#[cfg(test)]
mod temporary_model;
mod token;
mod transaction;
mod undo;

pub use self::builder::ControlBuilder;
pub use self::change::Change;
pub use self::changed::Changed;
pub use self::control::Control;
#[cfg(all(fuzzing, feature = "control"))]
pub use self::endpoint::fuzzing;
#[cfg(feature = "control")]
pub use self::endpoint::{Address, Endpoint, Server};
#[cfg(feature = "control")]
pub(crate) use self::endpoint::{Asker, serve_standing};
pub use self::error_codes::{aws_error_name, http_status};
pub use self::group::Group;
pub use self::layer::Layer;
pub use self::listing::{Listing, Override};
pub use self::logger_state::LoggerState;
pub use self::options::LoggingOptions;
pub use self::page::Page;
pub use self::subscription::Subscription;
pub use self::target::LevelTarget;
pub use self::target_type::TargetType;
pub use self::token::Token;
