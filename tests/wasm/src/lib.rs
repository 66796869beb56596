//! The functions that `run.js` calls. A trap of the module, or a failed assertion, is a failure.
#![cfg(target_family = "wasm")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use logtree::{Formatter, Level, Registry};
use logtree::formatter::JsonFormatter;
use logtree::handler::{MemoryHandler, QueueHandler, RotatingFileHandler, StreamHandler};
use logtree::time::{ManualClock, Timestamp};

#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn registry(seconds: i64) -> Registry {
    let clock = ManualClock::new(Timestamp::from_nanos(seconds * 1_000_000_000));
    Registry::builder().clock(Arc::new(clock)).build()
}

/// Calls that are off, and the last resort, which standard error discards without a host.
#[unsafe(no_mangle)]
pub extern "C" fn global_registry() {
    logtree::debug!("off");
    logtree::error!("on");
    log::error!("on");
    logtree::set_stream_logger("service", Level::DEBUG);
    log::debug!(target: "service::part", "shown by the facade");
}

/// A clock of the registry's own, and each of the usual handlers.
#[unsafe(no_mangle)]
pub extern "C" fn own_clock() {
    let (registry, text) = (registry(86_400), Text::default());
    let formatter = Formatter::new("%(asctime)s %(process)d %(levelname)s %(message)s").unwrap();
    let stream = StreamHandler::new(text.clone()).with_formatter(formatter);
    let logger = registry.get_logger("x");
    registry.root().add_handler(stream.clone());
    logtree::error!(logger, key = 1; "on");
    assert_eq!(text.take(), "1970-01-02 00:00:00,000 0 ERROR on key=1\n");

    registry.root().remove_handler(&stream);
    registry.root().add_handler(MemoryHandler::new(10).with_target(stream.clone()));
    logtree::error!(logger, "kept and handed over");
    assert!(text.take().contains("kept and handed over"));

    stream.set_formatter(JsonFormatter::new());
    logger.add_handler(stream.clone());
    logger.set_propagate(false);
    logtree::warn!(logger, n = 2; "json");
    assert!(text.take().contains("\"n\":2"));
}

/// Without threads a queue hands each record over at once, and its ends do not wait.
#[unsafe(no_mangle)]
pub extern "C" fn queue_without_threads() {
    let (registry, text) = (registry(0), Text::default());
    let queue = QueueHandler::new([StreamHandler::new(text.clone())]);
    registry.root().add_handler(queue.clone());
    for _ in 0..3 {
        registry.get_logger("x").error("line");
    }
    queue.flush().unwrap();
    assert_eq!(text.take(), "line\n".repeat(3));
    drop(registry);
    logtree::shutdown();
}

/// There are no files: opening one is an error, not a trap.
#[unsafe(no_mangle)]
pub extern "C" fn files_are_refused() {
    assert!(RotatingFileHandler::builder("app.log").max_bytes(10).open().is_err());
}
