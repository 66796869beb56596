//! Which processes are found, and which directories are trusted.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::daemon::Daemon;
use crate::program::{Run, logtree, private_directory};

#[test]
fn a_directory_that_others_can_write_is_refused() {
    let directory = private_directory();
    let directory = directory.path();
    let _daemon = Daemon::start(directory, "app");
    for mode in [0o777, 0o1777, 0o750, 0o701] {
        fs::set_permissions(directory, Permissions::from_mode(mode)).unwrap();
        let run = Run::on(directory, &["set", "a=INFO"]);
        assert_eq!((run.code, &*run.out), (3, ""), "{mode:o}");
        let expected = format!("refused: expected mode 0700, found {mode:04o}");
        assert!(run.errors.contains(&expected), "{}", run.errors);
    }
    fs::set_permissions(directory, Permissions::from_mode(0o700)).unwrap();
    Run::on(directory, &["set", "a=INFO"]).good();
    // A link can be replaced by its owner.
    let other = private_directory();
    let link = other.path().join("link");
    symlink(directory, &link).unwrap();
    let run = Run::on(&link, &["ps"]);
    assert!(run.code == 3 && run.errors.contains("no link"), "{run:?}");
}

#[test]
fn a_directory_of_another_user_is_refused() {
    let directory = private_directory();
    if std::os::unix::fs::chown(directory.path(), Some(65534), None).is_err() {
        eprintln!("not played: only root can give a directory away");
        return;
    }
    let run = Run::on(directory.path(), &["ps"]);
    assert!(
        run.code == 3 && run.errors.contains("as the owner, found 65534"),
        "{run:?}"
    );
}

#[test]
fn the_runtime_directories_of_the_user_and_the_service_are_searched() {
    for variable in ["XDG_RUNTIME_DIR", "RUNTIME_DIRECTORY"] {
        let runtime = private_directory();
        let directory = runtime.path().join("logtree");
        fs::create_dir(&directory).unwrap();
        fs::set_permissions(&directory, Permissions::from_mode(0o700)).unwrap();
        let daemon = Daemon::start(&directory, "in-runtime-dir");
        let mut command = logtree(&directory);
        command.env_remove("LOGTREE_CONTROL_DIR");
        command.env(variable, runtime.path());
        command.args(["ps", "--name", "in-runtime-*"]);
        let text = Run::of(command).out;
        assert!(text.contains(&daemon.pid().to_string()), "{text}");
    }
}

#[test]
fn a_url_needs_its_token() {
    let directory = private_directory();
    let directory = directory.path();
    let daemon = Daemon::with_console(directory, "app");
    let (url, token) = daemon.url.split_once("/#token=").unwrap();
    let other = private_directory();
    let file = other.path().join("token");
    let file_name = file.to_str().unwrap();
    let on = |url: &str| {
        Run::on(
            other.path(),
            &["levels", "app.db", "--url", url, "--token-file", file_name],
        )
    };
    fs::write(&file, format!("{token}\n")).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let run = on(url);
    assert!(
        run.code == 2 && run.errors.contains("expected mode 0600, found 0644"),
        "{run:?}"
    );
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    assert!(on(url).good().contains("app.db.pool"));
    // The console's own address does, too.
    assert!(on(&daemon.url).good().contains("app.db.pool"));
    fs::write(&file, "wrong").unwrap();
    let run = on(url);
    assert!(run.code == 1 && run.errors.contains("401"), "{run:?}");
    for wrong in ["ftp://x", "https://x", "http://", "http://a b", "x"] {
        let run = on(wrong);
        assert!(
            run.code == 2 && run.errors.contains("invalid URL"),
            "{run:?}"
        );
    }
}

#[test]
fn exit_codes() {
    let directory = private_directory();
    let directory = directory.path();
    let _daemon = Daemon::start(directory, "app");
    for (arguments, code) in [
        (&["ps"][..], 0),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["set", "app=LOUD"], 1),
        (&["set", "app=LOUD", "--dry-run"], 1),
        (&["console"], 1),
        (&[], 2),
        (&["frobnicate"], 2),
        (&["set"], 2),
        (&["set", "app="], 2),
        (&["set", "app=INFO", "--for", "10"], 2),
        (&["set", "app=INFO", "--for", "0m"], 2),
        (&["clear"], 2),
        (&["clear", "a", "--all"], 2),
        (&["groups", "storage"], 2),
        (&["groups", "--level", "INFO"], 2),
        (&["groups", "storage", "--members", ""], 2),
        (&["groups", "storage", "--members", "a,"], 2),
        (&["groups", "storage", "--members", "a,,b"], 2),
        (&["tail", "--limit", "0"], 2),
        (&["tail", "--grep", "("], 2),
        (&["tail", "--format", "%(levelname"], 2),
        (&["tail", "--level", "app*=debug"], 2),
        (&["ps", "--url", "http://127.0.0.1:1"], 2),
        (&["ps", "--name", "[a"], 2),
        (&["ps", "--name", "other"], 3),
        (&["set", "app=INFO", "--pid", "1"], 3),
    ] {
        let run = Run::on(directory, arguments);
        assert_eq!(run.code, code, "{arguments:?}: {run:?}");
        assert_eq!(run.errors.is_empty(), code == 0, "{arguments:?}: {run:?}");
    }
    let none = private_directory();
    assert_eq!(Run::on(none.path(), &["tail"]).code, 3);
    let missing = Run::on(none.path(), &["ps", "--socket", "/nonexistent/x-1.sock"]);
    assert_eq!(missing.code, 1, "{missing:?}");
}
