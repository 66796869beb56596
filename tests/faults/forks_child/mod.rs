//! The scenes `forks KIND COUNT PATH`.

mod handlers;
mod locks;
mod scopes;
mod timers;

use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use logtree::{Handler, Record};

#[cfg(feature = "tracing")]
use super::forks_spans;
use super::forks_storm;

/// A child that does not end in this time counts as hung.
pub(super) const LIMIT: Duration = Duration::from_secs(300);

pub(super) fn play(scene: &str) {
    let mut words = scene.splitn(3, ' ');
    let (kind, count, path) = (words.next(), words.next(), words.next());
    let (kind, path) = (kind.unwrap(), Path::new(path.unwrap()));
    let count = count.unwrap().parse().unwrap();
    match kind {
        "hung_stream" | "hung_queue" | "hung_memory" => locks::hung(kind, path),
        "ticker" => timers::ticker(path),
        "expiry" => timers::expiry(),
        #[cfg(feature = "fleet")]
        "fleet" => timers::fleet(),
        #[cfg(feature = "reload")]
        "reload" => timers::reload(path),
        #[cfg(feature = "signal")]
        "sighup" => timers::sighup(path),
        #[cfg(feature = "socket")]
        "delivery" => super::forks_delivery::play(path),
        #[cfg(feature = "socket")]
        "receiver" => super::forks_receiver::play(path),
        "std_locks" => locks::std_locks(path),
        "scope" => scopes::scope(path),
        #[cfg(feature = "tracing")]
        "spans" => forks_spans::play(path),
        "left" => handlers::left(path),
        "suppressed" => handlers::suppressed(path),
        "inside" => handlers::inside(path),
        "inside_a_buffer" => handlers::inside_a_buffer(),
        "exit_inside" => handlers::exit_inside(path),
        "exit_busy" => handlers::exit_busy(path),
        kind => forks_storm::play(kind, count, path),
    }
}

/// Runs a function in a child, and fails if the child fails or hangs.
#[expect(unsafe_code, reason = "to fork is what is tested")]
pub(super) fn in_child(what: &str, run: impl FnOnce() -> bool) {
    // SAFETY: the child calls what a child of a process with threads must not rely on (it allocates
    // and locks); that this goes well is what is tested, and a child that hangs is killed.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let passed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or(false);
        // SAFETY: it ends the process, and calls nothing.
        unsafe { libc::_exit(i32::from(!passed)) };
    }
    let start = Instant::now();
    let mut status = 0;
    // SAFETY: the address is that of a number that lives on.
    while unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } == 0 {
        if start.elapsed() > LIMIT {
            // SAFETY: it takes two numbers, the first one that of a child which was not waited for
            // yet.
            unsafe { libc::kill(child, libc::SIGKILL) };
            panic!("{what}: the child hung");
        }
        thread::sleep(Duration::from_micros(200));
    }
    assert_eq!(status, 0, "{what}: the child failed");
}

pub(super) fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

pub(super) fn log(handler: &Handler, text: &str) {
    handler.handle(&Record::builder().message(text).build());
}

pub(super) fn appending(path: &Path) -> File {
    File::options()
        .append(true)
        .create(true)
        .open(path)
        .unwrap()
}

pub(super) fn lines(path: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}
