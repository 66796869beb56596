//! Times as text, rendered once a second: [`TimeFormat`].

mod cache;
mod format;
mod millis;
mod strftime;

pub(super) use self::format::{MAY_ROUND, python_time};
pub(crate) use self::format::{PYTHON_MSEC, PYTHON_TIME, TimeFormat};
