//! slog with slog-term and slog-json.

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::sync::Mutex;

use peers::{Discard, Task, asynchronous, chrono_now, file_path, scenes, unsupported};
use slog::{Drain, Level, LevelFilter, Logger, debug, info, o};

fn text(out: impl Write + Send + 'static) -> impl Drain<Ok = (), Err = slog::Never> + Send {
    let plain = slog_term::PlainDecorator::new(out);
    slog_term::FullFormat::new(plain)
        .use_custom_timestamp(|out: &mut dyn Write| write!(out, "{}", chrono_now()))
        .build()
        .fuse()
}

fn append() -> File {
    let file = File::options().create(true).append(true).open(file_path());
    file.unwrap()
}

fn main() {
    let task = Task::from_args();
    let kind = task
        .workload
        .split('_')
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut guard = None;
    let logger = match &*kind {
        "w4" => Logger::root(
            Mutex::new(LevelFilter::new(
                text(File::create(file_path()).unwrap()),
                Level::Info,
            ))
            .map(slog::Fuse),
            o!(),
        ),
        "w6" => {
            let json = slog_json::Json::default(Discard);
            Logger::root(
                Mutex::new(LevelFilter::new(json.fuse(), Level::Info)).map(slog::Fuse),
                o!(),
            )
        }
        "ff" => Logger::root(
            Mutex::new(LevelFilter::new(text(append()), Level::Info)).map(slog::Fuse),
            o!(),
        ),
        "fe" => Logger::root(
            Mutex::new(LevelFilter::new(text(std::io::stderr()), Level::Info)).map(slog::Fuse),
            o!(),
        ),
        "w5p" | "w5b" | "fa" => {
            let strategy = if kind == "fa" {
                // Its default.
                slog_async::OverflowStrategy::DropAndReport
            } else {
                slog_async::OverflowStrategy::Block
            };
            let (drain, own) = slog_async::Async::new(text(append()))
                .chan_size(if kind == "fa" { 128 } else { 8192 })
                .overflow_strategy(strategy)
                .build_with_guard();
            guard = Some(own);
            Logger::root(LevelFilter::new(drain, Level::Info).fuse(), o!())
        }
        "w4b" | "w7" | "w2rr" | "w2dyn" => unsupported(),
        _ => Logger::root(
            Mutex::new(LevelFilter::new(text(Discard), Level::Info)).map(slog::Fuse),
            o!(),
        ),
    };
    if scenes::out_of(&task.workload).is_some() {
        let own = logger.clone();
        let say = move |text: &dyn std::fmt::Display| info!(own, "{text}");
        return scenes::play(&task.workload, Box::leak(Box::new(say)), || drop(guard));
    }
    match &*kind {
        "w5p" | "w5b" => {
            let once = |n| info!(logger, "request {} took {} us status={}", n, black_box(42), black_box(200));
            asynchronous(&task, once, || drop(guard));
        }
        "w1" | "w2" => {
            task.measure(|n| debug!(logger, "request {} took {} us status={}", n, black_box(42), black_box(200)))
        }
        "w6" => task
            .measure(|n| info!(logger, "request done"; "id" => n, "took" => black_box(42), "status" => black_box("ok"))),
        "w3" if task.workload == "w3_2t" => {
            task.measure_two(|n| info!(logger, "request {} took {} us status={}", n, black_box(42), black_box(200)));
        }
        _ => task.measure(|n| info!(logger, "request {} took {} us status={}", n, black_box(42), black_box(200))),
    }
}
