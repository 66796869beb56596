//! What all peers do: the same work, measured the same way.
//!
//! A binary takes a workload and a number of calls, does them, and prints the nanoseconds each
//! took: the least of several passes, as the machine may be shared. Under callgrind the same binary
//! is run with two numbers of calls, and the difference of the instruction counts is that of the
//! calls alone.

pub mod runner;
pub mod scenes;

use std::env;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;

/// What a binary is asked to do.
pub struct Task {
    pub workload: String,
    pub calls: u64,
}

impl Task {
    /// From the command line: a workload and a number of calls.
    pub fn from_args() -> Self {
        let mut args = env::args().skip(1);
        let workload = args.next().unwrap_or_default();
        let calls = args
            .next()
            .and_then(|calls| calls.parse().ok())
            .unwrap_or(1);
        Self { workload, calls }
    }

    /// Calls `once` as often as asked, and prints the least time of seven passes.
    pub fn measure(&self, mut once: impl FnMut(u64)) {
        let passes = if env::var_os("PEERS_ONE_PASS").is_some() {
            1
        } else {
            7
        };
        let mut least = f64::INFINITY;
        for _ in 0..passes {
            let start = Instant::now();
            for n in 0..self.calls {
                once(black_box(n));
            }
            least = least.min(start.elapsed().as_nanos() as f64 / self.calls as f64);
        }
        println!("{least:.2}");
        let _ = std::fs::remove_file(file_path());
    }

    /// The same on two threads at once: wall time a call, over the calls of both.
    pub fn measure_two(&self, once: impl Fn(u64) + Sync) {
        let mut least = f64::INFINITY;
        for _ in 0..7 {
            let start = Instant::now();
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| (0..self.calls / 2).for_each(|n| once(black_box(n))));
                }
            });
            least = least.min(start.elapsed().as_nanos() as f64 / self.calls as f64);
        }
        println!("{least:.2}");
    }
}

/// The asynchronous workloads: `w5p` at 100,000 records a second, `w5b` as fast as they can be
/// logged.
///
/// Both print `p50 p99 p99.9 end-to-end lost`: the caller's nanoseconds, the clock's own share
/// taken off, wall time a record until `flush` came back, and the records that are not in the file
/// then.
pub fn asynchronous(task: &Task, once: impl Fn(u64), flush: impl FnOnce()) {
    let paced = task.workload.ends_with("w5p");
    let mut took = vec![0_u32; usize::try_from(task.calls).unwrap()];
    // Threads, buffers and caches are there before it counts.
    (0..1000).for_each(|n| once(black_box(n)));
    std::thread::sleep(std::time::Duration::from_millis(20));
    let start = Instant::now();
    for (n, took) in took.iter_mut().enumerate() {
        if paced {
            let due = std::time::Duration::from_micros(10) * u32::try_from(n).unwrap();
            while start.elapsed() < due {
                std::hint::spin_loop();
            }
        }
        let before = Instant::now();
        once(black_box(n as u64));
        *took = u32::try_from(before.elapsed().as_nanos()).unwrap_or(u32::MAX);
    }
    flush();
    let whole = start.elapsed().as_nanos() as f64 / task.calls as f64;
    let clock = {
        let mut pairs: Vec<u32> = (0..10_000)
            .map(|_| {
                let before = Instant::now();
                u32::try_from(before.elapsed().as_nanos()).unwrap_or(u32::MAX)
            })
            .collect();
        pairs.sort_unstable();
        pairs[pairs.len() / 2]
    };
    took.sort_unstable();
    let at = |permille: usize| {
        let at = (took.len() * permille / 1000).min(took.len() - 1);
        took[at].saturating_sub(clock)
    };
    let lines = std::fs::read(file_path()).map_or(0, |text| {
        text.iter().filter(|byte| **byte == b'\n').count() as u64
    });
    let lost = (task.calls + 1000).saturating_sub(lines);
    println!("{} {} {} {whole:.0} {lost}", at(500), at(990), at(999));
    let _ = std::fs::remove_file(file_path());
}

/// The asynchronous workloads, and the scenes, through the facade.
pub fn facade_until(task: &Task, flush: impl FnOnce()) {
    if scenes::out_of(&task.workload).is_some() {
        let say = |text: &dyn std::fmt::Display| log::info!(target: "peer.module", "{text}");
        return scenes::play(&task.workload, Box::leak(Box::new(say)), flush);
    }
    let once = |n| log::info!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200));
    asynchronous(task, once, flush);
}

/// Waits until a file does not grow any more, for peers whose flush does not wait.
pub fn wait_for_file() {
    let size = || std::fs::metadata(file_path()).map_or(0, |found| found.len());
    let mut last = size();
    loop {
        std::thread::sleep(std::time::Duration::from_millis(5));
        let now = size();
        if now == last {
            return;
        }
        last = now;
    }
}

/// A workload that a peer does not have.
pub fn unsupported() -> ! {
    println!("-");
    std::process::exit(0)
}

/// Takes everything and keeps nothing, but reads it as far as a checksum of its length.
#[derive(Clone, Copy, Default)]
pub struct Discard;

impl Write for Discard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        black_box(bytes.as_ptr());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The file of the file workloads.
pub fn file_path() -> std::path::PathBuf {
    if let Some(path) = env::var_os("PEERS_FILE") {
        return path.into();
    }
    let directory = env::var_os("PEERS_DIR").map_or_else(env::temp_dir, Into::into);
    directory.join(format!("peers-{}.log", std::process::id()))
}

/// A thousand names, `peer.m0` to `peer.m999`, that live as long as the program.
pub fn thousand() -> Vec<&'static str> {
    (0..1000).map(|n| &*format!("peer.m{n}").leak()).collect()
}

/// Names of other targets, for rules: `other.m0` and on.
pub fn others(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("other.m{n}"))
}

/// How many rules a workload like `w2_10` has.
pub fn rules(workload: &str) -> usize {
    workload
        .rsplit('_')
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap_or(1)
}

/// The calls through the facade, which most peers share.
pub fn facade(task: &Task) {
    match &*task.workload {
        "w1" => task.measure(
            |n| log::debug!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200)),
        ),
        "w2rr_1000" | "w2dyn_1000" => {
            let names = thousand();
            let owned: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let dynamic = task.workload == "w2dyn_1000";
            let mut at = 0;
            task.measure(|n| {
                at = if at == 999 { 0 } else { at + 1 };
                let target = if dynamic { &*owned[at] } else { names[at] };
                log::debug!(target: target, "request {n} took {} us status={}", black_box(42), black_box(200));
            });
        }
        name if name.starts_with("w2_") => {
            task.measure(
                |n| log::debug!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200)),
            );
        }
        "w3_2t" => task.measure_two(
            |n| log::info!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200)),
        ),
        "w3" | "w3n" | "w3three" | "w4" | "w4b" | "w5c" | "w3safe" | "w3redact" | "w3logfmt" => {
            task.measure(
                |n| log::info!(target: "peer.module", "request {n} took {} us status={}", black_box(42), black_box(200)),
            );
        }
        "w6" | "w6text" | "w6logfmt" => task.measure(
            |n| log::info!(target: "peer.module", id = n, took = black_box(42), status = black_box("ok"); "request done"),
        ),
        other => panic!("unknown workload {other}"),
    }
}

/// The time as chrono writes it, for peers that leave it to the user.
pub fn chrono_now() -> impl std::fmt::Display {
    chrono::Local::now().format("%Y-%m-%d %H:%M:%S,%3f")
}
