//! A fleet in etcd.

use std::path::Path;
use std::time::Duration;

use logtree::control::fleet::Identity;
use logtree::control::{Control, LevelTarget};
use logtree::{Level, Registry};
use logtree_etcd::EtcdStore;

use crate::etcd::Etcd;
use crate::program::{Run, logtree};

/// An instance in this process.
struct Instance {
    registry: Registry,
    control: Control,
}

impl Instance {
    fn start(url: &str, name: &str, zone: &str) -> Self {
        let registry = Registry::new();
        let store = EtcdStore::from_url(url).unwrap();
        let identity = Identity::new("shop").instance(name).zone(zone);
        let builder = Control::builder(&registry).fleet(store, identity);
        let control = builder.fleet_wait(Duration::from_secs(60)).open().unwrap();
        Self { registry, control }
    }

    fn level(&self, logger: &str) -> Level {
        self.registry.get_logger(logger).effective_level()
    }
}

fn run(url: &str, arguments: &[&str]) -> Run {
    let arguments = [&["--fleet", url], arguments].concat();
    Run::on(Path::new("/nonexistent"), &arguments)
}

#[test]
fn a_fleet_is_changed_and_says_which_instances_have_it() {
    let Some(etcd) = Etcd::start() else { return };
    let url = etcd.url("shop");
    let (a, b) = (
        Instance::start(&url, "a", "eu-1a"),
        Instance::start(&url, "b", "eu-1b"),
    );
    let set = [
        "set",
        "app.db=DEBUG",
        "--for",
        "10m",
        "--reason",
        "INC-4711",
        "--wait",
        "60s",
    ];
    let text = run(&url, &set).good();
    assert!(
        text.starts_with("shop: app.db=DEBUG for 10m (revision 1)\n"),
        "{text}"
    );
    assert!(text.ends_with("2 of 2 at revision 1\n"), "{text}");
    assert_eq!(
        (a.level("app.db"), b.level("app.db")),
        (Level::DEBUG, Level::DEBUG)
    );

    // Some of them, and not the others.
    let text = run(
        &url,
        &["set", "app.http=ERROR", "--zone", "eu-1a", "--wait", "60s"],
    )
    .good();
    assert!(text.ends_with("1 of 1 at revision 2\n"), "{text}");
    assert_eq!(a.level("app.http"), Level::ERROR);
    assert_ne!(b.level("app.http"), Level::ERROR);

    let levels = run(&url, &["levels", "--json"]).json();
    assert_eq!(levels["revision"], 2);
    assert_eq!(levels["levels"].as_array().unwrap().len(), 2);
    let text = run(&url, &["levels"]).good();
    assert!(text.contains("zone=eu-1a\tapp.http\tERROR\t-\t"), "{text}");
    assert!(text.contains("\tINC-4711"), "{text}");

    // What an instance has itself is no secret.
    let target = LevelTarget::logger("app.db");
    b.control.set_level(target, Level::CRITICAL).unwrap();
    until(|| run(&url, &["status"]).out.contains(", 1 differs"));

    let text = run(&url, &["undo", "2"]).good();
    assert!(text.contains("undid change 2 (revision 3)"), "{text}");
    let text = run(&url, &["clear", "--all", "--wait", "60s"]).good();
    assert!(text.contains("2 of 2 at revision 4"), "{text}");
    let audit = run(&url, &["audit", "--json"]).json();
    let changes = audit["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 4);
    assert_eq!(changes[0]["edits"][0]["key"], "for/all/LOGGER/app.db");
    assert_eq!(changes[0]["reason"], "INC-4711");
    assert!(changes[0]["by"].as_str().unwrap().contains('@'));
    assert!(
        run(&url, &["audit"])
            .good()
            .contains("level/zone=eu-1a/LOGGER/app.http")
    );
}

fn until(holds: impl Fn() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    panic!("it did not come to pass");
}

#[test]
fn what_silences_or_floods_needs_consent_to_a_number() {
    let Some(etcd) = Etcd::start() else { return };
    let url = etcd.url("shop");
    let a = Instance::start(&url, "a", "eu-1a");
    until(|| run(&url, &["status"]).code == 0);
    for arguments in [&["off"][..], &["set", "x=DEBUG", "--for", "never"]] {
        let refused = run(&url, arguments);
        assert_eq!(refused.code, 2, "{refused:?}");
        let number = refused.errors.split("--yes ").nth(1).unwrap();
        let number = number.split(',').next().unwrap();
        let text = run(
            &url,
            &[arguments, &["--yes", number, "--wait", "60s"]].concat(),
        )
        .good();
        assert!(text.contains("1 of 1"), "{text}");
    }
    assert!(!a.registry.get_logger("x").is_enabled_for(Level::CRITICAL));
    run(&url, &["on", "--wait", "60s"]).good();
    assert!(a.registry.get_logger("x").is_enabled_for(Level::DEBUG));
}

#[test]
fn the_program_says_what_is_missing() {
    let nowhere = "etcd://127.0.0.1:1/shop";
    let unreachable = run(nowhere, &["levels"]);
    assert_eq!(unreachable.code, 3, "{unreachable:?}");
    for (url, arguments) in [
        (nowhere, &["ps"][..]),
        (nowhere, &["set", "x=DEBUG", "--dry-run"]),
        (nowhere, &["set", "x=DEBUG", "--pid", "1"]),
        (nowhere, &["set", "x=LOUD"]),
        ("http://127.0.0.1:1/shop", &["levels"]),
    ] {
        let run = run(url, arguments);
        assert_eq!(run.code, 2, "{arguments:?} {run:?}");
    }
    for arguments in [
        &["set", "x=DEBUG", "--zone", "a"][..],
        &["set", "x=DEBUG", "--for", "never"],
        &["status"],
        &["off", "--reason", "x"],
    ] {
        let run = Run::on(Path::new("/nonexistent"), arguments);
        assert_eq!(run.code, 2, "{arguments:?} {run:?}");
    }
    // The variable is for the verbs of a fleet, unless processes are selected.
    let with_variable = |arguments: &[&str]| {
        let mut command = logtree(Path::new("/nonexistent"));
        command.env("LOGTREE_FLEET", nowhere).args(arguments);
        Run::of(command).errors
    };
    assert!(with_variable(&["levels"]).contains("cannot reach etcd"));
    assert!(!with_variable(&["levels", "--name", "x"]).contains("etcd"));
    assert!(!with_variable(&["ps"]).contains("etcd"));
}
