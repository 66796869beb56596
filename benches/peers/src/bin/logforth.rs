//! logforth, with a layout of the common line by jiff, which it writes times with itself.

use std::io::Write;

use logforth::append::Append;
use logforth::append::asynchronous::AsyncBuilder;
use logforth::append::file::FileBuilder;
use logforth::filter::rustlog::RustLogFilterBuilder;
use logforth::layout::JsonLayout;
use logforth::record::{LevelFilter, Record};
use logforth::{Diagnostic, Error, Layout};
use peers::{Discard, Task, facade, facade_until, file_path, others, rules, thousand, unsupported};

#[derive(Debug)]
struct Line;

impl Layout for Line {
    fn format(&self, record: &Record<'_>, _: &[Box<dyn Diagnostic>]) -> Result<Vec<u8>, Error> {
        let time = jiff::Timestamp::try_from(record.time())
            .unwrap()
            .to_zoned(jiff::tz::TimeZone::system());
        let mut line = Vec::with_capacity(128);
        let time = time.strftime("%Y-%m-%d %H:%M:%S,%3f");
        write!(
            line,
            "{time} {} [{}] {}",
            record.target(),
            record.level(),
            record.payload()
        )
        .unwrap();
        Ok(line)
    }
}

#[derive(Debug)]
struct Discarding(Box<dyn Layout>);

impl Append for Discarding {
    fn append(
        &self,
        record: &Record<'_>,
        diagnostics: &[Box<dyn Diagnostic>],
    ) -> Result<(), Error> {
        let line = self.0.format(record, diagnostics)?;
        Discard.write_all(&line).map_err(Error::from_io_error)
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }
}

fn file() -> logforth::append::File {
    let path = file_path();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    FileBuilder::new(path.parent().unwrap(), name)
        .layout(Line)
        .build()
        .unwrap()
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
    let level = |level| LevelFilter::MoreSevereEqual(level);
    let mut filter =
        RustLogFilterBuilder::default().filter_level(level(logforth::record::Level::Info));
    let names: Vec<String> = match &*kind {
        "w2" | "w7" => others(rules(&task.workload)).collect(),
        "w2rr" | "w2dyn" => others(10).collect(),
        _ => Vec::new(),
    };
    for name in names {
        filter = filter.filter_module(name, level(logforth::record::Level::Debug));
    }
    if kind == "w2rr" || kind == "w2dyn" {
        for name in thousand() {
            filter = filter.filter_module(name, level(logforth::record::Level::Info));
        }
    }
    let filter = filter.build();
    if kind == "w7" {
        println!("{:.2}", start.elapsed().as_secs_f64() * 1e3);
        return;
    }
    let append: Box<dyn Append> = match &*kind {
        "w4" | "ff" => Box::new(file()),
        "w5p" | "w5b" | "fa" => Box::new(
            AsyncBuilder::new("logforth")
                .overflow_block()
                .append(file())
                .build(),
        ),
        "fe" => Box::new(logforth::append::Stderr::default().with_layout(Line)),
        "w4b" => unsupported(),
        "w6" => Box::new(Discarding(Box::new(JsonLayout::default()))),
        _ => Box::new(Discarding(Box::new(Line))),
    };
    logforth::starter_log::builder()
        .dispatch(|dispatch| dispatch.filter(filter).append(append))
        .apply();
    log::set_max_level(if kind.starts_with("w2") {
        log::LevelFilter::Debug
    } else {
        log::LevelFilter::Info
    });
    if matches!(&*kind, "w5p" | "w5b" | "fa" | "ff" | "fe") {
        facade_until(&task, || log::logger().flush());
    } else {
        facade(&task);
    }
}
