//! The dialect of Spring Boot, and the requests of Spring Boot Admin.

use std::io::{Read, Write};

use logtree::Level;
use logtree::control::Endpoint;
use serde_json::{Value, json};

use crate::http::{Answer, Served, serve, serve_with};

const V3: &str = "application/vnd.spring-boot.actuator.v3+json";
const V2: &str = "application/vnd.spring-boot.actuator.v2+json";
const JSON: &str = "application/json";

fn get(served: &Served, path: &str) -> Answer {
    served.unix("GET", path).send()
}

fn post(served: &Served, path: &str, body: &str) -> Answer {
    served.unix("POST", path).body(JSON, body).send()
}

#[test]
fn loggers_and_groups_are_listed() {
    let served = serve();
    served.registry.root().set_level(Level::INFO);
    served.registry.get_logger("a.b");
    served.registry.get_logger("a.c").set_level(Level::WARNING);
    let members = ["boto3", "botocore"];
    served.control.set_group("aws", members).unwrap();
    served.control.set_group_level("aws", Level::DEBUG).unwrap();
    served.control.set_group("others", ["x"]).unwrap();
    let expected = json!({
        "levels": ["OFF", "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"],
        "loggers": {
            "ROOT": {"configuredLevel": "INFO", "effectiveLevel": "INFO"},
            "a.b": {"effectiveLevel": "INFO"},
            "a.c": {"configuredLevel": "WARN", "effectiveLevel": "WARN"},
            "boto3": {"configuredLevel": "DEBUG", "effectiveLevel": "DEBUG"},
            "botocore": {"configuredLevel": "DEBUG", "effectiveLevel": "DEBUG"},
            // Where changes are logged.
            "logging.control": {"effectiveLevel": "INFO"},
        },
        "groups": {
            "aws": {"configuredLevel": "DEBUG", "members": ["boto3", "botocore"]},
            "others": {"members": ["x"]},
        },
    });
    for path in ["/loggers", "/actuator/loggers"] {
        let answer = get(&served, path).expect(200);
        assert_eq!(answer.header("content-type"), Some(V3));
        assert_eq!(answer.json(), expected);
        assert!(answer.body.contains(r#""loggers":{"ROOT":"#), "{answer:?}");
        let one = |name: &str| get(&served, &format!("{path}/{name}")).expect(200).json();
        for name in ["ROOT", "a.b", "a.c"] {
            assert_eq!(one(name), expected["loggers"][name]);
        }
        assert_eq!(one("root"), expected["loggers"]["ROOT"]);
        assert_eq!(one("aws"), expected["groups"]["aws"]);
        for name in ["a", "a.b.c", "A.b", "x", "loggers", "", "a/b", "%00", "%ff"] {
            get(&served, &format!("{path}/{name}")).expect(404);
        }
        let answer = get(&served, &format!("{path}/a")).expect(404).json();
        assert_eq!(answer["message"], "unknown logger \"a\"");
        assert_eq!(
            (&answer["status"], &answer["error"]),
            (&json!(404), &json!("Not Found"))
        );
    }
    // Reading has created nothing.
    assert_eq!(
        served.registry.logger_names(),
        ["a.b", "a.c", "boto3", "botocore", "logging.control"]
    );
}

#[test]
fn levels_have_spring_s_words() {
    let served = serve();
    let logger = served.registry.get_logger("a");
    for (level, word) in [
        (1, "TRACE"),
        (5, "TRACE"),
        (9, "TRACE"),
        (10, "DEBUG"),
        (25, "INFO"),
        (30, "WARN"),
        (45, "ERROR"),
        (50, "FATAL"),
        (60, "FATAL"),
        (65_534, "FATAL"),
        (65_535, "OFF"),
    ] {
        logger.set_level(Level::new(level));
        let levels = get(&served, "/loggers/a").expect(200).json();
        assert_eq!(
            levels,
            json!({"configuredLevel": word, "effectiveLevel": word})
        );
    }
    logger.set_level(Level::NOTSET);
    served.registry.root().set_level(Level::NOTSET);
    for name in ["a", "ROOT"] {
        let levels = get(&served, &format!("/loggers/{name}")).expect(200).json();
        assert_eq!(levels, json!({"effectiveLevel": "TRACE"}));
    }
}

#[test]
fn levels_are_set_and_cleared() {
    let served = serve();
    let level = |name: &str| served.registry.get_logger(name).level();
    for (name, body, expected) in [
        ("a.b", r#"{"configuredLevel":"DEBUG"}"#, Level::DEBUG),
        ("a.b", r#"{"configuredLevel":"warn"}"#, Level::WARNING),
        (
            "a.b",
            r#"{"configuredLevel":"Fatal","other":{}}"#,
            Level::CRITICAL,
        ),
        ("a.b", r#"{"configuredLevel":17}"#, Level::new(17)),
        ("a.b", r#"{"configuredLevel":"OFF"}"#, Level::OFF),
        ("a.b", r#"{"configuredLevel":null}"#, Level::NOTSET),
        ("a.b", r#"{"configuredLevel":"TRACE"}"#, Level::TRACE),
        ("a.b", "{}", Level::NOTSET),
        ("a.b", r#"{"configuredLevel":"INFO"}"#, Level::INFO),
        ("a.b", "", Level::NOTSET),
        ("a.b", "null", Level::NOTSET),
        ("", r#"{"configuredLevel":"ERROR"}"#, Level::ERROR),
        ("x/y z&ü", r#"{"configuredLevel":"ERROR"}"#, Level::ERROR),
    ] {
        let path = match name {
            "" => "/loggers/ROOT",
            "a.b" => "/actuator/loggers/a.b",
            _ => "/loggers/x%2Fy%20z&%C3%BC",
        };
        let answer = post(&served, path, body).expect(204);
        assert_eq!(
            (answer.body.as_str(), answer.header("content-type")),
            ("", None)
        );
        assert_eq!(level(name), expected, "{name} {body}");
    }
    // A logger named like the root is not mistaken for it.
    served.registry.get_logger("ROOT").set_level(Level::DEBUG);
    assert_eq!(
        get(&served, "/loggers").json()["loggers"]["ROOT"]["configuredLevel"],
        "ERROR"
    );
}

#[test]
fn a_group_comes_before_a_logger() {
    let served = serve();
    let logger = |name: &str| served.registry.get_logger(name);
    logger("aws").set_level(Level::ERROR);
    served
        .control
        .set_group("aws", ["boto3", "botocore"])
        .unwrap();
    served.control.set_group("empty", []).unwrap();
    post(&served, "/loggers/aws", r#"{"configuredLevel":"DEBUG"}"#).expect(204);
    let levels = ["aws", "boto3", "botocore"].map(|name| logger(name).level());
    assert_eq!(levels, [Level::ERROR, Level::DEBUG, Level::DEBUG]);
    let shown = get(&served, "/loggers/aws").expect(200).json();
    assert_eq!(
        shown,
        json!({"configuredLevel": "DEBUG", "members": ["boto3", "botocore"]})
    );
    post(&served, "/loggers/aws", r#"{"configuredLevel":null}"#).expect(204);
    let levels = ["aws", "boto3", "botocore"].map(|name| logger(name).level());
    assert_eq!(levels, [Level::ERROR, Level::NOTSET, Level::NOTSET]);
    // As in Spring Boot, an empty group does not hide a logger from changes.
    post(&served, "/loggers/empty", r#"{"configuredLevel":"DEBUG"}"#).expect(204);
    assert_eq!(logger("empty").level(), Level::DEBUG);
    assert_eq!(
        get(&served, "/loggers/empty").json(),
        json!({"members": []})
    );
}

#[test]
fn what_is_wrong_changes_nothing() {
    let served = serve();
    served.registry.get_logger("a").set_level(Level::INFO);
    let before = served.control.revision();
    for (path, body, why) in [
        (
            "/loggers/a",
            r#"{"configuredLevel":"LOUD"}"#,
            "unknown level \"LOUD\"",
        ),
        (
            "/loggers/a",
            r#"{"configuredLevel":""}"#,
            "unknown level \"\"",
        ),
        (
            "/loggers/a",
            r#"{"configuredLevel":true}"#,
            "expected a level",
        ),
        ("/loggers/a", r#"{"configuredLevel":"NOTSET"}"#, "NOTSET"),
        (
            "/loggers/a",
            r#"{"configuredLevel":"INFO","configuredLevel":"DEBUG"}"#,
            "duplicate",
        ),
        ("/loggers/a", r#"["DEBUG"]"#, "expected an object"),
        ("/loggers/a", r#""DEBUG""#, "expected an object"),
        ("/loggers/a", "DEBUG", "cannot read the body as JSON"),
        ("/loggers/a", "{", "cannot read the body as JSON"),
        ("/loggers/ROOT", "{}", "cannot be cleared"),
        (
            "/loggers/a..b",
            r#"{"configuredLevel":"DEBUG"}"#,
            "empty segment",
        ),
        (
            "/loggers/a%0Ab",
            r#"{"configuredLevel":"DEBUG"}"#,
            "not allowed",
        ),
    ] {
        let answer = post(&served, path, body).expect(400).json();
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(why), "{path} {body}: {message}");
        assert_eq!(answer["error"], "Bad Request");
    }
    let body = r#"{"configuredLevel":"DEBUG"}"#;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "",
    ] {
        let request = served.unix("POST", "/loggers/a").body(media_type, body);
        assert_eq!(request.send().expect(415).json()["status"], 415);
    }
    for (method, path, allowed) in [
        ("PUT", "/loggers/a", "GET, POST"),
        ("DELETE", "/actuator/loggers/a", "GET, POST"),
        ("POST", "/loggers", "GET"),
        ("POST", "/actuator", "GET"),
        ("PATCH", "/actuator/health", "GET"),
    ] {
        let answer = served
            .unix(method, path)
            .body(JSON, body)
            .send()
            .expect(405);
        assert_eq!(answer.header("allow"), Some(allowed));
    }
    for path in [
        "/loggers/a/b",
        "/loggers/",
        "/actuator/loggers/a/",
        "/actuators",
        "/Loggers/a",
    ] {
        post(&served, path, body).expect(404);
    }
    assert_eq!(served.control.revision(), before);
    assert_eq!(served.registry.get_logger("a").level(), Level::INFO);
}

#[test]
fn the_media_type_is_one_that_is_accepted() {
    let served = serve();
    let accepting = |accept: &str| {
        served
            .unix("GET", "/loggers")
            .header("Accept", accept)
            .send()
    };
    let all = format!("{V3},{V2},application/vnd.spring-boot.actuator.v1+json,application/json");
    for (accept, expected) in [
        ("*/*", V3),
        ("application/*", V3),
        (V3, V3),
        (V2, V2),
        (JSON, JSON),
        ("APPLICATION/JSON; charset=utf-8", JSON),
        (&all, V3),
        (&format!("{V2}, application/json"), V2),
        (&format!("{V3};q=0.5, {V2}"), V2),
        (&format!("{V3};q=0, */*;q=0.1"), V2),
        ("text/html,application/xhtml+xml,*/*;q=0.8", V3),
        (&format!("{JSON};q=0.2, {V2}; q=0.3"), V2),
    ] {
        let answer = accepting(accept).expect(200);
        assert_eq!(answer.header("content-type"), Some(expected), "{accept}");
    }
    for accept in [
        "text/html",
        "application/xml, text/*",
        "application/json;q=0",
        "",
    ] {
        let answer = accepting(accept).expect(406);
        assert_eq!(answer.header("content-type"), Some(JSON), "{accept}");
    }
}

/// The requests of Spring Boot Admin 4: its server reads the index and the health, and its page
/// calls the server, which forwards the rest of the path (`InstanceExchangeFilterFunctions`,
/// `QueryIndexEndpointStrategy`, `StatusUpdater`, `instance.ts`).
#[test]
fn spring_boot_admin_finds_and_sets_loggers() {
    let served = serve();
    let token = served.server.token().unwrap();
    // With `user.name` and `user.password` in the instance's metadata.
    let basic = base64(&format!("logtree:{token}"));
    let accept = format!("{V3},{V2},application/vnd.spring-boot.actuator.v1+json,application/json");
    let request = |method: &str, path: &str| {
        served
            .anonymous(method, path)
            .header("Authorization", &format!("Basic {basic}"))
            .header("Accept", &accept)
    };
    let index = request("GET", "/actuator").send().expect(200);
    // The index must have an actuator's media type.
    assert_eq!(index.header("content-type"), Some(V3));
    let base = format!("http://{}", served.address());
    let links = index.json()["_links"].clone();
    let usable = links
        .as_object()
        .unwrap()
        .iter()
        .filter(|(id, link)| *id != "self" && link["templated"] == Value::Bool(false));
    let usable: Vec<_> = usable
        .map(|(id, link)| (id.as_str(), link["href"].clone()))
        .collect();
    assert_eq!(
        usable,
        [
            ("health", json!(format!("{base}/actuator/health"))),
            ("loggers", json!(format!("{base}/actuator/loggers"))),
        ]
    );
    let health = request("GET", "/actuator/health").send().expect(200);
    assert_eq!(health.json()["status"], "UP");
    assert_eq!(health.header("content-type"), Some(V3));
    // The page: a row for a new logger, a level, «reset».
    let write = |name: &str, body: Value| {
        let path = format!("/actuator/loggers/{name}");
        request("POST", &path).json(&body).send().expect(204);
    };
    write("my%2Fapp.Main%24", json!({"configuredLevel": "TRACE"}));
    let shown = request("GET", "/actuator/loggers")
        .send()
        .expect(200)
        .json();
    assert_eq!(shown["loggers"]["my/app.Main$"]["configuredLevel"], "TRACE");
    assert!(shown["groups"].is_object());
    write("my%2Fapp.Main%24", json!({}));
    let logger = served.registry.get_logger("my/app.Main$");
    assert_eq!(logger.level(), Level::NOTSET);
    let wrong = base64("logtree:wrong");
    for scheme in [format!("Basic {wrong}"), "Basic".to_owned()] {
        let request = served.anonymous("GET", "/actuator/loggers");
        request.header("Authorization", &scheme).send().expect(401);
    }
}

/// What the server is sent is all it needs to read and set levels.
#[test]
fn a_process_announces_itself() {
    let admin = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", admin.local_addr().unwrap());
    let served = serve_with(|endpoint| endpoint.announce_to(url));
    let (mut stream, _) = admin.accept().unwrap();
    let mut text = String::new();
    let body = loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).unwrap();
        assert_ne!(read, 0, "{text}");
        text.push_str(std::str::from_utf8(&part[..read]).unwrap());
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
        if let Some(Ok(body)) = body.map(serde_json::from_str::<Value>) {
            break body;
        }
    };
    assert!(text.starts_with("POST /instances HTTP/1.1\r\n"), "{text}");
    assert!(
        text.to_lowercase()
            .contains("content-type: application/json")
    );
    stream
        .write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        .unwrap();
    let base = format!("http://{}", served.address());
    let expected = json!({
        "name": "test",
        "managementUrl": format!("{base}/actuator"),
        "healthUrl": format!("{base}/actuator/health"),
        "serviceUrl": format!("{base}/"),
        "metadata": {"user.name": "logtree", "user.password": served.server.token()},
    });
    assert_eq!(body, expected);
    let password = body["metadata"]["user.password"].as_str().unwrap();
    let proof = format!("Basic {}", base64(&format!("logtree:{password}")));
    let path = body["managementUrl"].as_str().unwrap().strip_prefix(&base);
    let index = served.anonymous("GET", path.unwrap());
    index.header("Authorization", &proof).send().expect(200);
    // Without TCP there is nothing to announce, and TLS is not there.
    let control = &served.control;
    for endpoint in [
        Endpoint::new()
            .socket(served.directory.path().join("a.sock"))
            .announce_to("http://a"),
        Endpoint::new()
            .without_socket()
            .tcp("127.0.0.1:0")
            .announce_to("https://a"),
    ] {
        let error = control.serve(endpoint).unwrap_err();
        assert_eq!(
            error.kind(),
            logtree::error::ErrorKind::InvalidRequest,
            "{error}"
        );
    }
    assert_eq!(
        crate::http::files(served.directory.path()),
        ["log.sock", "log.token"]
    );
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}
