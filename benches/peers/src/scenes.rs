//! Faults that a logging library may meet, played in a process of their own; `faults` judges what
//! becomes of it.
//!
//! A scene's workload is `fe_…` (to standard error), `ff_…` (to a file) or `fa_…` (to a file,
//! asynchronously).

use std::cell::RefCell;
use std::fmt::{self, Display};
use std::panic;

/// How a peer logs a message at `INFO`.
pub type Say = &'static (dyn Fn(&dyn Display) + Sync);

/// Where a scene's records go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    Stderr,
    File,
    Asynchronous,
}

/// Where a workload's records go, where it is a scene.
pub fn out_of(workload: &str) -> Option<Out> {
    match workload.split('_').next()? {
        "fe" => Some(Out::Stderr),
        "ff" => Some(Out::File),
        "fa" => Some(Out::Asynchronous),
        _ => None,
    }
}

/// Plays a scene. `finish` ends the logging as the peer's documentation has it.
pub fn play(workload: &str, say: Say, finish: impl FnOnce()) {
    let (_, scene) = workload.split_once('_').unwrap_or_default();
    match scene {
        "lines" => (0..10).for_each(|n| say(&format_args!("line {n}"))),
        "displaylogs" => {
            say(&Logs(say));
            say(&"after");
        }
        "displaypanics" => {
            panic::set_hook(Box::new(|_| {}));
            let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| say(&Panics)));
            say(&"after");
        }
        "displayfails" => {
            say(&Fails);
            say(&"after");
        }
        "threadlocal" => {
            thread_local!(static LAST: RefCell<Option<LogsLast>> = const { RefCell::new(None) });
            let thread = std::thread::spawn(move || {
                LAST.set(Some(LogsLast(say)));
                say(&"first");
            });
            let _ = thread.join();
        }
        "exit" => {
            (0..200_000).for_each(|n| say(&format_args!("0 {n}")));
            std::process::exit(0);
        }
        "threads" => std::thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || (0..50_000).for_each(|n| say(&format_args!("{thread} {n}"))));
            }
        }),
        "many" => (0..400_000).for_each(|n| say(&format_args!("0 {n}"))),
        "renamed" => {
            (0..100).for_each(|n| say(&format_args!("0 {n}")));
            let path = crate::file_path();
            let _ = std::fs::rename(&path, path.with_extension("moved"));
            (100..200).for_each(|n| say(&format_args!("0 {n}")));
        }
        "controls" => say(&"a\x1b[2Jb\nc\rd\x07e\u{9b}f\0g"),
        other => panic!("unknown scene {other}"),
    }
    finish();
}

struct Logs(Say);

impl Display for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(&"inner");
        f.write_str("outer")
    }
}

struct Panics;

impl Display for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("on purpose")
    }
}

struct Fails;

impl Display for Fails {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

struct LogsLast(Say);

impl Drop for LogsLast {
    fn drop(&mut self) {
        (self.0)(&"last");
    }
}
