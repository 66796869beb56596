//! The dialect of Envoy.

use logtree::Level;
use logtree::control::LevelTarget;

use crate::http::{Answer, Served, serve};

const FORM: &str = "application/x-www-form-urlencoded";

fn post(served: &Served, query: &str) -> Answer {
    served.unix("POST", &format!("/logging{query}")).send()
}

/// The levels of names that are there.
fn levels(served: &Served) -> Vec<(String, Level)> {
    let states = served.control.loggers().into_iter();
    let configured = states.filter_map(|state| Some((state.name, state.configured?)));
    configured.collect()
}

fn pairs(pairs: &[(&str, Level)]) -> Vec<(String, Level)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, level)| ((*name).to_owned(), *level))
        .collect()
}

#[test]
fn the_loggers_are_listed_as_text() {
    let served = serve();
    served.registry.get_logger("b.c").set_level(Level::CRITICAL);
    served
        .registry
        .get_logger("a\nb: off")
        .set_level(Level::new(15));
    let expected = "active loggers:\n  root: warning\n  a\\nb: off: level 15\n  b.c: critical\n";
    for method in ["GET", "POST"] {
        for query in ["", "?", "?&"] {
            let answer = served.unix(method, &format!("/logging{query}")).send();
            let answer = answer.expect(200);
            assert_eq!(
                answer.header("content-type"),
                Some("text/plain; charset=utf-8")
            );
            assert_eq!(answer.body, expected, "{method} {query}");
        }
    }
}

#[test]
fn one_level_some_and_all_are_set() {
    let served = serve();
    served
        .control
        .set_level(LevelTarget::client_id("c"), Level::DEBUG)
        .unwrap();
    let answer = post(&served, "?a.b=debug").expect(200);
    let expected = "active loggers:\n  root: warning\n  a.b: debug\n";
    assert!(answer.body.starts_with(expected), "{answer:?}");
    let root = ("root", Level::WARNING);
    assert_eq!(levels(&served), pairs(&[root, ("a.b", Level::DEBUG)]));
    post(&served, "?paths=a:info,%20c%3A%3Ad:15%20,,e:OFF").expect(200);
    assert_eq!(
        levels(&served),
        pairs(&[
            root,
            ("a", Level::INFO),
            ("a.b", Level::DEBUG),
            ("c.d", Level::new(15)),
            ("e", Level::OFF),
        ])
    );
    post(&served, "?root=error").expect(200);
    assert_eq!(served.registry.root().level(), Level::ERROR);
    // A logger of such a name is set by `paths`.
    post(&served, "?paths=level:debug,paths:info").expect(200);
    assert_eq!(served.registry.get_logger("level").level(), Level::DEBUG);
    let request = served.unix("POST", "/logging").body(FORM, "a.b=trace");
    request.send().expect(200);
    assert_eq!(served.registry.get_logger("a.b").level(), Level::TRACE);
    // All of them: the root's level, and none below it. Levels of values stay.
    post(&served, "?level=Critical").expect(200);
    assert_eq!(levels(&served), pairs(&[("root", Level::CRITICAL)]));
    let client = served.control.level(&LevelTarget::client_id("c"));
    assert_eq!(client, Some(Level::DEBUG));
    // A temporary level ends with that.
    let hour = std::time::Duration::from_secs(3600);
    let target = LevelTarget::logger("a");
    served
        .control
        .set_level_for(target.clone(), Level::DEBUG, hour)
        .unwrap();
    post(&served, "?level=info").expect(200);
    assert_eq!(served.control.level(&target), None);
}

/// A logger that is set while the others are cleared keeps its level, or is cleared too: none is
/// left half done, and the request does not fail.
#[test]
fn all_are_set_while_others_set_some() {
    let served = serve();
    let control = served.control.clone();
    std::thread::scope(|scope| {
        let setting = scope.spawn(|| {
            for number in 0..200 {
                let target = LevelTarget::logger(format!("a.b{number}"));
                control.set_level(target, Level::DEBUG).unwrap();
            }
        });
        while !setting.is_finished() {
            let answer = post(&served, "?level=error");
            assert!([200, 412, 429].contains(&answer.status), "{answer:?}");
        }
    });
    // Once the changes before are forgotten, another is accepted.
    while post(&served, "?level=error").status != 200 {}
    assert_eq!(levels(&served), pairs(&[("root", Level::ERROR)]));
}

#[test]
fn what_is_wrong_changes_nothing_and_shows_the_usage() {
    let served = serve();
    served.registry.get_logger("a").set_level(Level::INFO);
    let before = (served.control.revision(), levels(&served));
    for (query, why) in [
        ("?level=loud", "unknown level \"loud\""),
        ("?level=", "unknown level \"\""),
        ("?level", "unknown level \"\""),
        ("?a=loud", "unknown level \"loud\""),
        ("?=debug", "empty logger name"),
        ("?a=debug&b=info", "invalid number of parameters"),
        ("?a=debug&a=info", "invalid number of parameters"),
        ("?level=info&level=info", "invalid number of parameters"),
        ("?paths=", "empty logger name"),
        ("?paths=,", "empty logger name"),
        ("?paths=a", "empty logger name"),
        ("?paths=a:", "empty logger name"),
        ("?paths=:debug", "empty logger name"),
        ("?paths=a:debug,b:loud", "unknown level \"loud\""),
        ("?paths=a:debug,b..c:info", "empty segment"),
        ("?paths=a:debug,*:info", "patterns are not supported"),
        ("?a*=debug", "patterns are not supported"),
        ("?a%0Ab=debug", "not allowed"),
        ("?a=NOTSET", "NOTSET"),
        ("?%ff=debug", "expected UTF-8"),
    ] {
        let answer = post(&served, query).expect(400);
        let first = answer.body.lines().next().unwrap();
        assert!(
            first.starts_with("error: ") && first.contains(why),
            "{query}: {first}"
        );
        assert!(
            answer.body.contains("\nusage: /logging?<name>=<level>"),
            "{answer:?}"
        );
        assert!(
            answer.body.contains("\nlevels: notset trace debug info "),
            "{answer:?}"
        );
    }
    let answer = served.unix("GET", "/logging?a=debug").send().expect(400);
    assert!(
        answer.body.starts_with("error: invalid method"),
        "{answer:?}"
    );
    for method in ["PUT", "PATCH", "DELETE"] {
        let answer = served.unix(method, "/logging?a=debug").send().expect(405);
        assert_eq!(answer.header("allow"), Some("GET, POST"));
    }
    for path in ["/logging/", "/logging/a?a=debug", "/LOGGING"] {
        served.unix("POST", path).send().expect(404);
    }
    assert_eq!((served.control.revision(), levels(&served)), before);
}
