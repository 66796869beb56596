//! The set-up by the environment: [`init_from_env`].

use std::env::{self, VarError};

use super::last_resort;
use super::level_spec::LevelSpec;
use crate::formatter::Colors;
use crate::handler::MadeBy;
use crate::{Error, ErrorKind, Formatter, Handler, RedactingFilter, Registry};

/// The variable that is read, and the one that is read where it is absent.
const VARIABLES: [&str; 2] = ["LOGTREE", "RUST_LOG"];

/// Sets up the program by the environment: the variable `LOGTREE`, or where it is absent `RUST_LOG`, tells the levels, as
/// [`LevelSpec`] has it; records go to standard error, with known credentials as `***` ([`RedactingFilter`]). Where neither is there, the root's level stays at `WARNING`.
///
/// What is wrong in the variable is told on standard error, with its place, and the rest is applied. Every crate's records land in the tree
/// where there is no other backend of the `log` facade. Handlers that the root has stay; where it has any, none is added.
///
/// # Examples
/// ```
/// logtree::init_from_env(); // LOGTREE=warn,boto3=debug,botocore.client.S3=info
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
pub fn init_from_env() -> Option<Handler> {
    init_from_env_or("")
}

/// [`init_from_env`], with levels for where neither variable is there.
///
/// # Examples
/// ```
/// logtree::init_from_env_or("info,boto3=debug");
/// ```
pub fn init_from_env_or(default: &str) -> Option<Handler> {
    let handler = init_in(Registry::global(), read_variable, default);
    // Another backend stays: this crate's own macros work without the facade.
    let _ = crate::install();
    handler
}

/// The levels that the environment tells: the variable `LOGTREE`, or where it is absent `RUST_LOG`; `None` where neither is there.
#[must_use]
pub fn level_spec_from_env() -> Option<LevelSpec> {
    spec_of(Registry::global(), read_variable)
}

fn read_variable(name: &str) -> Result<String, VarError> {
    env::var(name)
}

fn init_in(
    registry: &Registry,
    variable: impl Fn(&str) -> Result<String, VarError>,
    default: &str,
) -> Option<Handler> {
    let spec =
        spec_of(registry, variable).unwrap_or_else(|| LevelSpec::by_names_of(registry, default));
    spec.apply_to(registry);
    let diagnostics = &registry.inner().environment.diagnostics;
    for problem in spec.problems() {
        diagnostics.line(format_args!("logtree: {problem}"));
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
        Ok(text) => Some(LevelSpec::by_names_of(registry, &text)),
        Err(VarError::NotPresent) => None,
        Err(VarError::NotUnicode(_)) => {
            let message = format!("the variable {name} is no text: expected UTF-8");
            Some(LevelSpec::of_problem(Error::new(
                ErrorKind::InvalidLevel,
                message,
            )))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

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
        use crate::sync::{Arc, Mutex};

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
            told[0].starts_with("logtree: unknown level \"loud\" at column 3"),
            "{told:?}"
        );
    }
}
