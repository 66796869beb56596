//! What names a logger: [`IntoLogger`].

use crate::logger::logger::{Logger, get_logger};
use crate::logger::static_logger::StaticLogger;

/// A logger or the name of one: `&Logger`, `&StaticLogger`, and `&str` for a logger of the global
/// registry.
///
/// The trait is sealed.
pub trait IntoLogger: private::Sealed {
    /// Returns the logger.
    fn into_logger(self) -> Logger;
}

impl IntoLogger for &Logger {
    fn into_logger(self) -> Logger {
        self.clone()
    }
}

impl IntoLogger for &StaticLogger {
    fn into_logger(self) -> Logger {
        Logger::clone(self)
    }
}

impl IntoLogger for &str {
    fn into_logger(self) -> Logger {
        get_logger(self)
    }
}

mod private {
    /// Keeps other crates from implementing the trait, so that it can grow.
    #[expect(unnameable_types, reason = "the trait is sealed")]
    pub trait Sealed {}

    impl Sealed for &super::Logger {}
    impl Sealed for &super::StaticLogger {}
    impl Sealed for &str {}
}
