//! Locks that other threads hold at the fork.

use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc;
use std::{fs, thread};

use logtree::Handler;
use logtree::handler::{FileHandler, MemoryHandler, QueueHandler, StreamHandler};

use crate::forks_child::{in_child, lines, log};

/// Reports that a thread is inside, and stays until it is released, or for ever in a child.
struct Hangs {
    inside: mpsc::Sender<()>,
    go_on: mpsc::Receiver<()>,
}

impl Write for Hangs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inside.send(()).unwrap();
        let _ = self.go_on.recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn hung(kind: &str, path: &Path) {
    let (inside, is_inside) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel();
    let stream = StreamHandler::new(Hangs {
        inside,
        go_on: goes_on,
    });
    stream.set_error_hook(|_| {});
    let handler: Handler = match kind {
        "hung_stream" => stream.clone().into(),
        "hung_queue" => QueueHandler::new([stream.clone()]).into(),
        _ => MemoryHandler::new(1).with_target(stream.clone()).into(),
    };
    handler.set_error_hook(|_| {});
    let hanging = handler.clone();
    let hangs = thread::spawn(move || log(&hanging, "hangs"));
    is_inside.recv().unwrap();
    let file = FileHandler::open(path).unwrap();
    in_child(kind, || {
        for _ in 0..10 {
            log(&handler, "lost");
        }
        let _ = handler.flush();
        log(&file, "kept");
        file.counters().written() == 1 && stream.counters().dropped() == 10
    });
    drop(go_on);
    hangs.join().unwrap();
    handler.flush().unwrap();
    assert_eq!(stream.counters().written(), 1);
    assert_eq!(lines(path), ["kept"]);
}

/// Another thread holds std's locks of the standard streams at the fork, as `eprintln!` does while
/// it writes its arguments.
pub(super) fn std_locks(path: &Path) {
    let (inside, is_inside) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel::<()>();
    let holds = thread::spawn(move || {
        let _locks = (io::stderr().lock(), io::stdout().lock());
        inside.send(()).unwrap();
        let _ = goes_on.recv();
    });
    let (stderr, stdout) = (StreamHandler::stderr(), StreamHandler::stdout());
    let fails = StreamHandler::new(Fails);
    is_inside.recv().unwrap();
    in_child("std_locks", || {
        log(&stderr, "to stderr");
        log(&stdout, "to stdout");
        log(&fails, "the default report is written");
        // The handler that existed at the fork, and one created in the child.
        log(&StreamHandler::stderr(), "to stderr again");
        let counters = (stderr.counters(), stdout.counters(), fails.counters());
        (
            counters.0.written(),
            counters.1.written(),
            counters.2.dropped(),
        ) == (1, 1, 1)
    });
    drop(go_on);
    holds.join().unwrap();
    fs::write(path, "done").unwrap();
}

struct Fails;

impl Write for Fails {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("the device of the test fails"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
