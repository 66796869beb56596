//! The list of changes, and how they are undone.

use std::fs;

use logtree::Level;
use logtree::control::LevelTarget;
use logtree::formatter::JsonFormatter;
use logtree::handler::FileHandler;
use serde_json::{Value, json};

use crate::http::serve;
use crate::native::{get, level, patch};

#[test]
fn changes_are_listed_and_taken_back() {
    let served = serve();
    served
        .control
        .set_level(LevelTarget::logger("a"), Level::ERROR)
        .unwrap();
    patch(
        &served,
        &json!([{"target": "a", "level": 10}, {"target": "b", "level": 10}]),
    )
    .expect(200);
    served.control.disable_all(true).unwrap();
    let audit = get(&served, "/v1/audit");
    let all = audit["changes"].as_array().unwrap();
    assert_eq!(all.len(), 4);
    let entry = &all[1];
    assert_eq!(entry["id"], 2);
    assert_eq!(entry["revision"], 2);
    assert_eq!(
        (&entry["target"], &entry["type"]),
        (&json!("a"), &json!("LOGGER"))
    );
    assert_eq!(
        (&entry["old"], &entry["new"]),
        (&json!("ERROR"), &json!("DEBUG"))
    );
    assert!(entry["origin"].as_str().unwrap().starts_with("http:unix:"));
    assert_eq!(all[3]["disableAll"], true);
    assert_eq!(
        get(&served, "/v1/audit?after=3")["changes"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for after in ["", "-1", "%2B3", "x", "18446744073709551616", "3&after=3"] {
        let path = format!("/v1/audit?after={after}");
        served.unix("GET", &path).send().expect(400);
    }
    let undo = |revision: u64| {
        let request = served.unix("POST", "/v1/undo");
        request.json(&json!({ "revision": revision })).send()
    };
    for body in [
        "{}",
        "3",
        "[3]",
        r#"{"revision": "3"}"#,
        r#"{"revision": 3.0}"#,
        r#"{"revision": -3}"#,
        r#"{"revision": 18446744073709551616}"#,
        r#"{"revision": 3, "revision": 3}"#,
        r#"{"revision": 3, "dry": true}"#,
    ] {
        let request = served.unix("POST", "/v1/undo");
        request.body("application/json", body).send().expect(400);
    }
    undo(u64::MAX).expect(400);
    undo(2).expect(200);
    assert_eq!(
        (level(&served, "a"), level(&served, "b")),
        (Some(Level::ERROR), None)
    );
    undo(3).expect(200);
    assert_eq!(get(&served, "/v1/status")["disableAll"], false);
    // Changed again since.
    undo(2).expect(412);
    undo(3).expect(412);
    undo(99).expect(400);
}

/// With the levels of a new registry, and when the change hides what is logged.
#[test]
fn changes_are_logged_whatever_they_hide() {
    let served = serve();
    let path = served.directory.path().join("app.log");
    let file = FileHandler::open(&path).unwrap();
    file.set_formatter(JsonFormatter::new());
    served.registry.root().add_handler(file);
    let set = |name: &str, level: &str, end: Option<&str>| {
        let mut change = json!({"target": name, "level": level});
        if let Some(end) = end {
            change["for"] = end.into();
        }
        patch(&served, &json!([change])).expect(200);
    };
    set("root", "CRITICAL", None);
    set("hidden", "DEBUG", None);
    set("root", "WARNING", None);
    set("logging", "OFF", None);
    set("logging", "WARNING", None);
    set("a", "DEBUG", Some("10m"));
    set("a", "DEBUG", Some("5m"));
    set("a", "DEBUG", None);
    for disabled in [true, false] {
        let body = json!({ "disableAll": disabled });
        served
            .unix("PATCH", "/v1/options")
            .json(&body)
            .send()
            .expect(200);
    }
    let text = fs::read_to_string(&path).unwrap();
    let shown: Vec<_> = text
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            assert_eq!(record["level"], "WARNING", "{line}");
            let what = if record["new"].is_null() {
                "disabled"
            } else {
                "new"
            };
            (record[what].to_string(), record["until"].is_string())
        })
        .collect();
    let expected = [
        ("\"CRITICAL\"", false),
        ("\"WARNING\"", false),
        ("\"OFF\"", false),
        ("\"WARNING\"", false),
        ("\"DEBUG\"", true),
        ("\"DEBUG\"", true),
        ("\"DEBUG\"", false),
        ("false", false),
    ];
    assert_eq!(shown, expected.map(|(new, ends)| (new.to_owned(), ends)));
    let audit = get(&served, "/v1/audit");
    let changes = audit["changes"].as_array().unwrap();
    let until: Vec<_> = changes.iter().map(|one| one["until"].is_string()).collect();
    assert_eq!(until[..5], [false; 5]);
    assert_eq!(until[5..], [true, true, false, false, false]);
}

#[test]
fn changes_of_groups_and_the_role_are_listed() {
    let served = serve();
    let group = served.unix("PUT", "/v1/groups/g");
    let members = json!({"members": ["a", "b"], "level": "ERROR"});
    group.json(&members).send().expect(200);
    let options = served.unix("PATCH", "/v1/options");
    options.json(&json!({"role": "auditor"})).send().expect(200);
    // What stays as it is, is no change.
    let group = served.unix("PUT", "/v1/groups/g");
    group.json(&json!({"level": "ERROR"})).send().expect(200);
    let undo = json!({"revision": 1});
    served
        .unix("POST", "/v1/undo")
        .json(&undo)
        .send()
        .expect(200);
    let audit = get(&served, "/v1/audit");
    let all = audit["changes"].as_array().unwrap();
    let of = |key: &'static str| all.iter().filter(move |entry| !entry[key].is_null());
    let groups: Vec<_> = of("group")
        .map(|entry| (&entry["group"], &entry["members"]))
        .collect();
    let (made, gone) = (json!(["a", "b"]), json!([]));
    assert_eq!(groups, [(&json!("g"), &made), (&json!("g"), &gone)]);
    let roles: Vec<_> = of("role").map(|entry| &entry["role"]).collect();
    assert_eq!(roles, ["auditor"]);
    assert_eq!((of("target").count(), all.len()), (4, 7), "{all:#?}");
    for entry in all {
        assert!(entry["origin"].as_str().unwrap().starts_with("http:unix:"));
    }
}

/// As in the console: a group's level replaces a temporary one, and is undone.
#[test]
fn what_is_undone_keeps_its_end_and_origin() {
    let served = serve();
    let target = || LevelTarget::logger("a");
    let tenth = std::time::Duration::from_secs(600);
    let night = served.control.clone().with_origin("night shift");
    night.set_level(target(), Level::INFO).unwrap();
    night.set_level_for(target(), Level::DEBUG, tenth).unwrap();
    let group = served.unix("PUT", "/v1/groups/g");
    group
        .json(&json!({"members": ["a", "b"]}))
        .send()
        .expect(200);
    let listed = || {
        let [levels, loggers, groups] = ["levels", "loggers?configured=true", "groups"]
            .map(|path| get(&served, &format!("/v1/{path}")));
        (
            levels["levels"].clone(),
            loggers["loggers"].clone(),
            groups["groups"].clone(),
        )
    };
    let before = listed();
    assert!(before.0.to_string().contains("night shift"), "{before:?}");
    for (method, path, body) in [
        ("PUT", "/v1/groups/g", json!({"level": "ERROR"})),
        (
            "PUT",
            "/v1/groups/g",
            json!({"members": ["c"], "level": "ERROR"}),
        ),
        (
            "PATCH",
            "/v1/options",
            json!({"role": "r", "disableAll": true, "defaultLevel": "DEBUG"}),
        ),
        (
            "PATCH",
            "/v1/levels",
            json!({"changes": [{"target": "a", "end": true}]}),
        ),
        (
            "PATCH",
            "/v1/levels",
            json!({"changes": [{"target": "a", "level": "DEBUG"}]}),
        ),
    ] {
        let changed = served.unix(method, path).json(&body).send().expect(200);
        assert_ne!(listed(), before, "{body}");
        let undo = json!({"revision": changed.json()["revision"]});
        served
            .unix("POST", "/v1/undo")
            .json(&undo)
            .send()
            .expect(200);
        assert_eq!(listed(), before, "{body}");
    }
}

#[test]
fn undoing_does_not_lower_levels_of_secrets() {
    let served = serve();
    let control = &served.control;
    let wire = || LevelTarget::logger("wire");
    control.set_level(wire(), Level::DEBUG).unwrap();
    control.set_level(wire(), Level::INFO).unwrap();
    let undo = json!({"revision": control.revision()});
    served
        .unix("POST", "/v1/undo")
        .json(&undo)
        .send()
        .expect(403);
    assert_eq!(control.level(&wire()), Some(Level::INFO));
}
