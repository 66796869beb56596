//! `BasicConfig`.

use logtree::formatter::{JsonFormatter, TemplateStyle};
use logtree::handler::{NullHandler, StreamHandler};
use logtree::setup::Installed;
use logtree::{BasicConfig, ErrorKind, Formatter, Level, Registry, StreamLogger};

use crate::support::{Text, registry_with_stderr};

#[test]
fn basic_config_says_whether_it_acted() {
    let (registry, stderr) = registry_with_stderr();
    assert_eq!(
        BasicConfig::new().install_in(&registry).unwrap(),
        Installed::Done
    );
    registry.root().warning("w");
    assert_eq!(stderr.take(), "WARNING:root:w\n");
    let again = BasicConfig::new()
        .level(Level::DEBUG)
        .install_in(&registry)
        .unwrap();
    assert_eq!(
        (again, registry.root().level()),
        (Installed::HadHandlers, Level::WARNING)
    );

    let text = Text::default();
    let forced = BasicConfig::new()
        .force(true)
        .level(Level::INFO)
        .style(TemplateStyle::Brace)
        .stream(text.clone());
    assert_eq!(forced.install_in(&registry).unwrap(), Installed::Done);
    registry.root().info("i");
    assert_eq!(
        (text.get(), stderr.get()),
        ("INFO:root:i\n".into(), String::new())
    );
}

/// Python changes something before it fails.
#[test]
fn basic_config_is_checked_first() {
    let (registry, _) = registry_with_stderr();
    let before = registry.dump().to_string();
    let clash = BasicConfig::new()
        .stream(Text::default())
        .handlers([NullHandler::new()]);
    assert_eq!(
        clash.install_in(&registry).unwrap_err().kind(),
        ErrorKind::InvalidConfig
    );
    let wrong = BasicConfig::new()
        .level(Level::DEBUG)
        .force(true)
        .format("%(x");
    assert_eq!(
        wrong.install_in(&registry).unwrap_err().kind(),
        ErrorKind::InvalidFormat
    );
    assert_eq!(registry.dump().to_string(), before);
}

#[test]
fn handlers_without_a_formatter_share_one() {
    let (registry, _) = registry_with_stderr();
    let (own, shared) = (Text::default(), Text::default());
    let keeps =
        StreamHandler::new(own.clone()).with_formatter(Formatter::new("keep %(message)s").unwrap());
    let handlers = [keeps, StreamHandler::new(shared.clone())];
    let _ = BasicConfig::new()
        .format("%(message)s!")
        .handlers(handlers)
        .install_in(&registry)
        .unwrap();
    registry.root().warning("a");
    assert_eq!(
        (own.get(), shared.get()),
        ("keep a\n".into(), "a!\n".into())
    );
}

/// A set-up with a formatter, or a template in another style.
#[test]
fn the_layout_is_a_template_or_a_formatter() {
    let line = |logger: StreamLogger| {
        let (registry, stderr) = registry_with_stderr();
        logger.install_in(&registry).unwrap();
        logtree::info!(registry.get_logger("a.b"), n = 1; "m");
        stderr.take()
    };
    let a = || StreamLogger::new("a", Level::INFO);
    let json = line(a().formatter(JsonFormatter::new()));
    assert!(json.starts_with('{') && json.contains("\"n\":1"), "{json}");
    let brace = a().style(TemplateStyle::Brace).format("{name}:{asctime}");
    assert_eq!(line(brace.date_format("T")), "a.b:T n=1\n");
    let dollar = line(a().style(TemplateStyle::Dollar).date_format("T"));
    assert_eq!(dollar, "T a.b [INFO] m n=1\n");

    let (registry, _) = registry_with_stderr();
    let both = a().formatter(JsonFormatter::new()).format("%(message)s");
    let error = both.install_in(&registry).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    let both = BasicConfig::new().formatter(JsonFormatter::new());
    let error = both.date_format("T").install_in(&registry).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(registry.logger_names().is_empty());
}

/// Handlers of different types, one call each; a formatter for those that have none.
#[test]
fn basic_config_takes_handlers_of_any_type() {
    let (registry, text) = (Registry::new(), Text::default());
    let installed = BasicConfig::new()
        .formatter(Formatter::new("shared %(message)s").unwrap())
        .handler(NullHandler::new())
        .handler(StreamHandler::new(text.clone()))
        .install_in(&registry);
    assert_eq!(installed.unwrap(), Installed::Done);
    registry.root().warning("m");
    assert_eq!(
        (text.take().as_str(), registry.root().handlers().len()),
        ("shared m\n", 2)
    );
}
