//! Levels from variables of the environment.

use std::env;
use std::process::Command;

use logtree::setup::EnvLogger;
use logtree::{ErrorKind, Level, LevelSpec, Registry, Verbosity};

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

/// What a process prints with these variables, of a program whose default levels are `info` and
/// whose own variable is `MYCLI_LOG`.
fn printed(variables: &[(&str, &str)], verbose: u8) -> Vec<String> {
    const TEST: &str = "presets::environment::variables_of_env_logger_are_read";
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture"])
        .env_remove("LOGTREE")
        .env_remove("RUST_LOG")
        .envs(variables.iter().copied())
        .env("LOGTREE_TEST_VERBOSE", verbose.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    // Without the time.
    let message = |line: &str| line.split(" [").last().map(str::to_owned);
    text.lines().filter_map(message).collect()
}

fn program(verbose: &str) {
    let own = env::var_os("MYCLI_LOG").map(|_| "MYCLI_LOG");
    let logger = EnvLogger::new().default_levels("info");
    match own {
        Some(name) => logger.variable(name).install(),
        None => logger.install(),
    };
    Verbosity::new(verbose.parse().unwrap(), 0).apply();
    for target in ["mycli", "mycli_two", "boto3::session"] {
        log::trace!(target: target, "{target} trace");
        log::debug!(target: target, "{target} debug");
        log::info!(target: target, "{target} info");
    }
}

/// Rows of `env_logger`'s users, each in a process of its own.
#[test]
fn variables_of_env_logger_are_read() {
    if let Ok(verbose) = env::var("LOGTREE_TEST_VERBOSE") {
        return program(&verbose);
    }
    let shown = |variables: &[(&str, &str)], verbose| {
        let lines = printed(variables, verbose);
        let (problems, records): (Vec<_>, Vec<_>) = lines
            .into_iter()
            .partition(|line| line.starts_with("logtree: "));
        let count = |end: &str| records.iter().filter(|line| line.ends_with(end)).count();
        let counts = [" trace", " debug", " info"].map(count);
        (counts, problems)
    };
    // The program's default, its own variable, and the one that it has otherwise.
    assert_eq!(shown(&[], 0), ([0, 0, 3], vec![]));
    assert_eq!(shown(&[("RUST_LOG", "debug")], 0), ([0, 3, 3], vec![]));
    let both = [("MYCLI_LOG", "mycli=trace,off"), ("RUST_LOG", "debug")];
    assert_eq!(shown(&both, 0), ([1, 1, 1], vec![]));
    // Names are whole segments, so `mycli` is not `mycli_two`.
    let one = [("RUST_LOG", "warn,mycli=debug")];
    assert_eq!(shown(&one, 0), ([0, 1, 1], vec![]));
    // `-v` counts from the program's default, and from the variable.
    assert_eq!(shown(&[], 1), ([0, 3, 3], vec![]));
    assert_eq!(shown(&[], 2), ([3, 3, 3], vec![]));
    assert_eq!(shown(&[("RUST_LOG", "warn")], 1), ([0, 0, 3], vec![]));

    // A message filter is refused, and the levels before it apply.
    let (counts, problems) = shown(&[("RUST_LOG", "warn,mycli=debug/fo+o")], 0);
    assert_eq!(counts, [0, 1, 1]);
    assert_eq!(
        problems,
        [
            "logtree: cannot read the levels: line 1, column 17: RUST_LOG: unsupported '/': message \
             filters are not supported; \"fo+o\" is ignored"
        ]
    );
    // So is a pattern; the other directives apply, and the program's default below them.
    let (counts, problems) = shown(&[("RUST_LOG", "my*=debug,boto3=trace")], 0);
    assert_eq!((counts, problems.len()), ([1, 1, 3], 1));
    assert_eq!(
        problems[0],
        "logtree: cannot read the levels: line 1, column 3: RUST_LOG: unsupported pattern in the \
         name \"my*\": expected whole names, each of which includes all loggers below it"
    );
}

/// A pattern after a whole name has a name that means the same; others have none.
#[test]
fn patterns_are_refused_with_a_hint() {
    for (text, hint) in [
        ("*=debug", "LEVEL alone, for all loggers"),
        ("my::*=debug", "\"my\", which includes all loggers below it"),
        ("my.*=debug", "\"my\", which includes all loggers below it"),
        ("my*=debug", "whole names, each of which includes all"),
        ("my.a?c=debug", "whole names, each of which includes all"),
    ] {
        let spec = LevelSpec::parse_in(&Registry::new(), text);
        let [problem] = spec.problems() else {
            panic!("{text}: {:?}", spec.problems());
        };
        let expected = format!(": expected {hint}");
        assert!(problem.message().contains(&expected), "{problem}");
        assert!(spec.is_empty(), "{text}");
    }
}

/// The base of `-v` is the program's choice, or what the logger has when the flags are applied.
#[test]
fn flags_count_from_the_programs_default() {
    let (registry, _) = registry_with_stderr();
    let logger = EnvLogger::new().variable("LOGTREE_TEST_IS_NOT_SET");
    logger.default_levels("info").install_in(&registry);
    Verbosity::new(1, 0).apply_in(&registry);
    assert_eq!(registry.root().level(), Level::DEBUG);
    let fixed = Verbosity::new(1, 0).base(Level::WARNING);
    for _ in 0..2 {
        fixed.apply_in(&registry);
        assert_eq!(registry.root().level(), Level::INFO);
    }
}
