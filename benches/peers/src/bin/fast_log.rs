//! fast_log: the caller formats and sends, a worker writes. Asynchronous only.

use fast_log::Config;
use fast_log::appender::{FastLogRecord, LogAppender};
use peers::{Task, facade, facade_until, file_path, unsupported};

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
    let config = Config::new()
        .level(log::LevelFilter::Info)
        .chan_len(Some(100_000));
    let config = match &*kind {
        "w1" | "w3" => config.custom(Discarding),
        "w5p" | "w5b" | "fa" => config.file(&file_path().to_string_lossy()),
        "fe" => config.console_stderr(),
        _ => unsupported(),
    };
    fast_log::init(config).unwrap();
    if matches!(&*kind, "w1" | "w3") {
        facade(&task);
    } else {
        facade_until(&task, || log::logger().flush());
    }
}
