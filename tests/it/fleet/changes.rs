//! Changes of a fleet.

use std::sync::Arc;
use std::time::Duration;

use logtree::ErrorKind;
use logtree::control::LoggingOptions;
use logtree::control::fleet::{Logged, Revision, Status};

use super::*;

fn fleet() -> (MemoryStore, Fleet) {
    let store = MemoryStore::new();
    let fleet = Fleet::new(store.clone());
    (store, fleet)
}

fn kind<T>(result: Result<T, logtree::Error>) -> ErrorKind {
    result.err().unwrap().kind()
}

fn values(store: &MemoryStore) -> Vec<String> {
    let snapshot = store.load(Duration::ZERO).unwrap();
    snapshot.entries.keys().map(ToString::to_string).collect()
}

#[test]
fn fl03_debug_has_an_end_unless_it_is_consented_to() {
    let (store, fleet) = fleet();
    let all = Selector::all();
    apply(&fleet, set("a", Level::INFO));
    apply(&fleet, set("a", Level::DEBUG));
    assert_eq!(
        values(&store),
        ["set/level/all/LOGGER/a", "set/for/all/LOGGER/a"]
    );
    let json = store.value("set/for/all/LOGGER/a").unwrap();
    assert!(json.contains(r#""for_s":900"#), "{json}");
    // The store ends it.
    store.advance(Duration::from_secs(900));
    assert_eq!(values(&store), ["set/level/all/LOGGER/a"]);
    // A level without an end ends the one for a while.
    apply(&fleet, set("a", Level::DEBUG));
    apply(&fleet, set("a", Level::ERROR));
    assert_eq!(values(&store), ["set/level/all/LOGGER/a"]);
    let endless = Terms::new().without_end();
    assert_eq!(
        kind(fleet.apply(&all, [set("a", Level::DEBUG)], &endless)),
        ErrorKind::NeedsConsent(0)
    );
    fleet
        .apply(&all, [set("a", Level::DEBUG)], &endless.with_consent(0))
        .unwrap();
    for seconds in [9, 24 * 3_600 + 1] {
        let terms = Terms::new().with_time(Duration::from_secs(seconds));
        assert_eq!(
            kind(fleet.apply(&all, [set("a", Level::INFO)], &terms)),
            ErrorKind::InvalidRequest
        );
    }
}

#[test]
fn fl09_what_writes_much_needs_consent_to_its_number() {
    let (store, fleet) = fleet();
    for number in 0..101 {
        appear(&store, &format!("i{number:03}"), 50);
    }
    let all = Selector::all();
    let default = || Change::Level(LevelTarget::default_level(), Level::DEBUG);
    let off = || Change::Options(LoggingOptions::default().with_disable_all(true));
    let one = all.clone().with_instance("i007");
    let needed = |selector: &Selector, change: Change| match fleet.apply(
        selector,
        [change],
        &Terms::new(),
    ) {
        Ok(_) => None,
        Err(error) => match error.kind() {
            ErrorKind::NeedsConsent(number) => Some(number),
            other => panic!("{other:?}"),
        },
    };
    assert_eq!(needed(&all, set("a", Level::DEBUG)), Some(101));
    assert_eq!(needed(&all, set("a", Level::INFO)), None);
    assert_eq!(needed(&all, default()), Some(5_050));
    assert_eq!(needed(&one, default()), None);
    assert_eq!(needed(&one, off()), Some(50));
    for (given, passes) in [(4_544, false), (4_545, true), (5_555, true), (5_556, false)] {
        let terms = Terms::new().with_consent(given);
        assert_eq!(
            fleet.apply(&all, [default()], &terms).is_ok(),
            passes,
            "{given}"
        );
    }
    let share = all.clone().with_share(100);
    assert_eq!(needed(&share, set("a", Level::DEBUG)), Some(101));
}

/// Each of several writers adds one logger to what is there, at once.
#[test]
fn no_update_is_lost() {
    let (store, fleet) = fleet();
    let store = Arc::new(store);
    let writers = (0..4).map(|writer| {
        let fleet = fleet.clone();
        thread::spawn(move || {
            for number in 0..25 {
                let change = set(&format!("w{writer}.n{number}"), Level::INFO);
                while let Err(error) =
                    fleet.apply(&Selector::all(), [change.clone()], &Terms::new())
                {
                    assert_eq!(error.kind(), ErrorKind::Conflict);
                }
            }
        })
    });
    writers
        .collect::<Vec<_>>()
        .into_iter()
        .for_each(|writer| writer.join().unwrap());
    let snapshot = store.load(Duration::ZERO).unwrap();
    assert_eq!((snapshot.number(), snapshot.entries.len()), (100, 100));
    let mut seen: Vec<_> = fleet
        .history(200)
        .unwrap()
        .iter()
        .map(|logged| logged.n)
        .collect();
    seen.reverse();
    assert_eq!(seen, (1..=100).collect::<Vec<_>>());
}

#[test]
fn a_change_of_what_was_read_needs_it_unchanged() {
    let (store, fleet) = fleet();
    apply(&fleet, set("a", Level::INFO));
    let read = fleet.snapshot().unwrap().revision();
    let terms = Terms::new().with_expect(read);
    let change = || [set("a", Level::ERROR)];
    // Past the head.
    store.put("set/level/all/LOGGER/b", r#"{"number":20}"#);
    assert_eq!(
        kind(fleet.apply(&Selector::all(), change(), &terms)),
        ErrorKind::Conflict
    );
    let terms = Terms::new().with_expect(fleet.snapshot().unwrap().revision());
    fleet.apply(&Selector::all(), change(), &terms).unwrap();
    let error = fleet.apply(&Selector::all(), change(), &terms).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected revision 1 of the fleet, found 2"
    );
    // By its number alone, as it is typed.
    for (number, is_made) in [(1, false), (2, true)] {
        let terms = Terms::new().with_expect(Revision::new(number, 0));
        let made = fleet.apply(&Selector::all(), change(), &terms);
        assert_eq!(made.is_ok(), is_made, "{number}");
    }
}

#[test]
fn a_change_without_a_response_is_made_once() {
    for is_made in [false, true] {
        let (store, fleet) = fleet();
        apply(&fleet, set("a", Level::INFO));
        store.lose_next_response(is_made);
        assert_eq!(apply(&fleet, set("b", Level::INFO)), 2);
        assert_eq!(fleet.history(10).unwrap().len(), 2);
        store.set_reachable(false);
        let result = fleet.apply(&Selector::all(), [set("c", Level::INFO)], &Terms::new());
        assert_eq!(kind(result), ErrorKind::Unavailable);
    }
}

#[test]
fn history_says_what_was_done_and_undo_restores_it() {
    let (store, fleet) = fleet();
    let terms = Terms::new()
        .with_origin("ann@ops")
        .with_reason("x".repeat(300));
    let all = Selector::all();
    apply(&fleet, set("a", Level::new(23)));
    let both = [set("a", Level::ERROR), set("b", Level::ERROR)];
    let number = fleet.apply(&all, both, &terms).unwrap().number;
    let logged: Logged = fleet.history(1).unwrap().remove(0);
    assert_eq!(
        (&*logged.by, logged.reason.len(), logged.n),
        ("ann@ops", 200, 2)
    );
    let edit = logged
        .edits
        .iter()
        .find(|edit| edit.key == "level/all/LOGGER/a")
        .unwrap();
    assert_eq!(edit.before.as_deref(), Some("Level 23"));
    fleet.undo(number, &Terms::new()).unwrap();
    assert_eq!(values(&store), ["set/level/all/LOGGER/a"]);
    assert!(
        store
            .value("set/level/all/LOGGER/a")
            .unwrap()
            .contains(r#""number":23"#)
    );
    // What was changed again is not undone.
    assert_eq!(kind(fleet.undo(number, &Terms::new())), ErrorKind::Conflict);
    assert_eq!(
        kind(fleet.undo(99, &Terms::new())),
        ErrorKind::InvalidRequest
    );
    let debug = apply(&fleet, set("c", Level::DEBUG));
    fleet.undo(debug, &Terms::new()).unwrap();
    assert_eq!(values(&store).len(), 1);
    let off = Change::Options(LoggingOptions::default().with_disable_all(true));
    fleet
        .apply(&all, [off], &Terms::new().with_consent(0))
        .unwrap();
    let on = Change::Options(LoggingOptions::default().with_disable_all(false));
    let number = apply(&fleet, on);
    fleet.undo(number, &Terms::new()).unwrap();
    assert!(values(&store).contains(&"set/off/all".to_owned()));
}

#[test]
fn groups_of_the_fleet_are_written_as_their_members() {
    let (store, fleet) = fleet();
    let members = vec!["boto3".to_owned(), "botocore".to_owned()];
    apply(&fleet, Change::Group("aws".to_owned(), members));
    apply(
        &fleet,
        Change::GroupLevel("aws".to_owned(), Some(Level::ERROR)),
    );
    let expected = [
        "set/level/all/LOGGER/boto3",
        "set/level/all/LOGGER/botocore",
        "set/group/aws",
    ];
    assert_eq!(values(&store), expected);
    apply(&fleet, Change::GroupLevel("aws".to_owned(), None));
    assert_eq!(values(&store), ["set/group/aws"]);
    let before = fleet.snapshot().unwrap().revision();
    // Nothing to change is no change.
    assert_eq!(apply(&fleet, Change::Clear(logger("boto3"))), before.number);
    let unknown = fleet.apply(
        &Selector::all(),
        [Change::GroupLevel("x".into(), None)],
        &Terms::new(),
    );
    assert_eq!(kind(unknown), ErrorKind::InvalidRequest);
}

#[test]
fn the_log_keeps_200_changes_and_batches_have_100_edits() {
    let (store, fleet) = fleet();
    for number in 0..205 {
        apply(&fleet, set("a", Level::new(20 + number % 2)));
    }
    let history = fleet.history(1_000).unwrap();
    assert_eq!((history.len(), history[0].n, history[199].n), (200, 205, 6));
    assert!(store.value("log/000000000005").is_none());
    let many = (0..51).map(|number| set(&format!("l{number}"), Level::INFO));
    let result = fleet.apply(&Selector::all(), many.clone(), &Terms::new());
    // A level without an end also ends one for a while, where there is one.
    result.unwrap();
    let many = (0..101).map(|number| set(&format!("m{number}"), Level::INFO));
    assert_eq!(
        kind(fleet.apply(&Selector::all(), many, &Terms::new())),
        ErrorKind::LimitExceeded
    );
    let long = set(&"x".repeat(1_000), Level::INFO);
    fleet
        .apply(&Selector::all(), [long], &Terms::new())
        .unwrap();
    for wrong in ["rack=1", "share=0"] {
        let selector: Selector = wrong.parse().unwrap();
        let result = fleet.apply(&selector, [set("a", Level::INFO)], &Terms::new());
        assert_eq!(kind(result), ErrorKind::InvalidRequest);
    }
    let status: Status = fleet.status(&Selector::all()).unwrap();
    assert_eq!(status.to_string(), "0 of 0 at revision 207");
}
