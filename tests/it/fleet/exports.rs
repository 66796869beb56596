//! What a change would do, and what is set as a document.

use logtree::control::LoggingOptions;
use logtree::control::fleet::{Budget, Export, Key, Value};
use logtree::{Error, ErrorKind};

use super::*;

fn fleet() -> Fleet {
    Fleet::new(MemoryStore::new())
}

fn off() -> Change {
    Change::Options(LoggingOptions::default().with_disable_all(true))
}

fn members(names: &[&str]) -> Change {
    let names = names.iter().map(|name| (*name).to_owned());
    Change::Group("aws".to_owned(), names.collect())
}

/// Returns what is changed, as `key: before > after`.
fn shown(edits: &[logtree::control::fleet::Edit]) -> Vec<String> {
    let level = |level: &Option<String>| level.clone().unwrap_or_else(|| "-".to_owned());
    let edits = edits.iter();
    let all = edits.map(|edit| {
        let (before, after) = (level(&edit.before), level(&edit.after));
        format!("{}: {before} > {after}", edit.key)
    });
    all.collect()
}

#[test]
fn fl13_a_plan_says_what_a_change_would_do_and_does_nothing() {
    let fleet = fleet();
    apply(&fleet, set("a", Level::INFO));
    let all = Selector::all();
    let changes = [set("a", Level::ERROR), set("b", Level::DEBUG)];
    let plan = fleet.plan(&all, changes.clone(), &Terms::new()).unwrap();
    assert_eq!(
        shown(&plan.edits),
        [
            "level/all/LOGGER/a: INFO > ERROR",
            "for/all/LOGGER/b: - > DEBUG"
        ]
    );
    assert_eq!((plan.revision.number, plan.consent), (1, None));
    assert_eq!(fleet.snapshot().unwrap().number(), 1);
    // It is what the change then logs.
    fleet.apply(&all, changes, &Terms::new()).unwrap();
    assert_eq!(fleet.history(1).unwrap()[0].edits, plan.edits);
    // The consent that is still needed is said, and what is refused is refused.
    let plan = |change, terms: &Terms| fleet.plan(&all, [change], terms);
    assert_eq!(plan(off(), &Terms::new()).unwrap().consent, Some(0));
    let given = Terms::new().with_consent(0);
    assert_eq!(plan(off(), &given).unwrap().consent, None);
    let old = Terms::new().with_expect(Default::default());
    assert_eq!(plan(off(), &old).unwrap_err().kind(), ErrorKind::Conflict);
    let many = (0..101).map(|number| set(&format!("l{number}"), Level::INFO));
    let refused = fleet.plan(&all, many, &Terms::new()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::LimitExceeded);
    assert_eq!(fleet.snapshot().unwrap().number(), 2);
}

#[test]
fn fl13_an_export_is_imported_whole_or_not_at_all() {
    let one = fleet();
    let terms = Terms::new().with_force(true).with_reason("INC-1");
    let terms = terms.with_budget(Budget::new(100));
    let zone = Selector::all().with_zone("eu-1a");
    one.apply(&zone, [set("a", Level::ERROR)], &terms).unwrap();
    let all = [members(&["boto3", "botocore"]), off()];
    let consent = Terms::new().with_consent(0);
    one.apply(&Selector::all(), all, &consent).unwrap();
    apply(&one, set("a", Level::DEBUG));
    let json = one.export().unwrap().to_json();
    let export = Export::from_json(json.as_bytes()).unwrap();
    assert_eq!((export.revision, export.entries.len()), (3, 3), "{json}");
    assert_eq!(export, one.export().unwrap());

    let other = fleet();
    apply(&other, set("old", Level::ERROR));
    apply(&other, set("while", Level::DEBUG));
    let plan = other.plan_import(&export, &Terms::new()).unwrap();
    assert_eq!(
        shown(&plan.edits),
        [
            "level/all/LOGGER/old: ERROR > -",
            "level/zone=eu-1a/LOGGER/a: - > ERROR",
            "off/all: - > off",
            "group/aws: - > boto3\tbotocore"
        ]
    );
    assert_eq!(plan.consent, Some(0), "all logging is disabled by it");
    let refused = other.import(&export, &Terms::new()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NeedsConsent(0));
    assert_eq!(other.snapshot().unwrap().number(), 2);
    let consent = consent.with_origin("ann@ops");
    assert_eq!(other.import(&export, &consent).unwrap().number, 3);
    let key = |text: &str| text.parse::<Key>().unwrap();
    let snapshot = other.snapshot().unwrap();
    assert_eq!(snapshot.entries.len(), 4, "and the level for a while");
    let Value::Level(setting) = &snapshot.entries[&key("set/level/zone=eu-1a/LOGGER/a")].value
    else {
        panic!("no level")
    };
    assert_eq!((&*setting.by, &*setting.reason), ("ann@ops", "INC-1"));
    assert_eq!((setting.n, setting.force), (3, true));
    assert_eq!(setting.budget, Some(Budget::new(100)));
    // Once more, it changes nothing; and it is undone as one.
    assert_eq!(other.import(&export, &Terms::new()).unwrap().number, 3);
    other.undo(3, &Terms::new()).unwrap();
    let keys: Vec<_> = other.export().unwrap().entries.into_keys().collect();
    assert_eq!(keys, [key("set/level/all/LOGGER/old")]);
}

#[test]
fn what_is_no_export_is_refused() {
    let why = |json: &str| Export::from_json(json.as_bytes()).unwrap_err();
    let level = r#"{"number":10}"#;
    for (json, expected) in [
        ("", "expected a JSON object"),
        ("{}", "missing field `entries`"),
        (r#"{"entries":{},"entry":{}}"#, "unknown field `entry`"),
        (r#"{"entries":{"x":{}}}"#, "x: invalid key"),
        (&format!(r#"{{"entries":{{"head":{level}}}}}"#), "head"),
        (
            &format!(r#"{{"entries":{{"for/all/LOGGER/a":{level}}}}}"#),
            "for/all/LOGGER/a: ",
        ),
        (
            &format!(r#"{{"entries":{{"level/rack=7/LOGGER/a":{level}}}}}"#),
            "unknown label \"rack\"",
        ),
        (
            r#"{"entries":{"level/all/LOGGER/a":{"number":0}}}"#,
            "expected a level, found 0",
        ),
    ] {
        let error: Error = why(json);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(expected), "{json}: {error}");
    }
}

/// As it would be if it were set: nothing is imported.
#[test]
fn an_imported_group_is_checked() {
    let fleet = fleet();
    apply(&fleet, members(&["boto3"]));
    let import = |json: &str| {
        let export = Export::from_json(json.as_bytes()).unwrap();
        fleet.import(&export, &Terms::new())
    };
    for wrong in [
        r#"{"entries":{"group/aws":{"members":["a..b"]},"off/zone=z":{}}}"#,
        r#"{"entries":{"group/a%07b":{"members":["a"]}}}"#,
        r#"{"entries":{"group/":{"members":["a"]}}}"#,
    ] {
        let before = fleet.snapshot().unwrap();
        assert!(import(wrong).is_err(), "{wrong}");
        assert_eq!(fleet.snapshot().unwrap(), before);
    }
    import(r#"{"entries":{"group/aws":{"members":[]}}}"#).unwrap();
    assert!(fleet.snapshot().unwrap().entries.is_empty());
}

#[test]
fn a_group_without_members_is_removed() {
    let fleet = fleet();
    apply(&fleet, members(&["boto3"]));
    let removed = apply(&fleet, members(&[]));
    assert!(fleet.snapshot().unwrap().entries.is_empty());
    let level = Change::GroupLevel("aws".to_owned(), Some(Level::ERROR));
    let refused = fleet.apply(&Selector::all(), [level], &Terms::new());
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidRequest);
    fleet.undo(removed, &Terms::new()).unwrap();
    assert_eq!(fleet.snapshot().unwrap().entries.len(), 1);
}
