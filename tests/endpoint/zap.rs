//! The dialect of zap.

use logtree::Level;
use serde_json::json;

use crate::http::serve;

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn the_level_is_the_root_s() {
    let served = serve();
    let level = |level: Level| {
        served.registry.root().set_level(level);
        let answer = served.unix("GET", "/level").send().expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        answer.json()
    };
    for (number, word) in [
        (Level::TRACE, "trace"),
        (Level::DEBUG, "debug"),
        (Level::INFO, "info"),
        // What a program with zap reads.
        (Level::WARNING, "warn"),
        (Level::ERROR, "error"),
        (Level::CRITICAL, "fatal"),
        (Level::OFF, "off"),
        (Level::new(25), "level 25"),
    ] {
        assert_eq!(level(number), json!({ "level": word }));
    }
    served.registry.add_level_name(Level::new(25), "NOTICE");
    assert_eq!(level(Level::new(25)), json!({"level": "notice"}));
}

#[test]
fn json_and_forms_set_it() {
    let served = serve();
    let put = |path: &str, media_type: &str, body: &str| {
        served.registry.root().set_level(Level::new(1));
        let request = served.unix("PUT", path).body(media_type, body);
        (
            request.send().expect(200).json(),
            served.registry.root().level(),
        )
    };
    for (path, media_type, body, word, level) in [
        (
            "/level",
            "application/json",
            r#"{"level":"debug"}"#,
            "debug",
            Level::DEBUG,
        ),
        (
            "/level",
            "application/json",
            r#"{"level":"WARNING"}"#,
            "warn",
            Level::WARNING,
        ),
        (
            "/level",
            "application/json",
            r#"{"level":20,"other":[]}"#,
            "info",
            Level::INFO,
        ),
        (
            "/level",
            "application/json",
            r#"{"level":"dpanic"}"#,
            "fatal",
            Level::CRITICAL,
        ),
        (
            "/level",
            "application/json",
            r#"{"level":"PANIC"}"#,
            "fatal",
            Level::CRITICAL,
        ),
        // Only a form is completed by the query.
        (
            "/level?level=info",
            "text/plain",
            r#"{"level":"error"}"#,
            "error",
            Level::ERROR,
        ),
        ("/level", FORM, "level=debug", "debug", Level::DEBUG),
        (
            "/level?level=info",
            FORM,
            "level=debug",
            "debug",
            Level::DEBUG,
        ),
        ("/level?level=info", FORM, "", "info", Level::INFO),
        ("/level?level=info", FORM, "level=", "info", Level::INFO),
        (
            "/level",
            "application/X-WWW-form-urlencoded; charset=utf-8",
            "a=b&level=%64ebug",
            "debug",
            Level::DEBUG,
        ),
        ("/level", FORM, "level=Level+15", "level 15", Level::new(15)),
    ] {
        let expected = (json!({ "level": word }), level);
        assert_eq!(
            put(path, media_type, body),
            expected,
            "{path} {media_type} {body}"
        );
    }
}

#[test]
fn what_is_wrong_changes_nothing() {
    let served = serve();
    let before = served.control.revision();
    for (path, media_type, body, why) in [
        (
            "/level",
            "application/json",
            "",
            "cannot read the body as JSON",
        ),
        (
            "/level",
            "application/json",
            "debug",
            "cannot read the body as JSON",
        ),
        (
            "/level",
            "application/json",
            r#"["debug"]"#,
            "expected an object",
        ),
        (
            "/level",
            "application/json",
            r#"{"level":"debug"} {}"#,
            "trailing characters",
        ),
        (
            "/level",
            "application/json",
            "{}",
            "must specify logging level",
        ),
        (
            "/level",
            "application/json",
            r#"{"level":null}"#,
            "must specify logging level",
        ),
        (
            "/level?level=debug",
            "application/json",
            "{}",
            "must specify logging level",
        ),
        (
            "/level",
            "application/json",
            r#"{"level":""}"#,
            "unknown level \"\"",
        ),
        (
            "/level",
            "application/json",
            r#"{"level":"loud"}"#,
            "unknown level \"loud\"",
        ),
        (
            "/level",
            "application/json",
            r#"{"level":-1}"#,
            "expected a level",
        ),
        (
            "/level",
            "application/json",
            r#"{"level":"NOTSET"}"#,
            "NOTSET",
        ),
        ("/level", FORM, "", "must specify logging level"),
        ("/level", FORM, "Level=debug", "must specify logging level"),
        ("/level", FORM, "level=loud", "unknown level \"loud\""),
        ("/level", FORM, "level=%ff", "expected UTF-8"),
        (
            "/level",
            FORM,
            r#"{"level":"debug"}"#,
            "must specify logging level",
        ),
    ] {
        let answer = served
            .unix("PUT", path)
            .body(media_type, body)
            .send()
            .expect(400)
            .json();
        for member in ["error", "message"] {
            let text = answer[member].as_str().unwrap();
            assert!(text.contains(why), "{path} {media_type} {body}: {text}");
        }
    }
    for method in ["POST", "PATCH", "DELETE"] {
        let answer = served
            .unix(method, "/level")
            .body("application/json", r#"{"level":"debug"}"#);
        let answer = answer.send().expect(405);
        assert_eq!(answer.header("allow"), Some("GET, PUT"));
        assert_eq!(answer.json()["error"], "Only GET and PUT are supported.");
    }
    for path in ["/level/", "/level/a", "/levels", "//level", "/LEVEL"] {
        served
            .unix("PUT", path)
            .json(&json!({"level": "debug"}))
            .send()
            .expect(404);
    }
    assert_eq!(served.control.revision(), before);
    assert_eq!(served.registry.root().level(), Level::WARNING);
}
