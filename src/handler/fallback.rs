//! The handler that goes on where another one fails.

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::handler_id::HandlerId;
use crate::handler::handler_type::handler_type;
use crate::handler::io::retry::Retry;
use crate::handler::sink::Sink;
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering};

/// Hands each record to the first of several handlers that takes it: a second device takes over while the first one fails.
///
/// A handler that fails is passed over for a while, 20 ms at first and half a minute at most; then the next record is tried on it again,
/// and where it takes that, it is back. A record is lost, and counted here, only when all of them fail. The handlers' own levels and
/// filters are asked; what they refuse counts as taken, and goes to none of the others.
///
/// A failure is what a handler tells at once. One with a queue or a buffer takes records and fails later, so such a one belongs in
/// front of this, not behind it.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::handler::{FallbackHandler, FileHandler, StreamHandler};
///
/// let file = FileHandler::builder("/no/such/directory/app.log").delay(true).open()?;
/// let spare = StreamHandler::new(Vec::new());
/// let handler = FallbackHandler::new([file.into(), spare.clone().into()]);
/// handler.handle(&Record::builder().message("kept").build());
/// assert_eq!((spare.counters().written(), handler.counters().dropped()), (1, 0));
/// assert_eq!(handler.active(), Some(1));
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct FallbackHandler {
    handler: Handler,
    chain: Arc<[Link]>,
}

impl FallbackHandler {
    /// Over handlers, the preferred one first.
    #[must_use]
    pub fn new(handlers: impl IntoIterator<Item = Handler>) -> Self {
        let chain: Arc<[Link]> = handlers
            .into_iter()
            .map(|handler| Link {
                handler,
                retry: Mutex::new(Retry::default()),
                failures: AtomicU64::new(0),
            })
            .collect();
        Self {
            handler: Handler::new(FallbackSink(Arc::clone(&chain))),
            chain,
        }
    }

    /// The place of the handler that gets the next record, from 0; `None` where all of them failed a moment ago.
    #[must_use]
    pub fn active(&self) -> Option<usize> {
        self.chain
            .iter()
            .position(|link| link.retry.lock().is_due())
    }

    /// How often the handler at a place has failed.
    #[must_use]
    pub fn failures(&self, place: usize) -> u64 {
        let link = self.chain.get(place);
        link.map_or(0, |link| link.failures.load(Ordering::Relaxed))
    }
}

handler_type!(FallbackHandler);

impl fmt::Debug for FallbackHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.handler, f)
    }
}

struct Link {
    handler: Handler,
    retry: Mutex<Retry>,
    failures: AtomicU64,
}

struct FallbackSink(Arc<[Link]>);

impl Sink for FallbackSink {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        let mut last = None;
        for link in &*self.0 {
            if record.level() < link.handler.level() {
                return Ok(());
            }
            if !link.retry.lock().is_due() {
                continue;
            }
            match link.handler.core.try_handle(record) {
                Ok(_) => {
                    link.retry.lock().succeeded();
                    return Ok(());
                }
                Err(error) => {
                    link.retry.lock().failed();
                    link.failures.fetch_add(1, Ordering::Relaxed);
                    last = Some(error);
                }
            }
        }
        Err(last.unwrap_or_else(|| {
            Error::new(
                ErrorKind::Io,
                "all handlers of the chain failed a moment ago",
            )
        }))
    }

    /// Flushes them all; answers with the first error.
    fn flush(&self) -> Result<(), Error> {
        let flushed = self.0.iter().map(|link| link.handler.flush());
        flushed.fold(Ok(()), Result::and)
    }

    fn reopen(&self) -> Result<(), Error> {
        let reopened = self.0.iter().map(|link| link.handler.reopen());
        reopened.fold(Ok(()), Result::and)
    }

    fn targets(&self) -> Vec<HandlerId> {
        self.0.iter().map(|link| link.handler.id()).collect()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FallbackHandler")
    }
}
