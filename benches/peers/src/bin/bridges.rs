//! Measures events and spans of `tracing` by each of its fronts, and prints two tables, with a
//! legend of their columns:
//!
//! ```text
//! cargo run --release --bin bridges    needs valgrind
//! ```

use peers::runner::{build, count, run};

/// A row: what it is called, and what its workloads begin with.
const ROWS: &[(&str, &str)] = &[
    ("no subscriber", "none"),
    ("**logtree**, `Subscriber`", "subscriber"),
    ("**logtree**, `Layer`", "layer"),
    ("tracing-subscriber, `fmt`", "fmt"),
];

/// Workloads, with what they do, the two numbers of calls whose difference counts, and the number
/// of those that are timed.
const WORKLOADS: &[(&str, &str, u64, u64, u64)] = &[
    ("t1", "an event below the level", 2000, 12_000, 3_000_000),
    (
        "t2",
        "the same, with lower levels for ten other targets",
        2000,
        12_000,
        3_000_000,
    ),
    (
        "t2_owner",
        "the same, with a lower level for another crate's target",
        2000,
        12_000,
        500_000,
    ),
    ("t3", "an event that is written", 1000, 3000, 100_000),
    ("t4", "a span, entered and left", 1000, 3000, 100_000),
    ("t5", "an event within a span", 1000, 3000, 100_000),
];

fn main() {
    let binary = build("bridge");
    for (name, what, ..) in WORKLOADS {
        println!("- `{name}`: {what}");
    }
    let names: Vec<_> = WORKLOADS.iter().map(|(name, ..)| *name).collect();
    let line = "---:|".repeat(names.len());
    for (title, is_counted) in [("Instructions a call", true), ("Nanoseconds a call", false)] {
        println!("\n{title}\n\n| | {} |\n|---|{line}", names.join(" | "));
        for (name, front) in ROWS {
            print!("| {name} |");
            for (workload, _, few, many, timed) in WORKLOADS {
                let workload = format!("{front}_{workload}");
                let value = if is_counted {
                    count(&binary, &workload, *few, *many).map(|count| count.to_string())
                } else {
                    let times = (0..3).filter_map(|_| run(&binary, &workload, *timed));
                    times
                        .min_by(f64::total_cmp)
                        .map(|time| format!("{time:.1}"))
                };
                print!(" {} |", value.as_deref().unwrap_or("–"));
                eprintln!("{workload} done");
            }
            println!();
        }
    }
}
