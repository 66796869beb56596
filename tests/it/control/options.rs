//! The options of a registry.

use logtree::control::{Control, LevelTarget, LoggingOptions, Page, aws_error_name, http_status};
use logtree::{ErrorKind, Level, Registry};

use crate::control::control;

#[test]
fn i10_before_options_are_set_there_is_nothing() {
    let registry = Registry::new();
    let control = Control::builder(&registry).strict_aws(true).open().unwrap();
    let kinds = [
        control.options().unwrap_err().kind(),
        control
            .set_level(LevelTarget::logger("a"), Level::DEBUG)
            .unwrap_err()
            .kind(),
        control.list(None, Page::new(10)).unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::NotConfigured; 3]);
    assert_eq!(
        (http_status(kinds[0]), aws_error_name(kinds[0])),
        (404, "NotConfiguredException")
    );
    // Clearing has no requirements.
    assert_eq!(
        control.clear_level(&LevelTarget::logger("a")).unwrap(),
        None
    );
    control.set_options(LoggingOptions::default()).unwrap();
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    assert_eq!(
        control.list(None, Page::new(10)).unwrap().overrides.len(),
        2
    );
    // Ours is configured from the start.
    assert!(Control::new(&registry).options().is_ok());
}

#[test]
fn k01_options_change_only_what_is_given() {
    let (_, control) = control();
    control
        .set_options(LoggingOptions::default().with_role("arn:aws:iam::123456789012:role/log"))
        .unwrap();
    control
        .set_options(LoggingOptions::default().with_default_level(Level::INFO))
        .unwrap();
    let options = control.options().unwrap();
    let expected = LoggingOptions::default()
        .with_default_level(Level::INFO)
        .with_disable_all(false)
        .with_role("arn:aws:iam::123456789012:role/log");
    assert_eq!(options, expected);
}
