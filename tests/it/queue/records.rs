//! What goes through a queue.

use std::{fmt, io, thread};

use logtree::handler::{QueueHandler, QueueListener, RecordQueue};
use logtree::{Formatter, Level, Registry};

use crate::files::log;
use crate::support::to_text;

#[test]
fn a_long_record_goes_through_in_its_place() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::builder()
        .bytes_per_thread(1024)
        .handler(target)
        .start();
    let long = "x".repeat(1 << 20);
    log(&handler, "before");
    log(&handler, &long);
    log(&handler, "behind");
    handler.flush().unwrap();
    assert_eq!(
        text.lines(),
        ["before".to_owned(), long, "behind".to_owned()]
    );
}

#[test]
fn all_of_a_record_goes_through() {
    let formatter = Formatter::builder().format(
        "%(asctime)s %(name)s %(levelname)s %(filename)s:%(lineno)d %(funcName)s %(threadName)s %(message)s",
    );
    let formatter = formatter.build().unwrap();
    let (direct, text_direct) = to_text("%(message)s");
    let (queued, text_queued) = to_text("%(message)s");
    direct.set_formatter(formatter.clone());
    queued.set_formatter(formatter);
    let registry = Registry::new();
    registry.add_level_name(Level::new(35), "NOTICE");
    let queue = QueueHandler::new([queued]);
    registry.root().add_handler(direct);
    registry.root().add_handler(queue.clone());
    let logger = registry.get_logger("a.b").with("request", 7);
    let error = io::Error::other("on fire");
    logtree::error!(logger, user = "ann", size = 3, ratio = 0.5, ok = true, error:err = error; "put {}", 1);
    logtree::log!(logger, Level::new(35), list:? = [1, 2]; "done");
    log::warn!(logger: logger.logger().clone(), n = 1; "by the facade");
    queue.flush().unwrap();
    assert_eq!(text_queued.get(), text_direct.get());
    assert!(
        text_queued
            .get()
            .contains("user=ann size=3 ratio=0.5 ok=true")
    );
}

/// A `Display` runs on the calling thread, and its outcome is known before the record is queued.
#[test]
fn displays_run_on_the_callers_thread() {
    struct Named;
    impl fmt::Display for Named {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(thread::current().name().unwrap_or("none"))
        }
    }
    let (target, text) = to_text("%(message)s");
    let registry = Registry::new();
    let queue = QueueHandler::new([target]);
    registry.root().add_handler(queue.clone());
    let logger = registry.get_logger("a");
    let caller = thread::Builder::new().name("caller".to_owned());
    caller
        .spawn(move || logtree::warn!(logger, shown:% = Named; "{}", Named))
        .unwrap()
        .join()
        .unwrap();
    queue.flush().unwrap();
    assert_eq!(text.get(), "caller shown=caller\n");
}

#[test]
fn levels_are_asked_as_told() {
    let (target, text) = to_text("%(message)s");
    target.set_level(Level::ERROR);
    let queue = RecordQueue::new();
    let handler = QueueHandler::from_queue(&queue);
    let listener = QueueListener::new(&queue, [target.clone()]);
    log(&handler, "1");
    assert!(listener.start());
    assert!(!listener.start());
    listener.stop();
    listener.stop();
    assert_eq!(text.take(), "1\n");
    let respecting = QueueHandler::new([target]);
    log(&respecting, "2");
    respecting.flush().unwrap();
    assert_eq!(text.get(), "");
}
