//! Spans and fields that are out of order.

use std::fmt;
use std::sync::Arc;
use std::thread;

use logtree::formatter::JsonFormatter;
use logtree::handler::StreamHandler;
use logtree::{Level, Registry};
use tracing::dispatcher::{self, with_default};
use tracing::field;
use tracing::span::Id;
use tracing::{Dispatch, Metadata};
use tracing_core::callsite::{Callsite, Identifier};
use tracing_core::metadata::Kind;
use tracing_core::subscriber::Interest;

use crate::support::{Text, to_text};
use crate::tracing_bridge::spans::hold_guards_over_awaits;
use crate::tracing_bridge::traps::play;
use crate::tracing_bridge::{Front, by_each_front, by_exact_front, lines};

#[test]
fn a_hundred_thousand_guards_over_an_await_do_no_harm() {
    play("guards");
}

pub(super) fn guards() {
    let quiet = || {
        let registry = Registry::new();
        registry.root().set_level(Level::INFO);
        let is_last = |record: &mut logtree::Record<'_>| record.message() == "last";
        registry.root().add_filter(is_last);
        registry
    };
    let registry = quiet();
    let subscriber = Arc::new(registry.tracing_subscriber());
    let dispatch = Dispatch::from(Arc::clone(&subscriber));
    hold(&registry, &dispatch, 25_000, true);
    assert_eq!(subscriber.open_spans(), 0);
    // The store of `tracing-subscriber` panics where the current span was closed by a guard of
    // another span, so nothing asks for it.
    by_each_front(|front| {
        let registry = quiet();
        hold(&registry, &front(&registry), 1_000, false);
    });
}

fn hold(registry: &Registry, dispatch: &Dispatch, rounds: u64, asks_for_current: bool) {
    let (handler, text) = to_text("%(spans)s %(message)s");
    registry.root().add_handler(handler);
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                with_default(dispatch, || {
                    hold_guards_over_awaits(rounds, asks_for_current);
                    tracing::info!("last");
                });
            });
        }
    });
    assert_eq!(text.lines(), ["None last"; 4]);
}

/// As of another subscriber, or of a span that was closed.
#[test]
fn a_parent_that_is_not_known_is_none() {
    let scene = |_: &Registry| {
        let _span = tracing::info_span!("request").entered();
        let unknown = Id::from_u64(u64::MAX);
        tracing::info!(parent: unknown.clone(), "event");
        let current = tracing::Span::current();
        current.follows_from(unknown);
        tracing::info!("after");
    };
    for lines in lines(Level::INFO, "%(spans)s %(message)s", scene) {
        assert_eq!(lines, ["None event", "request after"]);
    }
}

#[test]
fn spans_of_two_subscribers_keep_apart() {
    by_each_front(|front| {
        let (first, second) = (Registry::new(), Registry::new());
        let (handler, text) = to_text("%(message)s");
        second.root().add_handler(handler);
        second.root().set_level(Level::INFO);
        first.root().set_level(Level::INFO);
        let (first, second) = (front(&first), front(&second));
        let span = with_default(&first, || tracing::info_span!("of the first"));
        with_default(&second, || {
            let entered = span.enter();
            let own = tracing::info_span!("of the second").entered();
            tracing::info!("inside");
            drop(entered);
            drop(span.clone());
            drop(own);
            drop(span);
            tracing::info!("after");
        });
        assert_eq!(text.lines(), ["inside", "after"]);
    });
}

#[test]
fn a_span_that_another_thread_leaves_stays_where_it_is() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = to_text("%(span)s %(message)s");
        registry.root().add_handler(handler);
        registry.root().set_level(Level::INFO);
        let dispatch = front(&registry);
        with_default(&dispatch, || {
            let span = tracing::info_span!("request");
            let id = span.id().unwrap();
            thread::scope(|threads| {
                let entered = threads.spawn(|| {
                    with_default(&dispatch, || {
                        dispatch.enter(&id);
                        tracing::info!("entered");
                    });
                });
                entered.join().unwrap();
            });
            dispatch.exit(&id);
            tracing::info!("here");
            dispatch.enter(&id);
            tracing::info!("entered");
            dispatch.exit(&id);
            dispatch.exit(&id);
            tracing::info!("left");
        });
        let expected = [
            "request entered",
            "None here",
            "request entered",
            "None left",
        ];
        assert_eq!(text.lines(), expected);
    });
}

#[test]
fn spans_last_while_everything_is_disabled() {
    let scene = |registry: &Registry| {
        let span = tracing::info_span!("request", id = 7, later = field::Empty);
        let _entered = span.enter();
        registry.disable(Level::CRITICAL);
        tracing::error!("disabled");
        tracing::error_span!("disabled").in_scope(|| tracing::error!("disabled"));
        span.record("later", 8);
        registry.disable(Level::NOTSET);
        tracing::info!("enabled");
    };
    for lines in lines(Level::INFO, "%(spans)s %(message)s", scene) {
        assert_eq!(lines, ["request enabled id=7 later=8"]);
    }
}

/// Runs a scene by each front, and returns the JSON that each wrote.
fn json(scene: impl Fn()) -> Vec<String> {
    let all = std::cell::RefCell::new(Vec::new());
    by_each_front(|front| {
        let registry = Registry::new();
        let text = Text::default();
        let handler =
            StreamHandler::new(text.clone()).with_formatter(JsonFormatter::builder().build());
        registry.root().add_handler(handler);
        registry.root().set_level(Level::INFO);
        with_default(&front(&registry), &scene);
        all.borrow_mut().push(text.get());
    });
    all.into_inner()
}

#[test]
fn fields_of_one_name_and_numbers_of_128_bits_are_valid_json() {
    let lines = json(|| {
        let _span = tracing::info_span!("span", b = 1, b = 2, low = i128::MIN).entered();
        tracing::info!(a = 3, a = 4, high = u128::MAX, "event");
    });
    for line in lines {
        let record: serde_json::Value = serde_json::from_str(&line).unwrap();
        let values = (&record["b"], &record["message"]);
        assert_eq!(values, (&2.into(), &"event".into()));
        // Both are there, under different keys.
        let of_event = |number: i64| {
            let mut values = record.as_object().unwrap().values();
            values.any(|value| value.as_i64() == Some(number))
        };
        assert!(of_event(3) && of_event(4), "{line}");
        for number in [i128::MIN.to_string(), u128::MAX.to_string()] {
            assert!(line.contains(&format!(":{number}")), "{line}");
        }
    }
}

/// Panics where it is formatted, or opens a span and logs.
struct Odd(bool);

impl fmt::Debug for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert!(!self.0, "boom");
        tracing::info_span!("within").in_scope(|| tracing::info!("logged meanwhile"));
        f.write_str("odd")
    }
}

#[test]
fn a_recorded_value_may_panic_or_log() {
    let scene = |_: &Registry| {
        let span = tracing::info_span!("request", value = field::Empty);
        let _entered = span.enter();
        span.record("value", field::debug(Odd(false)));
        tracing::info!("one");
        span.record("value", field::debug(Odd(true)));
        tracing::info!("two");
    };
    for lines in lines(Level::INFO, "%(spans)s %(message)s", scene) {
        assert_eq!(
            lines,
            [
                "request:within logged meanwhile",
                "request one value=odd",
                "request two value=\"<panic while formatting: boom>\""
            ]
        );
    }
}

struct MadeUp;

impl Callsite for MadeUp {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        unreachable!("it is not registered")
    }
}

/// As `tracing-log` makes call sites up for `log_enabled!`.
#[test]
fn call_sites_that_were_never_registered_are_enabled_by_level() {
    static MADE_UP: MadeUp = MadeUp;
    let is_enabled = |front: &Front, level| {
        let registry = Registry::new();
        registry.get_logger("app").set_level(Level::INFO);
        let fields = field::FieldSet::new(&["message"], Identifier(&MADE_UP));
        let target = String::from("app::db");
        let metadata = Metadata::new("", &target, level, None, None, None, fields, Kind::EVENT);
        with_default(&front(&registry), || {
            dispatcher::get_default(|dispatch| dispatch.enabled(&metadata))
        })
    };
    by_each_front(|front| assert!(is_enabled(front, tracing::Level::INFO)));
    by_exact_front(|front| assert!(!is_enabled(front, tracing::Level::DEBUG)));
}
