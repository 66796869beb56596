//! The store against real servers of etcd, which the tests start on loopback. Where etcd is not
//! installed, they say so and are skipped.

mod after_restarts;
mod changes;
mod cluster;
mod commits;
mod control;
mod etcd;
mod example;
mod exits;
mod follows;
mod outages;
mod place;
mod processes;
mod proxy;
mod reports;
#[cfg(feature = "tls")]
mod tls;
mod users;

use std::thread;
use std::time::{Duration, Instant};

/// How long a request of a test has: as long as a busy machine may take.
const WITHIN: Duration = Duration::from_secs(60);

/// Waits until something is so, with a generous limit.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(180) {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("it did not come to pass: {what}");
}
