//! Spans as records, and as context by choice.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use logtree::formatter::JsonFormatter;
use logtree::handler::{QueueHandler, StreamHandler};
use logtree::test::Capture;
use logtree::time::{ManualClock, Timestamp};
use logtree::tracing::{SpanContext, SpanEvents};
use logtree::{Formatter, Level, Record, Registry};
use tracing::Dispatch;
use tracing::dispatcher::with_default;
#[cfg(feature = "tracing-layer")]
use tracing_subscriber::layer::SubscriberExt;

use crate::support::{Text, to_text};

/// Runs a scene by each front with these settings, on a registry that the caller prepares.
fn by_each(
    (events, context): (SpanEvents, SpanContext),
    registry: &dyn Fn() -> Registry,
    scene: impl Fn(&Registry),
) {
    let own = registry();
    let subscriber = own
        .tracing_subscriber()
        .with_span_events(events)
        .with_span_context(context);
    with_default(&Dispatch::new(subscriber), || scene(&own));
    #[cfg(feature = "tracing-layer")]
    {
        let own = registry();
        let layer = own
            .tracing_layer()
            .with_span_context(context)
            .with_span_events(events);
        let subscriber = tracing_subscriber::registry().with(layer);
        with_default(&Dispatch::new(subscriber), || scene(&own));
    }
}

/// Returns the lines that each front wrote for a scene.
fn lines(
    settings: (SpanEvents, SpanContext),
    format: &str,
    scene: impl Fn(&Registry),
) -> Vec<Vec<String>> {
    let all = std::cell::RefCell::new(Vec::new());
    by_each(settings, &Registry::new, |registry| {
        let (handler, text) = to_text(format);
        registry.root().add_handler(handler);
        registry.root().set_level(Level::INFO);
        scene(registry);
        all.borrow_mut().push(text.lines());
    });
    all.into_inner()
}

fn at_moments(_: &Registry) {
    let span = tracing::info_span!(target: "app::web", "request", id = 7);
    span.in_scope(|| tracing::info!("inside"));
    span.in_scope(|| {});
}

#[test]
fn spans_are_records_at_the_moments_that_are_asked_for() {
    let format = "%(levelname)s %(spans)s %(message)s";
    let shown = |events| {
        let all = lines((events, SpanContext::ByLevel), format, at_moments);
        let without_times = |line: &String| line.split(" time.").next().unwrap().to_owned();
        let all = all
            .iter()
            .map(|lines| lines.iter().map(without_times).collect::<Vec<_>>());
        let all: Vec<_> = all.collect();
        assert!(all.iter().all(|lines| *lines == all[0]), "{all:?}");
        let of_spans = |line: &str| {
            Some(
                line.strip_prefix("INFO request ")?
                    .strip_suffix(" id=7")?
                    .to_owned(),
            )
        };
        let shown = all[0].iter().map(|line| of_spans(line).unwrap());
        shown.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown(SpanEvents::NONE), "inside");
    assert_eq!(shown(SpanEvents::default()), "inside");
    assert_eq!(shown(SpanEvents::NEW), "new inside");
    assert_eq!(shown(SpanEvents::ENTER), "enter inside enter");
    assert_eq!(shown(SpanEvents::EXIT), "inside exit exit");
    assert_eq!(shown(SpanEvents::CLOSE), "inside close");
    assert_eq!(shown(SpanEvents::ACTIVE), "enter inside exit enter exit");
    let mut ends = SpanEvents::NEW;
    ends |= SpanEvents::CLOSE;
    assert_eq!(shown(ends), "new inside close");
    assert_eq!(
        shown(SpanEvents::FULL),
        "new enter inside exit enter exit close"
    );
    assert!(SpanEvents::FULL.contains(ends) && !ends.contains(SpanEvents::ACTIVE));
    assert_eq!(format!("{ends:?}"), "SpanEvents(new|close)");
}

/// The record is of the span's target, file and line, by the manual clock.
#[test]
fn a_closed_span_says_how_long_it_worked_and_waited() {
    let clock = ManualClock::new(Timestamp::from_nanos(0));
    let registry = || Registry::builder().clock(clock.clone()).build();
    let settings = (SpanEvents::CLOSE, SpanContext::ByLevel);
    by_each(settings, &registry, |registry| {
        let (text, queued) = (to_text("%(name)s %(message)s"), to_text("%(message)s"));
        let json = Text::default();
        let formatter = JsonFormatter::builder().source(true).build();
        let to_json = StreamHandler::new(json.clone()).with_formatter(formatter);
        let queue = QueueHandler::new([queued.0]);
        registry.root().add_handler(text.0);
        registry.root().add_handler(queue.clone());
        registry.root().add_handler(to_json);
        registry.root().set_level(Level::INFO);
        let span = tracing::info_span!(target: "app::web", "request", id = 7);
        // Before the first enter, as after the last exit, it does not wait.
        clock.advance(Duration::from_secs(1));
        span.in_scope(|| clock.advance(Duration::from_micros(18_000)));
        clock.advance(Duration::from_nanos(1_150));
        span.in_scope(|| span.in_scope(|| clock.advance(Duration::from_micros(200))));
        clock.advance(Duration::from_secs(1));
        drop(span);
        queue.flush().unwrap();
        let times = "time.busy=18.2ms time.idle=1.15µs";
        assert_eq!(text.1.lines(), [format!("app.web close id=7 {times}")]);
        assert_eq!(queued.1.lines(), [format!("close id=7 {times}")]);
        let line: serde_json::Value = serde_json::from_str(&json.get()).unwrap();
        assert_eq!(
            (&line["busy_ns"], &line["idle_ns"]),
            (&18_200_000.into(), &1_150.into())
        );
        assert_eq!(
            (&line["file"], &line["logger"]),
            (&file!().into(), &"app.web".into())
        );
    });
}

/// Only a record of a closed span has times; others have what they say.
#[test]
fn key_values_of_events_are_not_taken_for_times() {
    let scene = |_: &Registry| {
        tracing::info!(busy_ns = 5, "close");
        let _span = tracing::info_span!("request").entered();
        tracing::info!(busy_ns = 5, "other");
    };
    for lines in lines(
        (SpanEvents::NEW, SpanContext::ByLevel),
        "%(message)s",
        scene,
    ) {
        assert_eq!(lines, ["close busy_ns=5", "new", "other busy_ns=5"]);
    }
}

/// Formats as its number of calls.
#[derive(Default)]
struct Counts(Cell<u32>);

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        write!(f, "call {}", self.0.get())
    }
}

/// A message is formatted once, and what it says makes no record that of a closed span, however
/// the record reaches its formatter.
#[test]
fn a_message_in_a_span_is_not_asked_for_times() {
    let settings = (SpanEvents::CLOSE, SpanContext::ByLevel);
    by_each(settings, &Registry::new, |registry| {
        let (direct, queued) = (to_text("%(message)s"), to_text("%(message)s"));
        let queue = QueueHandler::new([queued.0]);
        registry.root().set_level(Level::INFO);
        let span = tracing::info_span!("request", id = 7).entered();
        registry.root().add_handler(direct.0);
        let counts = Counts::default();
        tracing::info!("{counts}");
        assert_eq!(counts.0.get(), 1);
        logtree::info!(registry.root(), "{counts}");
        assert_eq!(counts.0.get(), 2);
        registry.root().add_handler(queue.clone());
        tracing::info!(busy_ns = 5, "close");
        let capture = Capture::builder(&registry.root())
            .level(Level::INFO)
            .start();
        drop(span);
        queue.flush().unwrap();
        let direct = direct.1.lines();
        assert_eq!(direct[..2], ["call 1 id=7", "call 2 id=7"]);
        assert_eq!(direct[2], "close id=7 busy_ns=5");
        assert!(direct[3].starts_with("close id=7 time.busy="), "{direct:?}");
        assert_eq!(direct[2..], queued.1.lines());
        // The copy of a record is one as well.
        let formatter = Formatter::new("%(message)s").unwrap();
        let kept = formatter.format_to_string(&capture.records()[0].as_record());
        assert_eq!(kept.unwrap(), direct[3]);
    });
}

/// What is context by choice is a record by its logger's level alone, also where its interest is
/// cached.
#[test]
fn more_spans_are_context_by_choice() {
    let scene = |registry: &Registry| {
        for _ in 0..600 {
            tracing::trace_span!("loop").in_scope(|| {});
        }
        registry.get_logger("quiet").set_level(Level::OFF);
        let _trace = tracing::trace_span!("trace", a = 1).entered();
        let _debug = tracing::debug_span!("debug", b = 2).entered();
        let _error = tracing::error_span!(target: "quiet", "error", c = 3).entered();
        let _info = tracing::info_span!("info").entered();
        tracing::info!("event");
        tracing::debug!("hidden");
        assert!(
            !tracing::enabled!(target: "quiet", tracing::Level::ERROR)
                || cfg!(feature = "tracing-layer")
        );
    };
    let shown = |context| {
        let all = lines((SpanEvents::NEW, context), "%(spans)s|%(message)s", scene);
        assert!(all.iter().all(|lines| *lines == all[0]), "{all:?}");
        all[0].join("\n")
    };
    assert_eq!(shown(SpanContext::ByLevel), "info|new\ninfo|event");
    assert_eq!(
        shown(SpanContext::AtLeast(Level::DEBUG)),
        "debug:error:info|new b=2 c=3\ndebug:error:info|event b=2 c=3"
    );
    assert_eq!(
        shown(SpanContext::All),
        "trace:debug:error:info|new a=1 b=2 c=3\ntrace:debug:error:info|event a=1 b=2 c=3"
    );
}

/// Several records of each span would otherwise be for ever.
#[test]
fn spans_that_a_filter_opens_are_no_records() {
    let registry = || {
        let registry = Registry::new();
        registry.root().add_filter(|record: &mut Record<'_>| {
            let _span = tracing::warn_span!("of the filter").entered();
            record.message() == "close"
        });
        registry
    };
    let settings = (SpanEvents::FULL, SpanContext::ByLevel);
    by_each(settings, &registry, |registry| {
        let (handler, text) = to_text("%(span)s %(message)s");
        registry.root().add_handler(handler);
        registry.root().set_level(Level::WARNING);
        tracing::warn_span!("request").in_scope(|| {});
        let lines = text.lines();
        let [line] = &lines[..] else {
            panic!("{lines:?}");
        };
        assert!(line.starts_with("request close time.busy="), "{line}");
        assert_eq!(registry.dropped(), 0);
    });
}
