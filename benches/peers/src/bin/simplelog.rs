//! simplelog; the order of its fields is fixed.

use std::fs::File;

use log::LevelFilter;
use peers::{Discard, Task, facade, facade_until, file_path, others, rules, thousand, unsupported};
use simplelog::{ConfigBuilder, LevelPadding, ThreadLogMode, WriteLogger};
use time::macros::format_description;

fn main() {
    let task = Task::from_args();
    let kind = task
        .workload
        .split('_')
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut config = ConfigBuilder::new();
    config
        .set_time_format_custom(format_description!(
            "[year]-[month]-[day] [hour]:[minute]:[second],[subsecond digits:3]"
        ))
        .set_thread_level(LevelFilter::Off)
        .set_thread_mode(ThreadLogMode::Names)
        .set_level_padding(LevelPadding::Off)
        .set_location_level(LevelFilter::Off)
        .set_target_level(LevelFilter::Error);
    // It has lists of targets to leave out, and no levels for them.
    if kind == "w2" {
        config.add_filter_ignore("peer.module".to_owned());
        others(rules(&task.workload)).for_each(|name| {
            config.add_filter_ignore(name);
        });
    } else if kind.starts_with("w2") {
        thousand().into_iter().for_each(|name| {
            config.add_filter_ignore_str(name);
        });
    }
    let level = if kind.starts_with("w2") {
        LevelFilter::Debug
    } else {
        LevelFilter::Info
    };
    match &*kind {
        "w4" => {
            WriteLogger::init(level, config.build(), File::create(file_path()).unwrap()).unwrap()
        }
        "ff" => {
            let file = File::options().create(true).append(true).open(file_path());
            WriteLogger::init(level, config.build(), file.unwrap()).unwrap()
        }
        "fe" => WriteLogger::init(level, config.build(), std::io::stderr()).unwrap(),
        "w4b" | "w6" | "w7" | "w5p" | "w5b" | "fa" => unsupported(),
        _ => WriteLogger::init(level, config.build(), Discard).unwrap(),
    }
    if kind.starts_with('f') {
        facade_until(&task, || ());
    } else {
        facade(&task);
    }
}
