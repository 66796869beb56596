//! The example of the README, as users run it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::etcd::Etcd;

/// The program, which `cargo test` builds, and `cargo test --test it` does not.
fn program() -> PathBuf {
    // Beside the tests: target/PROFILE/deps/it-… and target/PROFILE/examples/NAME.
    let me = env::current_exe().unwrap();
    let profile = me.ancestors().nth(2).unwrap();
    let path = profile.join("examples/13_fleet");
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    if modified(&path) < modified(&me) {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let name = match profile.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(name) => name,
        };
        let status = Command::new(cargo)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["build", "--quiet", "--example", "13_fleet"])
            .args(["--profile", name, "--all-features", "--target-dir"])
            .arg(profile.parent().unwrap())
            .status();
        assert!(status.unwrap().success(), "the example does not build");
    }
    path
}

#[test]
fn the_example_shows_three_processes_through_an_outage() {
    // It starts a server of its own; where there is none, it says so.
    let Some(etcd) = Etcd::start() else {
        let output = Command::new(program()).output().unwrap();
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).starts_with("no etcd"));
        return;
    };
    drop(etcd);
    let output = Command::new(program()).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{out}{errors}");
    let has = |text: &str| assert!(out.contains(text), "no {text:?}: {out}{errors}");
    // What instances print in between depends on how fast they are; the operator waits for them.
    for revision in 1..=4 {
        has(&format!("3 of 3 at revision {revision}\n"));
    }
    has("    2: for/all/LOGGER/botocore None Some(\"DEBUG\")\n");
    has("    set/level/instance=pay-c/LOGGER/botocore None\n");
    for name in ["pay-a", "pay-b", "pay-c"] {
        has(&format!("    {name} ends: botocore is "));
    }
    has("    Unavailable: ");
}
