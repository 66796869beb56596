//! The first installation as the backend of the `log` facade, by several threads at once.

use std::process::Command;
use std::sync::Barrier;
use std::{env, thread};

use logtree::test::Capture;
use logtree::{Level, Registry};

const VARIABLE: &str = "LOGTREE_FIRST_INSTALL";

/// Each process has one first installation: several, as threads seldom meet in it.
#[test]
fn each_thread_has_the_backend_when_its_call_returns() {
    for number in 0..30 {
        let played = Command::new(env::current_exe().unwrap())
            .args(["--exact", "first_install::child"])
            .env(VARIABLE, "")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&played.stdout);
        assert!(played.status.success(), "{number}: {text}");
    }
}

/// The child's side: does nothing among the other tests.
#[test]
fn child() {
    const THREADS: usize = 8;

    if env::var_os(VARIABLE).is_none() {
        return;
    }
    let registry = Registry::new();
    let capture = Capture::builder(&registry.root())
        .level(Level::INFO)
        .start();
    let together = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                together.wait();
                registry.install().unwrap();
                log::info!("shown");
            });
        }
    });
    assert_eq!(capture.len(), THREADS);
}
