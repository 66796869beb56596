//! Builds and runs all peers, and writes the tables and the plot of the documentation's chapter on
//! performance:
//!
//! ```text
//! cargo run --release --bin compare            all peers: about ten minutes, needs valgrind
//! cargo run --release --bin compare -- check   logtree's instruction counts against `baseline.txt`
//! cargo run --release --bin compare -- bless   writes `baseline.txt`
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;
use std::{env, fs};

use peers::runner::{build, count, package, run, run_all};

/// A row: what it is called, its binary, and what its workloads begin with.
const ROWS: &[(&str, &str, &str)] = &[
    ("floor (`log` with an empty logger)", "noop", ""),
    ("**logtree**, own macros", "logtree", "own_"),
    ("**logtree**, by `log`", "logtree", ""),
    ("env_logger", "env_logger", ""),
    ("log4rs", "log4rs", ""),
    ("flexi_logger", "flexi_logger", ""),
    ("fern", "fern", ""),
    ("simplelog", "simplelog", ""),
    ("tracing-subscriber", "tracing", ""),
    ("tracing-subscriber, by `log`", "tracing", "log_"),
    ("logforth", "logforth", ""),
    ("spdlog-rs", "spdlog", ""),
    ("spdlog-rs, by `log`", "spdlog", "log_"),
    ("slog", "slog", ""),
    ("ftlog (caller's half)", "ftlog", ""),
    ("fast_log (caller's half)", "fast_log", ""),
];

/// Workloads timed, with the number of calls in a pass.
const TIMED: &[(&str, u64)] = &[
    ("w1", 3_000_000),
    ("w2_1", 500_000),
    ("w2_10", 500_000),
    ("w2_1000", 40_000),
    ("w2rr_1000", 40_000),
    ("w2dyn_1000", 40_000),
    ("w3", 100_000),
    ("w3_2t", 100_000),
    ("w4", 100_000),
    ("w4b", 200_000),
    ("w6", 100_000),
    ("w7_10000", 1),
];

/// Asynchronous workloads, with the number of calls; see `peers::asynchronous`.
const ASYNCHRONOUS: &[(&str, u64)] = &[("w5p", 300_000), ("w5b", 1_000_000)];

/// What is shown of them.
const LATENCIES: &[&str] = &[
    "w5p p50",
    "w5p p99",
    "w5p p99.9",
    "w5b p50",
    "w5b end to end",
    "lost",
];

/// Workloads counted, with the two numbers of calls whose difference counts.
const COUNTED: &[(&str, u64, u64)] = &[
    ("w1", 2000, 12_000),
    ("w2_10", 2000, 7000),
    ("w3", 1000, 3000),
    ("w6", 1000, 3000),
];

/// Workloads counted of logtree alone: the line with escapes, the presets' line, three handlers,
/// the caller of a queue, logfmt, and key-values in text and in logfmt.
const COUNTED_ALONE: &[(&str, u64, u64)] = &[
    ("w3safe", 1000, 3000),
    ("w3redact", 1000, 3000),
    ("w3three", 1000, 3000),
    ("w5c", 500, 1500),
    ("w3logfmt", 1000, 3000),
    ("w6text", 1000, 3000),
    ("w6logfmt", 1000, 3000),
];

/// How far logtree's own counts may rise above the baseline, in percent.
const TOLERANCE: u64 = 5;

fn main() -> ExitCode {
    match env::args().nth(1).as_deref() {
        None => compare(),
        Some("check") => check(false),
        Some("bless") => check(true),
        Some(_) => ExitCode::FAILURE,
    }
}

fn compare() -> ExitCode {
    let mut binaries = BTreeMap::new();
    for (_, name, _) in ROWS {
        binaries.entry(*name).or_insert_with(|| build(name));
    }
    let mut times: BTreeMap<(usize, &str), f64> = BTreeMap::new();
    // Round by round, so that a busy moment of the machine does not fall on one peer alone.
    for round in 0..3 {
        for (workload, calls) in TIMED {
            for (row, (_, name, prefix)) in ROWS.iter().enumerate() {
                if let Some(time) = run(&binaries[name], &format!("{prefix}{workload}"), *calls) {
                    let least = times.entry((row, workload)).or_insert(f64::INFINITY);
                    *least = least.min(time);
                }
            }
            eprintln!("round {round}: {workload} done");
        }
    }
    let mut latencies: BTreeMap<(usize, &str), f64> = BTreeMap::new();
    for round in 0..3 {
        for (workload, calls) in ASYNCHRONOUS {
            for (row, (_, name, prefix)) in ROWS.iter().enumerate() {
                let workload = format!("{prefix}{workload}");
                let measured = run_all(&binaries[name], &workload, *calls);
                let [p50, p99, p999, whole, lost] = measured[..] else {
                    continue;
                };
                let mut least = |column, value: f64| {
                    let known = latencies.entry((row, column)).or_insert(f64::INFINITY);
                    *known = known.min(value);
                };
                if workload.ends_with('p') {
                    least(LATENCIES[0], p50);
                    least(LATENCIES[1], p99);
                    least(LATENCIES[2], p999);
                } else {
                    least(LATENCIES[3], p50);
                    least(LATENCIES[4], whole);
                }
                let most = latencies.entry((row, LATENCIES[5])).or_insert(0.0);
                *most = most.max(lost);
            }
            eprintln!("round {round}: {workload} done");
        }
    }
    let mut counts = BTreeMap::new();
    for (workload, few, many) in COUNTED {
        for (row, (_, name, prefix)) in ROWS.iter().enumerate() {
            // Callgrind counts all threads, and how far a worker came is chance.
            if matches!(*name, "ftlog" | "fast_log") && *workload != "w1" {
                continue;
            }
            if let Some(count) = count(&binaries[name], &format!("{prefix}{workload}"), *few, *many)
            {
                counts.insert((row, *workload), count as f64);
            }
        }
        eprintln!("{workload} counted");
    }
    let mut text = String::new();
    table(
        &mut text,
        "Instructions a call",
        &COUNTED.iter().map(|(name, ..)| *name).collect::<Vec<_>>(),
        &counts,
        0,
    );
    table(
        &mut text,
        "Nanoseconds a call",
        &TIMED.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        &times,
        1,
    );
    table(
        &mut text,
        "Asynchronous to a file, without loss: nanoseconds a call, and records lost",
        LATENCIES,
        &latencies,
        0,
    );
    text.push_str(&plot(&counts));
    fs::write(package().join("../../src/docs/results.md"), text).unwrap();
    ExitCode::SUCCESS
}

fn table(
    out: &mut String,
    title: &str,
    columns: &[&str],
    values: &BTreeMap<(usize, &str), f64>,
    digits: usize,
) {
    let _ = writeln!(
        out,
        "{title}\n\n| | {} |\n|---|{}",
        columns.join(" | "),
        "---:|".repeat(columns.len())
    );
    for (row, (name, ..)) in ROWS.iter().enumerate() {
        let cells = columns.iter().map(|column| {
            let Some(value) = values.get(&(row, *column)) else {
                return "–".to_owned();
            };
            let digits = if *value < 100.0 { digits } else { 0 };
            format!("{value:.digits$}")
        });
        let _ = writeln!(
            out,
            "| {name} | {} |",
            cells.collect::<Vec<_>>().join(" | ")
        );
    }
    // logtree against the best of the others: its macros against all, and by the facade against
    // those that are reached by it.
    let ratio = |column: &str, own: usize| {
        let native =
            |row: usize| matches!(ROWS[row], (_, "tracing" | "spdlog", "") | (_, "slog", _));
        let halves = |row: usize| matches!(ROWS[row].1, "ftlog" | "fast_log") && column != "w1";
        let others = (3..ROWS.len()).filter(|&row| !halves(row) && (own == 1 || !native(row)));
        let best = others
            .filter_map(|row| values.get(&(row, column)))
            .copied()
            .fold(f64::INFINITY, f64::min);
        match values.get(&(own, column)) {
            Some(own) if *own > 0.0 => format!("{:.1}×", best / own),
            _ => "–".to_owned(),
        }
    };
    for (own, name) in [
        (1, "best peer ÷ own macros"),
        (2, "best peer by `log` ÷ by `log`"),
    ] {
        let cells: Vec<_> = columns.iter().map(|column| ratio(column, own)).collect();
        let _ = writeln!(out, "| {name} | {} |", cells.join(" | "));
    }
    out.push('\n');
}

/// Bars of the instructions of an enabled record.
fn plot(counts: &BTreeMap<(usize, &str), f64>) -> String {
    let bars: Vec<_> = (1..ROWS.len())
        .filter_map(|row| {
            Some((
                ROWS[row].0.replace(['*', '`'], ""),
                *counts.get(&(row, "w3"))?,
            ))
        })
        .collect();
    let most = bars.iter().map(|(_, value)| *value).fold(1.0, f64::max);
    let height = 24 * bars.len() + 40;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"720\" height=\"{height}\" fill=\"white\"/>\n\
         <text x=\"8\" y=\"20\">Instructions for a record written to a discarding sink (less is better)</text>\n"
    );
    for (at, (name, value)) in bars.iter().enumerate() {
        let (y, width) = (34 + 24 * at, (value / most * 400.0).max(1.0));
        let color = if name.starts_with("logtree") {
            "#2a7de1"
        } else {
            "#9aa5b1"
        };
        let _ = writeln!(
            svg,
            "<text x=\"228\" y=\"{}\" text-anchor=\"end\">{name}</text><rect x=\"236\" y=\"{y}\" width=\"{width:.0}\" height=\"18\" fill=\"{color}\"/><text x=\"{:.0}\" y=\"{}\">{value:.0}</text>",
            y + 13,
            242.0 + width,
            y + 13
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// logtree's own counts against those that are kept.
fn check(bless: bool) -> ExitCode {
    let binary = build("logtree");
    let path = package().join("baseline.txt");
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let (mut text, mut failed) = (String::new(), false);
    for prefix in ["", "own_"] {
        for (workload, few, many) in COUNTED.iter().chain(COUNTED_ALONE) {
            let workload = format!("{prefix}{workload}");
            let count = count(&binary, &workload, *few, *many).expect("logtree has all workloads");
            let _ = writeln!(text, "{workload} {count}");
            let known = kept
                .lines()
                .find_map(|line| line.strip_prefix(&workload)?.trim().parse::<u64>().ok());
            let worse = known.is_some_and(|known| count > known + known * TOLERANCE / 100 + 1);
            failed |= worse;
            println!(
                "{workload}: {count} instructions, {known:?} before{}",
                if worse { ": WORSE" } else { "" }
            );
        }
    }
    if bless {
        fs::write(path, text).unwrap();
        return ExitCode::SUCCESS;
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
