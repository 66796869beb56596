//! The dialect of AWS IoT, by its JSON.

use logtree::Level;
use logtree::control::{Control, LevelTarget, TargetType};
use serde_json::{Value, json};

use crate::http::{Answer, Served, serve, serve_control, serve_with};

fn post(served: &Served, path: &str, body: &Value) -> Answer {
    served.unix("POST", path).json(body).send()
}

fn get(served: &Served, path: &str) -> Value {
    served.unix("GET", path).send().expect(200).json()
}

fn set(served: &Served, kind: &str, name: &str, level: &str) {
    let target = match name {
        "" => json!({ "targetType": kind }),
        _ => json!({"targetType": kind, "targetName": name}),
    };
    let body = json!({"logTarget": target, "logLevel": level});
    let answer = post(served, "/v2LoggingLevel", &body).expect(200);
    assert_eq!(answer.json(), json!({}));
}

/// The targets of a listing, each with its level: `THING_GROUP a`.
fn listed(listing: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let configurations = listing["logTargetConfigurations"].as_array().unwrap();
    let pairs = configurations.iter().map(|one| {
        let (kind, name) = (
            &one["logTarget"]["targetType"],
            &one["logTarget"]["targetName"],
        );
        let target = format!("{} {}", text(kind), text(name));
        (target.trim_end().to_owned(), text(&one["logLevel"]))
    });
    pairs.collect()
}

fn names(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(target, level)| ((*target).to_owned(), (*level).to_owned()))
        .collect()
}

/// Fails unless an answer is an error of AWS.
#[track_caller]
fn expect_error(answer: Answer, status: u16, name: &str, why: &str) {
    let answer = answer.expect(status);
    assert_eq!(answer.header("x-amzn-errortype"), Some(name), "{answer:?}");
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(why), "{message}");
}

#[test]
fn options_are_set_one_by_one() {
    let served = serve();
    let options = || get(&served, "/v2LoggingOptions?verbose=true");
    let set = |body: Value| {
        let answer = post(&served, "/v2LoggingOptions", &body).expect(200);
        assert_eq!(answer.json(), json!({}));
    };
    let mut expected = json!({
        "defaultLogLevel": "WARN",
        "disableAllLogs": false,
        "eventConfigurations": [],
    });
    assert_eq!(options(), expected);
    set(json!({"roleArn": "arn:aws:iam::1:role/logs", "defaultLogLevel": "INFO"}));
    expected["roleArn"] = json!("arn:aws:iam::1:role/logs");
    expected["defaultLogLevel"] = json!("INFO");
    assert_eq!(options(), expected);
    set(json!({"disableAllLogs": true}));
    expected["disableAllLogs"] = json!(true);
    assert_eq!(options(), expected);
    assert!(
        !served
            .registry
            .get_logger("a")
            .is_enabled_for(Level::CRITICAL)
    );
    set(json!({"disableAllLogs": false, "unknown": [1]}));
    expected["disableAllLogs"] = json!(false);
    set(json!({}));
    assert_eq!(options(), expected);
    set(json!({"eventConfigurations": [
        {"eventType": "Publish", "logLevel": "DEBUG", "logDestination": "a/b"},
        {"eventType": "Connect", "logLevel": "DISABLED"},
    ]}));
    expected["eventConfigurations"] = json!([
        {"eventType": "Connect", "logLevel": "DISABLED"},
        {"eventType": "Publish", "logLevel": "DEBUG"},
    ]);
    assert_eq!(options(), expected);
    // One without a level inherits it.
    set(json!({"eventConfigurations": [{"eventType": "Connect"}]}));
    expected["eventConfigurations"] = json!([{"eventType": "Publish", "logLevel": "DEBUG"}]);
    assert_eq!(options(), expected);
    // Without being asked for, AWS does not list them.
    expected
        .as_object_mut()
        .unwrap()
        .remove("eventConfigurations");
    for query in ["", "?verbose=false"] {
        assert_eq!(get(&served, &format!("/v2LoggingOptions{query}")), expected);
    }
}

#[test]
fn more_event_types_than_a_page_are_all_shown() {
    let served = serve();
    for number in 0..=TargetType::ALL.len() * 100 {
        let target = LevelTarget::event_type(format!("e{number:04}"));
        served.control.set_level(target, Level::DEBUG).unwrap();
    }
    let options = get(&served, "/v2LoggingOptions?verbose=true");
    assert_eq!(
        options["eventConfigurations"].as_array().unwrap().len(),
        601
    );
}

#[test]
fn levels_of_all_types_are_set_listed_and_deleted() {
    let served = serve();
    set(&served, "DEFAULT", "", "ERROR");
    set(&served, "THING_GROUP", "botocore.client.S3", "DEBUG");
    set(&served, "LOGGER", "a::b", "TRACE");
    set(&served, "thing_group", "a b&c/ü", "15");
    set(&served, "CLIENT_ID", "sensor-7", "DISABLED");
    set(&served, "SOURCE_IP", "10.0.0.1", "INFO");
    set(&served, "PRINCIPAL_ID", "p", "WARN");
    set(&served, "EVENT_TYPE", "Publish", "CRITICAL");
    set(&served, "EVENT_TYPE", "Publish", "fatal");
    let all = names(&[
        ("DEFAULT", "ERROR"),
        ("EVENT_TYPE Publish", "CRITICAL"),
        ("THING_GROUP a b&c/ü", "Level 15"),
        ("THING_GROUP a.b", "TRACE"),
        ("THING_GROUP botocore.client.S3", "DEBUG"),
        ("SOURCE_IP 10.0.0.1", "INFO"),
        ("PRINCIPAL_ID p", "WARN"),
        ("CLIENT_ID sensor-7", "DISABLED"),
    ]);
    let listing = get(&served, "/v2LoggingLevel");
    assert_eq!(listed(&listing), all);
    assert_eq!(listing.get("nextToken"), None);
    assert_eq!(served.registry.get_logger("a.b").level(), Level::TRACE);
    assert_eq!(served.registry.root().level(), Level::ERROR);
    for (kind, expected) in [
        ("THING_GROUP", &all[2..5]),
        ("LOGGER", &all[2..5]),
        ("DEFAULT", &all[..1]),
        ("CLIENT_ID", &all[7..]),
    ] {
        let listing = get(&served, &format!("/v2LoggingLevel?targetType={kind}"));
        assert_eq!(listed(&listing), expected, "{kind}");
    }
    let delete = |query: &str| {
        let answer = served
            .unix("DELETE", &format!("/v2LoggingLevel?{query}"))
            .send();
        assert_eq!(answer.expect(200).json(), json!({}));
    };
    // A second deletion, or that of a target that never existed, is no error.
    for _ in 0..2 {
        delete("targetType=THING_GROUP&targetName=a%20b%26c%2F%C3%BC");
        delete("targetName=sensor-7&targetType=CLIENT_ID");
        delete("targetType=EVENT_TYPE&targetName=Publish");
        delete("targetType=SOURCE_IP&targetName=never");
    }
    let left = [&all[..1], &all[3..7]].concat();
    assert_eq!(listed(&get(&served, "/v2LoggingLevel")), left);
}

#[test]
fn pages_are_walked_by_tokens() {
    let served = serve();
    for number in 0..251 {
        let target = LevelTarget::logger(format!("l{number:03}"));
        served.control.set_level(target, Level::DEBUG).unwrap();
    }
    let page = |query: &str| {
        get(
            &served,
            &format!("/v2LoggingLevel?targetType=THING_GROUP{query}"),
        )
    };
    let first = page("");
    let token = first["nextToken"].as_str().unwrap();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    assert!(token.chars().all(is_token), "{token}");
    let rest = page(&format!("&nextToken={token}"));
    assert_eq!((listed(&first).len(), listed(&rest).len()), (250, 1));
    assert_eq!(rest.get("nextToken"), None);
    // Targets set or deleted between two pages do not shift the others.
    let (mut names, mut next) = (Vec::new(), String::new());
    loop {
        let page = page(&format!("&maxResults=100{next}"));
        names.extend(listed(&page).into_iter().map(|(target, _)| target));
        let Some(token) = page["nextToken"].as_str() else {
            break;
        };
        next = format!("&nextToken={token}");
        served
            .control
            .clear_level(&LevelTarget::logger("l000"))
            .unwrap();
        served
            .control
            .set_level(LevelTarget::logger("a"), Level::DEBUG)
            .unwrap();
    }
    let expected: Vec<_> = (0..251)
        .map(|number| format!("THING_GROUP l{number:03}"))
        .collect();
    assert_eq!(names, expected);
}

#[test]
fn what_is_wrong_is_an_error_of_aws_and_changes_nothing() {
    let served = serve();
    served.registry.get_logger("a").set_level(Level::INFO);
    let before = served.control.revision();
    let invalid = "InvalidRequestException";
    let target = |kind: &str, name: &str| json!({"targetType": kind, "targetName": name});
    for (target, level, why) in [
        (target("THING_GROUP", "a"), json!("LOUD"), "unknown level"),
        (target("THING_GROUP", "a"), json!(null), "expected a level"),
        (target("THING_GROUP", "a"), json!("NOTSET"), "NOTSET"),
        (target("THING", "a"), json!("DEBUG"), "unknown target type"),
        (target("", "a"), json!("DEBUG"), "unknown target type"),
        (
            target("THING_GROUP", ""),
            json!("DEBUG"),
            "expected the name",
        ),
        (
            target("THING_GROUP", "a..b"),
            json!("DEBUG"),
            "empty segment",
        ),
        (target("CLIENT_ID", "a\u{0}"), json!("DEBUG"), "not allowed"),
        (target("DEFAULT", "a"), json!("DEBUG"), "has no name"),
        (
            json!({"targetType": "CLIENT_ID"}),
            json!("DEBUG"),
            "expected the name",
        ),
        (
            json!({"targetName": "a"}),
            json!("DEBUG"),
            "missing field `targetType`",
        ),
        (
            json!(["THING_GROUP", "a"]),
            json!("DEBUG"),
            "expected an object",
        ),
        (
            json!("targetType=THING_GROUP,targetName=a"),
            json!("DEBUG"),
            "expected an object",
        ),
    ] {
        let body = json!({"logTarget": target, "logLevel": level});
        expect_error(post(&served, "/v2LoggingLevel", &body), 400, invalid, why);
    }
    for (body, why) in [
        (json!({"defaultLogLevel": "LOUD"}), "unknown level"),
        (json!({"disableAllLogs": "true"}), "expected a boolean"),
        (json!({"roleArn": "a\nb"}), "not allowed"),
        (
            json!({"defaultLogLevel": "DEBUG", "eventConfigurations": [{"eventType": ""}]}),
            "name",
        ),
        (
            json!({"defaultLogLevel": "DEBUG", "eventConfigurations": [{"logLevel": "INFO"}]}),
            "eventType",
        ),
        (
            json!({"disableAllLogs": true, "eventConfigurations": [{"eventType": "a", "logLevel": "LOUD"}]}),
            "LOUD",
        ),
        (json!([]), "expected an object"),
    ] {
        expect_error(post(&served, "/v2LoggingOptions", &body), 400, invalid, why);
    }
    let refused = |method: &str, path: &str, why: &str| {
        expect_error(served.unix(method, path).send(), 400, invalid, why);
    };
    for (query, why) in [
        ("maxResults=0", "1 to 250"),
        ("maxResults=251", "1 to 250"),
        ("maxResults=-1", "1 to 250"),
        ("maxResults=many", "1 to 250"),
        ("maxResults=", "1 to 250"),
        ("maxResults=%2B3", "1 to 250"),
        ("maxResults=18446744073709551616", "1 to 250"),
        ("maxResults=1&maxResults=2", "expected maxResults once"),
        ("targetType=THING", "unknown target type"),
        ("targetType=", "unknown target type"),
        ("targetType=%ff", "expected UTF-8"),
        ("nextToken=", "invalid page token"),
        ("nextToken=forged", "invalid page token"),
        // `THING_GROUP:a`: not encoded, with padding, and with an alias of the type.
        ("nextToken=THING_GROUP:a", "invalid page token"),
        ("nextToken=VEhJTkdfR1JPVVA6YQ==", "invalid page token"),
        ("nextToken=TE9HR0VSOmE", "invalid page token"),
    ] {
        refused("GET", &format!("/v2LoggingLevel?{query}"), why);
    }
    for (query, why) in [
        ("", "missing parameter targetType"),
        ("targetType=THING_GROUP", "missing parameter targetName"),
        ("targetType=THING_GROUP&targetName=", "expected the name"),
        ("targetType=DEFAULT&targetName=", "cannot be cleared"),
        ("targetName=a&targetType=THING_GROUP&targetName=b", "once"),
    ] {
        refused("DELETE", &format!("/v2LoggingLevel?{query}"), why);
    }
    refused("DELETE", "/v2LoggingLevel", "missing parameter targetType");
    let why = "expected true or false";
    refused("GET", "/v2LoggingOptions?verbose=yes", why);
    for (method, path, allowed) in [
        ("PUT", "/v2LoggingLevel", "GET, POST, DELETE"),
        ("DELETE", "/v2LoggingOptions", "GET, POST"),
    ] {
        let answer = served
            .unix(method, path)
            .json(&json!({}))
            .send()
            .expect(405);
        assert_eq!(answer.header("allow"), Some(allowed));
    }
    assert_eq!(served.control.revision(), before);
    assert_eq!(served.registry.get_logger("a").level(), Level::INFO);
}

#[test]
fn version_1_and_other_calls_are_unknown() {
    let served = serve();
    for method in ["GET", "POST"] {
        let answer = served
            .unix(method, "/loggingOptions")
            .json(&json!({}))
            .send();
        let answer = answer.expect(404);
        assert_eq!(answer.json()["__type"], "ResourceNotFoundException");
        let name = answer.header("x-amzn-errortype");
        assert_eq!(name, Some("ResourceNotFoundException"));
    }
    // Another call of an AWS client, recognized by its signature.
    let signed = "AWS4-HMAC-SHA256 Credential=a";
    let request = served
        .unix("GET", "/things")
        .header("Authorization", signed);
    assert_eq!(
        request.send().expect(404).json()["__type"],
        "ResourceNotFoundException"
    );
    let answer = served.unix("GET", "/things").send().expect(404);
    assert_eq!(answer.json(), json!({"message": "unknown path"}));
}

/// Until options are set, the calls are refused, except those that the model lets through.
#[test]
fn a_strict_control_is_not_configured_at_first() {
    let served = serve_control(|registry| Control::builder(registry).strict_aws(true).open());
    let name = "NotConfiguredException";
    for path in ["/v2LoggingOptions", "/v2LoggingLevel"] {
        expect_error(served.unix("GET", path).send(), 404, name, "never set");
    }
    let body =
        json!({"logTarget": {"targetType": "THING_GROUP", "targetName": "a"}, "logLevel": "DEBUG"});
    expect_error(
        post(&served, "/v2LoggingLevel", &body),
        404,
        name,
        "never set",
    );
    let query = "/v2LoggingLevel?targetType=THING_GROUP&targetName=a";
    served.unix("DELETE", query).send().expect(200);
    post(
        &served,
        "/v2LoggingOptions",
        &json!({"defaultLogLevel": "INFO"}),
    )
    .expect(200);
    post(&served, "/v2LoggingLevel", &body).expect(200);
    assert_eq!(get(&served, "/v2LoggingOptions")["defaultLogLevel"], "INFO");
}

#[test]
fn limits_have_aws_s_errors() {
    let served = serve_control(|registry| Control::builder(registry).max_targets(1).open());
    set(&served, "CLIENT_ID", "a", "DEBUG");
    let body =
        json!({"logTarget": {"targetType": "CLIENT_ID", "targetName": "b"}, "logLevel": "DEBUG"});
    let answer = post(&served, "/v2LoggingLevel", &body);
    expect_error(answer, 410, "LimitExceededException", "at most 1");
    let served = serve();
    let body = json!({"logTarget": {"targetType": "THING_GROUP", "targetName": "http.wire"}, "logLevel": "DEBUG"});
    let answer = post(&served, "/v2LoggingLevel", &body);
    expect_error(answer, 403, "UnauthorizedException", "allow_sensitive");
}

#[test]
fn a_strict_endpoint_has_aws_s_words_only() {
    let served = serve_with(|endpoint| endpoint.strict_aws(true));
    let target = |name: &str| LevelTarget::logger(name);
    for (name, level) in [
        ("a", Level::TRACE),
        ("b", Level::new(25)),
        ("c", Level::CRITICAL),
        ("d", Level::new(65_534)),
        ("e", Level::OFF),
        ("f", Level::new(1)),
    ] {
        served.control.set_level(target(name), level).unwrap();
    }
    let listing = get(&served, "/v2LoggingLevel?targetType=THING_GROUP");
    assert_eq!(
        listed(&listing),
        names(&[
            ("THING_GROUP a", "DEBUG"),
            ("THING_GROUP b", "INFO"),
            ("THING_GROUP c", "ERROR"),
            ("THING_GROUP d", "ERROR"),
            ("THING_GROUP e", "DISABLED"),
            ("THING_GROUP f", "DEBUG"),
        ])
    );
    set(&served, "THING_GROUP", "g", "WARN");
    assert_eq!(served.control.level(&target("g")), Some(Level::WARNING));
    for (kind, level) in [
        ("THING_GROUP", json!("TRACE")),
        ("THING_GROUP", json!("WARNING")),
        ("THING_GROUP", json!("debug")),
        ("THING_GROUP", json!("10")),
        ("THING_GROUP", json!(10)),
        ("LOGGER", json!("DEBUG")),
        ("thing_group", json!("DEBUG")),
    ] {
        let body = json!({"logTarget": {"targetType": kind, "targetName": "g"}, "logLevel": level});
        let answer = post(&served, "/v2LoggingLevel", &body);
        expect_error(answer, 400, "InvalidRequestException", "expected one of");
    }
    served.registry.root().set_level(Level::CRITICAL);
    assert_eq!(
        get(&served, "/v2LoggingOptions")["defaultLogLevel"],
        "ERROR"
    );
}
