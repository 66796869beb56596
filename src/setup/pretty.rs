//! The set-ups for people who develop: [`init_pretty`].

use crate::formatter::{AutoFormatter, Format};
use crate::handler::Handler;
use crate::level::Level;
use crate::registry::Registry;
use crate::setup::env_logger::EnvLogger;
use crate::setup::preset;
use crate::setup::stream_logger::StreamLogger;
use crate::sys::sync::Arc;

/// Sets up the program for people who develop it: records of level `INFO` and above are printed to
/// standard error, pretty on a terminal ([`PrettyFormatter`](crate::formatter::PrettyFormatter)),
/// as lines of text elsewhere.
///
/// The variables `LOGTREE` and `RUST_LOG` change the levels, as for
/// [`init_from_env_or`](crate::init_from_env_or) with `info`, and `LOGTREE_FORMAT` the format,
/// terminal or not: `pretty`, `json`, `logfmt`, `ecs` and [others][formats]. Problems of the
/// variables are reported on standard error. Known credentials are redacted
/// ([`RedactingFilter`](crate::filter::RedactingFilter)).
///
/// Also installs the global registry as the `log` backend unless another backend is installed.
/// Returns the handler, or `None` if the root has handlers: they stay, and none is added.
///
/// [formats]: crate::formatter::AutoFormatter::from_env
///
/// # Python
/// No equivalent; `loguru` prints likewise without a set-up.
///
/// # Examples
/// ```
/// logtree::init_pretty(); // LOGTREE_FORMAT=json in production
/// log::info!(port = 8080; "listening");
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
pub fn init_pretty() -> Option<Handler> {
    let registry = Registry::global();
    let logger = EnvLogger::new().default_levels("info");
    let handler = logger.install_as(registry, &formatter(registry));
    preset::install_backend();
    handler
}

/// Prints records of a logger and its descendants, at `level` and above, to standard error: pretty
/// on a terminal, as [`set_stream_logger`](crate::set_stream_logger) elsewhere. The variable
/// `LOGTREE_FORMAT` is as for [`init_pretty`](crate::init_pretty), and all else as for
/// `set_stream_logger`. Returns the handler.
///
/// # Python
/// No equivalent.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::setup::set_stream_logger_pretty;
///
/// set_stream_logger_pretty("botocore", Level::DEBUG);
/// ```
pub fn set_stream_logger_pretty(name: impl AsRef<str>, level: impl Into<Level>) -> Handler {
    let registry = Registry::global();
    let logger = StreamLogger::new(name, level);
    let handler = logger.install_with(registry, &formatter(registry));
    preset::install_backend();
    handler
}

/// Returns the formatter that the environment asks for. A problem is reported.
fn formatter(registry: &Registry) -> Arc<dyn Format> {
    let formatter = AutoFormatter::from_env().unwrap_or_else(|error| {
        registry.report_problem(&error.to_string());
        AutoFormatter::new()
    });
    Arc::new(formatter)
}
