//! What to ask, and what the responses say. A file for each verb.

mod audit;
mod change;
mod check;
mod clear;
mod completions;
mod console;
mod groups;
mod handlers;
mod levels;
mod pretty;
mod ps;
mod replay;
mod set;
pub(crate) mod span;
mod switch;
mod tail;
mod v2;

pub(crate) use self::audit::audit;
pub(crate) use self::check::check;
pub(crate) use self::clear::clear;
pub(crate) use self::completions::{complete_names, completions};
pub(crate) use self::console::console;
pub(crate) use self::groups::groups;
pub(crate) use self::handlers::handlers;
pub(crate) use self::levels::levels;
pub(crate) use self::pretty::pretty;
pub(crate) use self::ps::ps;
pub(crate) use self::replay::replay;
pub(crate) use self::set::set;
pub(crate) use self::switch::switch;
pub(crate) use self::tail::tail;
pub(crate) use self::v2::v2;
