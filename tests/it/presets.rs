//! `set_stream_logger` and `basic_config` on registries of their own; the letters are rows of the table of AWS systems.

use logtree::{
    Applied, BasicConfig, ErrorKind, Formatter, Level, LevelOn, NullHandler, StreamHandler,
    StreamLogger, Style,
};

use crate::support::{Text, registry_with_stderr};

/// B1, B2 and B3.
#[test]
fn b01_boto3s_line_level_and_stream() {
    let (registry, stderr) = registry_with_stderr();
    let handler = StreamLogger::new("botocore", Level::DEBUG)
        .install_in(&registry)
        .unwrap();
    registry.get_logger("botocore.x").debug("D");
    let line = stderr.take();
    assert_eq!(
        (registry.get_logger("botocore").level(), handler.level()),
        (Level::DEBUG, Level::DEBUG)
    );
    let digits: String = line
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(digits, "0000-00-00 00:00:00,000 botocore.x [DEBUG] D\n");
}

/// B4 and B5, where Boto3 prints twice.
#[test]
fn b04_a_second_call_replaces_the_first() {
    let (registry, stderr) = registry_with_stderr();
    let set = |level: Level| StreamLogger::new("b", level).format("%(message)s");
    set(Level::DEBUG).install_in(&registry).unwrap();
    set(Level::INFO).install_in(&registry).unwrap();
    registry.get_logger("b").debug("lost");
    registry.get_logger("b").info("once");
    assert_eq!(stderr.take(), "once\n");
    set(Level::INFO)
        .keep_earlier()
        .install_in(&registry)
        .unwrap();
    registry.get_logger("b").info("as boto3");
    assert_eq!(stderr.take(), "as boto3\nas boto3\n");
}

/// B6 and B7: the law of propagation, and the way out.
#[test]
fn b06_parent_and_child() {
    let (registry, stderr) = registry_with_stderr();
    let set = |name: &str, level: Level| StreamLogger::new(name, level).format("%(message)s");
    set("botocore", Level::INFO).install_in(&registry).unwrap();
    set("botocore.s3", Level::DEBUG)
        .install_in(&registry)
        .unwrap();
    registry.get_logger("botocore.s3").debug("debug once");
    registry.get_logger("botocore.s3").info("info twice");
    assert_eq!(stderr.take(), "debug once\ninfo twice\ninfo twice\n");
    set("botocore", Level::INFO)
        .propagate_once()
        .install_in(&registry)
        .unwrap();
    registry.get_logger("botocore.s3").info("info once");
    assert_eq!(stderr.take(), "info once\n");
}

/// B8.
#[test]
fn b08_the_empty_name_is_everything() {
    let (registry, stderr) = registry_with_stderr();
    StreamLogger::new("", Level::INFO)
        .format("%(name)s")
        .install_in(&registry)
        .unwrap();
    registry.get_logger("anything").info("");
    assert_eq!(stderr.get(), "anything\n");
}

/// B10.
#[test]
fn b10_a_library_is_silent() {
    let (registry, stderr) = registry_with_stderr();
    registry.get_logger("boto3").add_handler(NullHandler::new());
    registry.get_logger("boto3.x").critical("nobody asked");
    assert_eq!(stderr.get(), "");
}

/// B11.
#[test]
fn b11_botocores_rule() {
    let (registry, _) = registry_with_stderr();
    let handler = StreamLogger::new("botocore", Level::ERROR)
        .level_on(LevelOn::Handler)
        .install_in(&registry)
        .unwrap();
    assert_eq!(
        (registry.get_logger("botocore").level(), handler.level()),
        (Level::DEBUG, Level::ERROR)
    );
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

/// 97 to 101.
#[test]
fn basic_config_says_whether_it_acted() {
    let (registry, stderr) = registry_with_stderr();
    assert_eq!(
        BasicConfig::new().apply_to(&registry).unwrap(),
        Applied::Done
    );
    registry.root().warning("w");
    assert_eq!(stderr.take(), "WARNING:root:w\n");
    let again = BasicConfig::new()
        .level(Level::DEBUG)
        .apply_to(&registry)
        .unwrap();
    assert_eq!(
        (again, registry.root().level()),
        (Applied::HadHandlers, Level::WARNING)
    );

    let text = Text::default();
    let forced = BasicConfig::new()
        .force(true)
        .level(Level::INFO)
        .style(Style::Brace)
        .stream(text.clone());
    assert_eq!(forced.apply_to(&registry).unwrap(), Applied::Done);
    registry.root().info("i");
    assert_eq!(
        (text.get(), stderr.get()),
        ("INFO:root:i\n".into(), String::new())
    );
}

/// 99, where Python changes something before it fails.
#[test]
fn basic_config_is_checked_first() {
    let (registry, _) = registry_with_stderr();
    let before = registry.dump().to_string();
    let clash = BasicConfig::new()
        .stream(Text::default())
        .handlers([NullHandler::new()]);
    assert_eq!(
        clash.apply_to(&registry).unwrap_err().kind(),
        ErrorKind::InvalidConfig
    );
    let wrong = BasicConfig::new()
        .level(Level::DEBUG)
        .force(true)
        .format("%(x");
    assert_eq!(
        wrong.apply_to(&registry).unwrap_err().kind(),
        ErrorKind::InvalidFormat
    );
    assert_eq!(registry.dump().to_string(), before);
}

/// 100.
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
        .apply_to(&registry)
        .unwrap();
    registry.root().warning("a");
    assert_eq!(
        (own.get(), shared.get()),
        ("keep a\n".into(), "a!\n".into())
    );
}
