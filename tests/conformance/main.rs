//! Replays scenarios recorded from CPython's `logging`, and compares the results.
//!
//! `data/cases.jsonl` holds scenarios, `data/expected.jsonl` what CPython 3.13 answered. Each is a
//! named test. Where this crate differs on purpose, `deviations.rs` has the reason and our own
//! expected answer; what later work will play is listed in [`PENDING_GROUPS`].
//!
//! `LOGTREE_CONFORMANCE=DIR` plays another directory's files. With `--serve`, scenarios
//! are read from standard input, one JSON line in, one out.

mod compare;
mod configs;
mod deviations;
mod directory;
mod files;
mod filters;
mod formatters;
mod player;
mod world;

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use libtest_mimic::{Arguments, Trial};
use serde_json::Value;

/// Groups for parts of the crate that do not exist yet.
const PENDING_GROUPS: &[&str] = &[];

fn main() -> ExitCode {
    // The scenarios' time zone is UTC, and a process has one zone: set it for the whole of it.
    if env::var("TZ").as_deref() != Ok("UTC") {
        let again = env::current_exe().and_then(|me| {
            Command::new(me)
                .args(env::args_os().skip(1))
                .env("TZ", "UTC")
                .status()
        });
        return ExitCode::from(
            again
                .ok()
                .and_then(|status| u8::try_from(status.code()?).ok())
                .unwrap_or(1),
        );
    }
    if env::args().any(|argument| argument == "--serve") {
        serve();
        return ExitCode::SUCCESS;
    }
    let other = env::var_os("LOGTREE_CONFORMANCE").map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/data");
    let directory = other.as_deref().unwrap_or(&own);
    let expected: BTreeMap<String, Value> = lines(&directory.join("expected.jsonl"))
        .into_iter()
        .map(|answer| (id(&answer), answer))
        .collect();

    // Deviations are found by id, also when the same scenario is replayed from another directory.
    let ours: BTreeMap<String, Value> = lines(&own.join("cases.jsonl"))
        .into_iter()
        .map(|case| (id(&case), case))
        .collect();

    let (mut trials, mut deviating, mut pending) = (Vec::new(), 0, 0);
    for scenario in lines(&directory.join("cases.jsonl")) {
        let id = id(&scenario);
        let is_pending = is_pending(&scenario);
        let mut answer = expected
            .get(&id)
            .cloned()
            .unwrap_or_else(|| panic!("no expected answer for {id}"));
        let is_ours = |id: &str| other.is_none() || ours.get(id) == Some(&scenario);
        if let Some(deviation) = deviations::find(&id).filter(|_| is_ours(&id)) {
            assert!(!is_pending, "{id} is pending and deviating");
            answer["obs"] = deviation.observations();
            answer["buffers"] = deviation.buffers();
            deviating += 1;
        }
        pending += usize::from(is_pending);
        let test = move || compare::answers(&answer, &player::play(&scenario)).map_err(Into::into);
        trials.push(Trial::test(id, test).with_ignored_flag(is_pending));
    }
    let all = trials.len();

    let mut arguments = Arguments::from_args();
    // Handler names are shared by the process: one scenario at a time.
    arguments.test_threads = Some(1);
    let lists = arguments.list;
    let filtered = arguments.filter.is_some() || !arguments.skip.is_empty();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !lists && !filtered {
        let failed = usize::try_from(conclusion.num_failed).unwrap_or(usize::MAX);
        let passed = all.saturating_sub(deviating + pending + failed);
        println!(
            "conformance: {passed} as CPython, {deviating} deviating on purpose, {pending} pending, {failed} failed, {all} in all"
        );
    }
    conclusion.exit_code()
}

/// Reports whether a scenario belongs to a pending group.
fn is_pending(scenario: &Value) -> bool {
    let group = scenario["group"].as_str().unwrap_or_default();
    PENDING_GROUPS.contains(&group)
}

fn serve() {
    let mut out = io::stdout().lock();
    for line in io::stdin()
        .lock()
        .lines()
        .map_while(Result::ok)
        .filter(|line| !line.trim().is_empty())
    {
        let answer = match serde_json::from_str(&line) {
            Ok(scenario) => player::play(&scenario),
            Err(error) => serde_json::json!({"unsupported": error.to_string()}),
        };
        writeln!(out, "{answer}")
            .and_then(|()| out.flush())
            .expect("standard output takes the answer");
    }
}

fn id(line: &Value) -> String {
    line["id"].as_str().expect("a line has an id").to_owned()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect()
}
