//! ftlog: the caller formats and sends, a worker writes. Asynchronous only.

use ftlog::appender::FileAppender;
use peers::{Discard, Task, facade, facade_until, file_path, unsupported};

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
        "fe" => builder.root(std::io::stderr()),
        "w1" | "w3" => builder.root(Discard),
        "w5p" | "w5b" | "fa" => builder.root(FileAppender::builder().path(file_path()).build()),
        _ => unsupported(),
    };
    let guard = builder.try_init().unwrap();
    if matches!(&*kind, "w5p" | "w5b" | "fa" | "fe") {
        facade_until(&task, || drop(guard));
    } else {
        facade(&task);
    }
}
