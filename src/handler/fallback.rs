//! The handler that goes on where another one fails.

use arc_swap::ArcSwap;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::io::retry::Retry;
use crate::handler::sink::{Sink, SinkFacts, SinkStatus};
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering};

/// Hands each record to the first of several handlers that takes it: a second device takes over
/// while the first one fails.
///
/// A handler that fails is passed over for a while, 20 ms at first and half a minute at most; then
/// the next record is tried on it again, and where it takes that, it is back. A record is lost, and
/// counted here, only when all of them fail. The handlers' own levels and filters are asked; what
/// they refuse counts as taken, and goes to none of the others.
///
/// A failure is what a handler returns at once. One with a queue or a buffer takes records and
/// fails later, so it belongs before this one, not after it.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::handler::{FallbackHandler, FileHandler, StreamHandler};
///
/// let file = FileHandler::builder("/no/such/directory/app.log").delay(true).open()?;
/// let spare = StreamHandler::new(Vec::new());
/// let handler = FallbackHandler::new(file).or(spare.clone());
/// handler.handle(&Record::builder().message("kept").build());
/// assert_eq!((spare.counters().written(), handler.counters().dropped()), (1, 0));
/// assert_eq!(handler.active(), Some(1));
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct FallbackHandler {
    handler: Handler,
    chain: Arc<Chain>,
}

impl FallbackHandler {
    /// Returns a handler that passes records to the preferred one; [`or`](Self::or) adds the
    /// others.
    #[must_use]
    pub fn new(handler: impl Into<Handler>) -> Self {
        [handler.into()].into_iter().collect()
    }

    /// Adds a handler for records that none of those before it takes.
    #[must_use]
    pub fn or(self, handler: impl Into<Handler>) -> Self {
        let link = Arc::new(Link::new(handler.into()));
        self.chain.links.rcu(|links| {
            let mut links = Vec::clone(links);
            links.push(Arc::clone(&link));
            links
        });
        self
    }

    /// Returns the place of the handler that gets the next record, from 0; `None` where all of them
    /// failed a moment ago.
    #[must_use]
    pub fn active(&self) -> Option<usize> {
        let links = self.chain.links.load();
        links.iter().position(|link| link.retry.lock().is_due())
    }

    /// Returns how often the handler at a place has failed.
    #[must_use]
    pub fn failures(&self, place: usize) -> u64 {
        let links = self.chain.links.load();
        let link = links.get(place);
        link.map_or(0, |link| link.failures.load(Ordering::Relaxed))
    }
}

impl FromIterator<Handler> for FallbackHandler {
    /// Returns a handler over these, the preferred one first.
    fn from_iter<I: IntoIterator<Item = Handler>>(handlers: I) -> Self {
        let links = handlers
            .into_iter()
            .map(|handler| Arc::new(Link::new(handler)));
        let chain = Arc::new(Chain {
            links: ArcSwap::from_pointee(links.collect()),
        });
        Self {
            handler: Handler::new(Arc::clone(&chain)),
            chain,
        }
    }
}

handler_type!(FallbackHandler);

struct Link {
    handler: Handler,
    retry: Mutex<Retry>,
    failures: AtomicU64,
}

impl Link {
    fn new(handler: Handler) -> Self {
        Self {
            handler,
            retry: Mutex::new(Retry::default()),
            failures: AtomicU64::new(0),
        }
    }
}

struct Chain {
    links: ArcSwap<Vec<Arc<Link>>>,
}

impl Sink for Chain {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        let mut last = None;
        for link in &**self.links.load() {
            if record.level() < link.handler.level() {
                return Ok(());
            }
            if !link.retry.lock().is_due() {
                continue;
            }
            match link.handler.core.try_handle(record, None) {
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

    /// Flushes them all. Returns the first error.
    fn flush(&self) -> Result<(), Error> {
        let links = self.links.load_full();
        let flushed = links.iter().map(|link| link.handler.flush());
        flushed.fold(Ok(()), Result::and)
    }

    fn reopen(&self) -> Result<(), Error> {
        let links = self.links.load_full();
        let reopened = links.iter().map(|link| link.handler.reopen());
        reopened.fold(Ok(()), Result::and)
    }

    fn facts(&self) -> SinkFacts {
        SinkFacts::new("FallbackHandler")
    }

    fn status(&self) -> SinkStatus {
        let links = self.links.load();
        SinkStatus::default().with_targets(links.iter().map(|link| link.handler.id()))
    }
}
