//! Records of the `log` facade beside events. `tests/tracing_matrix` has all set-ups, each in a
//! process of its own.

use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use log::Log;
use logtree::formatter::{Format, JsonFormatter};
use logtree::handler::{DropReason, QueueHandler, Sink, StreamHandler};
use logtree::test::Capture;
use logtree::tracing::SpanEvents;
use logtree::{Error, Handler, Level, Record, Registry};
use tracing::dispatcher::with_default;
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata};

use crate::tracing_bridge::by_each_front;

/// Sends a record of the facade as `tracing` does.
fn send(registry: &Registry, line: u32, text: &str) {
    let mut record = log::Record::builder();
    let record = record.level(log::Level::Info).target("app");
    let record = record.file(Some(file!())).line(Some(line));
    registry.log(&record.args(format_args!("{text}")).build());
}

/// Returns the line of the call site of an event.
#[rustfmt::skip]
fn event(text: &str) -> u32 { tracing::info!("{text}"); line!() }

#[test]
fn a_copy_of_an_event_is_dropped_where_the_event_is_a_record() {
    by_each_front(|front| {
        let registry = Registry::new();
        let capture = Capture::builder(&registry.root())
            .level(Level::INFO)
            .start();
        let messages = || -> Vec<_> {
            let records = capture.records();
            records.iter().map(|it| it.message().to_owned()).collect()
        };
        let line = with_default(&front(&registry), || {
            let line = event("event");
            send(&registry, line, "copy");
            send(&registry, 1, "of another place");
            // The facade's macros, on whatever line.
            let record = log::Record::builder()
                .level(log::Level::Info)
                .file_static(Some(file!()))
                .line(Some(line))
                .build();
            registry.log(&record);
            line
        });
        assert_eq!(messages(), ["event", "of another place", ""]);
        assert_eq!(registry.dropped_for(DropReason::Duplicate), 1);
        assert_eq!(registry.dropped(), 1);
        // The event goes to another registry, or to none.
        let other = Registry::new();
        with_default(&front(&other), || send(&registry, line, "no copy here"));
        send(&registry, line, "nor here");
        assert_eq!(messages()[3..], ["no copy here", "nor here"]);
        assert_eq!(registry.dropped_for(DropReason::Duplicate), 1);
    });
}

/// Keeps the first thread that registers the call site of a target until it is released.
struct HoldsUp {
    target: &'static str,
    reached: Mutex<Option<Sender<()>>>,
    released: Mutex<Receiver<()>>,
}

impl tracing::Subscriber for HoldsUp {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target() == self.target {
            let first = self.reached.lock().unwrap().take();
            if let Some(reached) = first {
                reached.send(()).unwrap();
                self.released.lock().unwrap().recv().unwrap();
            }
        }
        Interest::never()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The target of a call site, and what emits its event and returns its line.
type CallSite = (&'static str, fn() -> u32);

/// Another thread registers the call site, and the bridge has not heard of it; or only by a rebuild
/// of what `tracing` caches, as a change of levels starts one.
#[test]
fn a_copy_is_known_while_its_call_site_is_registered() {
    macro_rules! call_site {
        ($target:literal) => {
            ($target, || {
                tracing::info!(target: $target, "event");
                line!()
            })
        };
    }
    let call_sites: [CallSite; 4] = [
        call_site!("held.1"),
        call_site!("held.2"),
        call_site!("held.3"),
        call_site!("held.4"),
    ];
    let call_sites = Mutex::new(call_sites.into_iter());
    by_each_front(|front| {
        for is_rebuilt in [false, true] {
            let (target, event) = call_sites.lock().unwrap().next().unwrap();
            let (reached, reaches) = mpsc::channel();
            let (release, released) = mpsc::channel();
            let holds_up = Dispatch::new(HoldsUp {
                target,
                reached: Mutex::new(Some(reached)),
                released: Mutex::new(released),
            });
            let registry = Registry::new();
            let capture = Capture::builder(&registry.root())
                .level(Level::INFO)
                .start();
            // `tracing` asks in the order in which they were made.
            let ours = front(&registry);
            let first = thread::spawn(move || with_default(&holds_up, event));
            reaches.recv().unwrap();
            if is_rebuilt {
                registry.get_logger("held").set_level(Level::DEBUG);
            }
            with_default(&ours, || send(&registry, event(), "copy"));
            release.send(()).unwrap();
            first.join().unwrap();
            let records = capture.records();
            let messages: Vec<_> = records.iter().map(|record| record.message()).collect();
            assert_eq!(messages, ["event"], "{target}");
            assert_eq!(registry.dropped_for(DropReason::Duplicate), 1, "{target}");
        }
    });
}

/// Logs through the facade what it does.
struct Speaks(Registry);

impl Sink for Speaks {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        send(&self.0, 1, &format!("wrote {}", record.message()));
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }
}

struct LogsInside<'r>(&'r Registry);

impl std::fmt::Display for LogsInside<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        send(self.0, 1, "inside");
        f.write_str("outside")
    }
}

#[test]
fn what_a_handler_of_an_event_logs_through_the_facade_is_refused() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = crate::support::to_text("%(message)s");
        registry.root().set_level(Level::INFO);
        registry.root().add_handler(handler);
        registry
            .root()
            .add_handler(Handler::new(Speaks(registry.clone())));
        with_default(&front(&registry), || tracing::info!("event"));
        assert_eq!(text.lines(), ["event"]);
        assert_eq!(registry.dropped_for(DropReason::Reentrant), 1);
        registry.root().clear_handlers();
    });
}

/// A record of a span is one as well.
#[test]
fn what_a_handler_of_a_spans_record_logs_through_the_facade_is_refused() {
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().set_level(Level::INFO);
    registry.root().add_handler(handler);
    registry
        .root()
        .add_handler(Handler::new(Speaks(registry.clone())));
    let subscriber = registry
        .tracing_subscriber()
        .with_span_events(SpanEvents::NEW);
    with_default(&Dispatch::new(subscriber), || tracing::info_span!("span"));
    assert_eq!(text.lines(), ["new"]);
    assert_eq!(registry.dropped_for(DropReason::Reentrant), 1);
    registry.root().clear_handlers();
}

/// Sends a record of the facade as `tracing-log` does, at this line.
#[rustfmt::skip]
fn send_as_event(level: &str) {
    macro_rules! event {
        ($level:ident) => {
            tracing::$level!(
                target: "log",
                { log.target = "app", log.file = file!(), log.line = u64::from(line!()) },
                "sent on"
            )
        };
    }
    match level { "debug" => event!(debug), _ => event!(info) }
}

/// What no level shows is no loss.
#[test]
fn records_that_are_off_are_not_counted_as_dropped() {
    by_each_front(|front| {
        let registry = Registry::new();
        registry.root().set_level(Level::INFO);
        with_default(&front(&registry), || {
            send_as_event("debug");
            assert_eq!(registry.dropped(), 0);
            send_as_event("info");
            assert_eq!(registry.dropped_for(DropReason::Duplicate), 1);
        });
    });
}

/// An error, with a cause, of which each logs where it is formatted.
#[derive(Debug)]
struct Failure(Registry, Option<Box<Self>>);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        LogsInside(&self.0).fmt(f)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.1.as_deref()?)
    }
}

#[test]
fn what_errors_log_through_the_facade_is_logged() {
    by_each_front(|front| {
        let registry = Registry::new();
        let formatter = JsonFormatter::builder().build();
        let json = crate::support::Text::default();
        let to_json = StreamHandler::new(json.clone()).with_formatter(formatter);
        let (to_text, text) = crate::support::to_text("%(message)s");
        let (queued, _) = crate::support::to_text("%(message)s");
        let queue = QueueHandler::new([queued]);
        registry.root().set_level(Level::INFO);
        let cause = Box::new(Failure(registry.clone(), None));
        let error = Failure(registry.clone(), Some(cause));
        registry.root().add_handler(to_json);
        registry.root().add_handler(to_text);
        registry.root().add_handler(queue.clone());
        with_default(&front(&registry), || {
            tracing::info!(error = &error as &dyn std::error::Error, "failed");
        });
        queue.flush().unwrap();
        assert_eq!(registry.dropped(), 0);
        // For each of the handlers, the error and its cause.
        let lines = text.lines();
        let inside = lines.iter().filter(|line| *line == "inside").count();
        assert_eq!(inside, 6, "{lines:?}");
        assert!(lines.contains(&"failed".into()), "{lines:?}");
        registry.root().clear_handlers();
    });
}

#[test]
fn what_values_of_an_event_log_through_the_facade_is_logged() {
    let scene = |registry: &Registry| {
        tracing::info!("{}", LogsInside(registry));
        tracing::info!(value = %LogsInside(registry), "second");
        assert_eq!(registry.dropped(), 0);
    };
    for lines in crate::tracing_bridge::lines(Level::INFO, "%(message)s", scene) {
        assert_eq!(
            lines,
            ["inside", "outside", "inside", "second value=outside"]
        );
    }
}
