//! What may allocate: an enabled record on its way to a stream allocates nothing once the thread's
//! buffers have grown; loggers have a size.

use std::future::{self, Future};
use std::hint::black_box;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use logtree::filter::RedactingFilter;
use logtree::formatter::{JsonFormatter, LogfmtFormatter, TemplateStyle, TimeZone};
use logtree::handler::{
    FileHandler, QueueHandler, RotatingFileHandler, StreamHandler, WatchedFileHandler,
};
use logtree::{Formatter, Handler, Level, Registry, Scope};

/// Allocations of a call that was made before, so that buffers, caches and call sites are warm.
fn allocations(mut call: impl FnMut()) -> u64 {
    for _ in 0..100 {
        call();
    }
    // A record may be the first of a second, whose text is then rendered; the minimum of several
    // tries is taken.
    (0..5)
        .map(|_| allocation_counter::measure(&mut call).count_total)
        .min()
        .unwrap()
}

fn logger(handler: impl Into<Handler>) -> logtree::Logger {
    let registry = Registry::new();
    let logger = registry.get_logger("app.module");
    logger.set_level(Level::DEBUG);
    registry.root().add_handler(handler);
    logger
}

fn discarding() -> StreamHandler {
    StreamHandler::new(io::sink())
}

#[test]
fn a_poll_in_a_scope_allocates_nothing() {
    let scope = Scope::new().with("tenant", "acme").level(Level::DEBUG);
    let logger = logger(discarding());
    logger.set_level(Level::WARNING);
    let future = scope.wrap(future::poll_fn(|_| {
        logtree::debug!(logger, "polled");
        Poll::<()>::Pending
    }));
    let mut future = pin!(future);
    let mut task = Context::from_waker(Waker::noop());
    let count = allocations(|| assert!(future.as_mut().poll(&mut task).is_pending()));
    assert_eq!(count, 0);
}

#[cfg(feature = "tracing")]
#[test]
fn an_event_allocates_nothing_and_a_span_little() {
    let registry = Registry::new();
    registry.root().set_level(Level::INFO);
    registry.root().add_handler(discarding());
    tracing::subscriber::with_default(registry.tracing_subscriber(), || {
        let event = || tracing::info!(id = black_box(7), took = 42, status = "ok", "done");
        assert_eq!(allocations(event), 0);
        let span = || tracing::info_span!("request", id = black_box(7), took = 42);
        assert_eq!(allocations(|| span().in_scope(|| {})), 2);
        let within = || tracing::info_span!("within");
        assert_eq!(
            span().in_scope(|| allocations(|| within().in_scope(|| {}))),
            1
        );
        let empty = || tracing::info_span!("empty", id = tracing::field::Empty);
        let count = span().in_scope(|| allocations(|| empty().in_scope(|| {})));
        assert_eq!(count, 1, "without values");
        let of_six = || tracing::info_span!("six", id = 1, b = 2, c = 3, d = 4, e = 5, f = 6);
        let count = span().in_scope(|| allocations(|| of_six().in_scope(|| {})));
        assert_eq!(count, 2, "with fields of both");
        let count = span().in_scope(|| allocations(event));
        assert_eq!(count, 0, "in a span");
        registry.get_logger("aws_sdk_s3").set_level(Level::DEBUG);
        let call =
            || tracing::debug_span!(target: "aws_sdk_s3::operation", "S3.Put", id = black_box(7));
        assert_eq!(allocations(|| call().in_scope(|| {})), 2, "with an owner");
        let count = call().in_scope(|| allocations(|| within().in_scope(event)));
        assert_eq!(count, 1, "in a span with an owner");
        let text = || tracing::info_span!("request", id = black_box(7), path = "/orders");
        assert_eq!(allocations(|| text().in_scope(event)), 3, "and a text");
        // Its copy, as `tracing` sends it with `log-always`.
        #[rustfmt::skip]
        let line = { tracing::info!("event"); line!() };
        let copy = || {
            let mut record = log::Record::builder();
            let record = record.level(log::Level::Info).file(Some(file!()));
            log::Log::log(&registry, &record.line(Some(line)).build());
        };
        assert_eq!(allocations(copy), 0, "a copy");
        let copies = registry.dropped_for(logtree::handler::DropReason::Duplicate);
        assert!(copies > 100, "{copies}");
    });
}

#[test]
fn a_line_of_text_allocates_nothing() {
    for template in [
        Formatter::BOTO3,
        Formatter::BASIC,
        "%(asctime)s %(threadName)s %(message)s",
    ] {
        let logger = logger(discarding().with_formatter(Formatter::new(template).unwrap()));
        let count =
            allocations(|| logtree::info!(logger, "request {} took {} us", black_box(7), 42));
        assert_eq!(count, 0, "{template}");
        let count =
            allocations(|| log::info!(logger: logger, "request {} took {} us", black_box(7), 42));
        assert_eq!(count, 0, "{template} by the facade's macro");
        let count = allocations(|| logger.info(format_args!("request {}", black_box(7))));
        assert_eq!(count, 0, "{template} by the method");
    }
}

/// A text that is searched and has no secret is not copied.
#[test]
fn redaction_that_finds_nothing_allocates_nothing() {
    let handler = discarding()
        .with_formatter(Formatter::new(Formatter::BOTO3).unwrap())
        .with_filter(RedactingFilter::credentials().with_personal_data());
    let logger = logger(handler);
    let count = allocations(
        || logtree::info!(logger, user = "ann", size = black_box(3); "request {} took {} us", black_box(7), 42),
    );
    assert_eq!(count, 0);
}

#[cfg(feature = "pretty")]
#[test]
fn a_pretty_line_allocates_nothing() {
    use logtree::formatter::{ColorChoice, PrettyFormatter};

    for (color, width) in [
        (ColorChoice::Never, 200),
        (ColorChoice::Always, 200),
        (ColorChoice::Always, 60),
    ] {
        let formatter = PrettyFormatter::new().width(width).wrap(true);
        let logger = logger(discarding().with_color(color).with_formatter(formatter));
        let count = allocations(
            || logtree::info!(logger, user = "ann", size = black_box(3); "request {} took {} us", black_box(7), 42),
        );
        assert_eq!(count, 0, "{width}");
        let count = allocations(
            || logtree::info!(logger, query = "SELECT *\nFROM t"; "größe {}\nzwei", black_box(7)),
        );
        assert_eq!(count, 0, "{width} with lines below");
    }
    #[cfg(feature = "tracing")]
    {
        let registry = Registry::new();
        registry.root().set_level(Level::INFO);
        let formatter = PrettyFormatter::new()
            .width(100)
            .color_names(true)
            .icons(true);
        registry
            .root()
            .add_handler(discarding().with_formatter(formatter));
        tracing::subscriber::with_default(registry.tracing_subscriber(), || {
            let span = tracing::info_span!("S3.PutObject", took_ms = 12);
            let count = span.in_scope(|| allocations(|| tracing::info!(body_bytes = 7, "done")));
            assert_eq!(count, 0, "in a span");
        });
    }
}

#[test]
fn key_values_and_json_allocate_nothing() {
    let formatters: [Handler; 6] = [
        discarding().with_formatter(JsonFormatter::ecs()).into(),
        discarding().with_formatter(JsonFormatter::gcp("p")).into(),
        discarding().with_formatter(LogfmtFormatter::new()).into(),
        discarding().with_formatter(JsonFormatter::new()).into(),
        discarding()
            .with_formatter(Formatter::new(Formatter::BOTO3).unwrap())
            .into(),
        discarding()
            .with_formatter(
                Formatter::builder()
                    .style(TemplateStyle::Dollar)
                    .format("$message $user")
                    .build()
                    .unwrap(),
            )
            .into(),
    ];
    for handler in formatters {
        let logger = logger(handler);
        let count = allocations(
            || logtree::info!(logger, trace_id = "4bf9", user = "ann b", size = black_box(3), ratio = 0.5; "put it"),
        );
        assert_eq!(count, 0);
    }
}

#[test]
fn propagation_and_several_handlers_allocate_nothing() {
    let registry = Registry::new();
    for name in ["", "a", "a.b", "a.b.c"] {
        let formatter = Formatter::builder()
            .format(Formatter::BOTO3)
            .time_zone(TimeZone::Utc)
            .build()
            .unwrap();
        registry
            .get_logger(name)
            .add_handler(discarding().with_formatter(formatter));
    }
    let logger = registry.get_logger("a.b.c.d");
    assert_eq!(
        allocations(|| logtree::error!(logger, "x {}", black_box(1))),
        0
    );
}

#[test]
fn an_owner_allocates_nothing() {
    let shared = logger(discarding());
    let owner = shared.registry().get_logger("service");
    owner.add_handler(discarding());
    let _scope = Scope::new().owner(&owner).enter();
    for level in [Level::NOTSET, Level::DEBUG, Level::OFF] {
        owner.set_level(level);
        let count = allocations(|| logtree::info!(shared, "request {}", black_box(7)));
        assert_eq!(count, 0, "{level}");
    }
}

#[test]
fn the_facade_allocates_nothing() {
    let registry = Registry::global();
    registry.install().unwrap();
    registry
        .root()
        .add_handler(discarding().with_formatter(Formatter::new(Formatter::BOTO3).unwrap()));
    let run_time = String::from("app::made::at::run::time");
    assert_eq!(
        allocations(|| log::error!(target: "app::net", "x {}", black_box(1))),
        0
    );
    assert_eq!(
        allocations(|| log::error!(target: &run_time, "x {}", black_box(1))),
        0
    );
    assert_eq!(
        allocations(|| log::debug!(target: "app::net", "x {}", black_box(1))),
        0
    );
}

#[test]
fn what_is_off_allocates_nothing_from_the_first_call_on() {
    let logger = Registry::new().get_logger("off");
    let count =
        allocation_counter::measure(|| logtree::debug!(logger, key = 1; "{}", black_box(1)))
            .count_total;
    assert_eq!(count, 0);
}

/// The memory of a logger.
#[test]
fn a_million_loggers_are_small() {
    const COUNT: usize = 1_000_000;
    let names: Vec<String> = (0..COUNT)
        .map(|n| format!("service.{}.part{n}", n % 100))
        .collect();
    let registry = Registry::new();
    let used = allocation_counter::measure(|| {
        for name in &names {
            registry.get_logger(name);
        }
    });
    let bytes = usize::try_from(used.bytes_current).unwrap();
    println!("{} bytes a logger, table of names included", bytes / COUNT);
    assert!(bytes / COUNT <= 250, "{} bytes a logger", bytes / COUNT);
    registry.root().set_level(Level::DEBUG);
    assert_eq!(
        registry.get_logger(&names[COUNT - 1]).effective_level(),
        Level::DEBUG
    );
    assert_eq!(registry.logger_names().len(), COUNT);
}

/// The caller's side of a queue, and handlers of files.
#[test]
fn queues_and_files_allocate_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let line = || Formatter::new(Formatter::BOTO3).unwrap();
    let file = |name: &str| {
        FileHandler::open(path(name))
            .unwrap()
            .with_formatter(line())
    };
    let handlers: [(&str, Handler); 5] = [
        ("a file", file("a").into()),
        (
            "a buffered file",
            FileHandler::builder(path("b"))
                .buffered(1 << 16)
                .open()
                .unwrap()
                .with_formatter(line())
                .into(),
        ),
        (
            "a watched file",
            WatchedFileHandler::open(path("c"))
                .unwrap()
                .with_formatter(line())
                .into(),
        ),
        (
            "a rotating file",
            RotatingFileHandler::builder(path("d"))
                .max_bytes(1 << 30)
                .backup_count(1)
                .open()
                .unwrap()
                .with_formatter(line())
                .into(),
        ),
        ("a queue", QueueHandler::new([file("e")]).into()),
    ];
    for (name, handler) in handlers {
        let logger = logger(handler.clone());
        let text = || logtree::info!(logger, "request {} took {} us", black_box(7), 42);
        // The watched file is looked up at its path, which std copies into a C string.
        let allowed = 0;
        assert_eq!(allocations(text), allowed, "{name}");
        let key_values = || logtree::info!(logger, user = "ann", size = black_box(3); "put");
        assert_eq!(allocations(key_values), allowed, "{name} with key-values");
        handler.flush().unwrap();
    }
}
