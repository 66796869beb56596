//! A set-up by an environment variable, and its options: [`EnvLogger`].

use std::borrow::Cow;
use std::env::VarError;

use crate::formatter::{Format, Formatter};
use crate::handler::Handler;
use crate::level_spec::{LevelSpec, VARIABLES};
use crate::registry::Registry;
use crate::setup::control_variable;
use crate::setup::preset::{self, Preset};
use crate::sys::sync::Arc;
use crate::sys::variable::variable;

/// A builder for [`init_from_env`](crate::init_from_env) with more options: another variable, and
/// default levels.
///
/// # Examples
/// ```
/// use logtree::setup::EnvLogger;
///
/// // MYCLI_LOG=warn,boto3=debug mycli
/// EnvLogger::new().variable("MYCLI_LOG").default_levels("info").install();
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing happens until `install`"]
pub struct EnvLogger {
    variables: Vec<Cow<'static, str>>,
    default_levels: Cow<'static, str>,
}

impl EnvLogger {
    /// Returns a set-up by `LOGTREE`, or by `RUST_LOG` if `LOGTREE` is not set.
    pub fn new() -> Self {
        Self {
            variables: VARIABLES.map(Cow::Borrowed).to_vec(),
            default_levels: Cow::Borrowed(""),
        }
    }

    /// Sets the variable, in place of `LOGTREE` and `RUST_LOG`.
    pub fn variable(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.variables = vec![name.into()];
        self
    }

    /// Sets the levels that apply if the variable is not set, as a [`LevelSpec`]. They also apply
    /// below a variable that has a problem and does not set the root's level, so that a typing
    /// error does not silence the program.
    pub fn default_levels(mut self, levels: impl Into<Cow<'static, str>>) -> Self {
        self.default_levels = levels.into();
        self
    }

    /// Sets up the global registry, and installs it as the `log` backend unless another backend is
    /// installed. `LOGTREE_CONTROL` is read whatever the [variable](Self::variable) of the levels
    /// is; see [`init_from_env`](crate::init_from_env). Returns the handler, or `None` if the root
    /// had handlers; then none is added.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn install(self) -> Option<Handler> {
        let handler = self.install_in(Registry::global());
        preset::install_backend();
        handler
    }

    /// Sets up a registry. Returns the handler, or `None` if the root had handlers.
    pub fn install_in(self, registry: &Registry) -> Option<Handler> {
        self.install_with(registry, variable, &preset::formatter(Formatter::BOTO3))
    }

    /// Sets up a registry, with a formatter.
    #[cfg(feature = "pretty")]
    pub(super) fn install_as(
        self,
        registry: &Registry,
        formatter: &Arc<dyn Format>,
    ) -> Option<Handler> {
        self.install_with(registry, variable, formatter)
    }

    /// Returns the levels that the variable gives.
    pub(super) fn spec(&self, registry: &Registry) -> Option<LevelSpec> {
        LevelSpec::of_variables(registry, &self.variables, variable)
    }

    fn install_with(
        &self,
        registry: &Registry,
        variable: impl Fn(&str) -> Result<String, VarError>,
        formatter: &Arc<dyn Format>,
    ) -> Option<Handler> {
        let (names, default) = (&self.variables, &self.default_levels);
        LevelSpec::apply_variables(registry, names, default, &variable);
        control_variable::serve(registry, &variable);
        let root = registry.root();
        if !root.handlers().is_empty() {
            return None;
        }
        let handler = Preset::STDERR.handler(registry.stderr_handler(), formatter);
        root.add_handler(handler.clone());
        preset::name_loggers_in_last_resort(registry, true);
        Some(handler)
    }
}

impl Default for EnvLogger {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;
    use crate::sys::sync::Mutex;

    fn logger(default: &'static str) -> EnvLogger {
        EnvLogger::new().default_levels(default)
    }

    fn set_up(
        logger: &EnvLogger,
        registry: &Registry,
        variable: impl Fn(&str) -> Result<String, VarError>,
    ) -> Option<Handler> {
        logger.install_with(registry, variable, &preset::formatter(Formatter::BOTO3))
    }

    fn levels(
        logtree: Option<&str>,
        rust_log: Option<&str>,
        default: &'static str,
    ) -> (Level, Level) {
        let registry = Registry::new();
        let variable = |name: &str| {
            let value = if name == "LOGTREE" { logtree } else { rust_log };
            value.map(str::to_owned).ok_or(VarError::NotPresent)
        };
        assert!(set_up(&logger(default), &registry, variable).is_some());
        assert!(set_up(&logger(default), &registry, variable).is_none());
        (
            registry.root().level(),
            registry.get_logger("a.b").effective_level(),
        )
    }

    #[test]
    fn logtree_comes_before_rust_log() {
        let (warning, debug, info) = (Level::WARNING, Level::DEBUG, Level::INFO);
        assert_eq!(levels(None, None, ""), (warning, warning));
        assert_eq!(levels(None, None, "info,a=debug"), (info, debug));
        assert_eq!(levels(None, Some("a::b=info"), "a=debug"), (warning, info));
        assert_eq!(
            levels(Some("a=debug"), Some("a=info"), "error"),
            (warning, debug)
        );
        // An empty variable is set, and names no levels.
        assert_eq!(
            levels(Some(""), Some("a=info"), "error"),
            (warning, warning)
        );
    }

    /// Returns a registry, and the lines that it reports.
    fn reporting() -> (Registry, Arc<Mutex<Vec<String>>>) {
        let reported: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = Arc::clone(&reported);
        let report = move |line: &str| lines.lock().push(line.to_owned());
        (Registry::builder().diagnostics(report).build(), reported)
    }

    fn misspelled(name: &str) -> Result<String, VarError> {
        match name {
            "LOGTREE" => Ok("a=loud,b=info".to_owned()),
            _ => Err(VarError::NotPresent),
        }
    }

    #[test]
    fn problems_are_reported() {
        let (registry, reported) = reporting();
        set_up(&logger(""), &registry, misspelled);
        assert_eq!(registry.get_logger("b").level(), Level::INFO);
        let reported = std::mem::take(&mut *reported.lock());
        assert_eq!(reported.len(), 1);
        assert!(
            reported[0].starts_with("logtree: cannot read the levels: line 1, column 3: LOGTREE: unknown level \"loud\": "),
            "{reported:?}"
        );
    }

    /// A program that has handlers gets the problems there, too.
    #[test]
    fn problems_are_records_where_there_are_handlers() {
        let registry = Registry::new();
        registry.set_report_errors(false);
        let capture = crate::test::Capture::new(&registry.get_logger("logging.config"));
        registry
            .root()
            .add_handler(crate::handler::NullHandler::new());
        set_up(&logger(""), &registry, misspelled);
        capture.assert_logged(
            Level::WARNING,
            "cannot read the levels: line 1, column 3: LOGTREE: unknown level",
        );
        assert_eq!(capture.len(), 1);
    }

    /// A typing error in the variable does not silence the program; a level of the root in the
    /// variable applies.
    #[test]
    fn the_default_applies_below_a_problem() {
        let of = |variable: &str| {
            let (registry, reported) = reporting();
            let rust_log = |name: &str| match name {
                "RUST_LOG" => Ok(variable.to_owned()),
                _ => Err(VarError::NotPresent),
            };
            set_up(&logger("info,x=error"), &registry, rust_log);
            let reported = reported.lock().clone();
            (
                registry.root().level(),
                registry.get_logger("x").level(),
                reported,
            )
        };
        let (root, x, reported) = of("inof");
        assert_eq!((root, x), (Level::INFO, Level::ERROR));
        assert!(
            reported[0].starts_with(
                "logtree: cannot read the levels: line 1, column 1: RUST_LOG: unknown"
            )
        );
        let (root, x, reported) = of("debug/fo+o");
        assert_eq!((root, x), (Level::DEBUG, Level::NOTSET));
        assert_eq!(
            reported,
            [
                "logtree: cannot read the levels: line 1, column 6: RUST_LOG: unsupported '/': message \
                 filters are not supported; \"fo+o\" is ignored"
            ]
        );
        let (root, x, reported) = of("x=debug,*=trace");
        assert_eq!((root, x, reported.len()), (Level::INFO, Level::DEBUG, 1));
        let (root, x, reported) = of("x=debug");
        assert_eq!((root, x, reported.len()), (Level::WARNING, Level::DEBUG, 0));
        let registry = Registry::new();
        let no_text = |_: &str| Err(VarError::NotUnicode("x".into()));
        let spec = LevelSpec::of_variables(&registry, &VARIABLES, no_text).unwrap();
        assert_eq!(spec.problems()[0].to_string(), "LOGTREE: invalid UTF-8");
    }
}
