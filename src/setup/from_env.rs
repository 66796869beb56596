//! The set-up by the environment: [`init_from_env`].

use crate::handler::Handler;
use crate::level_spec::LevelSpec;
use crate::registry::Registry;
use crate::setup::env_logger::EnvLogger;

/// Sets up the program by the environment: the variable `LOGTREE`, or `RUST_LOG` if it is not set,
/// gives the levels, in the syntax of [`LevelSpec`]. Records are printed to standard error, with
/// known credentials redacted ([`RedactingFilter`](crate::filter::RedactingFilter)). If neither
/// variable is set, the root's level stays at `WARNING`.
///
/// Also installs the global registry as the `log` backend unless another backend is installed.
/// Returns the handler, or `None` if the root has handlers: they stay, and none is added. For
/// another variable, see [`EnvLogger`].
///
/// Invalid directives are reported on standard error with the variable and their position; the
/// valid ones still apply. If the root has handlers, the problems are also logged as `WARNING`s of
/// the logger `logging.config`, as a daemon has no standard error.
///
/// The variable `LOGTREE_CONTROL` has the registry served to the command line `logtree`, browsers
/// and other programs, as long as it lives: `unix` on a Unix socket, `tcp:PORT` also on this port
/// of the loopback interface, with the console; `off` and an empty value, or no variable, do
/// nothing. It needs the feature `control`; see `docs::control`. A problem is reported as those of
/// directives are.
///
/// A program that runs with the rights of another user, as by its setuid bit, ignores the
/// variables: its caller must not choose what it writes. This applies to all variables that the
/// crate reads.
///
/// # Python
/// No equivalent.
///
/// # Examples
/// ```
/// logtree::init_from_env(); // LOGTREE=warn,boto3=debug,botocore.client.S3=info
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
pub fn init_from_env() -> Option<Handler> {
    EnvLogger::new().install()
}

/// Calls [`init_from_env`] with default levels: they apply if neither variable is set, and below a
/// variable that has a problem and does not set the root's level, so that a typing error does not
/// silence the program.
///
/// # Examples
/// ```
/// logtree::init_from_env_or("info,boto3=debug");
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
pub fn init_from_env_or(default: &str) -> Option<Handler> {
    EnvLogger::new()
        .default_levels(default.to_owned())
        .install()
}

/// Returns the levels that the environment gives: the variable `LOGTREE`, or `RUST_LOG` if it is
/// not set; `None` if neither is set. Its problems name the variable.
#[must_use]
pub fn level_spec_from_env() -> Option<LevelSpec> {
    EnvLogger::new().spec(Registry::global())
}
