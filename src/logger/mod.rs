//! What callers hold: [`Logger`].

mod adapter;
mod attachments;
mod calls;
mod dispatch;
mod into_logger;
mod level_methods;
pub(crate) mod logger;
mod owner;
pub(crate) mod passed;
pub(crate) mod static_logger;

pub use self::adapter::LoggerAdapter;
pub(crate) use self::dispatch::{Entry, dispatch};
pub use self::into_logger::IntoLogger;
pub(crate) use self::logger::{Logger, get_logger};
