//! Clearing all levels that were set from outside.

use std::time::Duration;

use logtree::Level;
use logtree::control::LevelTarget;

use crate::http::serve;

/// What the program has set stays, by whatever dialect all others are cleared.
#[test]
fn the_levels_of_the_program_stay() {
    let hour = Duration::from_secs(3_600);
    for (method, path, clears_values) in [
        ("DELETE", "/v1/levels", true),
        ("DELETE", "/v1/levels?type=LOGGER", false),
        ("POST", "/logging?level=error", false),
    ] {
        let served = serve();
        let (registry, control) = (&served.registry, &served.control);
        for name in ["own", "own.hidden", "a\nb"] {
            registry.get_logger(name).set_level(Level::WARNING);
        }
        let target = |name: &str| LevelTarget::logger(name);
        let client = LevelTarget::client_id("c");
        control.set_level(target("set"), Level::DEBUG).unwrap();
        control.set_level(client.clone(), Level::DEBUG).unwrap();
        for name in ["timed", "own.hidden"] {
            control
                .set_level_for(target(name), Level::DEBUG, hour)
                .unwrap();
        }
        control.set_level(target("taken"), Level::DEBUG).unwrap();
        registry.get_logger("taken").set_level(Level::CRITICAL);
        control.set_group("group", ["member"]).unwrap();
        control.set_group_level("group", Level::DEBUG).unwrap();

        served.unix(method, path).send().expect(200);
        let own = |name: &str| control.level(&target(name));
        for name in ["own", "own.hidden", "a\nb"] {
            assert_eq!(own(name), Some(Level::WARNING), "{path} {name:?}");
        }
        // Set by a control, and then by the program.
        assert_eq!(own("taken"), Some(Level::CRITICAL), "{path}");
        for name in ["set", "timed", "member"] {
            assert_eq!(own(name), None, "{path} {name}");
        }
        assert_eq!(control.level(&client).is_none(), clears_values, "{path}");
        assert_eq!(control.group("group").unwrap().level, None, "{path}");
        // As one change, which is undone as one.
        control.undo(control.revision()).unwrap();
        assert_eq!(own("member"), Some(Level::DEBUG), "{path}");
        assert_eq!(own("own.hidden"), Some(Level::DEBUG), "{path}");
        assert_eq!(control.group("group").unwrap().level, Some(Level::DEBUG));
    }
}

#[test]
fn a_parameter_that_is_misspelt_clears_nothing() {
    let served = serve();
    let target = LevelTarget::logger("a");
    served
        .control
        .set_level(target.clone(), Level::DEBUG)
        .unwrap();
    for query in ["?types=LOGGER", "?type=LOGGERS", "?type=", "?dryRun=true"] {
        let path = format!("/v1/levels{query}");
        served.unix("DELETE", &path).send().expect(400);
    }
    let stale = served
        .unix("DELETE", "/v1/levels")
        .header("If-Match", "\"0\"");
    stale.send().expect(412);
    assert_eq!(served.control.level(&target), Some(Level::DEBUG));
}
