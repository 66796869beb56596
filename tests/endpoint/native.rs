//! The endpoint's own dialect.

use std::fs;
use std::io::Read;

use logtree::Level;
use logtree::control::LevelTarget;
use logtree::formatter::JsonFormatter;
use logtree::handler::{FileHandler, StreamHandler};
use serde_json::{Value, json};

use crate::http::{Answer, Served, files, serve};

fn patch(served: &Served, changes: &Value) -> Answer {
    let body = json!({ "changes": changes });
    served.unix("PATCH", "/v1/levels").json(&body).send()
}

fn get(served: &Served, path: &str) -> Value {
    served.unix("GET", path).send().expect(200).json()
}

fn level(served: &Served, name: &str) -> Option<Level> {
    served.control.level(&LevelTarget::logger(name))
}

#[test]
fn the_status_names_the_process() {
    let served = serve();
    for answer in [
        served.unix("GET", "/v1/status").send(),
        served.tcp("GET", "/v1/status").send(),
    ] {
        let answer = answer.expect(200);
        assert_eq!(answer.header("etag"), Some("\"0\""));
        let status = answer.json();
        assert_eq!(status["name"], "test");
        assert_eq!(status["pid"], std::process::id());
        assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(status["defaultLevel"], "WARNING");
        assert_eq!(status["disableAll"], false);
        assert_eq!(status["levels"][0], json!({"name": "NOTSET", "number": 0}));
    }
    let directory = served.directory;
    drop(served.server);
    assert_eq!(files(directory.path()), [""; 0]);
}

#[test]
fn an_unknown_path_is_named_as_such() {
    let served = serve();
    let request = || served.unix("PATCH", "/v1/nothing").json(&json!({}));
    let answer = request().send().expect(404);
    assert_eq!(answer.json(), json!({"message": "unknown path"}));
    let mut text = String::new();
    request().open().read_to_string(&mut text).unwrap();
    assert!(text.ends_with(&answer.body), "{text}");
    let answer = served.unix("POST", "/v1/levels").send().expect(405);
    assert_eq!(answer.header("allow"), Some("GET, PATCH, DELETE"));
}

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
fn i16_loggers_are_listed_with_what_applies_to_them() {
    let served = serve();
    let registry = &served.registry;
    let handler = StreamHandler::new(std::io::sink()).with_level(Level::INFO);
    registry.root().add_handler(handler);
    for name in ["a.b", "ab", "a.B.c"] {
        registry.get_logger(name);
    }
    registry.get_logger("ab").set_level(Level::ERROR);
    patch(
        &served,
        &json!([{"target": "a", "level": "debug", "for": "10m"}]),
    )
    .expect(200);
    let answer = served
        .unix("GET", "/v1/loggers?prefix=a")
        .send()
        .expect(200);
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let listed = answer.json();
    assert_eq!(listed["revision"], 1);
    let names = |listed: &Value| {
        let loggers = listed["loggers"].as_array().unwrap().iter();
        loggers
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&listed), ["a", "a.B.c", "a.b"]);
    let a = &listed["loggers"][0];
    assert_eq!(a["configured"], "DEBUG");
    let warning = "a: effective DEBUG, but every handler on its way starts at INFO";
    assert_eq!(a["warning"], warning);
    assert_eq!(a["shownFrom"], "INFO");
    assert_eq!(a["overrides"][0]["level"], "DEBUG");
    assert!(a["overrides"][0]["until"].as_str().unwrap().ends_with('Z'));
    let origin = format!("http:unix:{}:{}", user(), std::process::id());
    assert_eq!(a["overrides"][0]["origin"], origin);
    let below = &listed["loggers"][2];
    assert_eq!(below["configured"], Value::Null);
    assert_eq!(below["effective"], "DEBUG");
    assert_eq!(below["inheritedFrom"], "a");
    assert_eq!(
        names(&get(&served, "/v1/loggers?q=B")),
        ["a.B.c", "a.b", "ab"]
    );
    let configured = get(&served, "/v1/loggers?configured=true");
    assert_eq!(names(&configured), ["root", "a", "ab"]);
    assert_eq!(configured["loggers"][2]["overrides"], json!([]));
    for query in ["configured=yes", "prefix=a&prefix=b", "q=%ff"] {
        served
            .unix("GET", &format!("/v1/loggers?{query}"))
            .send()
            .expect(400);
    }
    served.control.disable_all(true).unwrap();
    let listed = get(&served, "/v1/loggers?prefix=a.b");
    assert_eq!(listed["loggers"][0]["enabledFrom"], "OFF");
    assert_eq!(
        listed["loggers"][0]["warning"],
        "a.b: effective DEBUG, but logging is disabled"
    );
}

fn user() -> u32 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid()
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
    });
    assert_eq!(*first, expected);
    for query in [
        "size=0",
        "size=251",
        "size=x",
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
    assert_eq!(served.control.revision(), 2);
}

#[test]
fn handlers_show_what_became_of_their_records() {
    let served = serve();
    let handler = StreamHandler::new(Broken).with_level(Level::INFO);
    handler.set_name("broken");
    handler.set_error_hook(|_| {});
    served.registry.root().add_handler(handler);
    logtree::error!(served.registry.root(), "secret-text");
    let handlers = get(&served, "/v1/handlers");
    let one = &handlers["handlers"][0];
    assert_eq!(one["name"], "broken");
    assert_eq!(one["kind"], "StreamHandler");
    assert_eq!(one["level"], "INFO");
    assert_eq!((&one["accepted"], &one["written"]), (&json!(1), &json!(0)));
    assert_eq!(one["dropped"], json!({"io": 1}));
    let message = one["lastError"]["message"].as_str().unwrap();
    assert!(message.contains("it broke"), "{message}");
    assert!(!handlers.to_string().contains("secret-text"));
}

struct Broken;

impl std::io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("it broke"))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
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
    let undo = |revision: u64| {
        let request = served.unix("POST", "/v1/undo");
        request.json(&json!({ "revision": revision })).send()
    };
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
