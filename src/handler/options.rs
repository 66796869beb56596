//! What a builder gives to the handler it makes: [`HandlerOptions`].

use std::fmt;

use crate::filter::{Filter, SharedFilter};
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::level::Level;
use crate::sys::sync::Arc;

/// The options of all handlers, until there is one.
#[derive(Clone, Default)]
pub(in crate::handler) struct HandlerOptions {
    level: Option<Level>,
    formatter: Option<Arc<dyn Format>>,
    filters: Vec<SharedFilter>,
    name: Option<String>,
    once_per_stream: bool,
}

impl HandlerOptions {
    pub(in crate::handler) fn set_level(&mut self, level: Level) {
        self.level = Some(level);
    }

    pub(in crate::handler) fn set_formatter(&mut self, formatter: impl Format + 'static) {
        self.formatter = Some(Arc::new(formatter));
    }

    #[cfg(feature = "cloudwatch")]
    pub(in crate::handler) fn has_formatter(&self) -> bool {
        self.formatter.is_some()
    }

    pub(in crate::handler) fn add_filter(&mut self, filter: impl Filter + 'static) {
        self.filters.push(SharedFilter::from(filter));
    }

    pub(in crate::handler) fn set_name(&mut self, name: &str) {
        self.name = Some(name.to_owned());
    }

    pub(in crate::handler) fn set_once_per_stream(&mut self, once: bool) {
        self.once_per_stream = once;
    }

    /// Gives them to a new handler.
    pub(in crate::handler) fn apply_to(self, handler: &Handler) {
        if let Some(level) = self.level {
            handler.set_level(level);
        }
        if self.formatter.is_some() || !self.filters.is_empty() {
            handler.core.change(|config| {
                if let Some(formatter) = self.formatter {
                    config.set_formatter(formatter);
                }
                config.filters = self.filters;
            });
        }
        if let Some(name) = self.name {
            handler.set_name(name.as_str());
        }
        handler.set_once_per_stream(self.once_per_stream);
    }
}

impl fmt::Debug for HandlerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerOptions")
            .field("level", &self.level)
            .field("has_formatter", &self.formatter.is_some())
            .field("filters", &self.filters.len())
            .field("name", &self.name)
            .field("once_per_stream", &self.once_per_stream)
            .finish()
    }
}

/// The methods that the builders of all handlers have.
macro_rules! handler_options {
    ($builder:ident, $($options:ident).+) => {
        impl $builder {
            /// Sets the level below which the handler takes nothing from loggers; `NOTSET` by
            /// default.
            pub fn level(mut self, level: impl Into<crate::level::Level>) -> Self {
                self.$($options).+.set_level(level.into());
                self
            }

            /// Sets the formatter; the message alone by default.
            pub fn formatter(
                mut self,
                formatter: impl crate::formatter::Format + 'static,
            ) -> Self {
                self.$($options).+.set_formatter(formatter);
                self
            }

            /// Adds a filter; none by default.
            pub fn filter(mut self, filter: impl crate::filter::Filter + 'static) -> Self {
                self.$($options).+.add_filter(filter);
                self
            }

            /// Sets the name by which the handler can be found; none by default.
            pub fn name(mut self, name: impl AsRef<str>) -> Self {
                self.$($options).+.set_name(name.as_ref());
                self
            }

            /// Sets whether the handler leaves out records that an earlier one has written to the
            /// same stream; off by default. See
            /// [`Handler::with_once_per_stream`](crate::Handler::with_once_per_stream).
            pub fn once_per_stream(mut self, once: bool) -> Self {
                self.$($options).+.set_once_per_stream(once);
                self
            }
        }
    };
}
pub(in crate::handler) use handler_options;
