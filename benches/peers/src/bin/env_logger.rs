//! env_logger, with the time by chrono as its documentation has it.

use std::fs::File;
use std::io::Write;

use env_logger::{Builder, Target};
use log::LevelFilter;
use peers::{
    Discard, Task, chrono_now, facade, facade_until, file_path, others, rules, thousand,
    unsupported,
};

fn main() {
    let task = Task::from_args();
    let kind = task
        .workload
        .split('_')
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut builder = Builder::new();
    builder.filter_level(LevelFilter::Info);
    if kind == "w7" {
        let start = std::time::Instant::now();
        for name in others(rules(&task.workload)) {
            builder.filter_module(&name, LevelFilter::Debug);
        }
        std::hint::black_box(builder.build());
        println!("{:.2}", start.elapsed().as_secs_f64() * 1e3);
        return;
    }
    if kind.starts_with("w2") {
        for name in others(if kind == "w2" {
            rules(&task.workload)
        } else {
            10
        }) {
            builder.filter_module(&name, LevelFilter::Debug);
        }
        if kind != "w2" {
            for name in thousand() {
                builder.filter_module(name, LevelFilter::Info);
            }
        }
    }
    let target: Box<dyn Write + Send> = match &*kind {
        "w4" | "ff" => Box::new(
            File::options()
                .create(true)
                .append(true)
                .open(file_path())
                .unwrap(),
        ),
        "fe" => Box::new(std::io::stderr()),
        "w4b" | "w6" | "w5p" | "w5b" | "fa" => unsupported(),
        _ => Box::new(Discard),
    };
    builder.target(Target::Pipe(target));
    builder.format(|out, record| {
        writeln!(
            out,
            "{} {} [{}] {}",
            chrono_now(),
            record.target(),
            record.level(),
            record.args()
        )
    });
    builder.init();
    if kind.starts_with('f') {
        facade_until(&task, || ());
    } else {
        facade(&task);
    }
}
