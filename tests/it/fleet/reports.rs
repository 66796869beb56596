//! What instances report, and what they drop.

use std::time::Duration;

use logtree::control::fleet::ReportState;

use super::*;

fn report(store: &MemoryStore, instance: &str) -> Option<Report> {
    let reports = store.reports(Duration::ZERO).unwrap();
    let mut reports = reports.into_iter().map(|reported| reported.report);
    reports.find(|report| report.instance == instance)
}

#[test]
fn fl04_a_change_is_acknowledged_by_those_it_is_for() {
    let store = MemoryStore::new();
    let a = Instance::join(&store, "a", "x");
    let b = Instance::join(&store, "b", "y");
    let fleet = Fleet::new(store.clone());
    let status = |selector: &Selector| fleet.status(selector).unwrap().to_string();
    let all = Selector::all();
    until(|| status(&all) == "2 of 2 at revision 0");
    let x = all.clone().with_zone("x");
    fleet
        .apply(&x, [set("l", Level::INFO)], &Terms::new())
        .unwrap();
    until(|| status(&x) == "1 of 1 at revision 1" && status(&all) == "2 of 2 at revision 1");
    // A change for others is not reported.
    assert_eq!(report(&store, "a").unwrap().n, 1);
    assert_eq!(report(&store, "b").unwrap().n, 0);
    apply(&fleet, set("l", Level::ERROR));
    until(|| status(&all) == "2 of 2 at revision 2");
    // One that is away has not taken it.
    store.set_reachable(false);
    store.set_reachable(true);
    appear(&store, "c", 1);
    assert_eq!(status(&all), "2 of 3 at revision 2");
    // What hides the fleet is no secret.
    b.control.set_level(logger("l"), Level::DEBUG).unwrap();
    until(|| status(&all) == "2 of 3 at revision 2, 1 differs");
    assert_eq!(report(&store, "b").unwrap().local, ["THING_GROUP l"]);
    store.advance(Duration::from_secs(30));
    let silent = fleet.status(&Selector::all().with_instance("c")).unwrap();
    assert_eq!(
        silent.instances[0].to_string(),
        "silent for 30 s, gone in 30 s"
    );
    drop(a);
}

#[test]
fn what_is_refused_is_reported_so() {
    let store = MemoryStore::new();
    let instance = Instance::join(&store, "a", "x");
    let fleet = Fleet::new(store.clone());
    store.put("set/level/all/LOGGER/broken", "DEBUG");
    until(|| report(&store, "a").is_some_and(|report| !report.refused.is_empty()));
    // It is the same for all, and no reason to doubt what this one has.
    assert_eq!(report(&store, "a").unwrap().state, ReportState::Ok);
    apply(&fleet, set("a.wire", Level::DEBUG));
    until(|| report(&store, "a").unwrap().state == ReportState::Refused);
    assert_eq!(instance.level("a.wire"), None);
    assert_eq!(fleet.status(&Selector::all()).unwrap().confirmed(), 0);
}

/// The program writes all the time, so the level is not what costs: it is dropped nevertheless.
#[test]
fn fl10_a_setting_beyond_its_budget_is_dropped_until_it_is_set_again() {
    let store = MemoryStore::new();
    let instance = Instance::join(&store, "a", "x");
    let (handler, _text) = crate::support::to_text("%(message)s");
    instance.registry.get_logger("busy").add_handler(handler);
    let busy = instance.registry.get_logger("busy");
    busy.set_level(Level::ERROR);
    let value =
        |n: u64| format!(r#"{{"number":10,"n":{n},"budget":{{"records_per_s":1,"over_s":1}}}}"#);
    store.put("set/level/all/LOGGER/busy", value(1));
    until(|| instance.level("busy") == Some(Level::DEBUG));
    until(|| {
        for _ in 0..100 {
            logtree::debug!(busy, "much");
        }
        instance.level("busy") == Some(Level::ERROR)
    });
    until(|| report(&store, "a").unwrap().state == ReportState::Suspended);
    store.put("set/level/all/LOGGER/other", r#"{"number":20}"#);
    until(|| instance.level("other").is_some());
    assert_eq!(instance.level("busy"), Some(Level::ERROR));
    store.put("set/level/all/LOGGER/busy", value(2));
    until(|| instance.level("busy") == Some(Level::DEBUG));
}
