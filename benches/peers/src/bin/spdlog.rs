//! spdlog-rs, by its own macros; `log_…` by its proxy for the `log` facade.

use std::hint::black_box;
use std::sync::Arc;

use peers::{
    Discard, Task, asynchronous, facade, facade_until, file_path, scenes, unsupported,
    wait_for_file,
};
use spdlog::formatter::{JsonFormatter, PatternFormatter, pattern};
use spdlog::prelude::*;
use spdlog::sink::{AsyncPoolSink, FileSink, OverflowPolicy, Sink, StdStreamSink, WriteSink};

/// Its flush asks for one and does not wait.
fn flush(logger: &Logger) {
    logger.flush();
    wait_for_file();
}

fn main() {
    let task = Task::from_args();
    let bridged = task.workload.starts_with("log_");
    let workload = task
        .workload
        .strip_prefix("log_")
        .unwrap_or(&task.workload)
        .to_owned();
    let kind = workload.split('_').next().unwrap_or_default().to_owned();
    let line = PatternFormatter::new(pattern!(
        "{date} {time},{millisecond} {logger} [{level}] {payload}{eol}"
    ));
    let sink: Arc<dyn Sink> = match &*kind {
        "w4" | "w4b" | "ff" => Arc::new(
            FileSink::builder()
                .path(file_path())
                .truncate(true)
                .formatter(line)
                .build()
                .unwrap(),
        ),
        "w5p" | "w5b" | "fa" => Arc::new(
            AsyncPoolSink::builder()
                .sink(Arc::new(
                    FileSink::builder()
                        .path(file_path())
                        .truncate(true)
                        .formatter(line)
                        .build()
                        .unwrap(),
                ))
                .overflow_policy(OverflowPolicy::Block)
                .build()
                .unwrap(),
        ),
        "fe" => Arc::new(
            StdStreamSink::builder()
                .stderr()
                .formatter(line)
                .build()
                .unwrap(),
        ),
        "w6" => Arc::new(
            WriteSink::builder()
                .target(Discard)
                .formatter(JsonFormatter::new())
                .build()
                .unwrap(),
        ),
        "w7" | "w2rr" | "w2dyn" => unsupported(),
        _ => Arc::new(
            WriteSink::builder()
                .target(Discard)
                .formatter(line)
                .build()
                .unwrap(),
        ),
    };
    let logger = Arc::new(
        Logger::builder()
            .name("peer.module")
            .sink(sink)
            .build()
            .unwrap(),
    );
    logger.set_level_filter(LevelFilter::MoreSevereEqual(Level::Info));
    let kept = Arc::clone(&logger);
    if kind == "w4" || kind == "ff" {
        logger.set_flush_level_filter(LevelFilter::All);
    }
    if bridged {
        spdlog::init_log_crate_proxy().unwrap();
        spdlog::log_crate_proxy().set_logger(Some(logger));
        log::set_max_level(if kind == "w1" {
            log::LevelFilter::Info
        } else {
            log::LevelFilter::Debug
        });
        let task = Task {
            workload,
            calls: task.calls,
        };
        if matches!(&*kind, "w5p" | "w5b" | "fa" | "ff" | "fe") {
            return facade_until(&task, || flush(&kept));
        }
        return facade(&task);
    }
    if scenes::out_of(&workload).is_some() {
        let own = Arc::clone(&logger);
        let say = move |text: &dyn std::fmt::Display| info!(logger: own, "{text}");
        return scenes::play(&workload, Box::leak(Box::new(say)), || flush(&logger));
    }
    match &*kind {
        "w5p" | "w5b" => {
            let once = |n| info!(logger: logger, "request {} took {} us status={}", n, black_box(42), black_box(200));
            asynchronous(&task, once, || flush(&logger));
        }
        "w1" | "w2" => {
            task.measure(|n| debug!(logger: logger, "request {} took {} us status={}", n, black_box(42), black_box(200)))
        }
        "w6" => task.measure(
            |n| info!(logger: logger, "request done", kv: { id = n, took = black_box(42), status = black_box("ok") }),
        ),
        "w3" if workload == "w3_2t" => {
            task.measure_two(
                |n| info!(logger: logger, "request {} took {} us status={}", n, black_box(42), black_box(200)),
            );
        }
        _ => task.measure(|n| info!(logger: logger, "request {} took {} us status={}", n, black_box(42), black_box(200))),
    }
}
