//! What becomes of an event's fields.

use std::error::Error;
use std::fmt;

use logtree::formatter::JsonFormatter;
use logtree::handler::StreamHandler;
use logtree::{Level, Logger, Registry};
use serde_json::{Value, json};
use tracing::dispatcher::with_default;

use crate::support::Text;
use crate::tracing_bridge::{by_each_front, lines};

/// Runs a scene by each front, and passes the records as JSON to a check.
fn json(scene: impl Fn(), check: impl Fn(&[Value])) {
    by_each_front(|front| {
        let registry = Registry::new();
        let text = Text::default();
        let handler = StreamHandler::new(text.clone())
            .with_formatter(JsonFormatter::builder().source(true).build());
        registry.root().add_handler(handler);
        registry.root().set_level(Level::TRACE);
        with_default(&front(&registry), &scene);
        let parse = |line: &String| serde_json::from_str(line).unwrap();
        check(&text.lines().iter().map(parse).collect::<Vec<Value>>());
    });
}

#[derive(Debug)]
struct Failure(&'static str, Option<Box<Failure>>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|cause| cause as &dyn Error)
    }
}

#[test]
fn fields_keep_their_types() {
    let scene = || {
        tracing::info!(
            target: "app::db",
            small = -1_i64,
            large = u64::MAX,
            huge = i128::MIN,
            vast = u128::MAX,
            half = 0.5,
            yes = true,
            text = "a\"b",
            bytes = &[0_u8, 255][..],
            shown = %"x y",
            debugged = ?Some(1),
            r#type = "t",
            none = tracing::field::Empty,
            "took {} ms",
            7
        );
    };
    json(scene, |records| {
        let [record] = records else {
            panic!("{records:?}");
        };
        assert_eq!(record["message"], "took 7 ms");
        assert_eq!(
            (&record["logger"], &record["level"]),
            (&json!("app.db"), &json!("INFO"))
        );
        assert_eq!(record["file"], file!());
        assert_eq!(record["module_path"], module_path!());
        assert!(record["line"].as_u64().unwrap() > 0);
        assert_eq!(record["small"], -1);
        assert_eq!(record["large"], u64::MAX);
        assert_eq!(
            (&record["half"], &record["yes"]),
            (&json!(0.5), &json!(true))
        );
        assert_eq!(
            (&record["text"], &record["bytes"]),
            (&json!("a\"b"), &json!("00ff"))
        );
        assert_eq!(
            (&record["shown"], &record["debugged"]),
            (&json!("x y"), &json!("Some(1)"))
        );
        assert_eq!(record["type"], "t");
        assert_eq!(record.get("none"), None);
    });
    // Beyond what the parser of JSON takes apart.
    let scene = |_: &Registry| tracing::info!(huge = i128::MIN, vast = u128::MAX);
    for lines in lines(Level::INFO, "%(message)s", scene) {
        assert_eq!(lines, [format!(" huge={} vast={}", i128::MIN, u128::MAX)]);
    }
}

#[test]
fn levels_are_those_of_the_tree() {
    let scene = |_: &Registry| {
        tracing::trace!("a");
        tracing::debug!("b");
        tracing::info!("c");
        tracing::warn!("d");
        tracing::error!("e");
    };
    for lines in lines(Level::TRACE, "%(levelno)s %(message)s", scene) {
        assert_eq!(lines, ["5 a", "10 b", "20 c", "30 d", "40 e"]);
    }
}

#[test]
fn the_first_error_is_the_records_own() {
    let scene = || {
        let cause = Failure("middle", Some(Box::new(Failure("inner", None))));
        let error = Failure("outer", Some(Box::new(cause)));
        let second = Failure("second", None);
        tracing::error!(
            before = 1,
            error = &error as &(dyn Error + 'static),
            other = &second as &(dyn Error + 'static),
            "failed"
        );
    };
    json(scene, |records| {
        let [record] = records else {
            panic!("{records:?}");
        };
        assert_eq!(record["message"], "failed");
        assert_eq!(
            record["error"],
            json!("outer\ncaused by: middle\ncaused by: inner")
        );
        assert_eq!(
            (&record["before"], &record["other"]),
            (&json!(1), &json!("second"))
        );
    });
}

#[test]
fn of_several_messages_the_last_that_is_not_empty_is_shown() {
    let scene = |_: &Registry| {
        tracing::info!(message = "", rows = 1, "real");
        tracing::info!(message = "real", rows = 2, "");
        tracing::info!(message = "one", "two");
        tracing::info!(rows = 3);
    };
    for lines in lines(Level::INFO, "%(message)s", scene) {
        assert_eq!(
            lines,
            [
                "real message_=\"\" rows=1",
                "real message_=\"\" rows=2",
                "one message_=two",
                " rows=3"
            ]
        );
    }
}

/// Logs where it is formatted, or panics.
struct Odd(Option<Logger>);

impl fmt::Debug for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        logtree::info!(self.0.as_ref().expect("boom"), "logged meanwhile");
        Ok(())
    }
}

#[test]
fn a_debug_that_panics_is_marked_and_one_that_logs_is_logged() {
    let scene = |registry: &Registry| {
        tracing::info!(odd = ?Odd(None), after = 1, "first");
        tracing::info!(odd = ?Odd(Some(registry.root())), after = 2, "second");
        tracing::info!("{:?}", Odd(None));
    };
    let marked = "half<panic while formatting: boom>";
    for lines in lines(Level::INFO, "%(message)s", scene) {
        assert_eq!(
            lines,
            [
                format!("first odd=\"{marked}\" after=1"),
                "logged meanwhile".into(),
                "second odd=half after=2".into(),
                marked.into(),
            ]
        );
    }
}

/// As `tracing-log` sends records of the `log` facade on.
#[test]
fn events_of_the_facade_keep_their_origin() {
    let scene = || {
        tracing::info!(
            target: "log",
            {
                log.target = "app::net",
                log.module_path = "app::net::tcp",
                log.file = "src/tcp.rs",
                log.line = 7_u64
            },
            "from the facade"
        );
        tracing::info!(target: "log", { log.line = 7_u64 }, "of its own");
    };
    json(scene, |records| {
        let [first, second] = records else {
            panic!("{records:?}");
        };
        assert_eq!(
            (&first["logger"], &first["line"]),
            (&json!("app.net"), &json!(7))
        );
        assert_eq!(
            (&first["file"], &first["module_path"]),
            (&json!("src/tcp.rs"), &json!("app::net::tcp"))
        );
        assert_eq!(first.get("log.line"), None);
        assert_eq!(second["logger"], "log");
    });
}

/// What reads single values, and not all of them, gets the same ones.
#[test]
fn a_field_can_be_read_by_its_name() {
    let scene = |registry: &Registry| {
        let filter = |record: &mut logtree::Record<'_>| {
            let rows = record.key_values().get("rows").unwrap().to_i64();
            rows == Some(3)
        };
        registry.root().add_filter(filter);
        tracing::info!(rows = 3, host = "n", "kept");
        tracing::info!(rows = 4, host = "n", "dropped");
    };
    for lines in lines(Level::INFO, "%(rows)s %(name)s %(message)s", scene) {
        let name = module_path!().replace("::", ".");
        assert_eq!(lines, [format!("3 {name} kept host=n")]);
    }
}
