//! `StreamLogger`, and loggers to streams and files that are set up several times.

use logtree::control::{Control, LevelTarget};
use logtree::formatter::{Format, Line};
use logtree::handler::NullHandler;
use logtree::setup::{LevelOn, set_file_logger};
use logtree::{
    BasicConfig, Error, ErrorKind, Level, LevelSpec, Record, Scope, StreamLogger, Verbosity,
    get_logger,
};

use crate::support::{Text, registry_with_stderr};

/// The format and the stream are Boto3's; the level is set on the logger only.
#[test]
fn boto3s_line_level_and_stream() {
    let (registry, stderr) = registry_with_stderr();
    let handler = StreamLogger::new("botocore", Level::DEBUG)
        .install_in(&registry)
        .unwrap();
    registry.get_logger("botocore.x").debug("D");
    let line = stderr.take();
    assert_eq!(
        (registry.get_logger("botocore").level(), handler.level()),
        (Level::DEBUG, Level::NOTSET)
    );
    let digits: String = line
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(digits, "0000-00-00 00:00:00,000 botocore.x [DEBUG] D\n");
}

/// Boto3 prints twice.
#[test]
fn a_second_call_replaces_the_first() {
    let (registry, stderr) = registry_with_stderr();
    let set = |level: Level| StreamLogger::new("b", level).format("%(message)s");
    set(Level::DEBUG).install_in(&registry).unwrap();
    set(Level::INFO).install_in(&registry).unwrap();
    registry.get_logger("b").debug("lost");
    registry.get_logger("b").info("once");
    assert_eq!(stderr.take(), "once\n");
    set(Level::INFO)
        .keep_earlier(true)
        .install_in(&registry)
        .unwrap();
    registry.get_logger("b").info("two handlers, one stream");
    assert_eq!(stderr.take(), "two handlers, one stream\n");
    set(Level::INFO)
        .boto3_exact()
        .install_in(&registry)
        .unwrap();
    registry.get_logger("b").info("as boto3");
    assert_eq!(stderr.take(), "as boto3\nas boto3\n");
}

/// Whatever makes a logger more verbose after a one-line set-up takes effect.
#[test]
fn what_raises_a_level_later_is_seen() {
    let (registry, stderr) = registry_with_stderr();
    StreamLogger::new("", Level::INFO)
        .format("%(message)s")
        .install_in(&registry)
        .unwrap();
    // A control logs what it changes.
    registry.get_logger("logging").set_level(Level::OFF);
    let logger = registry.get_logger("hyper.client");
    logger.debug("hidden");
    assert_eq!(stderr.take(), "");

    registry.get_logger("hyper").set_level(Level::DEBUG);
    logger.debug("by set_level");
    registry.get_logger("hyper").set_level(Level::NOTSET);

    LevelSpec::parse_in(&registry, "hyper=trace").apply_in(&registry);
    logger.trace("by a line of levels");
    registry.get_logger("hyper").set_level(Level::NOTSET);

    Verbosity::new(1, 0).apply_in(&registry);
    logger.debug("by a flag");
    registry.root().set_level(Level::INFO);

    let control = Control::new(&registry);
    control
        .set_level(LevelTarget::logger("hyper"), Level::DEBUG)
        .unwrap();
    logger.debug("by a control");
    control.clear_level(&LevelTarget::logger("hyper")).unwrap();
    control
        .set_level(LevelTarget::client_id("dev-7"), Level::DEBUG)
        .unwrap();
    logtree::debug!(logger, clientId = "dev-7"; "by a field");
    logtree::debug!(logger, clientId = "dev-8"; "hidden");

    Scope::new()
        .level(Level::DEBUG)
        .run(|| logger.debug("by a scope"));
    logger.debug("hidden");
    assert_eq!(
        stderr.lines(),
        [
            "by set_level",
            "by a line of levels",
            "by a flag",
            "by a control",
            "by a field clientId=dev-7",
            "by a scope"
        ]
    );
}

/// Each one-line set-up for a parent and a child, in both orders: no line is written twice.
#[test]
fn a_record_is_written_once_per_stream() {
    let parent = ("botocore", "parent: %(message)s", Level::INFO);
    let child = ("botocore.s3", "child: %(message)s", Level::DEBUG);
    for order in [[parent, child], [child, parent]] {
        let (registry, stderr) = registry_with_stderr();
        for (name, format, level) in order {
            let logger = StreamLogger::new(name, level).format(format);
            logger.install_in(&registry).unwrap();
        }
        registry.get_logger("botocore.s3.x").info("once");
        registry.get_logger("botocore.sqs").info("once");
        // The nearest handler writes.
        assert_eq!(stderr.lines(), ["child: once", "parent: once"]);
    }
}

/// A record is left out only where it was really written before: not where a nearer handler's level
/// or filter refused it, nor where its formatter failed.
#[test]
fn once_per_stream_loses_nothing() {
    let set_up = || {
        let (registry, stderr) = registry_with_stderr();
        StreamLogger::new("", Level::INFO)
            .format("root %(message)s")
            .install_in(&registry)
            .unwrap();
        let child = StreamLogger::new("a.b", Level::DEBUG)
            .format("child %(message)s")
            .install_in(&registry)
            .unwrap();
        child.set_error_hook(|_| {});
        (registry.get_logger("a.b.c"), stderr, child)
    };
    let (logger, stderr, child) = set_up();
    child.set_level(Level::ERROR);
    logger.debug("level");
    assert_eq!(stderr.take(), "root level\n");

    let (logger, stderr, child) = set_up();
    child.add_filter(|record: &mut Record<'_>| !record.message().contains("no"));
    logger.info("yes");
    logger.info("no");
    assert_eq!(stderr.take(), "child yes\nroot no\n");

    struct Broken;
    impl Format for Broken {
        fn format(&self, record: &Record<'_>, _: &mut Line) -> Result<(), Error> {
            assert!(!record.message().contains("panic"), "broken");
            Err(Error::new(ErrorKind::InvalidFormat, "broken"))
        }
    }
    let (logger, stderr, child) = set_up();
    child.set_formatter(Broken);
    logger.info("error");
    logger.info("panic");
    assert_eq!(stderr.take(), "root error\nroot panic\n");
    assert_eq!(child.counters().dropped(), 2);

    // One in the middle that propagates no further, and a second stream.
    let (logger, stderr, _) = set_up();
    let stdout = Text::default();
    StreamLogger::new("a.b", Level::DEBUG)
        .format("%(message)s")
        .stream(stdout.clone())
        .keep_earlier(true)
        .install_in(&logger.registry())
        .unwrap();
    logger.info("both streams");
    assert_eq!(
        (stderr.take(), stdout.take()),
        ("child both streams\n".into(), "both streams\n".into())
    );
}

/// `set_file_logger` for a parent and a child, and twice for one of them: one file, one line.
#[test]
fn a_file_gets_a_record_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sdk.log");
    let name = "b12_file_logger";
    let child = get_logger(format!("{name}.child"));
    set_file_logger(name, Level::INFO, &path).unwrap();
    set_file_logger(child.name(), Level::WARNING, &path).unwrap();
    set_file_logger(name, Level::DEBUG, &path).unwrap();
    assert_eq!(get_logger(name).handlers().len(), 1);
    child.warning("the child's handler");
    child.debug("the parent's handler");
    let text = std::fs::read_to_string(&path).unwrap();
    let messages: Vec<_> = text
        .lines()
        .filter_map(|line| line.rsplit(" - ").next())
        .collect();
    assert_eq!(messages, ["the child's handler", "the parent's handler"]);

    // Another file is another stream.
    let other = directory.path().join("other.log");
    set_file_logger(name, Level::DEBUG, &other).unwrap();
    assert_eq!(get_logger(name).handlers().len(), 2);
    child.warning("both");
    for path in [path, other] {
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text.matches("both").count(), 1);
    }
    // Two paths are two streams.
    let handlers = get_logger(name).replace_handlers([]);
    let ids: Vec<_> = handlers.iter().map(|handler| handler.stream_id()).collect();
    assert_ne!(ids[0], ids[1]);
}

/// With more handlers on a route than are remembered, a record may be written twice, but is
/// written.
#[test]
fn a_long_way_loses_nothing() {
    let (registry, stderr) = registry_with_stderr();
    let mut name = "n".to_owned();
    for _ in 0..70 {
        let handler = registry.stderr_handler().with_once_per_stream(true);
        handler.add_filter(move |_: &mut Record<'_>| false);
        registry.get_logger(&name).add_handler(handler);
        name.push_str(".n");
    }
    for _ in 0..2 {
        let handler = registry.stderr_handler().with_once_per_stream(true);
        registry.root().add_handler(handler);
    }
    registry.get_logger(&name).warning("comes");
    assert_eq!(stderr.lines(), ["comes", "comes"]);
}

/// Set-ups of standard error replace each other on one logger, and write one line on several.
#[test]
fn set_ups_take_each_others_place() {
    let (registry, stderr) = registry_with_stderr();
    let _ = BasicConfig::new()
        .level(Level::INFO)
        .install_in(&registry)
        .unwrap();
    StreamLogger::new("a", Level::DEBUG)
        .format("a %(message)s")
        .install_in(&registry)
        .unwrap();
    registry.get_logger("a").info("once");
    registry.get_logger("b").info("basic");
    assert_eq!(stderr.lines(), ["a once", "INFO:b:basic"]);
    let _ = stderr.take();
    StreamLogger::new("", Level::INFO)
        .format("root %(message)s")
        .install_in(&registry)
        .unwrap();
    registry.get_logger("b").info("replaced");
    assert_eq!(stderr.take(), "root replaced\n");
    assert_eq!(registry.root().handlers().len(), 1);

    // A handler that the program added stays, and writes as often as before.
    registry.root().add_handler(registry.stderr_handler());
    StreamLogger::new("", Level::INFO)
        .format("again %(message)s")
        .install_in(&registry)
        .unwrap();
    registry.get_logger("b").info("x");
    assert_eq!(stderr.lines(), ["again x", "x"]);
}

/// `boto3_exact` behaves like Boto3's `set_stream_logger` in every visible way.
#[test]
fn boto3_exact_is_boto3() {
    let (registry, stderr) = registry_with_stderr();
    let set = |name: &str, level: Level| {
        let logger = StreamLogger::new(name, level)
            .format("%(message)s")
            .boto3_exact();
        logger.install_in(&registry).unwrap()
    };
    let handler = set("botocore", Level::INFO);
    assert_eq!(handler.level(), Level::INFO);
    set("botocore.s3", Level::DEBUG);
    let logger = registry.get_logger("botocore.s3");
    logger.debug("debug once");
    logger.info("info twice");
    assert_eq!(stderr.take(), "debug once\ninfo twice\ninfo twice\n");
    registry.get_logger("botocore").set_level(Level::DEBUG);
    registry
        .get_logger("botocore.sqs")
        .debug("hidden by the handler");
    assert_eq!(stderr.take(), "");
    logtree::debug!(logger, size = 3; "password=hunter2secret\nraw");
    assert_eq!(stderr.take(), "password=hunter2secret\nraw\n");
    registry.get_logger("other").warning("bare");
    assert_eq!(stderr.take(), "bare\n");
    assert!(!registry.logger_names().contains(&"tracing.span".to_owned()));
}

/// A set-up of the root leaves out `tracing`'s reports on spans unless configured.
#[test]
fn spans_are_silenced_by_a_set_up_of_the_root() {
    for (logger, expected) in [
        (StreamLogger::new("", Level::TRACE), "event\n"),
        (
            StreamLogger::new("", Level::TRACE).spans(true),
            "event\nenter\n",
        ),
    ] {
        let (registry, stderr) = registry_with_stderr();
        logger.format("%(message)s").install_in(&registry).unwrap();
        registry.get_logger("aws").trace("event");
        registry.get_logger("tracing::span::active").trace("enter");
        assert_eq!(stderr.take(), expected);
    }
    let (registry, stderr) = registry_with_stderr();
    let spans = registry.get_logger("tracing.span");
    spans.set_level(Level::TRACE);
    StreamLogger::new("", Level::TRACE)
        .format("%(message)s")
        .install_in(&registry)
        .unwrap();
    spans.trace("asked for");
    assert_eq!(stderr.take(), "asked for\n");
}

/// The dump and the states of a control show where handlers hide what a level asks for.
#[test]
fn what_handlers_hide_is_shown() {
    let (registry, _) = registry_with_stderr();
    let handler = StreamLogger::new("a", Level::INFO)
        .level_on(LevelOn::Both)
        .install_in(&registry)
        .unwrap();
    let child = registry.get_logger("a.b");
    child.set_level(Level::DEBUG);
    let shown = || {
        let control = Control::new(&registry);
        let states = control.loggers();
        let state = states.iter().find(|state| state.name == "a.b").unwrap();
        (state.shown_from, registry.dump().to_string())
    };
    let (from, dump) = shown();
    assert_eq!(from, Some(Level::INFO));
    assert!(dump.contains("level DEBUG, handlers from INFO\n"), "{dump}");
    assert!(dump.contains("level INFO\n"), "{dump}");
    // One handler that takes more is enough; one that discards everything does not count.
    child.add_handler(NullHandler::new());
    assert_eq!(shown().0, Some(Level::INFO));
    handler.set_level(Level::NOTSET);
    let (from, dump) = shown();
    assert_eq!(from, Some(Level::NOTSET));
    assert!(!dump.contains("handlers from"), "{dump}");
    child.set_propagate(false);
    let (from, dump) = shown();
    assert_eq!(from, Some(Level::OFF));
    assert!(dump.contains("level DEBUG, handlers from OFF"), "{dump}");
    let states = Control::new(&registry).loggers();
    assert_eq!(states[0].shown_from, None);
}

#[test]
fn the_empty_name_is_everything() {
    let (registry, stderr) = registry_with_stderr();
    StreamLogger::new("", Level::INFO)
        .format("%(name)s")
        .install_in(&registry)
        .unwrap();
    registry.get_logger("anything").info("");
    assert_eq!(stderr.get(), "anything\n");
}

#[test]
fn a_wrong_format_changes_nothing() {
    let (registry, _) = registry_with_stderr();
    let before = registry.dump().to_string();
    let error = StreamLogger::new("x", Level::DEBUG)
        .format("nothing")
        .install_in(&registry)
        .unwrap_err();
    assert_eq!(
        (error.kind(), registry.dump().to_string()),
        (ErrorKind::InvalidFormat, before)
    );
}
