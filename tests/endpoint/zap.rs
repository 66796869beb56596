//! The dialect of zap.

use logtree::Level;
use serde_json::json;

use crate::http::serve;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn the_level_is_the_root_s() {
    let served = serve();
    let level = |level: Level| {
        served.registry.root().set_level(level);
        let answer = served.unix("GET", "/level").send().expect(200);
        assert_eq!(answer.header("content-type"), Some(JSON));
        answer.json()
    };
    for (number, word) in [
        (Level::TRACE, "trace"),
        (Level::DEBUG, "debug"),
        (Level::INFO, "info"),
        // The spelling that zap reads.
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
    for (body, word, level) in [
        (r#"{"level":"debug"}"#, "debug", Level::DEBUG),
        (r#"{"level":"WARNING"}"#, "warn", Level::WARNING),
        (r#"{"level":20,"other":[]}"#, "info", Level::INFO),
        (r#"{"level":"dpanic"}"#, "fatal", Level::CRITICAL),
        (r#"{"level":"PANIC"}"#, "fatal", Level::CRITICAL),
    ] {
        let expected = (json!({ "level": word }), level);
        assert_eq!(put("/level", JSON, body), expected, "{body}");
    }
    for (path, body, word, level) in [
        ("/level", "level=debug", "debug", Level::DEBUG),
        ("/level?level=info", "level=debug", "debug", Level::DEBUG),
        ("/level?level=info", "", "info", Level::INFO),
        ("/level?level=info", "level=", "info", Level::INFO),
        ("/level", "a=b&level=%64ebug", "debug", Level::DEBUG),
        ("/level", "level=Level+15", "level 15", Level::new(15)),
    ] {
        for form in [FORM, "application/X-WWW-form-urlencoded; charset=utf-8"] {
            let expected = (json!({ "level": word }), level);
            assert_eq!(put(path, form, body), expected, "{path} {form} {body}");
        }
    }
    // The query completes forms only.
    let put = put("/level?level=info", "text/plain", r#"{"level":"error"}"#);
    assert_eq!(put, (json!({"level": "error"}), Level::ERROR));
}

#[test]
fn what_is_wrong_changes_nothing() {
    let served = serve();
    let before = served.control.revision();
    for (path, media_type, body, why) in [
        ("/level", JSON, "", "cannot read the body as JSON"),
        ("/level", JSON, "debug", "cannot read the body as JSON"),
        ("/level", JSON, r#"["debug"]"#, "expected an object"),
        (
            "/level",
            JSON,
            r#"{"level":"debug"} {}"#,
            "trailing characters",
        ),
        ("/level", JSON, "{}", "must specify logging level"),
        (
            "/level",
            JSON,
            r#"{"level":null}"#,
            "must specify logging level",
        ),
        (
            "/level?level=debug",
            JSON,
            "{}",
            "must specify logging level",
        ),
        ("/level", JSON, r#"{"level":""}"#, "unknown level \"\""),
        (
            "/level",
            JSON,
            r#"{"level":"loud"}"#,
            "unknown level \"loud\"",
        ),
        ("/level", JSON, r#"{"level":-1}"#, "expected a level"),
        ("/level", JSON, r#"{"level":"NOTSET"}"#, "NOTSET"),
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
            .body(JSON, r#"{"level":"debug"}"#);
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
