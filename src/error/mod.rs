//! Errors: [`Error`] with its [`ErrorKind`], and the [`Problem`]s of a configuration.

mod chain;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod error;
mod kind;
mod problem;

pub(crate) use self::chain::Chain;
pub use self::error::Error;
pub use self::kind::ErrorKind;
pub use self::problem::Problem;
