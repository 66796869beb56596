//! Programs in Python that the tests run.

use std::path::Path;
use std::process::{Command, Stdio};

use super::program::Program;

/// Whether a module of Python can be imported; says so on standard error where it cannot.
pub(super) fn has(module: &str) -> bool {
    let import = Command::new("python3")
        .args(["-c", &format!("import {module}")])
        .output();
    let has = import.is_ok_and(|output| output.status.success());
    if !has {
        eprintln!("!! skipped: python3 has no {module}");
    }
    has
}

fn command(script: &str, arguments: &[&str]) -> Command {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/receivers")
        .join(script);
    let mut command = Command::new("python3");
    command.arg(path).args(arguments);
    command
}

/// Starts a script of `tests/receivers`, which can wait for the end of its standard input.
pub(super) fn start(script: &str, arguments: &[&str]) -> Program {
    Program::start(command(script, arguments).stdin(Stdio::piped()))
}

/// Runs a script of `tests/receivers`, and returns what it prints.
pub(super) fn run(script: &str, arguments: &[&str]) -> String {
    let output = command(script, arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}
