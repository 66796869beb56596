//! Changes of levels that are only tried.

use logtree::Level;
use logtree::control::LevelTarget;
use serde_json::{Value, json};

use crate::http::{Answer, Served, serve};

fn try_out(served: &Served, changes: &Value) -> Answer {
    let request = served.unix("PATCH", "/v1/levels?dryRun=true");
    request.json(&json!({ "changes": changes })).send()
}

#[test]
fn it_says_what_would_be_and_changes_nothing() {
    let served = serve();
    let (registry, control) = (&served.registry, &served.control);
    registry.get_logger("a").set_level(Level::ERROR);
    control
        .set_level(LevelTarget::logger("a.b"), Level::INFO)
        .unwrap();
    control
        .set_level(LevelTarget::client_id("c"), Level::INFO)
        .unwrap();
    let before = (control.revision(), control.loggers());
    let changes = json!([
        {"target": "a", "level": "debug"},
        {"target": "a.b", "level": null},
        {"target": "a.b.new", "level": "OFF", "for": "1h"},
        {"target": "x::y", "level": 15},
        {"target": "root", "level": "critical"},
        {"target": "c", "type": "CLIENT_ID", "level": null},
    ]);
    let answer = try_out(&served, &changes).expect(200);
    let one = |kind: &str, target: &str, now: Value, from: Value, then: Value| json!({"type": kind, "target": target, "now": now, "inheritedFrom": from, "then": then});
    let none = Value::Null;
    let logger = |target, now: &str, from: Option<&str>, then: &str| {
        one("LOGGER", target, json!(now), json!(from), json!(then))
    };
    let expected = json!([
        one(
            "DEFAULT",
            "root",
            json!("WARNING"),
            none.clone(),
            json!("CRITICAL")
        ),
        logger("a", "ERROR", None, "DEBUG"),
        logger("a.b", "INFO", None, "DEBUG"),
        logger("a.b.new", "INFO", Some("a.b"), "OFF"),
        logger("x.y", "WARNING", Some("root"), "Level 15"),
        one("CLIENT_ID", "c", json!("INFO"), none.clone(), none),
    ]);
    assert_eq!(
        answer.json(),
        json!({"revision": before.0, "changes": expected})
    );
    assert_eq!(answer.header("etag"), Some(&*format!("\"{}\"", before.0)));
    assert_eq!((control.revision(), control.loggers()), before);
    assert_eq!(
        control.level(&LevelTarget::client_id("c")),
        Some(Level::INFO)
    );
}

/// It is refused as the change would be, and the change is made only without it.
#[test]
fn what_would_be_refused_is_refused() {
    let served = serve();
    let good = json!({"target": "a", "level": "DEBUG"});
    for (wrong, status) in [
        (json!({"target": "a", "level": "LOUD"}), 400),
        (json!({"target": "a..b", "level": "INFO"}), 400),
        (json!({"target": "wire", "level": "DEBUG"}), 403),
    ] {
        try_out(&served, &json!([good, wrong])).expect(status);
    }
    let body = json!({ "changes": [good] });
    let request = |query: &str| {
        let request = served.unix("PATCH", &format!("/v1/levels{query}"));
        request.json(&body)
    };
    request("?dryRun=true")
        .header("If-Match", "\"7\"")
        .send()
        .expect(412);
    for query in [
        "?dryrun=true",
        "?dryRun=yes",
        "?dryRun=true&dryRun=false",
        "?dry-run",
    ] {
        request(query).send().expect(400);
    }
    assert_eq!(served.control.revision(), 0);
    request("?dryRun=false").send().expect(200);
    assert_eq!(
        served.control.level(&LevelTarget::logger("a")),
        Some(Level::DEBUG)
    );
}
