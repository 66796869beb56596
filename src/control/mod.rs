//! Levels changed while the program runs: [`Control`].
//!
//! Who steers a program from outside (a console, a command line, an endpoint) does it through here, and through nothing else. The
//! shape is that of AWS IoT's logging options and levels (rows I1 to I16 of the feature table), with what that lacks (K1 to K10).
//!
//! A [`Change`] is made by a `draft` on the `state`, kept by the `store`, and put in place, or taken back; `rules` decide where loggers alone
//! do not, `expiry` ends what has an end. All of these are `shared` by the controls of a registry, and belong to it.

mod builder;
mod change;
mod draft;
mod error;
mod expiry;
mod handle;
mod logger_state;
mod options;
mod page;
mod rules;
mod shared;
mod state;
mod store;
mod target;

pub use self::builder::ControlBuilder;
pub use self::change::{Change, Changed};
pub use self::error::{ControlError, ControlErrorKind};
pub use self::handle::Control;
pub use self::logger_state::LoggerState;
pub use self::options::LoggingOptions;
pub use self::page::{Listing, Override, Page, Token};
pub use self::target::{Target, TargetType};
