//! What the types of handlers have in common.

/// The everyday methods of a handler type: its own chain methods, and all of
/// [`Handler`](crate::Handler)'s by dereference: a handler type is a shared pointer to one
/// `Handler`, with what only its own kind can do.
macro_rules! handler_type {
    ($type:ident) => {
        impl $type {
            /// Sets the level below which it takes nothing from loggers.
            #[must_use]
            pub fn with_level(self, level: impl Into<crate::level::Level>) -> Self {
                self.handler.set_level(level);
                self
            }

            /// Sets the formatter.
            #[must_use]
            pub fn with_formatter(
                self,
                formatter: impl crate::formatter::Format + 'static,
            ) -> Self {
                self.handler.set_formatter(formatter);
                self
            }

            /// Adds a filter.
            #[must_use]
            pub fn with_filter(self, filter: impl crate::filter::Filter + 'static) -> Self {
                self.handler.add_filter(filter);
                self
            }

            /// Sets the name it can be found by.
            #[must_use]
            pub fn with_name(self, name: &str) -> Self {
                self.handler.set_name(name);
                self
            }

            /// Sets whether it leaves out records that an earlier handler has written to the same
            /// stream; see
            /// [`Handler::with_once_per_stream`](crate::Handler::with_once_per_stream).
            #[must_use]
            pub fn with_once_per_stream(self, once: bool) -> Self {
                self.handler.set_once_per_stream(once);
                self
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.handler, f)
            }
        }

        impl std::ops::Deref for $type {
            type Target = crate::handler::handler::Handler;

            fn deref(&self) -> &crate::handler::handler::Handler {
                &self.handler
            }
        }

        impl AsRef<crate::handler::handler::Handler> for $type {
            fn as_ref(&self) -> &crate::handler::handler::Handler {
                &self.handler
            }
        }

        impl From<$type> for crate::handler::handler::Handler {
            fn from(handler: $type) -> Self {
                handler.handler
            }
        }
    };
}
pub(in crate::handler) use handler_type;
