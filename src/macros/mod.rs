//! The macros that log, and what they expand to.
//!
//! A call passes three hidden macros: `__log` finds out where it goes, `__call` tests the level,
//! and `__bind` evaluates the values and arguments, each into a reference of its own, before it
//! calls [`log_split`] or [`log_arguments`]. `__value` is one key-value of that call.

pub(crate) mod as_logger;
pub(crate) mod call_site;
mod expand;
mod forms;
pub(crate) mod limit;
mod limited;
pub(crate) mod split;
pub(crate) mod submit;
pub(crate) mod values;

pub use ::std;

pub use self::as_logger::{is_enabled, logger, passes};
pub use self::call_site::CallSite;
pub use self::limit::{Limit, Pace};
pub use self::split::argument;
pub use self::submit::{log_arguments, log_split};
pub use self::values::value;
pub use crate::logger::passed::{Counted, Passed, PassedCall};
pub use crate::record::call_key::CallKey;
pub use crate::record::call_values::CallValue;
pub use crate::record::site::Site;
pub use crate::record::split_message::{Argument, Template};
