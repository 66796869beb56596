//! Errors that end a program: [`report`], [`main`].

use std::error::Error;
use std::process::ExitCode;

use crate::logger::logger::get_logger;

/// Logs an error that ends the program, with its causes, and returns the exit code 1. The record is
/// one of the root, at `ERROR`.
///
/// The error is printed nowhere but by handlers; without any, by the last resort. The type is that
/// of any [`Error`], a box of one, or what leads to one by [`AsRef`], as `anyhow::Error` and
/// `eyre::Report` do.
///
/// # Examples
/// ```
/// use std::process::ExitCode;
///
/// use logtree::{Level, set_stream_logger, setup};
///
/// fn main() -> ExitCode {
///     set_stream_logger("", Level::INFO);
///     let port = match "8080".parse::<u16>() {
///         Ok(port) => port,
///         // ERROR root the program failed
///         //     invalid digit found in string
///         Err(error) => return setup::report(&error),
///     };
///     assert_eq!(port, 8080);
///     ExitCode::SUCCESS
/// }
/// ```
#[track_caller]
pub fn report<const WAY: u8>(error: &impl AsError<WAY>) -> ExitCode {
    get_logger("").exception("the program failed", error.as_error());
    ExitCode::FAILURE
}

/// Runs the body of a program, and [reports](report) the error that it returns: unlike a `main`
/// that returns the error, which std prints by its `Debug`. Returns the exit code, 0 or 1.
///
/// Panics are logged by [`log_panics`](crate::log_panics).
///
/// # Examples
/// ```
/// use std::error::Error;
/// use std::process::ExitCode;
///
/// use logtree::{Level, set_stream_logger, setup};
///
/// fn run() -> Result<(), Box<dyn Error>> {
///     let port: u16 = "8080".parse()?;
///     logtree::info!(port; "listens");
///     Ok(())
/// }
///
/// fn main() -> ExitCode {
///     set_stream_logger("", Level::INFO);
///     setup::main(run)
/// }
/// ```
#[track_caller]
pub fn main<E: AsError<WAY>, const WAY: u8>(run: impl FnOnce() -> Result<(), E>) -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

/// An error, a box of one, or what leads to one by [`AsRef`]. `WAY` distinguishes these, and is
/// never written.
///
/// The trait is sealed.
///
/// # Examples
/// ```
/// use std::io;
///
/// use logtree::setup::{AsError, report};
///
/// /// Reports an error of either module.
/// fn end<const WAY: u8>(error: &impl AsError<WAY>) {
///     report(error);
/// }
/// end(&io::Error::other("no room"));
/// ```
pub trait AsError<const WAY: u8>: private::Sealed<WAY> {
    /// Returns the error.
    fn as_error(&self) -> &(dyn Error + 'static);
}

impl<E: Error + 'static> AsError<0> for E {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self
    }
}

impl<E: AsRef<dyn Error>> AsError<1> for E {
    fn as_error(&self) -> &(dyn Error + 'static) {
        self.as_ref()
    }
}

impl AsError<2> for Box<dyn Error + Send + Sync> {
    fn as_error(&self) -> &(dyn Error + 'static) {
        &**self
    }
}

mod private {
    use std::error::Error;

    /// Keeps other crates from implementing the trait, so that it can grow.
    #[expect(unnameable_types, reason = "the trait is sealed")]
    pub trait Sealed<const WAY: u8> {}

    impl<E: Error + 'static> Sealed<0> for E {}
    impl<E: AsRef<dyn Error>> Sealed<1> for E {}
    impl Sealed<2> for Box<dyn Error + Send + Sync> {}
}
