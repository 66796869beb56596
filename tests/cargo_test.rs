//! What `cargo test` shows of a program whose tests log, `tests/cargo_tested`: nothing of tests
//! that pass, and of those that fail their own records only.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{env, fs, process, thread};

/// Runs the tests of the program. Returns their output: the harness writes to standard output,
/// where it shows what it has captured, and what it has not is on standard error.
fn cargo_test(arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String, String) {
    let output = command(arguments, variables).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    (status.success(), text(stdout), text(stderr))
}

fn command(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = root.join("tests/cargo_tested");
    // The versions that everything else is tested with. Whole at any time, as other tests read it.
    let copy = package.join(format!(
        "Cargo.lock.{}-{:?}",
        process::id(),
        thread::current().id()
    ));
    fs::copy(root.join("Cargo.lock"), &copy).unwrap();
    fs::rename(copy, package.join("Cargo.lock")).unwrap();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(&package)
        .args(["test", "--quiet", "--target-dir"])
        .arg(root.join("target/cargo_tested"))
        .args(arguments)
        .env_remove("LOGTREE")
        .env_remove("RUST_LOG")
        .env_remove("RUST_BACKTRACE")
        .envs(variables.iter().copied());
    command
}

/// The lines that the harness shows of a failed test, without the times.
fn section<'o>(output: &'o str, test: &str) -> Vec<&'o str> {
    let head = format!("---- tests::{test} stdout ----\n");
    let (_, section) = output.split_once(&head).expect("the test has failed");
    let lines = section
        .lines()
        .take_while(|line| !line.starts_with("---- "));
    let lines = lines.take_while(|line| *line != "failures:");
    // `2026-11-27 23:24:47,123 app [INFO] …`
    let without_time = |line: &'o str| match line.as_bytes() {
        [b'2', _, _, _, b'-', ..] => &line["2026-11-27 23:24:47,123 ".len()..],
        _ => line,
    };
    lines.map(without_time).collect()
}

/// The lines of a section that are no messages of the harness and of the panic.
fn records<'o>(output: &'o str, test: &str) -> Vec<&'o str> {
    let is_record = |line: &&str| {
        ["app", "queued", "captured"]
            .iter()
            .any(|name| line.starts_with(name))
    };
    section(output, test)
        .into_iter()
        .filter(is_record)
        .collect()
}

/// The three tests share a barrier, so each needs a thread.
const LIBRARY: [&str; 3] = ["--lib", "--", "--test-threads=8"];

#[test]
fn tests_that_fail_print_their_own_records_only() {
    let (success, stdout, stderr) = cargo_test(&LIBRARY, &[]);
    assert!(!success);
    assert!(stdout.contains("3 passed; 4 failed"), "{stdout}\n{stderr}");
    // Nothing goes past the harness, and nothing of tests that pass is shown.
    assert!(
        !stderr.contains("app") && !stderr.contains("queued"),
        "{stderr}"
    );
    assert!(!stdout.contains("passes_"), "{stdout}");

    assert_eq!(
        records(&stdout, "fails_with_its_own_records"),
        [
            "app [INFO] fails_with_its_own_records works",
            "app.worker [WARNING] fails_with_its_own_records works on a thread part=1",
        ]
    );
    // The queue passes on each record of a test at once, in order, and none of another test.
    for test in ["fails_with_a_queue", "fails_with_the_same_queue"] {
        let records = records(&stdout, test);
        for thread in 0..2 {
            let start = format!("queued: {test} {thread} ");
            let numbers = records.iter().filter_map(|line| line.strip_prefix(&*start));
            let expected = (0..200).map(|number| number.to_string());
            assert!(numbers.eq(expected), "{test} {thread}: {records:?}");
        }
        assert_eq!(records.len(), 400, "{test}: {records:?}");
    }
    assert_eq!(
        records(&stdout, "fails_with_a_capture"),
        ["captured [DEBUG] fails_with_a_capture"]
    );
}

#[test]
fn the_environment_sets_the_levels_of_tests() {
    let arguments = ["--lib", "--", "fails_with_its_own_records"];
    let shown = |variables: &[(&str, &str)]| {
        let (_, stdout, _) = cargo_test(&arguments, variables);
        records(&stdout, "fails_with_its_own_records").len()
    };
    assert_eq!(shown(&[("LOGTREE", "warn"), ("RUST_LOG", "debug")]), 1);
    assert_eq!(shown(&[("RUST_LOG", "error,app=info")]), 2);
    assert_eq!(shown(&[("RUST_LOG", "off")]), 0);
}

#[test]
fn without_capture_the_same_lines_are_shown() {
    let arguments = ["--lib", "--", "--nocapture", "passes_silently"];
    let (success, _, stderr) = cargo_test(&arguments, &[]);
    assert!(success, "{stderr}");
    let ends = [
        " app [INFO] passes_silently works",
        " app.worker [WARNING] passes_silently works on a thread part=1",
    ];
    for end in ends {
        assert!(stderr.lines().any(|line| line.ends_with(end)), "{stderr}");
    }
}

/// The library is compiled for tests in its own tests alone.
#[test]
fn a_program_is_not_set_up_for_tests() {
    let (success, stdout, stderr) =
        cargo_test(&["--test", "program", "--", "nothing_is_set_up"], &[]);
    assert!(success && stdout.contains("1 passed"), "{stdout}\n{stderr}");
}

/// `eprint!` panics where standard error is a pipe that nobody reads.
#[test]
fn a_broken_standard_error_fails_no_test() {
    // Built before, as cargo itself needs standard error for that.
    let test = ["--test", "program", "--"];
    let (success, ..) = cargo_test(&[&test[..], &["nothing_is_set_up"]].concat(), &[]);
    assert!(success);
    let mut command = command(
        &[&test[..], &["--nocapture", "survives_a_broken_stderr"]].concat(),
        &[],
    );
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    drop(child.stderr.take());
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}");
    assert!(stdout.contains("written 0 dropped 10"), "{stdout}");
}
