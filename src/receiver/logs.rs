//! The thread that logs what was read: [`Logs`].

use std::convert::Infallible;
use std::io;
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use crate::level::Level;
use crate::receiver::frames::{Refused, TOO_LONG};
use crate::receiver::record::deliver;
use crate::registry::Registry;
use crate::sys::sync::{Arc, AtomicU64, Ordering};
use crate::sys::throttle::{INTERVAL, Throttle};

/// The logger of what is refused.
const LOGGER: &str = "logging.receiver";

/// What became of all that was read.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) received: AtomicU64,
    pub(super) refused: AtomicU64,
}

/// Where tasks put what they have read. The thread ends after the last one of these, once all of it
/// is logged.
pub(super) struct Logs(mpsc::Sender<Read>);

/// Disconnected once the thread has ended.
pub(super) type Ended = mpsc::Receiver<Infallible>;

struct Read {
    frame: Result<Vec<u8>, Refused>,
    from: Arc<str>,
    /// Dropped once the frame is logged.
    _done: oneshot::Sender<Infallible>,
}

impl Logs {
    /// Starts the thread, on which handlers may wait or run a runtime themselves.
    ///
    /// # Errors
    /// Where the system has no thread left.
    pub(super) fn start(
        registry: Registry,
        max_record_bytes: usize,
        counts: Arc<Counts>,
    ) -> io::Result<(Self, Ended)> {
        let (sender, receiver) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let logging = Logging {
            registry,
            max_record_bytes,
            counts,
            reports: Throttle::default(),
        };
        let thread = thread::Builder::new().name("logtree-receiver-logs".to_owned());
        thread.spawn(move || {
            let _end = end;
            receiver.iter().for_each(|read| logging.log(read));
        })?;
        Ok((Self(sender), ended))
    }

    /// Has a frame logged, and waits for it. It is logged as well where the task ends meanwhile.
    pub(super) async fn take(&self, frame: Result<Vec<u8>, Refused>, from: &Arc<str>) {
        let (done, logged) = oneshot::channel();
        let read = Read {
            frame,
            from: Arc::clone(from),
            _done: done,
        };
        if self.0.send(read).is_ok() {
            let _ = logged.await;
        }
    }
}

struct Logging {
    registry: Registry,
    max_record_bytes: usize,
    counts: Arc<Counts>,
    reports: Throttle<Refused>,
}

impl Logging {
    fn log(&self, read: Read) {
        match read.frame.and_then(|frame| deliver(&self.registry, &frame)) {
            Ok(()) => drop(self.counts.received.fetch_add(1, Ordering::Relaxed)),
            Err(why) => self.refuse(&read.from, why),
        }
    }

    /// Counts what is not taken, and reports it from time to time.
    fn refuse(&self, from: &str, why: Refused) {
        self.counts.refused.fetch_add(1, Ordering::Relaxed);
        let Some(suppressed) = self.reports.due(why, INTERVAL) else {
            return;
        };
        let most = match why {
            TOO_LONG => format!(": expected up to {} bytes", self.max_record_bytes),
            _ => String::new(),
        };
        let logger = self.registry.get_logger(LOGGER);
        if logger.is_enabled_for(Level::WARNING) {
            let message = format!("refused what {from} sent: {why}{most}{suppressed}");
            let record = logger.record_builder(Level::WARNING).message(message);
            logger.handle(&record.build());
        }
    }
}
