//! The handler for syslog: [`SysLogHandler`].

mod cut;
mod facility;
mod form;
mod framing;
mod handler;
mod structured_data;
#[cfg(test)]
mod tests;
mod transport;

pub use self::facility::SysLogFacility;
pub use self::form::SysLogForm;
pub use self::framing::SysLogFraming;
pub use self::handler::{SysLogHandler, SysLogHandlerBuilder};
