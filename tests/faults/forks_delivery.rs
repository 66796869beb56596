//! The scene `forks delivery 1 PATH`.

use std::path::Path;
use std::time::Duration;

use logtree::delivery::{Backoff, SocketReceiver, Spool};
use logtree::handler::SocketHandler;
use logtree::{Handler, Registry};

use super::forks_child::{in_child, log, until};

fn receive_at(address: &str) -> SocketReceiver {
    let builder = SocketReceiver::builder(address);
    builder.registry(&Registry::new()).start().unwrap()
}

/// A handler to a Unix socket, which may be missing, with a spool.
fn handler_to(path: &Path) -> SocketHandler {
    let millisecond = Duration::from_millis(1);
    let handler = SocketHandler::builder(format!("unix:{}", path.display()))
        .backoff(Backoff::new(millisecond, millisecond))
        .spool(Spool::new(path.with_extension("spool")))
        .close_within(Duration::from_millis(50));
    let handler = handler.start().unwrap();
    handler.set_error_hook(|_| {});
    handler
}

fn adds_up(handler: &Handler) -> bool {
    let counters = handler.counters();
    counters.accepted() == counters.written() + counters.dropped() + counters.queued()
}

pub(super) fn play(path: &Path) {
    let receiver = path.with_extension("socket");
    let address = format!("unix:{}", receiver.display());
    let spool = receiver.with_extension("spool");
    let handler = handler_to(&receiver);
    (0..5).for_each(|_| log(&handler, "parent"));
    until("it is tried", || handler.health().failures > 2);
    in_child("a child whose receiver is away", || {
        // What waits is the parent's, and so is the spool.
        assert_eq!(
            (handler.counters().queued(), handler.health().queued),
            (0, 0)
        );
        assert_eq!(handler.health().spooled_bytes, 0);
        log(&handler, "child");
        handler.flush().unwrap_err();
        handler.close().unwrap_err();
        handler.counters().dropped() == 1 && adds_up(&handler)
    });
    assert_eq!(handler.counters().queued(), 5);

    let receiving = receive_at(&address);
    handler.flush_within(Duration::from_secs(60)).unwrap();
    until("the parent's are received", || receiving.received() == 5);
    in_child("a child with a connection of its own", || {
        (0..3).for_each(|_| log(&handler, "child"));
        handler.flush_within(Duration::from_secs(60)).unwrap();
        handler.close().unwrap();
        adds_up(&handler) && handler.counters().dropped() == 0
    });
    until("the child's are received", || receiving.received() == 8);
    (0..2).for_each(|_| log(&handler, "parent"));
    handler.flush_within(Duration::from_secs(60)).unwrap();
    until("the parent goes on", || receiving.received() == 10);
    drop(receiving);

    // The parent has its spool still, whatever the child did.
    (0..4).for_each(|_| log(&handler, "parent"));
    in_child("a child that ends its copies", || {
        handler.close().unwrap();
        drop(handler.clone());
        true
    });
    let _ = handler.close();
    assert!(adds_up(&handler) && handler.counters().dropped() == 0);
    assert!(handler.health().spooled_bytes > 0 && spool.exists());
    drop(handler);
    let receiving = receive_at(&address);
    let handler = handler_to(&receiver);
    // Some of those that were sent before may come again, as their receiver has ended.
    until("the spooled are received", || {
        receiving.received() >= 4 && handler.health().spooled_bytes == 0
    });
}
