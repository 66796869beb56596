//! Names, levels and propagation.

use logtree::handler::{NullHandler, StreamHandler};
use logtree::{Level, LevelSpec, Record, Registry};

use crate::support::{registry_with_stderr, to_text};

fn parent(registry: &Registry, name: &str) -> String {
    registry
        .get_logger(name)
        .parent()
        .unwrap()
        .name()
        .to_owned()
}

#[test]
fn parents_are_found_whatever_the_order_of_making() {
    let registry = Registry::new();
    registry.get_logger("a.b.c");
    assert_eq!(registry.logger_names(), ["a.b.c"]);
    assert_eq!(parent(&registry, "a.b.c"), "root");
    registry.get_logger("a.b");
    assert_eq!(
        (parent(&registry, "a.b.c"), parent(&registry, "a.b")),
        ("a.b".into(), "root".into())
    );
    registry.get_logger("a");
    assert_eq!(
        (parent(&registry, "a.b.c"), parent(&registry, "a.b")),
        ("a.b".into(), "a".into())
    );
    for name in ["p.q.r", "p.qq.r", "p.q", "p"] {
        registry.get_logger(name);
    }
    assert_eq!(
        (parent(&registry, "p.q.r"), parent(&registry, "p.qq.r")),
        ("p.q".into(), "p".into())
    );
}

/// CPython has a bug here.
#[test]
fn r_ro_and_roo_keep_their_children() {
    for name in ["r", "ro", "roo"] {
        let registry = Registry::new();
        let child = registry.get_logger(format!("{name}.x"));
        registry.get_logger(name);
        assert_eq!(child.parent().unwrap().name(), name);
    }
}

#[test]
fn the_same_name_is_the_same_logger() {
    let registry = Registry::new();
    assert_eq!(registry.get_logger(""), registry.root());
    assert_eq!(registry.get_logger("root"), registry.root());
    assert_eq!(registry.get_logger("a::b"), registry.get_logger("a.b"));
    assert_eq!(
        registry.get_logger("root.x").parent().unwrap(),
        registry.root()
    );
    for name in ["ROOT", " ", "\0", "a", "A"] {
        let logger = registry.get_logger(name);
        assert!(!logger.is_root() && logger.name() == name && logger == registry.get_logger(name));
    }
    assert_ne!(registry.get_logger("a"), Registry::new().get_logger("a"));
}

#[test]
fn odd_dots_are_kept_and_parents_are_cpythons() {
    let registry = Registry::new();
    registry.get_logger("b");
    registry.get_logger("b..c");
    assert_eq!(parent(&registry, "b..c"), "root");
    registry.get_logger("b.");
    assert_eq!(
        (parent(&registry, "b..c"), parent(&registry, "b.")),
        ("b.".into(), "b".into())
    );
    for name in [".", "..", "...", ".a", "a"] {
        registry.get_logger(name);
    }
    assert_eq!(
        (parent(&registry, ".."), parent(&registry, "...")),
        (".".into(), "..".into())
    );
    assert_eq!(
        (parent(&registry, "."), parent(&registry, ".a")),
        ("root".into(), "root".into())
    );
    assert_eq!(
        registry.logger_names(),
        [".", "..", "...", ".a", "a", "b", "b.", "b..c"]
    );
}

#[test]
fn children_are_loggers_one_segment_below() {
    let registry = Registry::new();
    for name in ["k", "k.b", "k.a", "k.b.c", "k.d.e"] {
        registry.get_logger(name);
    }
    let children = |name: &str| {
        let children = registry.get_logger(name).children();
        children
            .iter()
            .map(|child| child.name().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(children("k"), ["k.a", "k.b"]);
    assert_eq!(children("k.b"), ["k.b.c"]);
    assert_eq!(children(""), ["k"]);
    assert_eq!(registry.get_logger("m").child("n.o").name(), "m.n.o");
    assert_eq!(registry.get_logger("m").child("").name(), "m.");
    assert_eq!(registry.root().child("kid").name(), "kid");
}

#[test]
fn debug_shows_the_effective_level() {
    let registry = Registry::new();
    assert_eq!(
        format!("{:?}", registry.get_logger("k")),
        "<Logger k (WARNING)>"
    );
    assert_eq!(
        format!("{:?}", registry.root()),
        "<RootLogger root (WARNING)>"
    );
    assert_eq!(
        format!("{:?}", StreamHandler::stdout()),
        "<StreamHandler <stdout> (NOTSET)>"
    );
    assert_eq!(
        format!("{:?}", NullHandler::new()),
        "<NullHandler (NOTSET)>"
    );
}

#[test]
fn levels_are_inherited() {
    let registry = Registry::new();
    registry.get_logger("e").set_level(Level::INFO);
    assert_eq!(registry.get_logger("e.f.g").effective_level(), Level::INFO);
    assert_eq!(registry.get_logger("e.f.g").level(), Level::NOTSET);
    assert_eq!(
        registry.get_logger("other").effective_level(),
        Level::WARNING
    );
    registry.get_logger("e").set_level(Level::NOTSET);
    assert_eq!(
        registry.get_logger("e.f.g").effective_level(),
        Level::WARNING
    );

    registry.root().set_level(Level::NOTSET);
    let root = registry.root();
    assert_eq!(
        [0, 1].map(|level| root.is_enabled_for(level)),
        [false, true]
    );
}

/// Also for the level that nothing passes.
#[test]
fn disable_silences_up_to_and_with_a_level() {
    let registry = Registry::new();
    let logger = registry.get_logger("a");
    logger.set_level(1);
    registry.disable(Level::INFO);
    assert_eq!(
        [10, 20, 21, 30].map(|level| logger.is_enabled_for(level)),
        [false, false, true, true]
    );
    assert_eq!(
        (logger.effective_level(), registry.disabled_up_to()),
        (Level::new(1), Level::INFO)
    );
    registry.disable(Level::CRITICAL);
    assert_eq!(
        [50, 51].map(|level| logger.is_enabled_for(level)),
        [false, true]
    );
    registry.disable(Level::OFF);
    assert!(!logger.is_enabled_for(65_534));
    registry.disable(Level::NOTSET);
    assert!(logger.is_enabled_for(1) && !logger.is_enabled_for(Level::OFF));
    logger.set_level(Level::OFF);
    assert!(!logger.is_enabled_for(65_534) && !logger.is_enabled_for(Level::OFF));

    let (handler, text) = to_text("%(message)s");
    logger.add_handler(handler);
    registry.disable(Level::CRITICAL);
    logger.handle(&logger.record_builder(40).message("handled anyway").build());
    assert_eq!(text.get(), "handled anyway\n");
}

#[test]
fn a_disabled_logger_still_lends_its_handlers() {
    let registry = Registry::new();
    let (handler, text) = to_text("%(name)s");
    let logger = registry.get_logger("d");
    logger.add_handler(handler);
    logger.set_disabled(true);
    assert!(logger.is_disabled() && !logger.is_enabled_for(Level::CRITICAL));
    logger.critical("");
    logger.handle(&Record::builder().build());
    registry.get_logger("d.c").critical("");
    assert_eq!(text.lines(), ["d.c"]);
    logger.set_disabled(false);
    logger.critical("");
    assert_eq!(text.lines(), ["d.c", "d"]);
}

#[test]
fn propagate_cuts_behind_the_loggers_own_handlers() {
    let registry = Registry::new();
    let (a, b) = (registry.get_logger("a"), registry.get_logger("a.b"));
    assert!(!b.has_handlers());
    let (handler, text) = to_text("%(name)s");
    a.add_handler(handler.clone());
    assert!(b.has_handlers());
    b.set_propagate(false);
    assert!(!b.has_handlers() && !b.propagate());
    b.add_handler(handler.clone());
    b.add_handler(handler.clone());
    b.warning("");
    assert_eq!(text.take(), "a.b\n");
    b.set_propagate(true);
    b.warning("");
    assert_eq!(
        text.take(),
        "a.b\na.b\n",
        "the same handler on both runs twice"
    );
    assert!(b.remove_handler(&handler) && !b.remove_handler(&handler));
    b.warning("");
    assert_eq!(text.take(), "a.b\n");
}

#[test]
fn ancestors_handlers_are_asked_but_not_their_levels() {
    let registry = Registry::new();
    let (shared, text) = to_text("%(message)s");
    let handler = |name: &'static str, level: Level| {
        let (shared, name) = (shared.clone(), name.to_owned());
        let mark = move |record: &mut Record<'_>| {
            let line = format!("{name} {}", record.message());
            shared.handle(&Record::builder().message(line).build());
            false
        };
        logtree::Handler::from(StreamHandler::new(std::io::sink()))
            .with_level(level)
            .with_filter(mark)
    };
    let (parent, child) = (registry.get_logger("p"), registry.get_logger("p.c"));
    parent.set_level(Level::CRITICAL);
    parent.add_handler(handler("P", Level::NOTSET));
    parent.add_handler(handler("Perr", Level::ERROR));
    child.set_level(Level::DEBUG);
    child.add_handler(handler("c", Level::NOTSET));
    child.debug("m1");
    child.error("m2");
    parent.error("m3");
    assert_eq!(text.lines(), ["c m1", "P m1", "c m2", "P m2", "Perr m2"]);
}

#[test]
fn a_loggers_filters_see_its_own_records_only() {
    let registry = Registry::new();
    let (handler, text) = to_text("%(name)s %(levelname)s");
    let logger = registry.get_logger("q");
    logger.add_handler(handler.with_level(Level::WARNING));
    logger.add_filter(|_: &mut Record<'_>| false);
    logger.warning("direct");
    registry.get_logger("q.c").warning("by the child");
    assert_eq!(text.lines(), ["q.c WARNING"]);

    let lowering = registry.get_logger("q.low");
    lowering.add_filter(|record: &mut Record<'_>| {
        record.set_level(Level::DEBUG);
        true
    });
    lowering.error("lowered below the handler's level");
    assert_eq!(text.lines().len(), 1);
}

#[test]
fn the_last_resort() {
    let (registry, stderr) = registry_with_stderr();
    let logger = registry.get_logger("x.y");
    logger.set_level(Level::DEBUG);
    logger.info("too low");
    logger.warning("hello w");
    assert_eq!(stderr.take(), "hello w\n");

    let silent = registry.get_logger("library");
    silent.add_handler(NullHandler::new());
    silent.critical("silenced by a null handler");
    let (high, _) = to_text("%(message)s");
    registry
        .get_logger("high")
        .add_handler(high.with_level(Level::CRITICAL));
    registry
        .get_logger("high")
        .error("a handler was met, though it refused");
    assert_eq!(stderr.take(), "");

    registry.set_last_resort(None);
    logger.error("1");
    registry.get_logger("other").error("2");
    assert_eq!(
        stderr.take(),
        "No handlers could be found for logger \"x.y\"\n"
    );
}

#[test]
fn the_dump_shows_the_whole_tree() {
    let registry = Registry::new();
    registry.root().add_handler(
        StreamHandler::new(std::io::sink())
            .with_level(Level::INFO)
            .with_name("dump-test"),
    );
    registry.get_logger("boto3").set_level(Level::DEBUG);
    registry
        .get_logger("botocore.client.S3")
        .set_propagate(false);
    registry.get_logger("boto3.part").set_disabled(true);
    assert_eq!(
        registry.dump().to_string(),
        concat!(
            "<--\"root\"\n",
            "   level WARNING\n",
            "   handler <StreamHandler <writer> \"dump-test\" (INFO)>\n",
            "   |\n",
            "   o<--\"boto3\"\n",
            "   |   level DEBUG, handlers from INFO\n",
            "   |   |\n",
            "   |   o<--\"boto3.part\" (disabled)\n",
            "   |       level NOTSET, so DEBUG, handlers from INFO\n",
            "   |\n",
            "    <--\"botocore.client.S3\" (propagate off)\n",
            "       level NOTSET, so WARNING\n",
        )
    );
}

/// Names of 100,000 dots and of a mebibyte are cut, at documented limits; hostile characters are
/// characters.
#[test]
fn hostile_names_are_names() {
    let (registry, complaints) = registry_with_stderr();
    let segments = |count| vec!["x"; count].join(".");
    assert_eq!(registry.get_logger(segments(128)).name(), segments(128));
    assert_eq!(complaints.get(), "");
    let deep = registry.get_logger(segments(100_000));
    registry.get_logger("x").set_level(Level::DEBUG);
    assert_eq!(
        (deep.name(), deep.effective_level()),
        (&*segments(128), Level::DEBUG)
    );
    assert_eq!(complaints.get().matches("is cut to").count(), 1);
    let long = registry.get_logger("y".repeat(1 << 20));
    assert_eq!(long.name(), "y".repeat(4096));
    assert_eq!(registry.get_logger("y".repeat(4097)), long);
    for name in [
        "../../etc/passwd".into(),
        "a\nb\0\u{1b}[2J".into(),
        ".".repeat(100),
    ] {
        assert_eq!(registry.get_logger(&name).name(), name);
    }
    assert!(!registry.dump().to_string().contains('\u{1b}'));
    assert_eq!(complaints.get().lines().count(), 1);
}

/// A small registry, and its reports.
fn full(max: usize) -> (Registry, crate::support::Text) {
    let complaints = crate::support::Text::default();
    let writer = complaints.clone();
    let registry = Registry::builder()
        .max_loggers(max)
        .diagnostics(move |line| {
            let line = format!("{line}\n");
            std::io::Write::write_all(&mut writer.clone(), line.as_bytes()).unwrap();
        })
        .build();
    (registry, complaints)
}

#[test]
fn there_is_a_limit_to_loggers() {
    let (registry, complaints) = full(3);
    registry.get_logger("a.b");
    assert_eq!(registry.get_logger("a.b.c").name(), "a.b");
    assert_eq!(registry.get_logger("z").name(), "root");
    assert_eq!(complaints.get().matches("no more are made").count(), 1);
}

/// The prefixes count, and are counted before any is made.
#[test]
fn one_name_cannot_pass_the_limit_of_loggers() {
    let (registry, _) = full(10);
    for segments in [10, 128, 1_000_000] {
        assert_eq!(registry.get_logger("a.".repeat(segments)).name(), "root");
        assert_eq!(registry.logger_names(), [""; 0]);
    }
    assert_eq!(
        registry.get_logger("b.c.d.e.f.g.h.i.j").name(),
        "b.c.d.e.f.g.h.i.j"
    );
    assert_eq!(registry.get_logger("k").name(), "root");
    assert_eq!(
        registry.get_logger("b.c").name(),
        "b.c",
        "a prefix is there already"
    );
}

/// Levels set on a logger that had no room do not affect any other.
#[test]
fn nothing_is_set_on_the_ancestor_of_a_logger_without_room() {
    let (registry, complaints) = full(2);
    registry.get_logger("a");
    let before = registry.dump().to_string();
    let logger = registry.get_logger("noisy.part");
    logger.set_level(Level::OFF);
    logger.set_propagate(false);
    logger.set_disabled(true);
    logger.add_handler(NullHandler::new());
    logger.add_filter(|_: &mut Record<'_>| false);
    assert_eq!(
        logger.replace_handlers([NullHandler::new().into()]).len(),
        1
    );
    logger.child("deeper").set_level(Level::OFF);
    LevelSpec::parse_lossy("noisy.part=off,a=warning,third=debug").apply_in(&registry);
    logtree::StreamLogger::new("noisy.part", Level::DEBUG)
        .stream(StreamHandler::new(Vec::new()))
        .install_in(&registry)
        .unwrap();
    registry.get_logger("a").set_level(Level::NOTSET);
    assert_eq!(registry.dump().to_string(), before);
    assert_eq!(complaints.get().lines().count(), 2, "{}", complaints.get());
    // It logs as its ancestor.
    let capture = logtree::test::Capture::new(&registry.root());
    logtree::warn!(logger, "x");
    assert_eq!(capture.messages(), ["x"]);
}
