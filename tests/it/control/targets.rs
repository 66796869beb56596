//! Names of targets and levels: what is accepted, and what is refused.

use logtree::control::{Control, LevelTarget, LoggingOptions, TargetType, http_status};
use logtree::{ErrorKind, Level, LevelSpec, Registry};

use crate::control::{control, effective};

#[test]
fn i14_what_cannot_be_is_refused_by_kind() {
    let registry = Registry::new();
    let control = Control::builder(&registry)
        .strict_aws(true)
        .max_targets(2)
        .open()
        .unwrap();
    control.set_options(LoggingOptions::default()).unwrap();
    let set = |target: LevelTarget, level: Level| {
        control
            .set_level(target, level)
            .map_err(|error| (error.kind(), error.to_string()))
    };
    for name in ["", "a/b", "a\nb", &"x".repeat(129)] {
        let error = set(LevelTarget::client_id(name), Level::DEBUG).unwrap_err();
        assert_eq!(error.0, ErrorKind::InvalidRequest, "{}", error.1);
    }
    assert!(set(LevelTarget::logger("a.b:c_d-e f"), Level::DEBUG).is_ok());
    assert!(set(LevelTarget::logger("b"), Level::DEBUG).is_ok());
    assert_eq!(
        set(LevelTarget::logger("c"), Level::DEBUG).unwrap_err().0,
        ErrorKind::LimitExceeded
    );
    assert!(
        set(LevelTarget::logger("b"), Level::INFO).is_ok(),
        "one that is there is no further one"
    );
    assert_eq!(
        set(LevelTarget::logger("b"), Level::NOTSET).unwrap_err().0,
        ErrorKind::InvalidRequest
    );
    assert_eq!(
        control
            .clear_level(&LevelTarget::default_level())
            .unwrap_err()
            .kind(),
        ErrorKind::InvalidRequest
    );
    let statuses = [
        ErrorKind::InvalidRequest,
        ErrorKind::LimitExceeded,
        ErrorKind::Conflict,
        ErrorKind::Io,
    ]
    .map(http_status);
    assert_eq!(statuses, [400, 410, 412, 500]);
    for kind in TargetType::ALL {
        assert_eq!(
            kind.to_string()
                .to_lowercase()
                .parse::<TargetType>()
                .unwrap(),
            kind
        );
    }
    assert!(
        "THING"
            .parse::<TargetType>()
            .unwrap_err()
            .to_string()
            .contains("THING_GROUP")
    );
    // Ours takes any name that is no control character.
    let (_, ours) = self::control();
    ours.set_level(LevelTarget::client_id("a/b é"), Level::DEBUG)
        .unwrap();
    assert!(
        ours.set_level(LevelTarget::client_id("a\u{1b}"), Level::DEBUG)
            .is_err()
    );
}

#[test]
fn i15_a_level_waits_for_its_target() {
    let (registry, control) = control();
    control
        .set_level(LevelTarget::logger("later.on"), Level::DEBUG)
        .unwrap();
    assert_eq!(effective(&registry, "later.on.now"), Level::DEBUG);
}

/// Names and levels as they stand in the environment and on a command line.
#[test]
fn k12_one_parser_for_names_and_levels() {
    let (registry, control) = control();
    let spec = LevelSpec::parse_in(&registry, "ERROR,boto3=debug,botocore::client::S3=info");
    spec.apply_in(&registry);
    assert_eq!(
        control.level(&LevelTarget::default_level()),
        Some(Level::ERROR)
    );
    assert_eq!(
        control.level(&LevelTarget::logger("boto3")),
        Some(Level::DEBUG)
    );
    assert_eq!(
        control.level(&LevelTarget::logger("botocore.client.S3")),
        Some(Level::INFO)
    );
}

#[test]
fn names_that_are_mistyped_are_refused() {
    let (registry, control) = control();
    for name in ["a..b", ".a", "a.", ".", &"x.".repeat(129)] {
        let error = control
            .set_level(LevelTarget::logger(name), Level::DEBUG)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("segment"), "{error}");
        assert!(control.set_group("g", [name]).is_err());
    }
    // Levels set in code can be listed and cleared.
    registry.get_logger("a..b").set_level(Level::DEBUG);
    assert_eq!(
        control.clear_level(&LevelTarget::logger("a..b")).unwrap(),
        Some(Level::DEBUG)
    );
    // An address may look like one.
    control
        .set_level(LevelTarget::source_ip("::1"), Level::DEBUG)
        .unwrap();
    let long = "r".repeat(2049);
    for role in ["a\nb", &long] {
        let options = LoggingOptions::default().with_role(role);
        let error = control.set_options(options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}
