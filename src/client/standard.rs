//! The sink that writes to standard error: [`StandardSink`].

use std::fmt;

use crate::client::classification::Classification;
use crate::client::sink::ClientSink;
use crate::formatter::go_sdk::GoSdkFormatter;
use crate::handler::{Handler, StreamHandler};
use crate::registry::Registry;
use crate::sys::user_code;

/// Writes messages to standard error as the AWS SDK for Go does; see [`GoSdkFormatter`].
///
/// # Go
/// `logging.NewStandardLogger(os.Stderr)`.
#[derive(Clone, Debug)]
pub struct StandardSink {
    handler: Handler,
}

impl StandardSink {
    /// Returns a sink that writes to standard error.
    #[must_use]
    pub fn new() -> Self {
        Self::to(StreamHandler::stderr())
    }

    /// Returns a sink that passes the messages to a handler, which gets a [`GoSdkFormatter`] if it
    /// has no formatter.
    #[must_use]
    pub fn to(handler: impl Into<Handler>) -> Self {
        let handler = handler.into();
        if !handler.has_formatter() {
            handler.set_formatter(GoSdkFormatter::new());
        }
        Self { handler }
    }
}

impl Default for StandardSink {
    fn default() -> Self {
        Self::new()
    }
}

impl ClientSink for StandardSink {
    fn log(&self, class: &Classification, message: fmt::Arguments<'_>) {
        let text = user_code::display(&message);
        let record = Registry::global()
            .record_builder()
            .name("SDK")
            .level(class.level());
        let record = record
            .message(text.as_str())
            .key_value("classification", class.as_str());
        self.handler.handle(&record.build());
    }
}
