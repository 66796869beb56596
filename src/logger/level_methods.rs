//! The methods that log, which loggers and adapters share.

/// `log`, `exception`, and `trace` to `critical`: by the method that tests the level, and the
/// logger that makes the record.
macro_rules! level_methods {
    ($type:ty, $passes:ident, |$this:ident| $logger:expr) => {
        impl $type {
            /// Logs at a level. The macro [`log!`](macro@crate::log) does not evaluate its
            /// arguments if the level is disabled, and also records module and function.
            ///
            /// # Python
            /// `Logger.log`.
            #[track_caller]
            pub fn log(&self, level: impl Into<crate::level::Level>, message: impl std::fmt::Display) {
                let level = level.into();
                if self.$passes(level) {
                    self.submit_text(level, format_args!("{message}"), None, std::panic::Location::caller());
                }
            }

            /// Logs at `ERROR` with an error and its causes, which follow the message.
            ///
            /// # Python
            /// `Logger.exception`, which uses the exception being handled.
            ///
            /// # Examples
            /// ```
            /// use logtree::Registry;
            /// use logtree::test::Capture;
            ///
            /// let registry = Registry::new();
            /// let logger = registry.get_logger("app");
            /// let capture = Capture::new(&logger);
            /// if let Err(error) = "x".parse::<u8>() {
            ///     logger.exception("cannot read the port", &error);
            /// }
            /// let error = capture.records()[0].error_text().map(str::to_owned);
            /// assert_eq!(error.as_deref(), Some("invalid digit found in string"));
            /// ```
            #[track_caller]
            pub fn exception(&self, message: impl std::fmt::Display, error: &dyn std::error::Error) {
                if self.$passes(crate::level::Level::ERROR) {
                    self.submit_text(
                        crate::level::Level::ERROR,
                        format_args!("{message}"),
                        Some(error),
                        std::panic::Location::caller(),
                    );
                }
            }

            fn submit_text(
                &self,
                level: crate::level::Level,
                arguments: std::fmt::Arguments<'_>,
                error: Option<&dyn std::error::Error>,
                caller: &'static std::panic::Location<'static>,
            ) {
                let $this = self;
                let text = crate::record::LazyMessage::of_arguments(arguments);
                let message = crate::record::Message::Lazy(&text);
                let source = crate::record::Source::of_caller(caller);
                let mut record = $logger.record(level, message, &source);
                record.error = error;
                self.submit(&mut record);
            }
        }

        level_methods! {
            $type: trace TRACE debug DEBUG info INFO warn WARNING warning WARNING error ERROR
            critical CRITICAL
        }
    };
    ($type:ty: $($method:ident $level:ident)+) => {
        impl $type {
            $(
                #[doc = concat!("Logs at `", stringify!($level), "`.")]
                #[track_caller]
                pub fn $method(&self, message: impl std::fmt::Display) {
                    self.log(crate::level::Level::$level, message);
                }
            )+
        }
    };
}
pub(crate) use level_methods;
