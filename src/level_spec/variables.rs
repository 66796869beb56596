//! Levels from variables of the environment.

use std::env::VarError;

use crate::level_spec::level_spec::LevelSpec;
use crate::registry::Registry;

/// The variable that is read, and the one that is read if it is not set.
pub(crate) const VARIABLES: [&str; 2] = ["LOGTREE", "RUST_LOG"];

impl LevelSpec {
    /// Reads the first variable that is set. A value that is not text is a problem.
    pub(crate) fn of_variables(
        registry: &Registry,
        names: &[impl AsRef<str>],
        variable: impl Fn(&str) -> Result<String, VarError>,
    ) -> Option<Self> {
        names.iter().map(AsRef::as_ref).find_map(|name| {
            let spec = match variable(name) {
                Ok(text) => Self::parse_in(registry, &text),
                Err(VarError::NotPresent) => return None,
                Err(VarError::NotUnicode(_)) => Self::of_problem("invalid UTF-8".to_owned()),
            };
            Some(spec.read_from(name))
        })
    }

    /// Applies the levels of the first variable that is set, and reports their problems. The
    /// default levels apply if none is set, and below one that has a problem and does not set the
    /// root's level.
    pub(crate) fn apply_variables(
        registry: &Registry,
        names: &[impl AsRef<str>],
        default_levels: &str,
        variable: impl Fn(&str) -> Result<String, VarError>,
    ) {
        let spec = Self::of_variables(registry, names, variable);
        let needs_default = spec
            .as_ref()
            .is_none_or(|spec| !spec.problems().is_empty() && !spec.names_the_root());
        let default = needs_default
            .then(|| Self::parse_in(registry, default_levels).read_from("the default levels"));
        for spec in [default, spec].into_iter().flatten() {
            spec.apply_in(registry);
            for problem in spec.problems() {
                registry.report_problem(&format!("cannot read the levels: {problem}"));
            }
        }
    }
}
