//! Sequences of calls through several dialects, against the same calls of a control.

use std::fmt::Write;
use std::thread;
use std::time::Duration;

use logtree::control::{Change, Control, LevelTarget, LoggingOptions, Page, TargetType};
use logtree::{Level, Registry};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::http::{Answer, Request, Served, serve};

/// A call through a dialect, and the corresponding call of a control.
#[derive(Clone, Debug)]
enum Call {
    Set(LevelTarget, Level),
    Clear(LevelTarget),
    /// Several loggers as one.
    SetSome(Vec<(LevelTarget, Level)>),
    /// The default level, and no other logger's.
    SetAll(Level),
    /// A temporary level, which lasts longer than the test.
    SetFor(LevelTarget, Level),
    EndTemporary(LevelTarget),
    ClearAll,
    SetGroup(Option<Level>),
    Members(Vec<String>),
    Options(Option<Level>, Option<bool>),
    /// The change so many revisions ago is undone, but not that which made the group.
    Undo(u64),
}

/// A call as a request of a dialect: method, path, media type, body.
type Written = (&'static str, String, &'static str, String);

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const GROUP: &str = "group";

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' => encoded.push(char::from(byte)),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
        encoded
    })
}

/// Returns a call in each dialect that has it.
fn dialects(call: &Call, level_word: fn(Level) -> String, revision: u64) -> Vec<Written> {
    let mut all = Vec::new();
    let mut add = |method, path: String, media_type, body: String| {
        all.push((method, path, media_type, body));
    };
    let spring = |name: &str| match name {
        "" => "/loggers/ROOT".to_owned(),
        name => format!("/actuator/loggers/{}", encoded(name)),
    };
    let native = |target: &LevelTarget, level: Value| {
        json!({
            "target": target.name(),
            "type": target.target_type().aws_name(),
            "level": level,
        })
    };
    match call {
        Call::Set(target, level) => {
            let word = level_word(*level);
            let (kind, name) = (target.target_type(), target.name());
            let mut aws = json!({ "targetType": kind.aws_name() });
            if kind != TargetType::Default {
                aws["targetName"] = name.into();
            }
            let body = json!({"logTarget": aws, "logLevel": word});
            add("POST", "/v2LoggingLevel".into(), JSON, body.to_string());
            let body = json!({ "changes": [native(target, json!(word))] });
            add("PATCH", "/v1/levels".into(), JSON, body.to_string());
            match kind {
                TargetType::Default => {
                    let body = json!({ "level": word }).to_string();
                    add("PUT", "/level".into(), JSON, body);
                    let body = format!("level={}", encoded(&word));
                    add("PUT", "/level".into(), FORM, body);
                    let body = json!({ "defaultLogLevel": word }).to_string();
                    add("POST", "/v2LoggingOptions".into(), JSON, body);
                }
                TargetType::EventType => {
                    let events = json!([{"eventType": name, "logLevel": word}]);
                    let body = json!({ "eventConfigurations": events }).to_string();
                    add("POST", "/v2LoggingOptions".into(), JSON, body);
                }
                _ => {}
            }
            if matches!(kind, TargetType::Default | TargetType::Logger) {
                let body = json!({ "configuredLevel": word }).to_string();
                add("POST", spring(name), JSON, body);
                let name = encoded(if name.is_empty() { "root" } else { name });
                let path = format!("/logging?{name}={}", encoded(&word));
                add("POST", path, JSON, String::new());
                let path = format!("/logging?paths={name}:{}", encoded(&word));
                add("POST", path, JSON, String::new());
            }
        }
        Call::Clear(target) => {
            let (kind, name) = (target.target_type(), target.name());
            let query = format!("targetType={kind}&targetName={}", encoded(name));
            let path = format!("/v2LoggingLevel?{query}");
            add("DELETE", path, JSON, String::new());
            let path = format!("/v1/levels/{}/{}", kind.aws_name(), encoded(name));
            add("DELETE", path, JSON, String::new());
            let body = json!({ "changes": [native(target, Value::Null)] });
            add("PATCH", "/v1/levels".into(), JSON, body.to_string());
            if matches!(kind, TargetType::Default | TargetType::Logger) {
                for body in ["{}", r#"{"configuredLevel":null}"#] {
                    add("POST", spring(name), JSON, body.to_owned());
                }
            }
        }
        Call::SetSome(levels) => {
            let paths = levels.iter().map(|(target, level)| {
                format!(
                    "{}:{}",
                    encoded(target.name()),
                    encoded(&level_word(*level))
                )
            });
            let paths = paths.collect::<Vec<_>>().join(",");
            add(
                "POST",
                format!("/logging?paths={paths}"),
                JSON,
                String::new(),
            );
            let levels = levels.iter();
            let changes = levels.map(|(target, level)| native(target, json!(level_word(*level))));
            let body = json!({ "changes": changes.collect::<Vec<_>>() });
            add("PATCH", "/v1/levels".into(), JSON, body.to_string());
        }
        Call::SetAll(level) => {
            let path = format!("/logging?level={}", encoded(&level_word(*level)));
            add("POST", path, JSON, String::new());
        }
        Call::SetFor(target, level) => {
            let mut change = native(target, json!(level_word(*level)));
            change["for"] = "1h".into();
            let body = json!({ "changes": [change] });
            add("PATCH", "/v1/levels".into(), JSON, body.to_string());
        }
        Call::EndTemporary(target) => {
            let mut change = native(target, Value::Null);
            change["end"] = true.into();
            let body = json!({ "changes": [change] });
            add("PATCH", "/v1/levels".into(), JSON, body.to_string());
        }
        Call::ClearAll => add("DELETE", "/v1/levels".into(), JSON, String::new()),
        Call::SetGroup(level) => {
            let body = json!({ "configuredLevel": level.map(level_word) });
            add("POST", spring(GROUP), JSON, body.to_string());
            let body = json!({ "level": level.map(level_word) });
            add("PUT", format!("/v1/groups/{GROUP}"), JSON, body.to_string());
        }
        Call::Members(members) => {
            let body = json!({ "members": members });
            add("PUT", format!("/v1/groups/{GROUP}"), JSON, body.to_string());
        }
        Call::Undo(back) => {
            let body = json!({ "revision": undone(*back, revision) });
            add("POST", "/v1/undo".into(), JSON, body.to_string());
        }
        Call::Options(level, disable) => {
            let mut body = json!({});
            if let Some(level) = level {
                body["defaultLogLevel"] = level_word(*level).into();
            }
            if let Some(disable) = disable {
                body["disableAllLogs"] = (*disable).into();
            }
            add("POST", "/v2LoggingOptions".into(), JSON, body.to_string());
            let level = level.map(level_word);
            let mut body = json!({});
            if let Some(level) = level {
                body["defaultLevel"] = level.into();
            }
            if let Some(disable) = disable {
                body["disableAll"] = (*disable).into();
            }
            add("PATCH", "/v1/options".into(), JSON, body.to_string());
        }
    }
    all
}

/// Returns the revision that is undone; the first one makes the group.
fn undone(back: u64, revision: u64) -> u64 {
    revision.saturating_sub(back).max(2)
}

/// Makes a call on a control. Reports whether it was accepted.
fn call_control(control: &Control, call: Call) -> bool {
    let result = match call {
        Call::Set(target, level) => control.apply([Change::Level(target, level)]),
        Call::Clear(target) => control.apply([Change::Clear(target)]),
        Call::SetSome(levels) => {
            let levels = levels.into_iter();
            control.apply(levels.map(|(target, level)| Change::Level(target, level)))
        }
        Call::SetAll(level) => {
            let default = Change::Level(LevelTarget::default_level(), level);
            control.apply([Change::ClearAll(Some(TargetType::Logger)), default])
        }
        Call::SetFor(target, level) => {
            let hour = Duration::from_secs(3_600);
            control.apply([Change::LevelFor(target, level, hour)])
        }
        Call::EndTemporary(target) => control.apply([Change::EndTemporary(target)]),
        Call::ClearAll => control.clear_all(None),
        Call::Members(members) => control.apply([Change::Group(GROUP.to_owned(), members)]),
        Call::Undo(back) => control.undo(undone(back, control.revision())),
        Call::SetGroup(level) => control.apply([Change::GroupLevel(GROUP.to_owned(), level)]),
        Call::Options(level, disable) => {
            let mut options = LoggingOptions::default();
            options.default_level = level;
            options.disable_all = disable;
            control.set_options(options)
        }
    };
    result.is_ok()
}

fn send(served: &Served, (method, path, media_type, body): Written) -> Answer {
    let request: Request = served.unix(method, &path);
    request.body(media_type, body).send()
}

/// Everything that can be read from a control.
fn state(control: &Control) -> impl PartialEq + std::fmt::Debug + use<> {
    let overrides = control.list(None, Page::new(Page::MAX)).unwrap().overrides;
    // Ends differ by the time between the two calls.
    let levels = overrides.into_iter();
    let levels = levels.map(|one| (one.target, one.level, one.until.is_some()));
    let options = control.options().unwrap();
    let mut loggers = control.loggers();
    for logger in &mut loggers {
        logger.until = None;
    }
    (
        loggers,
        levels.collect::<Vec<_>>(),
        control.groups(),
        options,
    )
}

fn serve_group() -> (Served, Control) {
    let served = serve();
    let control = Control::new(&Registry::new());
    for control in [&served.control, &control] {
        control.set_group(GROUP, ["a", "x.y"]).unwrap();
    }
    (served, control)
}

fn level() -> impl Strategy<Value = Level> {
    // The last one cannot be set.
    let numbers = vec![5, 10, 20, 30, 40, 50, 65_535, 15, 0];
    prop::sample::select(numbers).prop_map(Level::new)
}

fn target() -> impl Strategy<Value = LevelTarget> {
    let names = vec!["a", "a.b", "a.b.c", "x.y", "é/ &", "bad..name"];
    let kinds = vec![
        TargetType::Default,
        TargetType::Logger,
        TargetType::Logger,
        TargetType::Logger,
        TargetType::ClientId,
        TargetType::EventType,
        TargetType::SourceIp,
    ];
    let parts = (prop::sample::select(kinds), prop::sample::select(names));
    parts.prop_map(|(kind, name)| LevelTarget::new(kind, name))
}

fn members() -> impl Strategy<Value = Vec<String>> {
    let name = prop::sample::select(&["a", "a.b", "x.y", "new", "bad..name"][..]);
    // One without any is a logger to Spring Boot, and so to its dialect.
    prop::collection::vec(name.prop_map(str::to_owned), 1..3)
}

fn call() -> impl Strategy<Value = Call> {
    let logger = prop::sample::select(&["a", "a.b", "x", "bad..name"][..]);
    let logger = logger.prop_map(LevelTarget::logger);
    let some = prop::collection::vec((logger, level()), 1..4);
    prop_oneof![
        6 => (target(), level()).prop_map(|(target, level)| Call::Set(target, level)),
        3 => target().prop_map(Call::Clear),
        2 => some.prop_map(Call::SetSome),
        1 => level().prop_map(Call::SetAll),
        2 => (target(), level()).prop_map(|(target, level)| Call::SetFor(target, level)),
        1 => target().prop_map(Call::EndTemporary),
        1 => Just(Call::ClearAll),
        2 => prop::option::of(level()).prop_map(Call::SetGroup),
        1 => members().prop_map(Call::Members),
        3 => (0..4_u64).prop_map(Call::Undo),
        1 => (prop::option::of(level()), prop::option::of(any::<bool>()))
            .prop_map(|(level, disable)| Call::Options(level, disable)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_calls_through_any_dialects_leave_what_they_leave_on_a_control(
        // Fewer than the changes that are accepted in a second.
        calls in prop::collection::vec((call(), any::<prop::sample::Index>(), any::<bool>()), 1..30)
    ) {
        let (served, control) = serve_group();
        for (call, dialect, as_number) in calls {
            let word: fn(Level) -> String = match as_number {
                true => |level| level.number().to_string(),
                false => |level| level.to_string(),
            };
            let revision = served.control.revision();
            let written = dialect.get(&dialects(&call, word, revision)).clone();
            let answer = send(&served, written.clone());
            let is_accepted = call_control(&control, call);
            let is_expected = match answer.status {
                200..205 => is_accepted,
                // Wrong, or changed again since.
                400 | 412 => !is_accepted,
                _ => false,
            };
            prop_assert!(is_expected, "{written:?}: {answer:?}");
            prop_assert_eq!(state(&served.control), state(&control), "{:?}", written);
        }
    }
}

/// Each call has a request in each of its dialects, so that none is left out above by mistake.
#[test]
fn every_dialect_has_its_calls() {
    let word = |level: Level| level.to_string();
    let logger = LevelTarget::logger("a");
    for (call, dialects_of_it) in [
        (Call::Set(LevelTarget::default_level(), Level::INFO), 8),
        (Call::Set(logger.clone(), Level::INFO), 5),
        (Call::Set(LevelTarget::event_type("e"), Level::INFO), 3),
        (Call::Set(LevelTarget::client_id("c"), Level::INFO), 2),
        (Call::Clear(logger.clone()), 5),
        (Call::SetSome(vec![(logger, Level::INFO)]), 2),
        (Call::SetAll(Level::DEBUG), 1),
        (Call::SetFor(LevelTarget::client_id("c"), Level::INFO), 1),
        (Call::EndTemporary(LevelTarget::client_id("c")), 1),
        (Call::ClearAll, 1),
        (Call::SetGroup(Some(Level::DEBUG)), 2),
        (Call::SetGroup(None), 2),
        (Call::Members(vec!["b".to_owned()]), 1),
        (Call::Options(Some(Level::DEBUG), Some(true)), 2),
    ] {
        let all = dialects(&call, word, 1);
        assert_eq!(all.len(), dialects_of_it, "{call:?}");
        for written in all {
            let (served, control) = serve_group();
            let answer = send(&served, written.clone());
            assert!(
                (200..205).contains(&answer.status),
                "{written:?}: {answer:?}"
            );
            assert!(call_control(&control, call.clone()));
            assert_eq!(state(&served.control), state(&control), "{written:?}");
        }
    }
}

/// Threads read a number and set the next one at the revision they read, while others change
/// something else.
#[test]
fn no_update_is_lost() {
    const THREADS: u16 = 4;
    const EACH: u16 = 10;
    let served = serve();
    served
        .registry
        .get_logger("number")
        .set_level(Level::new(100));
    let read = || {
        let answer = served.unix("GET", "/v1/levels?type=LOGGER").send();
        let answer = answer.expect(200);
        let levels = answer.json()["levels"].as_array().unwrap().clone();
        let own = levels.iter().find(|one| one["target"] == "number");
        let level = own.unwrap()["level"].as_str().unwrap();
        let number = served.registry.parse_level(level).unwrap().number();
        (answer.header("etag").unwrap().to_owned(), number)
    };
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (served, read) = (&served, &read);
            scope.spawn(move || {
                let mut left = EACH;
                while left > 0 {
                    let (etag, number) = read();
                    let change = json!({"target": "number", "type": "LOGGER", "level": number + 1});
                    let request = served.unix("PATCH", "/v1/levels").header("If-Match", &etag);
                    let answer = request.json(&json!({ "changes": [change] })).send();
                    match answer.status {
                        200 => left -= 1,
                        // Another thread was faster, or there were too many changes.
                        412 | 429 => {}
                        _ => panic!("{answer:?}"),
                    }
                    let path = format!("/logging?other{thread}=debug");
                    let answer = served.unix("POST", &path).send();
                    assert!([200, 429].contains(&answer.status), "{answer:?}");
                }
            });
        }
    });
    let level = served.registry.get_logger("number").level();
    assert_eq!(level, Level::new(100 + THREADS * EACH));
}
