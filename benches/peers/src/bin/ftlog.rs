//! ftlog: the caller formats and sends, a worker writes. Asynchronous only.

use ftlog::appender::FileAppender;
use peers::{Discard, Task, facade, file_path, unsupported};

fn main() {
    let task = Task::from_args();
    let kind = task
        .workload
        .split('_')
        .next()
        .unwrap_or_default()
        .to_owned();
    let builder = ftlog::builder()
        .max_log_level(ftlog::LevelFilter::Info)
        .bounded(100_000, true);
    let builder = match &*kind {
        "w1" | "w3" => builder.root(Discard),
        "w5" => builder.root(FileAppender::builder().path(file_path()).build()),
        _ => unsupported(),
    };
    let _guard = builder.try_init().unwrap();
    facade(&task);
}
