//! A fleet in etcd.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use logtree::control::fleet::{Budget, Fleet, Identity, Selector, Terms};
use logtree::control::{Change, Control, LevelTarget};
use logtree::handler::StreamHandler;
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

/// The reports of before the change say nothing of it, and what it restores is not undone.
#[test]
fn an_undo_stays_though_instances_had_suspended_what_it_undoes() {
    let Some(etcd) = Etcd::start() else { return };
    let url = etcd.url("shop");
    let instance = Instance::start(&url, "a", "eu-1a");
    let root = instance.registry.root();
    root.add_handler(StreamHandler::new(std::io::sink()));
    let fleet = Fleet::new(EtcdStore::from_url(&url).unwrap());
    let change = Change::Level(LevelTarget::logger("app"), Level::DEBUG);
    let budget = Budget::new(1).with_over_s(1);
    let terms = Terms::new()
        .with_time(Duration::from_secs(600))
        .with_budget(budget);
    fleet.apply(&Selector::all(), [change], &terms).unwrap();
    until(|| {
        let app = instance.registry.get_logger("app");
        (0..1_000).for_each(|number| app.error(format_args!("{number}")));
        run(&url, &["status"]).out.contains("suspended")
    });
    let text = run(&url, &["undo", "1", "--wait", "60s"]).good();
    assert!(text.ends_with("1 of 1 at revision 2\n"), "{text}");
    let snapshot = fleet.snapshot().unwrap();
    assert_eq!((snapshot.number(), snapshot.entries.len()), (2, 0));
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

/// Runs the program under a pseudo-terminal, with an answer to what it asks.
fn answered(url: &str, arguments: &str, answer: &str) -> Option<String> {
    let line = format!(
        "{} --fleet {url} {arguments}",
        env!("CARGO_BIN_EXE_logtree")
    );
    let mut command = Command::new("script");
    let command = command.args(["-qec", &line, "/dev/null"]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut script = command.spawn().ok()?;
    let mut input = script.stdin.take().unwrap();
    writeln!(input, "{answer}").unwrap();
    let output = script.wait_with_output().unwrap();
    // The end of what is typed, which would end the program before it has asked.
    drop(input);
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn consent_is_asked_for_on_a_terminal() {
    let Some(etcd) = Etcd::start() else { return };
    let url = etcd.url("shop");
    let _a = Instance::start(&url, "a", "eu-1a");
    until(|| run(&url, &["status"]).code == 0);
    let Some(text) = answered(&url, "set x=DEBUG --for never", "n") else {
        eprintln!("not played: no program `script`");
        return;
    };
    assert!(
        text.contains("1 logger of all instances") && text.contains("[y/N]"),
        "{text}"
    );
    assert!(text.contains("--yes 1"), "{text}");
    run(&url, &["status"]).good();
    let text = answered(&url, "set x=DEBUG --for never --wait 60s", "y").unwrap();
    assert!(
        text.contains("(revision 1)") && text.contains("1 of 1"),
        "{text}"
    );
    let json = answered(&url, "set y=DEBUG --for never --json", "y").unwrap();
    assert!(
        !json.contains("[y/N]") && json.contains("--yes 1"),
        "{json}"
    );
}

#[test]
fn the_program_says_what_is_missing() {
    let nowhere = "etcd://127.0.0.1:1/shop";
    let unreachable = run(nowhere, &["levels"]);
    assert_eq!(unreachable.code, 3, "{unreachable:?}");
    for (url, arguments) in [
        (nowhere, &["ps"][..]),
        (nowhere, &["handlers"]),
        (nowhere, &["groups", "--delete"]),
        (nowhere, &["groups", "aws", "--delete", "--zone", "a"]),
        (
            nowhere,
            &["groups", "aws", "--members", "a", "--for", "10m"],
        ),
        (nowhere, &["import", "/nonexistent"]),
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
        &["groups", "aws", "--delete"],
        &["export"],
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

#[test]
fn groups_have_members_and_levels_on_all_instances() {
    let Some(etcd) = Etcd::start() else { return };
    let url = etcd.url("shop");
    let (a, b) = (
        Instance::start(&url, "a", "eu-1a"),
        Instance::start(&url, "b", "eu-1b"),
    );
    let groups = |arguments: &[&str]| run(&url, &[&["groups"], arguments].concat());
    let text = groups(&["aws", "--members", "boto3,botocore"]).good();
    assert_eq!(text, "shop: aws has boto3, botocore (revision 1)\n");
    let listed = groups(&[]).good();
    assert!(listed.contains("aws\tboto3, botocore\t"), "{listed}");
    let group = &groups(&["--json"]).json()["groups"][0];
    assert_eq!(group["name"], "aws");
    assert_eq!(group["members"][1], "botocore");
    let level = [
        "aws", "--level", "error", "--zone", "eu-1b", "--wait", "60s",
    ];
    let text = groups(&level).good();
    assert!(
        text.starts_with("shop: aws = ERROR (revision 2)\n"),
        "{text}"
    );
    assert!(text.ends_with("1 of 1 at revision 2\n"), "{text}");
    assert_eq!(b.level("botocore"), Level::ERROR);
    assert_ne!(a.level("botocore"), Level::ERROR);
    let level = ["aws", "--level", "DEBUG", "--for", "1m", "--wait", "60s"];
    assert!(groups(&level).good().contains("aws = DEBUG for 1m"));
    assert_eq!(a.level("boto3"), Level::DEBUG);
    let text = groups(&["aws", "--level", "inherited", "--wait", "60s"]).good();
    assert!(text.contains("2 of 2 at revision 4"), "{text}");
    assert_ne!(a.level("boto3"), Level::DEBUG);
    // The levels stay that were set by it.
    let text = groups(&["aws", "--delete"]).good();
    assert_eq!(text, "shop: aws is removed (revision 5)\n");
    assert_eq!(groups(&[]).good(), "GROUP\tLOGGERS\tBY\n");
    assert_eq!(b.level("botocore"), Level::ERROR);
    let unknown = groups(&["aws", "--level", "ERROR"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
}

#[test]
fn what_is_set_is_exported_and_imported_and_a_dry_run_changes_nothing() {
    let Some(etcd) = Etcd::start() else { return };
    let (shop, copy) = (etcd.url("shop"), etcd.url("copy"));
    let text = run(&shop, &["set", "app=ERROR", "--dry-run"]).good();
    assert_eq!(text, "WHAT\tNOW\tTHEN\nlevel/all/LOGGER/app\t-\tERROR\n");
    let silent = [
        "set",
        "app=DEBUG",
        "--for",
        "never",
        "--zone",
        "eu-1a",
        "--dry-run",
    ];
    let planned = run(&shop, &silent);
    assert_eq!(planned.code, 0, "{planned:?}");
    assert!(
        planned.errors.contains("needs consent: --yes 0"),
        "{planned:?}"
    );
    assert!(
        planned
            .out
            .contains("level/zone=eu-1a/LOGGER/app\t-\tDEBUG"),
        "{planned:?}"
    );
    let planned = run(&shop, &[&silent[..], &["--json"]].concat()).json();
    assert_eq!(
        (&planned["revision"], &planned["consent"]),
        (&0.into(), &0.into())
    );

    run(
        &shop,
        &["set", "app=ERROR", "app.db=INFO", "--reason", "INC-1"],
    )
    .good();
    run(&shop, &["groups", "aws", "--members", "boto3"]).good();
    let json = run(&shop, &["export"]).good();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("shop.json");
    std::fs::write(&file, &json).unwrap();
    let file = file.to_str().unwrap();
    run(&copy, &["set", "old=ERROR"]).good();
    let import = ["import", file, "--reason", "INC-2", "--if-revision", "1"];
    let text = run(&copy, &[&import[..], &["--dry-run"]].concat()).good();
    assert!(text.contains("level/all/LOGGER/old\tERROR\t-\n"), "{text}");
    assert_eq!(text.lines().count(), 5, "{text}");
    let text = run(&copy, &import).good();
    assert_eq!(text, "copy: imported 3 entries (revision 2)\n");
    let again = run(&copy, &import);
    assert_eq!(again.code, 1, "the revision is another one: {again:?}");
    let levels = run(&copy, &["levels"]).good();
    assert!(
        levels.contains("app.db\tINFO") && !levels.contains("old"),
        "{levels}"
    );
    assert!(levels.contains("\tINC-2"), "{levels}");
    // From standard input, and undone as one.
    let text = run(&copy, &["undo", "2", "--reason", "wrong"]).good();
    assert!(text.contains("undid change 2 (revision 3)"), "{text}");
    let from_input = Run::with_input(&["import", "-", "--fleet", &copy], &json);
    assert_eq!(from_input.code, 0, "{from_input:?}");
    let wrong = Run::with_input(&["import", "-", "--fleet", &copy], "{}");
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(
        wrong.errors.contains("missing field `entries`"),
        "{wrong:?}"
    );
}
