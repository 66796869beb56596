//! logtree, by the facade and (`own_…`) by its own macros.

use std::future::{self, Future};
use std::hint::black_box;
use std::io::{self, Write};
use std::sync::{Arc, Barrier};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use logtree::filter::{DedupFilter, Key, RateLimitFilter, RedactingFilter, SampleFilter};
#[cfg(feature = "pretty")]
use logtree::formatter::PrettyFormatter;
use logtree::formatter::{JsonFormatter, LogfmtFormatter, Multiline};
use logtree::handler::{FileHandler, QueueHandler, StreamHandler};
use logtree::{Formatter, Handler, Level, Registry, Scope, get_logger};
use peers::scenes::{self, Out};
use peers::{
    Discard, Task, asynchronous, facade, facade_until, file_path, others, rules, thousand,
};

fn main() {
    let task = Task::from_args();
    let workload = task
        .workload
        .strip_prefix("own_")
        .unwrap_or(&task.workload)
        .to_owned();
    logtree::install().unwrap();
    let root = get_logger("");
    let kind = workload.split('_').next().unwrap_or_default();
    match kind {
        "w1" => root.set_level(Level::INFO),
        "w2" | "w2rr" | "w2dyn" => {
            // Each rule makes another target verbose, so the facade's own level never helps.
            let count = if kind == "w2" { rules(&workload) } else { 10 };
            for name in others(count) {
                get_logger(name).set_level(Level::DEBUG);
            }
            if kind != "w2" {
                for name in thousand() {
                    get_logger(name).set_level(Level::INFO);
                }
            }
        }
        "w7" => return set_up(rules(&workload)),
        "w5c" => return queue_caller(&task),
        "w3three" => {
            root.set_level(Level::INFO);
            let line = Formatter::builder()
                .format(Formatter::BOTO3)
                .multiline(Multiline::Raw);
            let line = line.build().unwrap();
            for _ in 0..3 {
                root.add_handler(StreamHandler::new(Discard).with_formatter(line.clone()));
            }
        }
        "w5p" | "w5b" | "fe" | "ff" | "fa" => return until_flushed(&task, &workload),
        _ => {
            root.set_level(Level::INFO);
            root.add_handler(handler(&workload));
        }
    }
    if task.workload.starts_with("own_") {
        own(&task, &workload)
    } else {
        facade(&task)
    }
}

fn handler(workload: &str) -> logtree::Handler {
    let line = Formatter::builder().format(Formatter::BOTO3);
    let line = if matches!(workload, "w3safe" | "w3redact" | "w6text") {
        line
    } else {
        line.multiline(Multiline::Raw)
    };
    let file = FileHandler::builder(file_path()).truncate(true);
    match workload {
        "w4" => {
            return file
                .open()
                .unwrap()
                .with_formatter(line.build().unwrap())
                .into();
        }
        "w4b" => {
            let file = file.buffered(64 * 1024).open().unwrap();
            return file.with_formatter(line.build().unwrap()).into();
        }
        _ => {}
    }
    let handler = StreamHandler::new(Discard);
    if workload == "w3redact" {
        // As the presets do.
        handler.add_filter(RedactingFilter::credentials());
    }
    // What all but one of the calls are suppressed by.
    match workload {
        "rate" => handler.add_filter(RateLimitFilter::new(1, HOUR)),
        "rate_site" => handler.add_filter(RateLimitFilter::new(1, HOUR).by(Key::CallSite)),
        "sample" => handler.add_filter(SampleFilter::every(u64::MAX)),
        "dedup" => handler.add_filter(DedupFilter::new(HOUR)),
        // Each call has a key of its own; what memory it takes is asked of the system.
        "keys" => handler.add_filter(RateLimitFilter::new(1, HOUR).by(Key::field("tenant"))),
        _ => {}
    }
    match workload {
        "w6" => handler.with_formatter(JsonFormatter::new()).into(),
        "w3logfmt" | "w6logfmt" => handler.with_formatter(LogfmtFormatter::new()).into(),
        #[cfg(feature = "pretty")]
        "w3pretty" | "w6pretty" => handler.with_formatter(PrettyFormatter::new()).into(),
        _ => handler.with_formatter(line.build().unwrap()).into(),
    }
}

const HOUR: Duration = Duration::from_secs(3600);

fn own(task: &Task, workload: &str) {
    let logger = get_logger("peer.module");
    match workload {
        "w1" => task.measure(|n| logtree::debug!("request {} took {} us status={}", n, black_box(42), black_box(200))),
        "w1held" | "w2held_1000" => {
            task.measure(|n| logtree::debug!(logger, "request {} took {} us status={}", n, black_box(42), black_box(200)))
        }
        // In a scope with a key-value, whose part is what it takes more than `w3`.
        "scope" => {
            let _scope = Scope::new().with("tenant", "acme").enter();
            task.measure(|n| {
                logtree::info!(logger, "request {} took {} us status={}", n, black_box(42), black_box(200));
            });
        }
        // A future in such a scope, which does nothing.
        "poll" => {
            let mut task_context = Context::from_waker(Waker::noop());
            let scope = Scope::new().with("tenant", "acme");
            let mut future = Box::pin(scope.wrap(future::pending::<()>()));
            task.measure(|_| assert!(black_box(future.as_mut().poll(&mut task_context)).is_pending()));
        }
        name if name.starts_with("w2_") => {
            task.measure(|n| logtree::debug!("request {} took {} us status={}", n, black_box(42), black_box(200)));
        }
        // Calls that their place suppresses, and calls that a filter of the handler does.
        "once" => task.measure(|_| logtree::log_once!(logtree::info!(logger, "took {} us", black_box(42)))),
        "every_n" => task.measure(|_| {
            logtree::log_every_n!(1 << 40, logtree::info!(logger, "took {} us", black_box(42)));
        }),
        "every_pow2" => task.measure(|_| logtree::log_every_pow2!(logtree::info!(logger, "took {} us", black_box(42)))),
        "every" => task.measure(|_| logtree::log_every!(HOUR, logtree::info!(logger, "took {} us", black_box(42)))),
        "rate" | "rate_site" | "sample" | "dedup" => {
            task.measure(|_| logtree::info!(logger, "took {} us", black_box(42)))
        }
        "keys" => task.measure(|tenant| logtree::info!(logger, tenant; "took {} us", black_box(42))),
        "w6" | "w6text" | "w6logfmt" | "w6pretty" => task
            .measure(|n| logtree::info!(logger, id = n, took = black_box(42), status = black_box("ok"); "request done")),
        "w3_2t" => task
            .measure_two(|n| logtree::info!(logger, "request {} took {} us status={}", n, black_box(42), black_box(200))),
        _ => {
            task.measure(|n| logtree::info!(logger, "request {} took {} us status={}", n, black_box(42), black_box(200)))
        }
    }
}

/// Through a queue to a file, and the scenes.
fn until_flushed(task: &Task, workload: &str) {
    let line = Formatter::builder().format(Formatter::BOTO3);
    let file = || FileHandler::open(file_path()).unwrap();
    let handler: Handler = match scenes::out_of(workload) {
        Some(Out::Stderr) => StreamHandler::stderr().into(),
        Some(Out::File) => file().into(),
        Some(Out::Asynchronous) => {
            // As it is by default; the line belongs to the handler behind the queue.
            let line = line.clone().build().unwrap();
            let queue = QueueHandler::new([file().with_formatter(line)]);
            return log_until_flushed(task, workload, queue.into());
        }
        None => {
            let line = line.multiline(Multiline::Raw).build().unwrap();
            let queue = QueueHandler::new([file().with_formatter(line)]);
            return log_until_flushed(task, workload, queue.into());
        }
    };
    log_until_flushed(
        task,
        workload,
        handler.with_formatter(line.build().unwrap()),
    );
}

fn log_until_flushed(task: &Task, workload: &str, handler: Handler) {
    let root = get_logger("");
    root.set_level(Level::INFO);
    root.add_handler(handler.clone());
    let flush = || handler.flush().unwrap();
    if !task.workload.starts_with("own_") {
        return facade_until(task, flush);
    }
    let logger = get_logger("peer.module");
    if scenes::out_of(workload).is_some() {
        let say = move |text: &dyn std::fmt::Display| logtree::info!(logger, "{}", text);
        return scenes::play(workload, Box::leak(Box::new(say)), flush);
    }
    let once = |n| {
        logtree::info!(
            logger,
            "request {} took {} us status={}",
            n,
            black_box(42),
            black_box(200)
        )
    };
    asynchronous(task, once, flush);
}

/// What a record costs the thread that hands it to a queue, whose own thread waits meanwhile.
fn queue_caller(task: &Task) {
    struct Waits(Arc<Barrier>);

    impl Write for Waits {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            self.0.wait();
            loop {
                thread::park();
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let waiting = Arc::new(Barrier::new(2));
    let logger = get_logger("peer.module");
    logger.set_level(Level::INFO);
    logger.add_handler(QueueHandler::new([StreamHandler::new(Waits(
        waiting.clone(),
    ))]));
    logtree::info!(logger, "the first record");
    waiting.wait();
    if task.workload.starts_with("own_") {
        own(task, "w5c");
    } else {
        facade(task);
    }
    // Nothing is written at the end, which would count as well.
    std::process::abort();
}

/// Creates and configures loggers; prints milliseconds.
fn set_up(count: usize) {
    let names: Vec<_> = others(count).collect();
    let start = std::time::Instant::now();
    let registry = Registry::new();
    for name in &names {
        registry.get_logger(name).set_level(Level::DEBUG);
    }
    println!("{:.2}", start.elapsed().as_secs_f64() * 1e3);
}
