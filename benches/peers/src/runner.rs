//! What the programs that run the peers share.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The folder of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Builds a peer by itself and keeps its binary aside, as the next one's features build the common parts anew.
pub fn build(name: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(package())
        .args(["build", "--quiet", "--release", "--bin", name]);
    if !matches!(name, "noop" | "logtree") {
        cargo.args(["--features", name]);
    }
    assert!(cargo.status().unwrap().success(), "cannot build {name}");
    let target = env::current_exe().unwrap().parent().unwrap().to_owned();
    let kept = target.join(format!("peer-{name}"));
    fs::copy(target.join(name), &kept).unwrap();
    kept
}
