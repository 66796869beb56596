//! What the worker hands over to the handlers, and when it ends.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::queue::account::Account;
use crate::handler::queue::codec;
use crate::handler::queue::handler::QueueHandler;
use crate::handler::queue::head::set_stamp;
use crate::handler::queue::listener::QueueListener;
use crate::handler::queue::record_queue::RecordQueue;
use crate::handler::queue::tests::{Counting, log, until};
use crate::handler::queue::work::Work;
use crate::handler::sink::{Batch, Sink};
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, Ordering};
use crate::text::line_buf::LineBuf;

/// A record of `ERROR` or above wakes the listener's thread; others wait until its nap ends.
#[test]
fn severe_records_call_the_thread() {
    let handler = QueueHandler::from_queue(&RecordQueue::new());
    let calls = || handler.queue().core.worker.calls.load(Ordering::Relaxed);
    for (level, called) in [
        (Level::DEBUG, 0),
        (Level::WARNING, 0),
        (Level::ERROR, 1),
        (Level::INFO, 1),
        (Level::CRITICAL, 2),
    ] {
        handler.handle(&Record::builder().level(level).message("x").build());
        assert_eq!(calls(), called, "{level}");
    }
}

/// Each record counts as written when it has been delivered, not when its batch has.
#[test]
fn written_is_counted_where_records_are_handed_over() {
    let (step, counting) = Counting::in_steps();
    let handler = QueueHandler::new([Handler::new(counting)]);
    (0..3).for_each(|_| log(&handler, "x"));
    for written in 0..3 {
        until("so many are written", || {
            handler.counters().written() == written
        });
        let counters = handler.counters();
        assert_eq!((counters.accepted(), counters.queued()), (3, 3 - written));
        step.send(()).unwrap();
    }
    until("all is written", || handler.counters().written() == 3);
}

/// Where the thread of the queue hands over what another one logs after the close, that one waits
/// for the end of the batch: a file writes it only then.
#[test]
fn what_comes_after_the_close_is_written_when_the_call_returns() {
    struct Batches {
        ends: SyncSender<()>,
        steps: Mutex<Receiver<()>>,
        returned: Arc<AtomicBool>,
        early: Arc<AtomicBool>,
    }
    impl Sink for Batches {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            Ok(())
        }

        fn batch(&self, batch: Batch) {
            if batch == Batch::Ends {
                // Errors mean that the test has ended.
                let _ = self.ends.send(());
                let _ = self.steps.lock().unwrap().recv();
                if self.returned.load(Ordering::SeqCst) {
                    self.early.store(true, Ordering::SeqCst);
                }
            }
        }
    }
    let (ends, ended) = sync_channel(0);
    let (step, steps) = sync_channel(0);
    let (returned, early) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let batches = Batches {
        ends,
        steps: Mutex::new(steps),
        returned: Arc::clone(&returned),
        early: Arc::clone(&early),
    };
    let handler = QueueHandler::new([Handler::new(batches)]);
    log(&handler, "before");
    ended.recv().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| handler.close());
        while !handler.queue().core.channel.is_closed() {
            thread::yield_now();
        }
        scope.spawn(|| {
            log(&handler, "after");
            returned.store(true, Ordering::SeqCst);
        });
        while handler.counters().queued() == 0 {
            thread::yield_now();
        }
        // Time for the call to find that it is the other thread's turn.
        thread::sleep(Duration::from_millis(20));
        step.send(()).unwrap();
        ended.recv().unwrap();
        // Time for a call that does not wait; one that does never makes the test fail.
        thread::sleep(Duration::from_millis(50));
        step.send(()).unwrap();
        drop(step);
        drop(ended);
    });
    assert!(!early.load(Ordering::SeqCst));
}

/// A thread gets a stamp, and its record comes in after a pass that went beyond that stamp. Neither
/// the call nor a close takes the passed stamp for a record that was handed over.
#[test]
fn a_record_that_comes_in_late_is_written_when_call_and_close_return() {
    let (step, counting) = Counting::in_steps();
    let handler = QueueHandler::new([Handler::new(counting.clone())]);
    let core = &handler.queue().core;
    let record = Record::builder().message("late").build();
    let account = Arc::new(Account::new());
    let mut late = core.channel.add_lane(&account, None, 4096, 4096);
    let mut bytes = LineBuf::default();
    let environment = core.channel.environments.number_of(record.environment);
    codec::encode(&record, None, environment, &mut bytes).unwrap();
    let bytes = bytes.as_bytes_mut();
    set_stamp(bytes, core.channel.stamps.fetch_add(1, Ordering::SeqCst));
    handler.flush().unwrap();
    core.channel.close_door();
    thread::scope(|scope| {
        let closes = scope.spawn(|| {
            core.close().unwrap();
            counting.seen()
        });
        assert!(late.grow(bytes.len()) && late.push(bytes));
        core.worker.call();
        until("it is taken out", || core.work.lock().merge.taken() == 1);
        let logs = scope.spawn(|| {
            let put = core.push_closed(Ok(()), &account, &mut [], Level::INFO);
            assert!(put.is_ok());
            counting.seen()
        });
        // Time for a call that does not wait; one that does never makes the test fail.
        thread::sleep(Duration::from_millis(50));
        step.send(()).unwrap();
        assert_eq!((closes.join().unwrap(), logs.join().unwrap()), (1, 1));
    });
}

/// A sink that logs to its queue for each record does not keep its end for ever.
#[test]
fn an_end_is_bounded_where_a_sink_logs_to_its_queue() {
    struct Logs(Mutex<Option<Handler>>, Arc<AtomicU64>);
    impl Sink for Logs {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            self.1.fetch_add(1, Ordering::Relaxed);
            let queue = self.0.lock().unwrap().clone();
            if let Some(queue) = queue {
                log(&queue, "by the sink");
            }
            Ok(())
        }
    }
    let count = Arc::new(AtomicU64::new(0));
    let sink = Arc::new(Logs(Mutex::new(None), Arc::clone(&count)));
    let queue = RecordQueue::new();
    let handler = QueueHandler::from_queue(&queue);
    *sink.0.lock().unwrap() = Some(handler.clone().into());
    let listener = QueueListener::new(&queue, [Handler::new(Arc::clone(&sink))]);
    assert!(listener.start());
    log(&handler, "first");
    handler.flush().unwrap();
    handler.close().unwrap();
    log(&handler, "second");
    listener.stop();
    let seen = count.load(Ordering::Relaxed);
    assert!(seen >= 2, "{seen}");
    let counters = handler.counters();
    assert_eq!((counters.written(), counters.dropped()), (seen, 0));
    assert_eq!(counters.queued(), queue.len() as u64);
    *sink.0.lock().unwrap() = None;
}

#[test]
fn a_new_queue_has_nothing_to_do() {
    let queue = RecordQueue::new();
    assert!(!Work::default().merge.has_work(&queue.core.channel));
}
