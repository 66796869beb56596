//! What calls of eight threads take, in rounds that are compared with each other.

use std::error::Error;
use std::num::NonZeroUsize;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use logtree::Registry;

const THREADS: usize = 8;
const CALLS: usize = 20_000;

/// Makes so many calls, to count instructions under callgrind.
#[inline(never)]
pub(crate) fn enabled(registry: &Registry, calls: usize) {
    let logger = registry.get_logger("app");
    for at in 0..calls {
        logtree::info!(logger, at = at; "a record of some length");
    }
}

/// Returns the number of rounds, 11 unless given.
///
/// # Errors
/// For what is no number, or 0.
pub(crate) fn rounds(given: Option<&String>) -> Result<usize, Box<dyn Error>> {
    let rounds: Option<NonZeroUsize> = given.map(|text| text.parse()).transpose()?;
    Ok(rounds.map_or(11, NonZeroUsize::get))
}

/// Prints the median and the quartiles of what others took over what the base took.
pub(crate) fn print_ratios(base: &str, names: &[&str], ratios: &mut [Vec<f64>]) {
    for (name, ratios) in names.iter().zip(ratios) {
        ratios.sort_unstable_by(f64::total_cmp);
        let at = |part: usize| ratios[(ratios.len() - 1) * part / 4];
        println!(
            "{name:12} p99 over {base}: {:.2} (quartiles {:.2}, {:.2})",
            at(2),
            at(1),
            at(3)
        );
    }
}

/// Returns the p99.
pub(crate) fn measure(registry: &Registry, name: &str) -> Duration {
    let barrier = Barrier::new(THREADS);
    let mut all: Vec<Duration> = thread::scope(|scope| {
        let each = |number: usize| {
            let logger = registry.get_logger(format!("app.t{number}"));
            let barrier = &barrier;
            scope.spawn(move || {
                let mut times = Vec::with_capacity(CALLS);
                barrier.wait();
                for at in 0..CALLS {
                    let start = Instant::now();
                    logtree::info!(logger, at = at; "a record of some length");
                    times.push(start.elapsed());
                }
                times
            })
        };
        let threads: Vec<_> = (0..THREADS).map(each).collect();
        let times = threads.into_iter().map(|thread| thread.join());
        times.filter_map(Result::ok).flatten().collect()
    });
    all.sort_unstable();
    let at = |part: usize| all[(all.len() - 1) * part / 1000];
    println!(
        "{name:20} p50 {:>9.2?}  p90 {:>9.2?}  p99 {:>9.2?}  p99.9 {:>9.2?}",
        at(500),
        at(900),
        at(990),
        at(999)
    );
    at(990)
}
