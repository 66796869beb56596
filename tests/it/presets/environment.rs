//! Levels from variables of the environment.

use logtree::setup::EnvLogger;
use logtree::{ErrorKind, Level, LevelSpec};

use crate::support::registry_with_stderr;

/// A custom variable, and levels for when it is not set.
#[test]
fn another_variable_sets_the_levels() {
    let (registry, _) = registry_with_stderr();
    let logger = EnvLogger::new().variable("LOGTREE_TEST_IS_NOT_SET");
    let logger = logger.default_levels("info,x=debug");
    let handler = logger.clone().install_in(&registry).unwrap();
    assert_eq!(registry.root().level(), Level::INFO);
    assert_eq!(registry.get_logger("x").level(), Level::DEBUG);
    assert!(registry.root().handlers()[0] == handler);
    assert!(logger.install_in(&registry).is_none());
}

/// A specification of levels is a value.
#[test]
fn level_specs_are_values() {
    let spec = LevelSpec::parse_lossy("info,a=debug,b=loud");
    assert_eq!(spec.clone(), spec);
    assert_ne!(spec, LevelSpec::parse_lossy("info,a=debug"));
    assert_eq!(spec.levels().len(), 2);
    let problem = &spec.problems()[0];
    assert_eq!((problem.line(), problem.column()), (Some(1), Some(16)));
    let error = "b=loud".parse::<LevelSpec>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidLevel);
}
