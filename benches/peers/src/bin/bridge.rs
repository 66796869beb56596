//! Events and spans of `tracing`: by both fronts of logtree, by the `fmt` layer, and without a
//! subscriber.

use std::hint::black_box;

use logtree::handler::StreamHandler;
use logtree::{Formatter, Level, get_logger};
use peers::{Discard, Task, chrono_now, others};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

struct Chrono;

impl FormatTime for Chrono {
    fn format_time(&self, out: &mut Writer<'_>) -> std::fmt::Result {
        write!(out, "{}", chrono_now())
    }
}

/// Sets the level of the root, and a more verbose one of some other targets.
fn set_up_tree(verbose: impl Iterator<Item = String>) {
    let root = get_logger("");
    root.set_level(Level::INFO);
    let line = Formatter::new("%(asctime)s %(name)s [%(levelname)s] %(message)s").unwrap();
    root.add_handler(StreamHandler::new(Discard).with_formatter(line));
    for name in verbose {
        get_logger(&name).set_level(Level::DEBUG);
    }
}

fn main() {
    let task = Task::from_args();
    let (front, workload) = task.workload.split_once('_').unwrap_or_default();
    let verbose = || {
        let count = if workload == "t2" { 10 } else { 0 };
        let owner = (workload == "t2_owner").then(|| "aws_sdk_s3".to_owned());
        others(count).chain(owner)
    };
    match front {
        "none" => {}
        "subscriber" => {
            set_up_tree(verbose());
            logtree::tracing::install().unwrap();
        }
        "layer" => {
            set_up_tree(verbose());
            let subscriber = registry().with(logtree::tracing::layer());
            tracing::subscriber::set_global_default(subscriber).unwrap();
        }
        "fmt" => {
            let mut filter = EnvFilter::new("info");
            for name in verbose() {
                filter = filter.add_directive(format!("{name}=debug").parse().unwrap());
            }
            let lines = fmt::layer()
                .with_timer(Chrono)
                .with_ansi(false)
                .with_writer(|| Discard);
            let subscriber = registry().with(filter).with(lines);
            tracing::subscriber::set_global_default(subscriber).unwrap();
        }
        other => panic!("unknown front {other}"),
    }
    let off = |n| {
        tracing::debug!(target: "peer.module", id = n, took = black_box(42), status = black_box("ok"), "request done");
    };
    let on = |n| tracing::info!(target: "peer.module", id = n, took = black_box(42), status = black_box("ok"), "request done");
    let span = |n| tracing::info_span!(target: "peer.module", "request", id = n, path = "/orders");
    if front != "none" {
        // Another level, and back: what `tracing` caches of these call sites is final.
        (0..600).for_each(off);
        let level = get_logger("peer").level();
        get_logger("peer").set_level(Level::ERROR);
        get_logger("peer").set_level(level);
    }
    match workload {
        "t1" | "t2" | "t2_owner" => task.measure(off),
        "t3" => task.measure(on),
        "t4" => task.measure(|n| span(n).in_scope(|| {})),
        "t5" => span(0).in_scope(|| task.measure(on)),
        other => panic!("unknown workload {other}"),
    }
}
