//! log4rs.

use log::{LevelFilter, Record};
use log4rs::append::Append;
use log4rs::append::file::FileAppender;
use log4rs::config::{Appender, Config, Logger, Root};
use log4rs::encode::Encode;
use log4rs::encode::json::JsonEncoder;
use log4rs::encode::pattern::PatternEncoder;
use log4rs::encode::writer::simple::SimpleWriter;
use peers::{Discard, Task, facade, facade_until, file_path, others, rules, thousand, unsupported};

const LINE: &str = "{d(%Y-%m-%d %H:%M:%S,%3f)} {t} [{l}] {m}{n}";

/// Encodes and throws away.
#[derive(Debug)]
struct Discarding(Box<dyn Encode>);

impl Append for Discarding {
    fn append(&self, record: &Record<'_>) -> anyhow::Result<()> {
        self.0.encode(&mut SimpleWriter(Discard), record)
    }

    fn flush(&self) {}
}

fn main() {
    let task = Task::from_args();
    let kind = task
        .workload
        .split('_')
        .next()
        .unwrap_or_default()
        .to_owned();
    let appender: Box<dyn Append> = match &*kind {
        "w4" | "ff" => Box::new(
            FileAppender::builder()
                .encoder(Box::new(PatternEncoder::new(LINE)))
                .build(file_path())
                .unwrap(),
        ),
        "fe" => Box::new(
            log4rs::append::console::ConsoleAppender::builder()
                .target(log4rs::append::console::Target::Stderr)
                .build(),
        ),
        "w4b" | "w5p" | "w5b" | "fa" => unsupported(),
        "w6" => Box::new(Discarding(Box::new(JsonEncoder::new()))),
        _ => Box::new(Discarding(Box::new(PatternEncoder::new(LINE)))),
    };
    let mut config = Config::builder().appender(Appender::builder().build("out", appender));
    let start = std::time::Instant::now();
    let names: Vec<String> = match &*kind {
        "w2" | "w7" => others(rules(&task.workload)).collect(),
        "w2rr" | "w2dyn" => others(10).collect(),
        _ => Vec::new(),
    };
    for name in names {
        config = config.logger(Logger::builder().build(name, LevelFilter::Debug));
    }
    if kind == "w2rr" || kind == "w2dyn" {
        for name in thousand() {
            config = config.logger(Logger::builder().build(name, LevelFilter::Info));
        }
    }
    let config = config
        .build(Root::builder().appender("out").build(LevelFilter::Info))
        .unwrap();
    log4rs::init_config(config).unwrap();
    if kind == "w7" {
        println!("{:.2}", start.elapsed().as_secs_f64() * 1e3);
        return;
    }
    if kind.starts_with('f') {
        facade_until(&task, || ());
    } else {
        facade(&task);
    }
}
