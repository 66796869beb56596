//! fern, with the time by chrono as its documentation has it.

use std::fs::File;
use std::io::Write;

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
    let mut dispatch = fern::Dispatch::new().level(LevelFilter::Info);
    if kind.starts_with("w2") {
        for name in others(if kind == "w2" {
            rules(&task.workload)
        } else {
            10
        }) {
            dispatch = dispatch.level_for(name, LevelFilter::Debug);
        }
        if kind != "w2" {
            for name in thousand() {
                dispatch = dispatch.level_for(name, LevelFilter::Info);
            }
        }
    }
    let target: fern::Output = match &*kind {
        "w4" => File::create(file_path()).unwrap().into(),
        "ff" => fern::log_file(file_path()).unwrap().into(),
        "fe" => std::io::stderr().into(),
        "w4b" | "w6" | "w7" | "w5p" | "w5b" | "fa" => unsupported(),
        _ => (Box::new(Discard) as Box<dyn Write + Send>).into(),
    };
    dispatch
        .format(|out, message, record| {
            out.finish(format_args!(
                "{} {} [{}] {message}",
                chrono_now(),
                record.target(),
                record.level()
            ));
        })
        .chain(target)
        .apply()
        .unwrap();
    if kind.starts_with('f') {
        facade_until(&task, || ());
    } else {
        facade(&task);
    }
}
