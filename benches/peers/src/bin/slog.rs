//! slog with slog-term and slog-json.

use std::fs::File;
use std::io::Write;
use std::sync::Mutex;

use peers::{Discard, Task, chrono_now, file_path, unsupported};
use slog::{Drain, Level, LevelFilter, Logger, debug, info, o};

fn text(out: impl Write + Send + 'static) -> impl Drain<Ok = (), Err = slog::Never> + Send {
    let plain = slog_term::PlainDecorator::new(out);
    slog_term::FullFormat::new(plain)
        .use_custom_timestamp(|out: &mut dyn Write| write!(out, "{}", chrono_now()))
        .build()
        .fuse()
}

fn main() {
    let task = Task::from_args();
    let kind = task
        .workload
        .split('_')
        .next()
        .unwrap_or_default()
        .to_owned();
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
        "w4b" | "w7" | "w2rr" | "w2dyn" => unsupported(),
        _ => Logger::root(
            Mutex::new(LevelFilter::new(text(Discard), Level::Info)).map(slog::Fuse),
            o!(),
        ),
    };
    match &*kind {
        "w1" | "w2" => {
            task.measure(|n| debug!(logger, "request {} took {} us status={}", n, 42, 200))
        }
        "w6" => task
            .measure(|n| info!(logger, "request done"; "id" => n, "took" => 42, "status" => "ok")),
        "w3" if task.workload == "w3_2t" => {
            task.measure_two(|n| info!(logger, "request {} took {} us status={}", n, 42, 200));
        }
        _ => task.measure(|n| info!(logger, "request {} took {} us status={}", n, 42, 200)),
    }
}
