//! The file of levels.

use std::fs;
use std::time::Duration;

use logtree::control::{Control, LevelTarget, LoggingOptions};
use logtree::{ErrorKind, Level, Registry};

/// What is set through a control without a file is kept as well, as long as one with a file lives.
#[test]
fn a_file_is_written_for_every_change() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let registry = Registry::new();
    let build = |registry: &Registry| Control::builder(registry).persist_to(&path).open();
    let keeping = build(&registry).unwrap();
    let again = build(&registry).unwrap();
    let plain = Control::new(&registry);
    let set = |name: &str| {
        plain
            .set_level(LevelTarget::logger(name), Level::DEBUG)
            .unwrap()
    };
    let kept = || {
        let registry = Registry::new();
        build(&registry).unwrap();
        registry.logger_names()
    };
    set("a");
    assert_eq!(kept(), ["a"]);
    drop(keeping);
    set("b");
    assert_eq!(kept(), ["a", "b"]);
    // What is not kept is no reason to write.
    fs::create_dir(directory.path().join("levels.new")).unwrap();
    let hour = Duration::from_secs(3600);
    plain
        .set_level_for(LevelTarget::logger("a"), Level::INFO, hour)
        .unwrap();
    assert!(
        plain
            .set_level(LevelTarget::logger("c"), Level::INFO)
            .is_err()
    );
    fs::remove_dir(directory.path().join("levels.new")).unwrap();
    drop(again);
    set("d");
    assert_eq!(kept(), ["a", "b"]);
}

#[test]
fn k10_overrides_outlive_the_program() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let open = |registry: &Registry| Control::builder(registry).persist_to(&path).open();
    let registry = Registry::new();
    let control = open(&registry).unwrap();
    registry.get_logger("code").set_level(Level::INFO);
    control
        .set_options(
            LoggingOptions::default()
                .with_default_level(Level::ERROR)
                .with_role("r"),
        )
        .unwrap();
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control
        .set_level(LevelTarget::client_id("c d"), Level::DEBUG)
        .unwrap();
    control
        .set_level_for(
            LevelTarget::logger("code"),
            Level::DEBUG,
            Duration::from_secs(3600),
        )
        .unwrap();
    control.set_group("g", ["x", "y"]).unwrap();
    control.disable_all(true).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "# logtree control 1\ndisable_all true\nrole r\ndefault 40\nlevel 10 THING_GROUP a\nlevel 10 CLIENT_ID c d\ngroup g\tx\ty\n"
    );
    #[cfg(unix)]
    assert_eq!(crate::support::mode(&path), 0o600);

    let next = Registry::new();
    let control = open(&next).unwrap();
    assert_eq!(control.options().unwrap().default_level, Some(Level::ERROR));
    assert_eq!(
        (
            next.root().level(),
            next.get_logger("a").level(),
            next.get_logger("code").level()
        ),
        (Level::ERROR, Level::DEBUG, Level::NOTSET)
    );
    assert_eq!(
        control.level(&LevelTarget::client_id("c d")),
        Some(Level::DEBUG)
    );
    assert!(!next.root().is_enabled_for(Level::CRITICAL) && control.group("g").is_some());

    // What cannot be kept is not changed either.
    let before = next.dump().to_string();
    fs::create_dir(directory.path().join("levels.new")).unwrap();
    let error = control
        .set_level(LevelTarget::logger("b"), Level::DEBUG)
        .unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Io, Some(&*path)));
    assert_eq!(
        (next.dump().to_string(), fs::read_to_string(&path).unwrap()),
        (before, text)
    );

    for (wrong, says) in [
        ("", "line 1: expected \"# logtree control 1\""),
        (
            "# logtree control 1\nlevel x THING_GROUP a\n",
            "line 2: expected a level number",
        ),
        (
            "# logtree control 1\n\nlevel 10 THING a\n",
            "line 3: unknown target type",
        ),
        ("# logtree control 1\nlevels\n", "line 2: expected default"),
        ("# logtree control 1\nlevel 10 CLIENT_ID \n", "it is empty"),
    ] {
        fs::write(&path, wrong).unwrap();
        let registry = Registry::new();
        let before = registry.dump().to_string();
        let error = open(&registry).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(registry.dump().to_string(), before);
    }
}

/// Anything else in place of the file is refused with a reason, and nothing is changed.
#[test]
fn a_file_of_overrides_is_taken_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let refused = |says: &str| {
        let registry = Registry::new();
        let before = registry.dump().to_string();
        let error = Control::builder(&registry)
            .persist_to(&path)
            .open()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(registry.dump().to_string(), before);
        assert!(registry.root().is_enabled_for(Level::WARNING));
    };
    let head = "# logtree control 1\n";
    for (text, says) in [
        (
            "disable_all true\nlevel 60 THING_GROUP audit",
            "line 3: expected a newline",
        ),
        (
            "default 10\nlevel 0 THING_GROUP a\n",
            "line 3: cannot set THING_GROUP a to NOTSET",
        ),
        (
            "default 10\n\nlevel 10 THING_GROUP a..b\n",
            "line 4: invalid name",
        ),
        (
            "level 70000 THING_GROUP a\n",
            "line 2: expected a level number",
        ),
        ("default 10\nrole a\tb\n", "line 3: invalid role"),
        (
            "group \ta\n",
            "line 2: invalid name of a group: it is empty",
        ),
        ("group g\ta\u{7}\n", "line 2: invalid name"),
    ] {
        fs::write(&path, format!("{head}{text}")).unwrap();
        refused(says);
    }
    fs::write(&path, b"# logtree control 1\nlevel 10 CLIENT_ID \xff\n").unwrap();
    refused("expected UTF-8");
    let file = fs::File::create(&path).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    drop(file);
    refused("expected at most 67108864 bytes, found 67108865");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused("expected a regular file");
    fs::remove_dir(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::write(&path, head).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o606)).unwrap();
        refused("writable by everyone");
        fs::remove_file(&path).unwrap();
        // A pipe without a writer: opening it in the usual way would block for ever.
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        refused("expected a regular file");
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        refused("expected a regular file");
    }
}
