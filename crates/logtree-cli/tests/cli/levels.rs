//! Verbs that look at levels and change them.

use std::path::Path;

use serde_json::{Value, json};

use crate::daemon::Daemon;
use crate::program::{Run, private_directory};

fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .map(|line| line.split('\t').collect())
        .collect()
}

fn effective(directory: &Path, logger: &str) -> Value {
    let all = Run::on(directory, &["levels", "--json"]).json();
    let loggers = all[0]["result"]["loggers"].as_array().unwrap().iter();
    let mut loggers = loggers.filter(|one| one["name"] == logger);
    loggers.next().unwrap_or_else(|| panic!("no {logger}"))["effective"].clone()
}

#[test]
fn levels_are_listed_set_and_cleared() {
    let directory = private_directory();
    let directory = directory.path();
    let daemon = Daemon::start(directory, "app");
    let label = daemon.label();

    let text = Run::on(directory, &["ps"]).good();
    let head = [
        "NAME",
        "PID",
        "UPTIME",
        "ROOT",
        "LEVELS SET",
        "RECORDS/S",
        "STATE",
    ];
    assert_eq!(rows(&text)[0], head);
    // What the process has set itself is no level that was set from outside.
    let row = &rows(&text)[1];
    assert_eq!((row[3], row[4], row[5]), ("INFO", "0", "0.0"), "{text}");

    let text = Run::on(directory, &["levels", "app::db"]).good();
    let head = [
        "LOGGER",
        "LEVEL",
        "EFFECTIVE",
        "FROM",
        "UNTIL",
        "BY",
        "NOTE",
    ];
    assert_eq!(rows(&text)[0], head);
    assert_eq!(
        rows(&text)[1],
        ["app.db", "WARNING", "WARNING", "itself", "-", "-", ""]
    );
    assert_eq!(
        rows(&text)[2],
        ["app.db.pool", "-", "WARNING", "app.db", "-", "-", ""]
    );
    assert_eq!(rows(&text).len(), 3);

    let text = Run::on(directory, &["levels", "--tree"]).good();
    let names: Vec<_> = rows(&text)[1..].iter().map(|row| row[0]).collect();
    assert!(
        names.starts_with(&["root", "  app.db", "    pool"]),
        "{names:?}"
    );
    let text = Run::on(directory, &["levels", "--configured"]).good();
    let names: Vec<_> = rows(&text)[1..].iter().map(|row| row[0]).collect();
    assert!(
        names.contains(&"app.db") && !names.contains(&"app.http"),
        "{names:?}"
    );

    // What would change, and nothing does.
    let text = Run::on(
        directory,
        &["set", "app.db=debug", "new.x=ERROR", "--dry-run"],
    )
    .good();
    assert_eq!(rows(&text)[1], [&*label, "app.db", "WARNING", "-", "DEBUG"]);
    assert_eq!(rows(&text)[2], [&*label, "new.x", "INFO", "root", "ERROR"]);
    assert_eq!(effective(directory, "app.db.pool"), "WARNING");
    // It is the process that computes it, and refuses what it would refuse.
    for wrong in [
        &["set", "a..b=INFO"][..],
        &["set", "wire=DEBUG"],
        &["set", "a=LOUD"],
    ] {
        let (tried, made) = (
            Run::on(directory, &[wrong, &["--dry-run"]].concat()),
            Run::on(directory, wrong),
        );
        assert_eq!((tried.code, &tried.errors), (1, &made.errors), "{wrong:?}");
    }

    let text = Run::on(directory, &["set", "app.db=debug", "app.http=ERROR"]).good();
    assert!(
        text.starts_with(&format!("{label}: app.db=debug app.http=ERROR (revision ")),
        "{text}"
    );
    assert_eq!(effective(directory, "app.db.pool"), "DEBUG");
    let text = Run::on(directory, &["ps"]).good();
    assert_eq!(rows(&text)[1][4], "2", "{text}");

    let text = Run::on(directory, &["set", "TRACE", "--for", "1h30m"]).good();
    assert!(text.contains("root=TRACE for 1h30m"), "{text}");
    let text = Run::on(directory, &["levels"]).good();
    let root = &rows(&text)[1];
    assert!(
        root[4].starts_with("1h 29m left") && root[5].contains("unix"),
        "{root:?}"
    );

    // A revision that is past.
    let run = Run::on(directory, &["set", "app.db=INFO", "--if-revision", "1"]);
    assert_eq!((run.code, &*run.out), (1, ""));
    assert!(
        run.errors.starts_with(&format!("logtree: {label}: ")),
        "{}",
        run.errors
    );
    assert_eq!(effective(directory, "app.db"), "DEBUG");
    let revision =
        Run::on(directory, &["ps", "--json"]).json()[0]["result"]["revision"].to_string();
    Run::on(
        directory,
        &["set", "app.db=INFO", "--if-revision", &revision],
    )
    .good();
    assert_eq!(effective(directory, "app.db"), "INFO");

    // All or nothing.
    let run = Run::on(directory, &["set", "app.db=ERROR", "app.http=LOUD"]);
    assert_eq!(run.code, 1);
    assert!(
        run.errors.contains("changes[1]") && run.errors.contains("LOUD"),
        "{}",
        run.errors
    );
    assert_eq!(effective(directory, "app.db"), "INFO");

    let text = Run::on(directory, &["clear", "app.db"]).good();
    assert!(
        text.starts_with(&format!("{label}: cleared app.db (revision ")),
        "{text}"
    );
    Run::on(directory, &["set", "a=INFO", "b=INFO", "c=DEBUG"]).good();
    Run::on(directory, &["set", "--type", "CLIENT_ID", "sensor-7=DEBUG"]).good();
    let text = Run::on(directory, &["clear", "--all"]).good();
    let cleared = format!("{label}: cleared the levels that controls have set (revision ");
    assert!(text.starts_with(&cleared), "{text}");
    // With the temporary one of the root.
    for name in ["a", "c", "app.http"] {
        assert_eq!(effective(directory, name), "INFO");
    }

    Run::on(directory, &["off"]).good();
    let status = Run::on(directory, &["ps", "--json"]).json();
    assert_eq!(status[0]["result"]["disableAll"], json!(true));
    Run::on(directory, &["on"]).good();
    let text = Run::on(directory, &["ps"]).good();
    let row = rows(&text)[1].clone();
    assert_eq!(
        (row[0], row[1], row[6]),
        ("app", &*daemon.pid().to_string(), "on")
    );

    let text = Run::on(directory, &["audit"]).good();
    let last = rows(&text).last().unwrap().clone();
    assert_eq!((last[1], last[3], last[5]), (&*label, "all logging", "on"));
    assert!(text.contains("\tapp.db\tWARNING\tDEBUG\t"), "{text}");
}

#[test]
fn groups_and_handlers() {
    let directory = private_directory();
    let directory = directory.path();
    let mut daemon = Daemon::start(directory, "app");
    daemon.log(logtree::Level::INFO, "app.http", "hello");
    let label = daemon.label();

    // The levels that the process has set itself stay.
    let clear_all = || Run::on(directory, &["clear", "--all"]).good();
    clear_all();
    assert_eq!(effective(directory, "app.db"), "WARNING");
    Run::on(
        directory,
        &["set", "a=DEBUG", "app.http=ERROR", "--for", "1h"],
    )
    .good();
    clear_all();
    assert_eq!(effective(directory, "app.db"), "WARNING");
    assert_eq!(effective(directory, "app.http"), "INFO");

    let text = Run::on(directory, &["groups"]).good();
    assert_eq!(
        rows(&text)[1],
        [&*label, "storage", "-", "app.db, app.cache"]
    );
    Run::on(directory, &["groups", "storage", "--level", "ERROR"]).good();
    assert_eq!(effective(directory, "app.cache"), "ERROR");
    Run::on(directory, &["groups", "storage", "--level", "inherited"]).good();
    assert_eq!(effective(directory, "app.cache"), "INFO");
    Run::on(directory, &["groups", "web", "--members", "app.http,hyper"]).good();
    let text = Run::on(directory, &["groups"]).good();
    assert!(text.contains("\tweb\t-\tapp.http, hyper\n"), "{text}");
    // A level that none of its loggers has.
    Run::on(directory, &["groups", "web", "--level", "ERROR"]).good();
    Run::on(directory, &["clear", "app.http", "hyper"]).good();
    let text = Run::on(directory, &["groups"]).good();
    assert!(text.contains("\tweb\tERROR\t"), "{text}");
    clear_all();
    let text = Run::on(directory, &["groups"]).good();
    assert!(text.contains("\tweb\t-\t"), "{text}");
    let run = Run::on(directory, &["groups", "unknown", "--level", "INFO"]);
    assert_eq!(run.code, 1, "{run:?}");

    let text = Run::on(directory, &["handlers"]).good();
    let row = &rows(&text)[1];
    assert_eq!(
        (row[0], row[2], row[4]),
        ("memory", "NOTSET", "0"),
        "{text}"
    );
    let accepted: u64 = row[3].parse().unwrap();
    assert!(accepted > 0 && row[5] == row[3], "{text}");
    assert_eq!((row[6], row[7]), ("0", "0"), "{text}");
}

#[test]
fn what_a_process_sends_cannot_drive_the_terminal() {
    let directory = private_directory();
    let _daemon = Daemon::start(directory.path(), "app");
    for arguments in [
        &["levels"][..],
        &["levels", "--tree"],
        &["levels", "--json"],
    ] {
        let text = Run::on(directory.path(), arguments).good();
        assert!(text.contains("evil"), "{text}");
        let is_harmful = |c: char| c.is_control() && !"\n\t".contains(c);
        assert!(!text.contains(is_harmful), "{text:?}");
    }
    // Nor run something in a shell that completes names.
    let names = Run::on(directory.path(), &["complete-names"]).good();
    assert!(
        names.contains("app.http\n") && !names.contains("evil"),
        "{names}"
    );
}
