//! Scopes at the fork.

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use logtree::handler::FileHandler;
use logtree::{Formatter, Level, Registry, Scope};

use crate::forks_child::{in_child, lines};

/// A thread forks inside a scope while another thread is in another scope: the child keeps its own
/// thread's scope until it leaves it, as does the parent.
pub(super) fn scope(path: &Path) {
    let registry = Registry::new();
    let file = FileHandler::open(path).unwrap();
    let formatter = Formatter::new("%(levelname)s %(message)s").unwrap();
    registry.root().add_handler(file.with_formatter(formatter));
    let logger = registry.get_logger("app");
    let (inside, is_inside) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel::<()>();
    let both = |who: &str| {
        logtree::debug!(logger, "{who} debugs");
        logtree::warn!(logger, "{who} warns");
    };
    thread::scope(|threads| {
        threads.spawn(move || {
            let _scope = Scope::new().with("of", "other").level(Level::TRACE).enter();
            inside.send(()).unwrap();
            let _ = goes_on.recv();
        });
        is_inside.recv().unwrap();
        let mut outer = Some(Scope::new().with("tenant", 1).enter());
        let mut inner = Some(Scope::new().with("job", 2).level(Level::DEBUG).enter());
        in_child("scope", || {
            both("child inside");
            // Another thread of the child is in no scope.
            thread::scope(|threads| drop(threads.spawn(|| both("child beside"))));
            drop(inner.take());
            both("child outside");
            drop(outer.take());
            both("child at the end");
            !logger.is_enabled_for(Level::DEBUG)
        });
        both("parent");
        drop(go_on);
    });
    let expected = [
        "DEBUG child inside debugs tenant=1 job=2",
        "WARNING child inside warns tenant=1 job=2",
        "WARNING child beside warns",
        "WARNING child outside warns tenant=1",
        "WARNING child at the end warns",
        "DEBUG parent debugs tenant=1 job=2",
        "WARNING parent warns tenant=1 job=2",
    ];
    assert_eq!(lines(path), expected);
}
