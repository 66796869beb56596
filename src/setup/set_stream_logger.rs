//! Boto3's and botocore's one-line set-ups of streams: [`set_stream_logger`].

use crate::formatter::Formatter;
use crate::handler::Handler;
use crate::level::Level;
use crate::registry::Registry;
use crate::setup::preset;
use crate::setup::stream_logger::StreamLogger;

/// Prints records of a logger and its descendants, at `level` and above, to standard error. Also
/// installs the global registry as the `log` backend unless another backend is installed. Returns
/// the handler.
///
/// ```
/// use logtree::{Level, get_logger, set_stream_logger};
///
/// set_stream_logger("", Level::INFO); // everything
/// set_stream_logger("botocore.client.S3", Level::DEBUG); // more of one; no line twice
/// get_logger("boto3").set_level(Level::DEBUG); // later: more of another service
/// log::debug!(target: "boto3::session", "shown");
/// ```
///
/// The level is set on the logger, and a handler with the format
/// `%(asctime)s %(name)s [%(levelname)s] %(message)s` is added to it. The name `""` is the root:
/// everything.
///
/// The handler accepts every record that reaches it, so a logger can be made more verbose later, by
/// [`Logger::set_level`](crate::Logger::set_level), [`LevelSpec`](crate::LevelSpec),
/// [`Verbosity`](crate::Verbosity), [`Control`](crate::control::Control) or
/// [`Scope::level`](crate::Scope::level). If a logger and an ancestor both have such handlers, the
/// nearer one writes the record, once. Known credentials are redacted
/// ([`RedactingFilter`](crate::filter::RedactingFilter)). A second call for a name replaces the
/// first one's handler; for the root, also the handler of
/// [`basic_config`](crate::basic_config) and [`init_from_env`](crate::init_from_env). For more
/// options, see [`StreamLogger`].
///
/// # Python
/// `boto3.set_stream_logger` sets the level on logger and handler, so that raising a logger's
/// verbosity later shows nothing, and writes a record once per handler and call.
/// [`boto3_exact`](StreamLogger::boto3_exact) does the same.
pub fn set_stream_logger(name: impl AsRef<str>, level: impl Into<Level>) -> Handler {
    set_up([name], level.into(), Formatter::BOTO3).remove(0)
}

/// Calls [`set_stream_logger`] with the level `DEBUG` and botocore's format.
///
/// # Python
/// `botocore.session.Session.set_debug_logger`.
pub fn set_debug_logger(name: impl AsRef<str>) -> Handler {
    set_up([name], Level::DEBUG, Formatter::BOTOCORE).remove(0)
}

/// Calls [`set_debug_logger`] for several names, with the thread's name in each line.
///
/// # Python
/// What the AWS command line does for `--debug`, with `botocore`, `awscli`, `s3transfer` and
/// `urllib3`.
///
/// # Examples
/// ```
/// logtree::setup::debug_all(["boto3", "botocore", "s3transfer", "urllib3"]);
/// ```
pub fn debug_all<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Vec<Handler> {
    const FORMAT: &str = "%(asctime)s - %(threadName)s - %(name)s - %(levelname)s - %(message)s";
    set_up(names, Level::DEBUG, FORMAT)
}

/// Sets up names of the global registry. Returns one handler for each.
fn set_up<N: AsRef<str>>(
    names: impl IntoIterator<Item = N>,
    level: Level,
    format: &'static str,
) -> Vec<Handler> {
    let formatter = preset::formatter(format);
    let registry = Registry::global();
    let set_up = |name: N| StreamLogger::new(name, level).install_with(registry, &formatter);
    let handlers = names.into_iter().map(set_up).collect();
    preset::install_backend();
    handlers
}
