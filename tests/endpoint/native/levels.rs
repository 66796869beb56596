//! Levels, groups and options: how they are set, listed and deleted.

use logtree::Level;
use logtree::control::LevelTarget;
use serde_json::{Value, json};

use crate::http::serve;
use crate::native::{get, level, patch};

#[test]
fn a_temporary_level_is_ended() {
    let served = serve();
    let logger = served.registry.get_logger("a");
    let change = |change: Value| patch(&served, &json!([change])).expect(200);
    change(json!({"target": "a", "level": "ERROR"}));
    change(json!({"target": "a", "level": "DEBUG", "for": "10m"}));
    assert_eq!(logger.level(), Level::DEBUG);
    change(json!({"target": "a", "end": true}));
    assert_eq!(logger.level(), Level::ERROR);
    // Nothing is left to end.
    change(json!({"target": "a", "end": true}));
    assert_eq!(logger.level(), Level::ERROR);
}

#[test]
fn k11_levels_change_all_or_nothing() {
    let served = serve();
    let answer = patch(
        &served,
        &json!([
            {"target": "botocore", "type": "LOGGER", "level": "DEBUG"},
            {"target": "boto3", "level": 15},
            {"target": "sensor-7", "type": "CLIENT_ID", "level": "warn", "for": "1h30m"},
            {"target": "", "level": "INFO"},
        ]),
    );
    let answer = answer.expect(200);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(answer.json()["revision"], 1);
    assert_eq!(level(&served, "botocore"), Some(Level::DEBUG));
    assert_eq!(level(&served, "boto3"), Some(Level::new(15)));
    assert_eq!(level(&served, ""), Some(Level::INFO));
    for (wrong, why) in [
        (
            json!({"target": "x", "level": "loud"}),
            "unknown level \"loud\"",
        ),
        (json!({"target": "x", "level": 70000}), "expected a level"),
        (json!({"target": "x", "level": "NOTSET"}), "null clears"),
        (
            json!({"target": "a..b", "level": "INFO"}),
            "no empty segment",
        ),
        (
            json!({"target": "x", "type": "THING", "level": "INFO"}),
            "unknown target type",
        ),
        (
            json!({"target": "x", "level": "INFO", "for": "soon"}),
            "invalid time",
        ),
        (json!({"target": "x", "for": "1m"}), "expected a level"),
        (
            json!({"target": "x", "level": "INFO", "end": true}),
            "expected no level",
        ),
        (json!({"target": "x", "lvl": "INFO"}), "unknown field `lvl`"),
        (json!({"level": "INFO"}), "missing field `target`"),
        (json!("x"), "an object"),
        (json!({"target": "x\u{0}", "level": "INFO"}), "not allowed"),
        (
            json!({"target": "botocore", "type": "DEFAULT", "level": "INFO"}),
            "DEFAULT has no name",
        ),
    ] {
        let good = json!({"target": "botocore", "level": "ERROR"});
        let answer = patch(&served, &json!([good, wrong])).expect(400).json();
        let message = answer["message"].as_str().unwrap();
        assert!(
            message.starts_with("changes[1]: ") && message.contains(why),
            "{message}"
        );
    }
    for body in [
        "",
        "[]",
        "{}",
        "{\"changes\": 1}",
        "{\"changes\": []} x",
        "nonsense",
        // Which of the two is meant?
        r#"{"changes": [{"target": "botocore", "level": "INFO", "level": "OFF"}]}"#,
        r#"{"changes": [{"target": "boto3", "target": "botocore", "level": "OFF"}]}"#,
        &format!(
            r#"{{"changes": [{}{}]}}"#,
            "[".repeat(9_000),
            "]".repeat(9_000)
        ),
    ] {
        let request = served.unix("PATCH", "/v1/levels");
        request.body("application/json", body).send().expect(400);
    }
    assert_eq!(served.control.revision(), 1);
    patch(&served, &json!([{"target": "botocore", "level": null}])).expect(200);
    assert_eq!(level(&served, "botocore"), None);
}

#[test]
fn a_stale_revision_is_refused() {
    let served = serve();
    let change = json!({"changes": [{"target": "a", "level": "DEBUG"}]});
    let send = |tag: &str| {
        let request = served.unix("PATCH", "/v1/levels").header("If-Match", tag);
        request.json(&change).send().status
    };
    assert_eq!(send("\"0\""), 200);
    assert_eq!(send("\"0\""), 412);
    assert_eq!(send("1"), 200);
    assert_eq!(send("*"), 200);
    // Larger than any that there is.
    assert_eq!(send("\"18446744073709551615\""), 412);
    assert_eq!(send("\"18446744073709551616\""), 412);
    for wrong in ["W/\"3\"", "\"3\", \"4\"", "\"\"", "+3", "x", "-1", ""] {
        assert_eq!(send(wrong), 400, "{wrong}");
    }
    assert_eq!(served.control.revision(), 3);
    let delete = served.unix("DELETE", "/v1/levels/LOGGER/a");
    delete.header("If-Match", "\"2\"").send().expect(412);
}

#[test]
fn overrides_are_listed_in_pages_and_deleted() {
    let served = serve();
    for number in 0..7 {
        let target = LevelTarget::client_id(format!("c/{number} ü"));
        served.control.set_level(target, Level::DEBUG).unwrap();
    }
    let mut names = Vec::new();
    let mut page = String::new();
    loop {
        let listed = get(&served, &format!("/v1/levels?type=CLIENT_ID&size=3{page}"));
        let levels = listed["levels"].as_array().unwrap();
        names.extend(
            levels
                .iter()
                .map(|one| one["target"].as_str().unwrap().to_owned()),
        );
        let Some(next) = listed["next"].as_str() else {
            break;
        };
        page = format!("&page={next}");
    }
    assert_eq!(names.len(), 7);
    assert_eq!(names[6], "c/6 ü");
    let first = &get(&served, "/v1/levels?type=client_id&size=1")["levels"][0];
    let expected = json!({
        "target": "c/0 ü", "type": "CLIENT_ID", "level": "DEBUG", "until": null, "origin": "api",
        "layer": "local",
    });
    assert_eq!(*first, expected);
    for query in [
        "size=0",
        "size=251",
        "size=x",
        "size=",
        "size=%2B3",
        "size=18446744073709551616",
        "page=x",
        "page=bm9uZQ",
        "type=THING",
    ] {
        served
            .unix("GET", &format!("/v1/levels?{query}"))
            .send()
            .expect(400);
    }
    let delete = |name: &str| {
        let path = format!("/v1/levels/CLIENT_ID/{name}");
        served.unix("DELETE", &path).send().expect(200);
    };
    delete("c%2F0%20%C3%BC");
    delete("unknown");
    assert_eq!(served.control.level(&LevelTarget::client_id("c/0 ü")), None);
    served
        .unix("DELETE", "/v1/levels/DEFAULT/root")
        .send()
        .expect(400);
    served
        .unix("DELETE", "/v1/levels/CLIENT_ID/%ff")
        .send()
        .expect(404);
}

#[test]
fn groups_are_set_and_listed() {
    let served = serve();
    let put = |name: &str, body: Value| {
        let path = format!("/v1/groups/{name}");
        served.unix("PUT", &path).json(&body).send()
    };
    put(
        "aws",
        json!({"members": ["boto3", "botocore"], "level": "DEBUG"}),
    )
    .expect(200);
    assert_eq!(level(&served, "botocore"), Some(Level::DEBUG));
    let expected = json!([{"name": "aws", "members": ["boto3", "botocore"], "level": "DEBUG"}]);
    assert_eq!(get(&served, "/v1/groups")["groups"], expected);
    put("aws", json!({"level": null})).expect(200);
    assert_eq!(level(&served, "botocore"), None);
    assert_eq!(
        get(&served, "/v1/groups")["groups"][0]["level"],
        Value::Null
    );
    put("aws", json!({})).expect(400);
    put("other", json!({"level": "INFO"})).expect(400);
    put("aws", json!({"members": ["a..b"]})).expect(400);
    put("", json!({"members": ["a"]})).expect(400);
    put("aws", json!({"members": ["a"], "level": "NOTSET"})).expect(400);
    assert_eq!(served.control.revision(), 2);
    // Also of a group whose level is nobody's.
    put("none", json!({"members": []})).expect(200);
    put("none", json!({"level": 0})).expect(400);
    let none = &get(&served, "/v1/groups")["groups"][1];
    assert_eq!(*none, json!({"name": "none", "members": [], "level": null}));
}

#[test]
fn options_are_read_and_set() {
    let served = serve();
    let set = |body: Value| served.unix("PATCH", "/v1/options").json(&body).send();
    set(json!({"defaultLevel": "ERROR", "disableAll": true})).expect(200);
    let options = get(&served, "/v1/options");
    assert_eq!(options["defaultLevel"], "ERROR");
    assert_eq!(options["disableAll"], true);
    assert_eq!(get(&served, "/v1/status")["disableAll"], true);
    set(json!({"disableAll": false})).expect(200);
    assert_eq!(get(&served, "/v1/options")["disableAll"], false);
    set(json!({"disableAll": "no"})).expect(400);
    set(json!({"files": []})).expect(400);
}

#[test]
fn secrets_stay_at_info_and_changes_are_limited() {
    let served = serve();
    let answer = patch(
        &served,
        &json!([{"target": "client.request", "level": "DEBUG"}]),
    );
    assert!(answer.expect(403).body.contains("allow_sensitive"));
    let refused = (0..10_000).find_map(|_| {
        let answer = patch(&served, &json!([{"target": "a", "level": "INFO"}]));
        (answer.status != 200).then_some(answer.status)
    });
    assert_eq!(refused, Some(429));
}
