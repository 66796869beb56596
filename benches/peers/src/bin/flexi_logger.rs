//! flexi_logger, with the time by its own `DeferredNow`.

use std::io::{self, Write};

use flexi_logger::writers::LogWriter;
use flexi_logger::{DeferredNow, FileSpec, LogSpecification, Logger, WriteMode};
use log::{LevelFilter, Record};
use peers::{Discard, Task, facade, facade_until, file_path, others, rules, thousand, unsupported};

fn line(out: &mut dyn Write, now: &mut DeferredNow, record: &Record<'_>) -> io::Result<()> {
    write!(
        out,
        "{} {} [{}] {}",
        now.format("%Y-%m-%d %H:%M:%S,%3f"),
        record.target(),
        record.level(),
        record.args()
    )
}

/// Formats and throws away.
struct Discarding(flexi_logger::FormatFunction);

impl LogWriter for Discarding {
    fn write(&self, now: &mut DeferredNow, record: &Record<'_>) -> io::Result<()> {
        thread_local!(static BUFFER: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) });
        BUFFER.with_borrow_mut(|buffer| {
            buffer.clear();
            (self.0)(buffer, now, record)?;
            Discard.write_all(buffer)
        })
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
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
    let start = std::time::Instant::now();
    let mut specification = LogSpecification::builder();
    specification.default(LevelFilter::Info);
    match &*kind {
        "w2" | "w7" => others(rules(&task.workload)).for_each(|name| {
            specification.module(name, LevelFilter::Debug);
        }),
        "w2rr" | "w2dyn" => {
            others(10).for_each(|name| {
                specification.module(name, LevelFilter::Debug);
            });
            thousand().into_iter().for_each(|name| {
                specification.module(name, LevelFilter::Info);
            });
        }
        _ => {}
    }
    let specification = specification.build();
    if kind == "w7" {
        std::hint::black_box(specification);
        println!("{:.2}", start.elapsed().as_secs_f64() * 1e3);
        return;
    }
    let file = || FileSpec::try_from(file_path()).unwrap();
    let logger = Logger::with(specification).format(line);
    let logger = match &*kind {
        "w4" | "ff" => logger.log_to_file(file()).write_mode(WriteMode::Direct),
        "w5p" | "w5b" | "fa" => logger.log_to_file(file()).write_mode(WriteMode::Async),
        "fe" => logger.log_to_stderr(),
        "w4b" => logger
            .log_to_file(file())
            .write_mode(WriteMode::BufferDontFlushWith(64 * 1024)),
        "w6" => logger.log_to_writer(Box::new(Discarding(flexi_logger::json_format))),
        _ if kind.starts_with('w') => logger.log_to_writer(Box::new(Discarding(line))),
        _ => unsupported(),
    };
    let handle = logger.start().unwrap();
    if matches!(&*kind, "w5p" | "w5b" | "fa" | "ff" | "fe") {
        facade_until(&task, || handle.shutdown());
    } else {
        facade(&task);
    }
}
