//! The `log` facade with an empty logger: the floor of every backend. And one relaxed load with a
//! compare: the floor of all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::atomic::{AtomicU16, Ordering};

use peers::{Task, facade, file_path, scenes, unsupported};

struct Noop;

impl log::Log for Noop {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, _: &log::Record<'_>) {}

    fn flush(&self) {}
}

fn main() {
    let task = Task::from_args();
    if task.workload == "load" {
        static LEVEL: AtomicU16 = AtomicU16::new(30);
        task.measure(|n| {
            if LEVEL.load(Ordering::Relaxed) <= 10 {
                std::hint::black_box(n);
            }
        });
        return;
    }
    if task.workload == "w4" || task.workload == "w4b" {
        // What the system asks for a line of 80 bytes by itself, and in blocks of 64 KiB.
        let line = [b'x'; 80];
        let mut file = File::create(file_path()).unwrap();
        let mut buffered = BufWriter::with_capacity(64 * 1024, file.try_clone().unwrap());
        let block = task.workload == "w4b";
        task.measure(|_| {
            if block {
                buffered.write_all(&line).unwrap()
            } else {
                file.write_all(&line).unwrap()
            }
        });
        return;
    }
    if task.workload.starts_with("w5") || scenes::out_of(&task.workload).is_some() {
        unsupported();
    }
    if task.workload == "w7" || task.workload.starts_with("w7_") {
        unsupported();
    }
    log::set_logger(&Noop).unwrap();
    log::set_max_level(if task.workload == "w1" {
        log::LevelFilter::Info
    } else {
        log::LevelFilter::Debug
    });
    facade(&task);
}
