//! The status of a process, its loggers and its handlers.

use std::fs;
use std::io::Read;
use std::time::Duration;

use logtree::Level;
use logtree::filter::RateLimitFilter;
use logtree::handler::StreamHandler;
use serde_json::{Value, json};

use crate::http::{files, serve};
use crate::native::{get, patch};

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

/// The program's own levels are not among those that were set from outside.
#[test]
fn the_status_counts_what_controls_have_set() {
    let served = serve();
    let overrides = || get(&served, "/v1/status")["overrides"].clone();
    served.registry.get_logger("own").set_level(Level::DEBUG);
    assert_eq!(overrides(), 0);
    let changes = json!([
        {"target": "own", "level": "INFO", "for": "1h"},
        {"target": "a", "level": "INFO"},
        {"target": "root", "level": "ERROR"},
        {"target": "c", "type": "CLIENT_ID", "level": "DEBUG"},
    ]);
    patch(&served, &changes).expect(200);
    assert_eq!(overrides(), 4);
    patch(&served, &json!([{"target": "own", "end": true}])).expect(200);
    served.registry.get_logger("a").set_level(Level::WARNING);
    assert_eq!(overrides(), 2);
}

/// All that `Cargo.toml` has, but those that only name others, and that of WebAssembly.
#[cfg(all(feature = "full", feature = "tls"))]
#[test]
fn the_status_names_the_features() {
    let served = serve();
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    let (_, text) = text.split_once("\n[features]\n").unwrap();
    let (text, _) = text.split_once("\n[").unwrap();
    let names = text
        .lines()
        .filter_map(|line| Some(line.split_once(" = [")?.0));
    let mut names: Vec<_> = names
        .filter(|name| !["default", "full", "web"].contains(name))
        .collect();
    names.sort_unstable();
    assert_eq!(get(&served, "/v1/status")["features"], json!(names));
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
    let below = ["a.B.c"];
    for prefix in ["a.B", "a::B"] {
        let listed = get(&served, &format!("/v1/loggers?prefix={prefix}"));
        assert_eq!(names(&listed), below, "{prefix}");
    }
    assert_eq!(names(&get(&served, "/v1/loggers?q=B::C")), below);
    // Descendants of the root are all.
    assert_eq!(
        names(&get(&served, "/v1/loggers?prefix=root")),
        names(&get(&served, "/v1/loggers"))
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

/// By reason and level, beside what was dropped.
#[test]
fn handlers_show_what_their_filters_suppressed() {
    let served = serve();
    let limit = RateLimitFilter::new(1, Duration::from_secs(3600)).summary_after(Duration::MAX);
    let handler = StreamHandler::new(std::io::sink()).with_filter(limit);
    served.registry.root().add_handler(handler.clone());
    served
        .registry
        .root()
        .add_handler(StreamHandler::new(std::io::sink()));
    for level in [Level::WARNING, Level::WARNING, Level::new(35), Level::ERROR] {
        served.registry.root().log(level, format_args!("x"));
    }
    let handlers = get(&served, "/v1/handlers");
    let [limited, free] = [0, 1].map(|at| &handlers["handlers"][at]);
    // A level between two is counted as the one below.
    assert_eq!(
        limited["suppressed"],
        json!({"rateLimited": {"WARNING": 2}})
    );
    assert_eq!(
        (&limited["accepted"], &limited["dropped"]),
        (&json!(2), &json!({}))
    );
    assert_eq!(
        (&free["accepted"], &free["suppressed"]),
        (&json!(4), &json!({}))
    );
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
