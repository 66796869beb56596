//! What `tracing` makes of a change of levels in an unfortunate place. Each in a process of its own
//! that is ended if it hangs.

use std::fmt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use logtree::test::Capture;
use logtree::{Level, Registry};
use tracing::Dispatch;
use tracing::dispatcher::{set_global_default, with_default};

use crate::tracing_bridge::{Front, by_each_front, by_exact_front, faults};

/// The scene that the child plays.
const VARIABLE: &str = "LOGTREE_TRACING_TRAP";

/// Plays a scene in a child process.
pub(super) fn play(scene: &str) {
    let name = "tracing_bridge::traps::child";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--test-threads=1"])
        .env(VARIABLE, scene)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_secs(300);
    loop {
        match child.try_wait().unwrap() {
            Some(_) => break,
            None if Instant::now() > end => {
                child.kill().unwrap();
                panic!("{scene} hangs");
            }
            None => thread::sleep(Duration::from_millis(10)),
        }
    }
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let has_played = output.status.success() && text.contains("1 passed");
    assert!(has_played, "{scene}: {}\n{text}", output.status);
}

#[test]
fn child() {
    match std::env::var(VARIABLE).as_deref() {
        Ok("another thread") => by_exact_front(from_another_thread),
        Ok("display") => by_each_front(from_a_display),
        Ok("guards") => faults::guards(),
        Ok("drop") => by_each_front(from_a_drop),
        Ok("global") => by_global_default(),
        Ok("reload") => by_exact_front(many_changes),
        Ok(unknown) => panic!("no scene is called {unknown:?}"),
        // Among the other tests, it plays nothing.
        Err(_) => {}
    }
}

fn emit() {
    tracing::debug!(target: "app::db", "counted");
}

/// With one dispatcher alive, `tracing` asks the default of the thread that rebuilds its cache.
#[test]
fn a_change_from_another_thread_keeps_a_scoped_dispatcher() {
    play("another thread");
}

fn from_another_thread(front: &Front) {
    let registry = Registry::new();
    let capture = Capture::builder(&registry.root())
        .level(Level::INFO)
        .start();
    let root = registry.root();
    with_default(&front(&registry), || {
        for level in [Level::DEBUG, Level::WARNING, Level::DEBUG] {
            let root = root.clone();
            thread::spawn(move || root.set_level(level)).join().unwrap();
            assert_eq!(
                tracing::enabled!(target: "app::db", tracing::Level::DEBUG),
                level == Level::DEBUG
            );
        }
        drop(capture);
        let capture = Capture::builder(&registry.root())
            .level(Level::DEBUG)
            .start();
        thread::spawn(move || root.set_level(Level::ERROR))
            .join()
            .unwrap();
        emit();
        assert_eq!(capture.records().len(), 1);
    });
}

struct SetsLevel<'r>(&'r Registry, Level);

impl fmt::Display for SetsLevel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.get_logger("app").set_level(self.1);
        f.write_str("set")
    }
}

/// Inside a callback of a scoped dispatcher, `tracing` would forget all call sites, or panic.
#[test]
fn a_change_inside_an_event_keeps_all_call_sites() {
    play("display");
}

fn from_a_display(front: &Front) {
    let registry = Registry::new();
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    with_default(&front(&registry), || {
        emit();
        tracing::warn!("{}", SetsLevel(&registry, Level::DEBUG));
        emit();
        tracing::warn!(value = %SetsLevel(&registry, Level::WARNING), "in a field");
        emit();
        tracing::error!("still there");
    });
    assert_eq!(
        text.lines(),
        ["set", "counted", "in a field value=set", "still there"]
    );
}

/// A subscriber whose end logs, which happens while `tracing` registers the next one.
struct LogsAtItsEnd(Registry);

impl Drop for LogsAtItsEnd {
    fn drop(&mut self) {
        tracing::warn!(target: "app::end", "ends");
        self.0.get_logger("app").set_level(Level::INFO);
    }
}

#[test]
fn a_drop_that_logs_while_a_dispatcher_is_registered_does_not_hang() {
    play("drop");
}

fn from_a_drop(front: &Front) {
    let registry = Registry::new();
    let ends = LogsAtItsEnd(registry.clone());
    // It ends with the handler, which ends with the registry's last handle.
    registry
        .root()
        .add_filter(move |_: &mut logtree::Record<'_>| {
            ends.0.get_logger("app").is_enabled_for(Level::ERROR)
        });
    let first = front(&registry);
    drop(registry);
    with_default(&first, emit);
    drop(first);
    let (handler, text) = crate::support::to_text("%(message)s");
    let second = Registry::new();
    second.root().add_handler(handler);
    with_default(&front(&second), || tracing::warn!("goes on"));
    assert_eq!(text.lines(), ["goes on"]);
}

#[test]
fn the_global_default_is_installed_once() {
    play("global");
}

fn by_global_default() {
    logtree::tracing::install().unwrap();
    let error = logtree::tracing::install().unwrap_err();
    assert_eq!(error.kind(), logtree::ErrorKind::AlreadyInstalled);
    assert!(set_global_default(Dispatch::none()).is_err());
    let registry = Registry::global();
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    let (ask, asked) = mpsc::channel::<()>();
    let (done, finished) = mpsc::channel();
    let other = thread::spawn(move || {
        for () in asked {
            emit();
            done.send(()).unwrap();
        }
    });
    for level in [Level::DEBUG, Level::WARNING, Level::DEBUG] {
        registry.get_logger("app").set_level(level);
        ask.send(()).unwrap();
        finished.recv().unwrap();
    }
    drop(ask);
    other.join().unwrap();
    assert_eq!(text.lines(), ["counted", "counted"]);
}

/// Levels change inside the bridge: nothing is swapped that `tracing` knows of.
#[test]
fn levels_change_while_events_are_emitted_and_dispatchers_end() {
    play("reload");
}

fn many_changes(front: &Front) {
    let registry = Registry::new();
    for turn in 0..200 {
        let dispatch = front(&registry);
        let level = if turn % 2 == 0 {
            Level::DEBUG
        } else {
            Level::WARNING
        };
        registry.root().set_level(level);
        with_default(&dispatch, || {
            assert_eq!(
                tracing::enabled!(tracing::Level::DEBUG),
                level == Level::DEBUG
            );
        });
    }
}
