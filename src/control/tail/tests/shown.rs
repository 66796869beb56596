//! What a tail shows, and which gates it opens.

use super::*;

#[test]
fn it_opens_what_it_asks_for_and_closes_it_again() {
    let registry = Registry::new();
    let shown = StreamHandler::new(Vec::new());
    registry.root().add_handler(shown.clone());
    let names = ["root", "botocore", "botocore.client", "urllib3", "other"];
    let loggers = names.map(|name| registry.get_logger(name));
    let before = gates(&loggers);
    let tails = Tails::new(&registry, TailOptions::default());
    let levels = asks(&registry, "botocore=DEBUG,urllib3=INFO,not.there=DEBUG");
    let mut tail = tails.begin(levels, Start::Latest(0)).unwrap();
    assert_eq!(gates(&loggers), [30, 10, 10, 20, 30]);
    for logger in &loggers {
        for level in [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARNING] {
            let message = format!("{} {level}", logger.name());
            logger.log(level, &message);
        }
    }
    let expected = [
        "botocore DEBUG",
        "botocore INFO",
        "botocore WARNING",
        "botocore.client DEBUG",
        "botocore.client INFO",
        "botocore.client WARNING",
        "urllib3 INFO",
        "urllib3 WARNING",
    ];
    assert_eq!(messages(&mut tail), expected);
    assert_eq!(shown.counters().written(), 5);
    // The facade's records of a target that is no logger come to the place that was made for it.
    let mut record = log::Record::builder();
    record.target("not::there::x").level(log::Level::Debug);
    log::Log::log(&registry, &record.args(format_args!("from far")).build());
    assert_eq!(messages(&mut tail), ["from far"]);
    assert!(
        !registry
            .logger_names()
            .iter()
            .any(|name| name.starts_with("not"))
    );

    let second = tails.begin(asks(&registry, "botocore=INFO"), Start::Latest(0));
    drop(tail);
    assert_eq!(gates(&loggers), [30, 20, 20, 30, 30]);
    drop(second);
    assert_eq!(gates(&loggers), before);
}

#[test]
fn without_levels_it_shows_what_the_loggers_show() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (tails, mut tail) = tailing(&registry, TailFilter::default());
    assert_eq!(logger.node().gate(), 30);
    let mut verbose = tails
        .begin(asks(&registry, "DEBUG"), Start::Latest(0))
        .unwrap();
    logger.debug("hidden");
    logger.warning("shown");
    assert_eq!(messages(&mut tail), ["shown"]);
    assert_eq!(messages(&mut verbose), ["hidden", "shown"]);
}

#[test]
fn it_shows_nothing_that_is_disabled_or_vetoed() {
    let registry = Registry::new();
    let [app, apart, vetoing, off] =
        ["app", "app.apart", "app.veto", "app.off"].map(|name| registry.get_logger(name));
    apart.set_propagate(false);
    vetoing.add_filter(|_: &mut Record<'_>| false);
    off.set_disabled(true);
    let (_tails, mut tail) = tailing(&registry, asks(&registry, "TRACE"));
    registry.disable(Level::INFO);
    for logger in [&app, &apart, &vetoing, &off] {
        logger.info("disabled");
        logger.error(logger.name());
    }
    assert_eq!(messages(&mut tail), ["app", "app.apart"]);
}

#[test]
fn a_deeper_level_keeps_a_gate_closed() {
    let registry = Registry::new();
    let loggers = ["a", "noisy", "noisy.x", "noisy.x.y"].map(|name| registry.get_logger(name));
    let levels = asks(&registry, "DEBUG,noisy=OFF,noisy.x.y=INFO");
    let (_tails, mut tail) = tailing(&registry, levels);
    assert_eq!(gates(&loggers), [10, 30, 30, 20]);
    loggers[1].warning("shown, but not asked for");
    loggers[3].info("asked for");
    assert_eq!(messages(&mut tail), ["asked for"]);
}

#[test]
fn secrets_are_neither_shown_nor_found() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (tails, mut tail) = tailing(&registry, TailFilter::default());
    let searching = |text: &str, kv: &str| TailFilter {
        text: (!text.is_empty()).then(|| text.to_owned()),
        key_values: if kv.is_empty() {
            vec![]
        } else {
            vec![("password".into(), kv.into())]
        },
        ..TailFilter::default()
    };
    let mut by_text = tails
        .begin(searching("hunter2", ""), Start::Latest(0))
        .unwrap();
    let mut by_value = tails
        .begin(searching("", "hunter2"), Start::Latest(0))
        .unwrap();
    crate::warn!(logger, password = "hunter2"; "user=ann password=hunter2");
    let batch = next(&mut tail).unwrap();
    let shown = format!("{:?}", batch.events[0].record());
    assert!(
        shown.contains("ann") && !shown.contains("hunter2"),
        "{shown}"
    );
    assert!(messages(&mut by_text).is_empty() && messages(&mut by_value).is_empty());
}

#[test]
fn loggers_of_secrets_show_no_more_than_their_levels() {
    let registry = Registry::new();
    let [wire, app] = ["app.wire", "app"].map(|name| registry.get_logger(name));
    let tails = Tails::new(&registry, TailOptions::default());
    let begin = |keeps_secrets| {
        let filter = TailFilter {
            keeps_secrets,
            ..asks(&registry, "app=DEBUG")
        };
        tails.begin(filter, Start::Latest(0)).unwrap()
    };
    let (mut keeping, mut showing) = (begin(true), begin(false));
    wire.debug("secret");
    wire.info("wire");
    app.debug("app");
    assert_eq!(messages(&mut keeping), ["wire", "app"]);
    assert_eq!(messages(&mut showing), ["secret", "wire", "app"]);
    wire.set_level(Level::DEBUG);
    wire.debug("shown by its level");
    assert_eq!(messages(&mut keeping), ["shown by its level"]);
}

#[test]
fn a_child_has_no_tails() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (tails, mut tail) = tailing(&registry, asks(&registry, "DEBUG"));
    assert_eq!(logger.node().gate(), 10);
    Arc::clone(&tails.0).in_child();
    assert_eq!(logger.node().gate(), 30);
    assert!(registry.root().node().route().taps.is_empty());
    logger.warning("in the child");
    assert!(next(&mut tail).is_none());
    drop(tail);
}
