//! A socket whose records are logged: [`SocketReceiver`].

use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::receiver::listen::{Listening, listen};
use crate::receiver::logs::{Counts, Logs};
use crate::receiver::serving::{Serving, serve};
use crate::registry::Registry;
#[cfg(unix)]
use crate::sys::own_file::OwnFile;
use crate::sys::sync::{Arc, Ordering};
use crate::sys::task_thread::TaskThread;

/// How long it may take at the end to log what was read.
const GRACE: Duration = Duration::from_secs(5);

/// The highest limit: there is a buffer of the size for datagrams of Unix sockets.
const MOST_RECORD_BYTES: usize = 256 * 1024 * 1024;

/// Takes records that other programs send into the tree: those of Python's `SocketHandler` and
/// `DatagramHandler`, and of the handlers of these names here.
///
/// A record goes the way of its logger's records: the level of the logger of its name, or of the
/// nearest ancestor that there is, decides on it; a name makes no logger. It keeps its name, level,
/// text, time, source, thread, process, error and stack; what else it has become key-values.
///
/// Frames hold pickles of all protocols, or JSON. Pickles are read as plain values, and one that
/// names a class or a function is refused whole: nothing that a program sends is run. (Protocols
/// below 3 have bytes and sets by functions.) Of whole numbers, what 128 bits do not hold becomes a
/// string; in JSON, what 64 bits do not hold becomes a float. A record has [1
/// MiB](SocketReceiverBuilder::max_record_bytes) at most, 65,536 values and 1,024 key-values, and
/// nests 16 deep; there are 64 connections at most, others wait; and a frame that has begun has 10
/// seconds. What is refused is counted, and reported by the logger `logging.receiver` at most every
/// 30 seconds for each reason; the connection goes on, or ends where a frame is cut off or does not
/// come in time.
///
/// All that can connect can log, and fill what the handlers write to. Only loopback addresses and
/// Unix sockets are accepted unless [others are allowed](SocketReceiverBuilder::allow_remote); a
/// Unix socket can be used by its user alone (`0600`). A program must not send to itself what it
/// receives: its records would go round for ever.
///
/// It reads on one thread and logs on another, which handlers may keep waiting, and ends when it is
/// dropped. All records that were read whole are logged then, unless handlers take longer than 5
/// seconds. What was not read resets a connection, so that a
/// [`SocketHandler`](crate::handler::SocketHandler) sends it again; Python's handlers do not. A
/// child process made by `fork` does not receive.
///
/// # Python
/// The `LogRecordSocketReceiver` of the logging cookbook, which handles every record whatever its
/// level, and unpickles with all that this implies.
///
/// # Examples
/// ```
/// use logtree::delivery::SocketReceiver;
/// use logtree::handler::SocketHandler;
/// use logtree::{Level, Record, Registry};
///
/// let receiver = SocketReceiver::builder("127.0.0.1:0").registry(&Registry::new()).start()?;
/// let handler = SocketHandler::new(receiver.address())?;
/// handler.handle(&Record::builder().name("a.b").level(Level::ERROR).message("hello").build());
/// while receiver.received() < 1 {
///     std::thread::yield_now();
/// }
/// # Ok::<(), logtree::Error>(())
/// ```
#[must_use = "it ends when it is dropped"]
pub struct SocketReceiver {
    counts: Arc<Counts>,
    address: String,
    thread: Option<TaskThread>,
    #[cfg(unix)]
    _file: Option<OwnFile>,
}

impl SocketReceiver {
    /// Listens on an address, and takes what comes into the global registry.
    ///
    /// The address is `HOST:PORT` or `tcp:HOST:PORT`, `udp:HOST:PORT`, or the path of a Unix
    /// socket, `unix:PATH`. With port 0, the system chooses one.
    ///
    /// # Errors
    /// [`ErrorKind::NotPermitted`](crate::ErrorKind::NotPermitted) where other machines could
    /// connect; [`ErrorKind::Io`](crate::ErrorKind::Io) where it cannot listen, or the system has
    /// no thread left.
    pub fn bind(address: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder(address).start()
    }

    /// Returns a builder for a receiver with other options.
    pub fn builder(address: impl AsRef<str>) -> SocketReceiverBuilder {
        SocketReceiverBuilder {
            address: address.as_ref().to_owned(),
            registry: None,
            datagrams: false,
            allow_remote: false,
            max_connections: 64,
            max_record_bytes: 1024 * 1024,
        }
    }

    /// Returns where it listens, such as `tcp:127.0.0.1:9020`: what a handler sends to.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns how many records were received, and logged or hidden by a level.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.counts.received.load(Ordering::Relaxed)
    }

    /// Returns how many records, or connections that broke off, were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.counts.refused.load(Ordering::Relaxed)
    }
}

impl Drop for SocketReceiver {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.end();
        }
    }
}

impl fmt::Debug for SocketReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketReceiver")
            .field("address", &self.address)
            .field("received", &self.received())
            .field("refused", &self.refused())
            .finish_non_exhaustive()
    }
}

/// Makes a [`SocketReceiver`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SocketReceiverBuilder {
    address: String,
    registry: Option<Registry>,
    datagrams: bool,
    allow_remote: bool,
    max_connections: usize,
    max_record_bytes: usize,
}

impl SocketReceiverBuilder {
    /// Sets the registry that records go to; the global one by default.
    pub fn registry(mut self, registry: &Registry) -> Self {
        self.registry = Some(registry.clone());
        self
    }

    /// Sets whether the socket takes datagrams, for addresses that do not say it: UDP, and Unix
    /// sockets for datagrams. Off by default.
    pub fn datagrams(mut self, datagrams: bool) -> Self {
        self.datagrams = datagrams;
        self
    }

    /// Sets whether other machines may connect; only this one by default. Nothing is encrypted, and
    /// nothing proves who sends.
    pub fn allow_remote(mut self, allow: bool) -> Self {
        self.allow_remote = allow;
        self
    }

    /// Sets how many connections are served at a time, 1 at least; 64 by default. Others wait.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections.max(1);
        self
    }

    /// Sets how many bytes a record has at most; 1 MiB by default, and 256 MiB at most. A longer
    /// one is left out.
    pub fn max_record_bytes(mut self, bytes: usize) -> Self {
        self.max_record_bytes = bytes.min(MOST_RECORD_BYTES);
        self
    }

    /// Listens, and starts the thread.
    ///
    /// # Errors
    /// As [`SocketReceiver::bind`].
    pub fn start(self) -> Result<SocketReceiver, Error> {
        let listening = listen(&self.address, self.datagrams, self.allow_remote)?;
        let Listening {
            listener, address, ..
        } = listening;
        let failed = |error| Error::io(format!("cannot receive at {address}"), error);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let registry = self.registry.unwrap_or_else(|| Registry::global().clone());
        let counts = Arc::<Counts>::default();
        let logs = Logs::start(registry, self.max_record_bytes, Arc::clone(&counts));
        let (logs, ended) = logs.map_err(failed)?;
        let serving = Serving {
            max_connections: self.max_connections,
            max_record_bytes: self.max_record_bytes,
            logs,
        };
        let spawn = || serve(listener, serving);
        let end = move || {
            let _ = ended.recv_timeout(GRACE);
        };
        let thread = TaskThread::start("logtree-receiver", runtime, spawn, || {}, end);
        Ok(SocketReceiver {
            counts,
            thread: Some(thread.map_err(failed)?),
            address,
            #[cfg(unix)]
            _file: listening.file,
        })
    }
}
