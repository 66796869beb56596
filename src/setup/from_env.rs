//! The set-up by the environment: [`init_from_env`].

use std::env::VarError;

use crate::filter::RedactingFilter;
use crate::formatter::{Colors, Formatter};
use crate::handler::{Handler, MadeBy};
use crate::registry::Registry;
use crate::setup::last_resort;
use crate::setup::level_spec::LevelSpec;
use crate::sys::variable::variable;

/// The variable that is read, and the one that is read where it is absent.
const VARIABLES: [&str; 2] = ["LOGTREE", "RUST_LOG"];

/// Sets up the program by the environment: the variable `LOGTREE`, or where it is absent `RUST_LOG`, gives the levels, as
/// [`LevelSpec`] has it; records go to standard error, with known credentials as `***` ([`RedactingFilter`]). Where neither is there,
/// the root's level stays at `WARNING`.
///
/// Problems in the variable are reported on standard error, with the variable, the place and what was expected; the other parts
/// apply. Where the root has handlers already, the problems are also `WARNING`s of the logger `logging.config`, as a daemon has no
/// standard error. Every crate's records land in the tree where there is no other backend of the `log` facade. Handlers that the root has
/// stay; where it has any, none is added.
///
/// A program that runs with the rights of another user, as by its setuid bit, ignores both variables: its caller must not
/// choose what it writes. This holds for all variables that the crate reads.
///
/// # Examples
/// ```
/// logtree::init_from_env(); // LOGTREE=warn,boto3=debug,botocore.client.S3=info
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
pub fn init_from_env() -> Option<Handler> {
    init_from_env_or("")
}

/// [`init_from_env`], with levels for where neither variable is there. They also apply beneath a variable that has a problem and gives
/// the root no level, so that a slip in it does not silence the program.
///
/// # Examples
/// ```
/// logtree::init_from_env_or("info,boto3=debug");
/// ```
pub fn init_from_env_or(default: &str) -> Option<Handler> {
    let handler = init_in(Registry::global(), read_variable, default);
    // Another backend stays: this crate's own macros work without the facade.
    let _ = crate::facade::install();
    handler
}

/// Returns the levels that the environment gives: the variable `LOGTREE`, or where it is absent `RUST_LOG`; `None` where neither is
/// there. Its problems name the variable.
#[must_use]
pub fn level_spec_from_env() -> Option<LevelSpec> {
    spec_of(Registry::global(), read_variable)
}

fn read_variable(name: &str) -> Result<String, VarError> {
    variable(name)
}

fn init_in(
    registry: &Registry,
    variable: impl Fn(&str) -> Result<String, VarError>,
    default: &str,
) -> Option<Handler> {
    let spec = spec_of(registry, variable);
    let needs_default = spec
        .as_ref()
        .is_none_or(|spec| !spec.problems().is_empty() && !spec.names_the_root());
    let default = needs_default
        .then(|| LevelSpec::by_names_of(registry, default).read_from("the default levels"));
    for spec in [default, spec].into_iter().flatten() {
        spec.apply_to(registry);
        for problem in spec.problems() {
            registry.report_problem(&problem.to_string());
        }
    }
    let root = registry.root();
    if !root.handlers().is_empty() {
        return None;
    }
    let formatter = Formatter::preset(Formatter::BOTO3)
        .colors(Colors::default())
        .build_preset();
    let handler = Handler::from(registry.stderr()).with_formatter(formatter);
    let handler = handler.with_once_per_stream(true);
    handler.add_filter(RedactingFilter::shared_preset());
    // So that a later `set_stream_logger` for the root takes its place.
    handler.note_maker(MadeBy::StreamLogger);
    root.add_handler(handler.clone());
    last_resort::name_loggers(registry, true);
    Some(handler)
}

/// The first of the variables that is there. One that is no text is a problem of its own.
fn spec_of(
    registry: &Registry,
    variable: impl Fn(&str) -> Result<String, VarError>,
) -> Option<LevelSpec> {
    VARIABLES.into_iter().find_map(|name| match variable(name) {
        Ok(text) => Some(LevelSpec::by_names_of(registry, &text).read_from(name)),
        Err(VarError::NotPresent) => None,
        Err(VarError::NotUnicode(_)) => {
            let problem =
                LevelSpec::of_problem("bytes that are no text: expected UTF-8".to_owned());
            Some(problem.read_from(name))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;
    use crate::sys::sync::{Arc, Mutex};

    fn levels(logtree: Option<&str>, rust_log: Option<&str>, default: &str) -> (Level, Level) {
        let registry = Registry::new();
        let variable = |name: &str| {
            let value = if name == "LOGTREE" { logtree } else { rust_log };
            value.map(str::to_owned).ok_or(VarError::NotPresent)
        };
        assert!(init_in(&registry, variable, default).is_some());
        assert!(init_in(&registry, variable, default).is_none());
        (
            registry.root().level(),
            registry.get_logger("a.b").effective_level(),
        )
    }

    #[test]
    fn the_own_variable_comes_first() {
        let (warning, debug, info) = (Level::WARNING, Level::DEBUG, Level::INFO);
        assert_eq!(levels(None, None, ""), (warning, warning));
        assert_eq!(levels(None, None, "info,a=debug"), (info, debug));
        assert_eq!(levels(None, Some("a::b=info"), "a=debug"), (warning, info));
        assert_eq!(
            levels(Some("a=debug"), Some("a=info"), "error"),
            (warning, debug)
        );
        // An empty one is there, and says nothing.
        assert_eq!(
            levels(Some(""), Some("a=info"), "error"),
            (warning, warning)
        );
    }

    #[test]
    fn what_is_wrong_is_told() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let registry = Registry::builder()
            .diagnostics({
                let told = Arc::clone(&told);
                move |line: &str| told.lock().push(line.to_owned())
            })
            .build();
        init_in(&registry, |_| Ok("a=loud,b=info".to_owned()), "");
        assert_eq!(registry.get_logger("b").level(), Level::INFO);
        let told = std::mem::take(&mut *told.lock());
        assert_eq!(told.len(), 1);
        assert!(
            told[0].starts_with("logtree: cannot read LOGTREE: unknown level \"loud\" at column 3"),
            "{told:?}"
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
        init_in(&registry, |_| Ok("a=loud,b=info".to_owned()), "");
        capture.assert_logged(
            Level::WARNING,
            "cannot read LOGTREE: unknown level \"loud\"",
        );
        assert_eq!(capture.len(), 1);
    }

    /// A slip in the variable does not silence the program; what the variable says of the root holds.
    #[test]
    fn the_default_holds_beneath_a_problem() {
        let of = |variable: &str| {
            let told = Arc::new(Mutex::new(Vec::new()));
            let registry = Registry::builder()
                .diagnostics({
                    let told = Arc::clone(&told);
                    move |line: &str| told.lock().push(line.to_owned())
                })
                .build();
            let rust_log = |name: &str| match name {
                "RUST_LOG" => Ok(variable.to_owned()),
                _ => Err(VarError::NotPresent),
            };
            init_in(&registry, rust_log, "info,x=error");
            let told = told.lock().clone();
            (
                registry.root().level(),
                registry.get_logger("x").level(),
                told,
            )
        };
        let (root, x, told) = of("inof");
        assert_eq!((root, x), (Level::INFO, Level::ERROR));
        assert!(told[0].starts_with("logtree: cannot read RUST_LOG: a word that is no level"));
        let (root, x, told) = of("debug/fo+o");
        assert_eq!((root, x), (Level::DEBUG, Level::NOTSET));
        assert_eq!(
            told,
            [
                "logtree: cannot read RUST_LOG: a pattern for messages, /\"fo+o\", which is ignored, \
              at column 6: expected levels alone"
            ]
        );
        let (root, x, told) = of("x=debug,*=trace");
        assert_eq!((root, x, told.len()), (Level::INFO, Level::DEBUG, 1));
        let (root, x, told) = of("x=debug");
        assert_eq!((root, x, told.len()), (Level::WARNING, Level::DEBUG, 0));
        let registry = Registry::new();
        let spec = spec_of(&registry, |_| Err(VarError::NotUnicode("x".into()))).unwrap();
        assert_eq!(
            spec.problems()[0].to_string(),
            "cannot read LOGTREE: bytes that are no text: expected UTF-8"
        );
    }
}
