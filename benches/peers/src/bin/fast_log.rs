//! fast_log: the caller formats and sends, a worker writes. Asynchronous only.

use fast_log::Config;
use fast_log::appender::{FastLogRecord, LogAppender};
use peers::{Task, facade, unsupported};

struct Discarding;

impl LogAppender for Discarding {
    fn do_logs(&mut self, records: &[FastLogRecord]) {
        std::hint::black_box(records.len());
    }
}

fn main() {
    let task = Task::from_args();
    let kind = task
        .workload
        .split('_')
        .next()
        .unwrap_or_default()
        .to_owned();
    if !matches!(&*kind, "w1" | "w3") {
        unsupported();
    }
    fast_log::init(
        Config::new()
            .level(log::LevelFilter::Info)
            .chan_len(Some(100_000))
            .custom(Discarding),
    )
    .unwrap();
    facade(&task);
}
