//! Measures events and spans of `tracing` by each of its fronts, and writes the table of the documentation's chapter on
//! performance:
//!
//! ```text
//! cargo run --release --bin bridges    needs valgrind
//! ```

use std::fmt::Write;
use std::fs;

use peers::runner::{build, count, package, run};

/// A row: what it is called, and what its workloads begin with.
const ROWS: &[(&str, &str)] = &[
    ("no subscriber", "none"),
    ("**logtree**, `Subscriber`", "subscriber"),
    ("**logtree**, `Layer`", "layer"),
    ("tracing-subscriber, `fmt`", "fmt"),
];

/// Workloads, with the two numbers of calls whose difference counts, and the number of those that are timed.
const WORKLOADS: &[(&str, u64, u64, u64)] = &[
    ("t1", 2000, 12_000, 3_000_000),
    ("t2", 2000, 12_000, 3_000_000),
    ("t2_owner", 2000, 12_000, 500_000),
    ("t3", 1000, 3000, 100_000),
    ("t4", 1000, 3000, 100_000),
    ("t5", 1000, 3000, 100_000),
];

fn main() {
    let binary = build("bridge");
    let mut text = String::new();
    let names: Vec<_> = WORKLOADS.iter().map(|(name, ..)| *name).collect();
    for (title, is_counted) in [("Instructions a call", true), ("Nanoseconds a call", false)] {
        let line = "---:|".repeat(names.len());
        let _ = writeln!(text, "{title}\n\n| | {} |\n|---|{line}", names.join(" | "));
        for (name, front) in ROWS {
            let _ = write!(text, "| {name} |");
            for (workload, few, many, timed) in WORKLOADS {
                let workload = format!("{front}_{workload}");
                let value = if is_counted {
                    count(&binary, &workload, *few, *many).map(|count| count.to_string())
                } else {
                    let times = (0..3).filter_map(|_| run(&binary, &workload, *timed));
                    times
                        .min_by(f64::total_cmp)
                        .map(|time| format!("{time:.1}"))
                };
                let _ = write!(text, " {} |", value.as_deref().unwrap_or("–"));
                eprintln!("{workload} done");
            }
            text.push('\n');
        }
        text.push('\n');
    }
    fs::write(package().join("../../src/docs/results_tracing.md"), text).unwrap();
}
