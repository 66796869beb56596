//! What handlers hold at a fork; forks and exits inside one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use logtree::Handler;
use logtree::filter::{DedupFilter, RateLimitFilter};
use logtree::handler::{
    BufferingHandler, FileHandler, MemoryHandler, QueueHandler, RecordQueue, StreamHandler,
};
use logtree::record::OwnedRecord;

use crate::forks_child::{appending, in_child, lines, log, until};

pub(super) fn left(path: &Path) {
    let memory = MemoryHandler::new(10).with_target(FileHandler::open(path).unwrap());
    let delivered = Arc::new(AtomicU64::new(0));
    let sum = Arc::clone(&delivered);
    let batches = BufferingHandler::new(10, move |batch: &[OwnedRecord]| {
        sum.fetch_add(batch.len() as u64, Ordering::Relaxed);
    });
    let other = path.with_extension("buffered");
    let buffered = FileHandler::builder(&other).buffered(1 << 20);
    let buffered = buffered
        .flush_interval(Duration::from_secs(3600))
        .open()
        .unwrap();
    // Without a listener, so that everything stays in the queue.
    let queue = QueueHandler::from_queue(&RecordQueue::new());
    let handlers: [Handler; 4] = [memory.into(), batches.into(), buffered.into(), queue.into()];
    let adds_up = || {
        handlers.iter().all(|handler| {
            let counters = handler.counters();
            let sum = counters.written() + counters.dropped() + counters.queued();
            counters.accepted() == sum && counters.dropped() == 0
        })
    };
    for handler in &handlers {
        (0..5).for_each(|_| log(handler, "parent"));
    }
    in_child("left", || {
        for handler in &handlers {
            handler.flush().unwrap();
            log(handler, "child");
            handler.flush().unwrap();
        }
        delivered.load(Ordering::Relaxed) == 1 && adds_up()
    });
    for handler in &handlers {
        handler.flush().unwrap();
    }
    let lines = lines(path);
    let count = |text: &str| lines.iter().filter(|line| *line == text).count();
    assert_eq!((count("parent"), count("child")), (10, 2));
    assert!(delivered.load(Ordering::Relaxed) == 5 && adds_up());
}

/// What filters have suppressed, and not reported, is the parent's.
pub(super) fn suppressed(path: &Path) {
    let long = Duration::from_secs(1_000_000);
    let handlers: [Handler; 2] = [
        FileHandler::builder(path)
            .filter(DedupFilter::new(long))
            .open()
            .unwrap()
            .into(),
        FileHandler::builder(path)
            .filter(RateLimitFilter::new(1, long).summary_after(long))
            .open()
            .unwrap()
            .into(),
    ];
    let log_thrice = || {
        for handler in &handlers {
            (0..3).for_each(|_| log(handler, "x"));
        }
    };
    let settle = || {
        for handler in &handlers {
            handler.flush().unwrap();
        }
    };
    let reported = |number: u64| {
        let ending = format!("suppressed={number}");
        let lines = lines(path);
        lines.iter().filter(|line| line.ends_with(&ending)).count()
    };
    log_thrice();
    in_child("suppressed", || {
        settle();
        let before = reported(2);
        log_thrice();
        settle();
        // The run of repetitions begins again, and the token is spent.
        before == 0 && (reported(2), reported(3)) == (1, 1)
    });
    settle();
    assert_eq!((reported(2), reported(3)), (3, 1));
}

/// Forks when it first writes.
struct Forks(Option<Handler>, File);

impl Write for Forks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(other) = self.0.take() {
            let copy = self.1.try_clone()?;
            in_child("inside", || {
                log(&other, "child");
                let mut file = &copy;
                file.write_all(b"child, inside\n").is_ok()
            });
        }
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn inside(path: &Path) {
    let other = FileHandler::open(path.with_extension("other")).unwrap();
    let handler = StreamHandler::new(Forks(Some(other.into()), appending(path)));
    log(&handler, "parent");
    log(&handler, "parent");
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        "child, inside\nparent\nparent\n"
    );
    assert_eq!(
        fs::read_to_string(path.with_extension("other")).unwrap(),
        "child\n"
    );
}

/// Forks when it is first called; parent and child both go on. The child notes that it is one.
#[expect(unsafe_code, reason = "to fork is what is tested")]
fn fork_once(child: &AtomicI32) {
    if child.load(Ordering::SeqCst) == PARENT {
        // SAFETY: as in `in_child`.
        child.store(unsafe { libc::fork() }, Ordering::SeqCst);
    }
}

/// The initial value for [`fork_once`]; 0 is the child.
const PARENT: i32 = -1;

struct ForksOnce(Arc<AtomicI32>);

impl Write for ForksOnce {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        fork_once(&self.0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A child forked by a buffer's target or function counts the record in flight once, as its
/// parent's.
pub(super) fn inside_a_buffer() {
    let made: [fn(&Arc<AtomicI32>) -> Handler; 3] = [
        |child| {
            let target = StreamHandler::new(ForksOnce(Arc::clone(child)));
            MemoryHandler::new(3).with_target(target).into()
        },
        |child| {
            let child = Arc::clone(child);
            BufferingHandler::new(3, move |_: &[OwnedRecord]| fork_once(&child)).into()
        },
        |child| {
            // Closed, so that the logging thread delivers.
            let queue = QueueHandler::new([StreamHandler::new(ForksOnce(Arc::clone(child)))]);
            queue.close().unwrap();
            queue.into()
        },
    ];
    for make in made {
        let child = Arc::new(AtomicI32::new(PARENT));
        let handler = make(&child);
        for round in 1..=2 {
            (0..3).for_each(|_| log(&handler, "x"));
            let counters = handler.counters();
            let counts = (counters.accepted(), counters.written(), counters.queued());
            assert_eq!(counts, (3 * round, 3 * round, 0), "{handler:?}");
        }
        end_child(child.load(Ordering::SeqCst));
    }
}

/// Ends the child, and waits for it in the parent.
#[expect(unsafe_code, reason = "to fork is what is tested")]
fn end_child(child: i32) {
    if child == 0 {
        // SAFETY: it ends the process, and calls nothing.
        unsafe { libc::_exit(0) };
    }
    let mut status = 0;
    // SAFETY: the address is that of a number that lives on.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(status, 0, "the child failed");
}

/// Ends the process when it first writes.
struct Exits;

impl Write for Exits {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        std::process::exit(0)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn exit_inside(path: &Path) {
    let builder = FileHandler::builder(path).buffered(1 << 20);
    let buffered = builder.open().unwrap();
    let exits = MemoryHandler::new(1).with_target(StreamHandler::new(Exits));
    let other = path.with_extension("other");
    let queue = QueueHandler::new([FileHandler::open(&other).unwrap()]);
    for n in 0..1000 {
        log(&buffered, &n.to_string());
        log(&queue, &n.to_string());
    }
    log(&exits, "the end");
}

/// Ends while four threads log to handlers with buffers; leaves what they had logged before beside
/// the log.
pub(super) fn exit_busy(path: &Path) {
    let builder = FileHandler::builder(path).buffered(1 << 20);
    let file: Handler = builder.open().unwrap().into();
    let memory = MemoryHandler::new(1000).with_target(file.clone());
    let to = file.clone();
    let batches = BufferingHandler::new(1000, move |batch: &[OwnedRecord]| {
        for record in batch {
            to.handle(&record.as_record());
        }
    });
    let handlers: [Handler; 4] = [
        file.clone(),
        memory.clone().into(),
        batches.into(),
        memory.into(),
    ];
    let counts: &'static [AtomicU64; 4] = Box::leak(Box::default());
    for (thread, handler) in handlers.into_iter().enumerate() {
        thread::spawn(move || {
            for n in 0.. {
                log(&handler, &format!("{thread} {n}"));
                counts[thread].store(n + 1, Ordering::SeqCst);
            }
        });
    }
    until("all threads log", || {
        counts
            .iter()
            .all(|count| count.load(Ordering::SeqCst) > 2500)
    });
    let counts = counts
        .each_ref()
        .map(|count| count.load(Ordering::SeqCst).to_string());
    fs::write(path.with_extension("counts"), counts.join(" ")).unwrap();
    std::process::exit(0);
}
