//! tracing-subscriber: natively, and (`log_…`) for records of the `log` facade.

use std::fs::File;
use std::hint::black_box;
use std::sync::Mutex;

use peers::{
    Discard, Task, asynchronous, chrono_now, facade, facade_until, file_path, others, rules,
    scenes, thousand, unsupported,
};
use tracing_appender::non_blocking::NonBlockingBuilder;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

struct Chrono;

impl FormatTime for Chrono {
    fn format_time(&self, out: &mut Writer<'_>) -> std::fmt::Result {
        write!(out, "{}", chrono_now())
    }
}

fn start<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(
    filter: EnvFilter,
    writer: W,
    json: bool,
) {
    let builder = tracing_subscriber::fmt()
        .with_timer(Chrono)
        .with_ansi(false)
        .with_env_filter(filter)
        .with_writer(writer);
    if json {
        builder.json().init()
    } else {
        builder.init()
    }
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
    let begin = std::time::Instant::now();
    let mut filter = EnvFilter::new("info");
    let names: Vec<String> = match &*kind {
        "w2" | "w7" => others(rules(&workload)).collect(),
        "w2rr" | "w2dyn" => others(10).collect(),
        _ => Vec::new(),
    };
    for name in names {
        filter = filter.add_directive(format!("{name}=debug").parse().unwrap());
    }
    if kind == "w2rr" || kind == "w2dyn" {
        for name in thousand() {
            filter = filter.add_directive(format!("{name}=info").parse().unwrap());
        }
    }
    if kind == "w7" {
        std::hint::black_box(filter);
        println!("{:.2}", begin.elapsed().as_secs_f64() * 1e3);
        return;
    }
    let mut guard = None;
    match &*kind {
        "w4" => start(
            filter,
            Mutex::new(File::create(file_path()).unwrap()),
            false,
        ),
        "ff" => start(
            filter,
            Mutex::new(
                File::options()
                    .create(true)
                    .append(true)
                    .open(file_path())
                    .unwrap(),
            ),
            false,
        ),
        "fe" => start(filter, std::io::stderr, false),
        "w5p" | "w5b" | "fa" => {
            let file = File::options().create(true).append(true).open(file_path());
            // Without loss, as the others; by default it drops.
            let (writer, own) = NonBlockingBuilder::default()
                .lossy(kind == "fa")
                .finish(file.unwrap());
            guard = Some(own);
            start(filter, writer, false);
        }
        "w4b" => unsupported(),
        "w6" => start(filter, || Discard, true),
        _ => start(filter, || Discard, false),
    }
    let task = Task {
        workload,
        calls: task.calls,
    };
    let waits = matches!(&*kind, "w5p" | "w5b" | "fa" | "ff" | "fe");
    if bridged && waits {
        facade_until(&task, || drop(guard));
    } else if waits {
        native_until(&task, || drop(guard));
    } else if bridged {
        facade(&task)
    } else {
        native(&task)
    }
}

fn native_until(task: &Task, flush: impl FnOnce()) {
    if scenes::out_of(&task.workload).is_some() {
        let say = |text: &dyn std::fmt::Display| tracing::info!(target: "peer.module", "{text}");
        return scenes::play(&task.workload, Box::leak(Box::new(say)), flush);
    }
    let once = |n| tracing::info!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200));
    asynchronous(task, once, flush);
}

fn native(task: &Task) {
    match &*task.workload {
        "w2rr_1000" | "w2dyn_1000" => unsupported(),
        name if name == "w1" || name.starts_with("w2_") => {
            task.measure(|n| tracing::debug!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200)));
        }
        "w6" => task.measure(|n| tracing::info!(target: "peer.module", id = n, took = black_box(42), status = black_box("ok"), "request done")),
        "w3_2t" => task.measure_two(|n| tracing::info!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200))),
        _ => task.measure(|n| tracing::info!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200))),
    }
}
