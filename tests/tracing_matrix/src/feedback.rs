//! A handler that logs through the facade what it does with each record.

use std::fmt;
use std::process::ExitCode;

use logtree::formatter::Format;
use logtree::handler::{DropReason, Sink};
use logtree::test::Capture;
use logtree::{Error, Handler, Level, Record, Registry};
use tracing_log::LogTracer;

pub(crate) const WAYS: [&str; 2] = ["backend", "tracer"];

struct Logs;

impl Sink for Logs {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        // Formats the message, which may log as well.
        log::info!("handled {}", record.message());
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// Logs where it is formatted.
struct Speaks;

impl fmt::Display for Speaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        log::info!("formatted");
        f.write_str("speaks")
    }
}

pub(crate) fn play(way: &str) -> ExitCode {
    let registry = Registry::global();
    let root = registry.root();
    root.set_level(Level::INFO);
    let handler = Handler::new(Logs);
    root.add_handler(handler.clone());
    match way {
        "backend" => logtree::install().unwrap(),
        "tracer" => LogTracer::init().unwrap(),
        _ => panic!("{way} is no way"),
    }
    logtree::tracing::install().unwrap();
    let capture = Capture::builder(&root).level(Level::INFO).start();
    let refused = || registry.dropped_for(DropReason::Reentrant);
    let messages = || {
        capture
            .records()
            .iter()
            .map(|record| record.message().to_owned())
            .collect::<Vec<_>>()
    };

    tracing::info!("one");
    assert_eq!((messages(), refused()), (vec!["one".to_owned()], 1));
    tracing::info!("{}", Speaks);
    let messages = messages();
    assert!(
        messages.contains(&"formatted".to_owned()) && messages.contains(&"speaks".to_owned()),
        "{messages:?}"
    );
    let before = refused();
    if way == "tracer" {
        // It reaches the tree as an event.
        log::info!("two");
        assert_eq!(refused(), before + 1);
        assert_eq!(capture.records().last().unwrap().message(), "two");
    }
    println!("refused: {}", refused());
    ExitCode::SUCCESS
}
