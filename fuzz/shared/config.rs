//! What holds for every text that is given as a configuration.

use logtree::config::{DictConfig, Factories, Syntax};
use logtree::Registry;
use logtree::handler::NullHandler;

/// Factories that touch no file and start no thread, so that what passes the check can be applied.
fn factories() -> Factories {
    const OUTSIDE: &[&str] = &[
        "logging.FileHandler",
        "file",
        "logging.handlers.WatchedFileHandler",
        "watched_file",
        "logging.handlers.RotatingFileHandler",
        "rotating_file",
        "logging.handlers.TimedRotatingFileHandler",
        "timed_rotating_file",
        "logging.handlers.QueueHandler",
        "queue",
    ];
    OUTSIDE.iter().fold(Factories::new(), |factories, name| {
        factories.handler(name, |arguments| {
            let _: String = arguments.required("filename");
            arguments.handlers("handlers");
            Ok(NullHandler::new())
        })
    })
}

/// The check and the application agree, what is wrong is reported with places that are there,
/// and changes nothing.
pub fn holds(text: &str, syntax: Syntax) {
    let registry = Registry::new();
    let before = registry.dump().to_string();
    // YAML has more ends of lines than one.
    let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
    let (count, longest) = lines.fold((0, 0), |(count, longest), line| {
        (count + 1, longest.max(line.chars().count()))
    });
    let told = |error: &logtree::Error| {
        assert!(!error.problems().is_empty());
        for problem in error.problems() {
            assert!(!problem.to_string().contains('\u{1b}'));
            if let (Some(line), Some(column)) = (problem.line(), problem.column()) {
                // A notation may count the end of the text as a line of its own.
                assert!((1..=count + 1).contains(&line), "{problem}");
                assert!((1..=longest + 2).contains(&column), "{problem}");
            }
        }
        error.to_string()
    };
    let config = match DictConfig::from_text(text, syntax) {
        Ok(config) => config.factories(factories()),
        Err(error) => {
            told(&error);
            return;
        }
    };
    match config.check_in(&registry) {
        Ok(()) => config.install_in(&registry).expect("what passed the check"),
        Err(error) => {
            let wrong = told(&error);
            assert_eq!(told(&config.install_in(&registry).unwrap_err()), wrong);
            assert_eq!(registry.dump().to_string(), before);
        }
    }
}
