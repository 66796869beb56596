//! The handler that has a handler for each value of a key: [`RoutingHandler`].

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::ledger::Ledger;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::handler::sink::{Sink, SinkFacts, SinkStatus};
use crate::record::Record;
use crate::sys::host::Instant;
use crate::sys::presence;
use crate::sys::sync::{Arc, Mutex};
use crate::sys::user_code::{self, Owned};
use crate::text::line_buf::LineBuf;

/// Passes each record to the handler for the value of one of its key-values, and opens that handler
/// when the first record of the value arrives: a file for each tenant, a stream for each job.
///
/// At most [`max_open`](RoutingHandlerBuilder::max_open) handlers are open. To open another one,
/// the least recently used one is closed; it is opened again for the next record of its value. A
/// handler that a thread is just writing to is not closed, so as many more can be open for a moment
/// as threads log at once. Records of a value arrive at one handler at a time, in order.
///
/// A record without the key-value has the value `none`, or [another
/// one](RoutingHandlerBuilder::missing), as has the notice of records that were lost. A handler
/// without a formatter of its own uses that of this one. Levels and filters of the handlers are
/// respected. If a handler cannot be opened or fails, the record counts as dropped here; the next
/// record of the value tries again.
///
/// Values often come from users: [`file_name`](Self::file_name) makes a safe name of one.
///
/// # Python
/// No equivalent.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::handler::{FileHandler, RoutingHandler};
///
/// let directory = std::env::temp_dir().join("logtree-doc-routing");
/// let logs = directory.clone();
/// let handler = RoutingHandler::builder("tenant", move |tenant| {
///     let name = format!("{}.log", RoutingHandler::file_name(tenant));
///     FileHandler::builder(logs.join(name)).create_dirs(true).open()
/// });
/// let registry = Registry::new();
/// registry.root().add_handler(handler.max_open(100).build());
/// let logger = registry.get_logger("app");
/// logtree::warn!(logger, tenant = "acme"; "quota exceeded");
/// logtree::warn!(logger, tenant = "../etc"; "rejected");
/// let read = |name: &str| std::fs::read_to_string(directory.join(name));
/// assert_eq!(read("acme.log")?, "quota exceeded tenant=acme\n");
/// assert_eq!(read("%2E.%2Fetc.log")?, "rejected tenant=../etc\n");
/// # std::fs::remove_dir_all(directory)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct RoutingHandler {
    handler: Handler,
    sink: Arc<RoutingSink>,
}

impl RoutingHandler {
    /// Returns a builder for a handler that routes by the key-value `key`. `open` gets a value, as
    /// text, and returns its handler. It is called on the logging thread, with no lock held; other
    /// threads with a record of this value wait for it. What it logs to this handler with this
    /// value is dropped.
    pub fn builder<H: Into<Handler>>(
        key: impl Into<String>,
        open: impl Fn(&str) -> Result<H, Error> + Send + Sync + 'static,
    ) -> RoutingHandlerBuilder {
        RoutingHandlerBuilder {
            key: key.into(),
            open: Box::new(move |value| open(value).map(Into::into)),
            max_open: 64,
            missing: "none".to_owned(),
            handler: HandlerOptions::default(),
        }
    }

    /// Returns the values whose handlers are open, the least recently used first.
    #[must_use]
    pub fn open_values(&self) -> Vec<String> {
        let table = self.sink.table.lock();
        let mut open: Vec<_> = table
            .routes
            .iter()
            .filter(|(_, route)| matches!(route.state, State::Open(_)))
            .map(|(value, route)| (route.used, value.clone()))
            .collect();
        drop(table);
        open.sort_unstable();
        open.into_iter().map(|(_, value)| value).collect()
    }

    /// Returns a name for a file, or a part of one, that no other value has and that does not leave
    /// its directory: bytes other than ASCII letters, digits, `-`, `_` and `.`, and a `.` at the
    /// beginning, are written as `%` and two hexadecimal digits.
    ///
    /// # Examples
    /// ```
    /// use logtree::handler::RoutingHandler;
    ///
    /// assert_eq!(RoutingHandler::file_name("acme-1.eu"), "acme-1.eu");
    /// assert_eq!(RoutingHandler::file_name("../a b"), "%2E.%2Fa%20b");
    /// ```
    #[must_use]
    pub fn file_name(value: &str) -> String {
        let mut name = String::with_capacity(value.len());
        for byte in value.bytes() {
            let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            if is_plain && !(byte == b'.' && name.is_empty()) {
                name.push(byte.into());
            } else {
                // Into a string: it cannot fail.
                let _ = write!(name, "%{byte:02X}");
            }
        }
        name
    }
}

handler_type!(RoutingHandler);

/// A builder for [`RoutingHandler`].
#[must_use]
pub struct RoutingHandlerBuilder {
    key: String,
    open: Box<Open>,
    max_open: usize,
    missing: String,
    handler: HandlerOptions,
}

handler_options!(RoutingHandlerBuilder, handler);

impl RoutingHandlerBuilder {
    /// Sets how many handlers are open at most, 64 by default; at least 1.
    pub fn max_open(mut self, handlers: usize) -> Self {
        self.max_open = handlers.max(1);
        self
    }

    /// Sets the value of records without the key-value, `none` by default.
    pub fn missing(mut self, value: impl Into<String>) -> Self {
        self.missing = value.into();
        self
    }

    /// Returns the handler.
    #[must_use]
    pub fn build(self) -> RoutingHandler {
        let (handler, sink) = Handler::with_shared(|ledger| RoutingSink {
            key: self.key,
            open: Owned::new(self.open),
            max_open: self.max_open,
            missing: self.missing,
            table: Mutex::new(Table::default()),
            ledger,
        });
        self.handler.apply_to(&handler);
        RoutingHandler { handler, sink }
    }
}

impl fmt::Debug for RoutingHandlerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoutingHandlerBuilder")
            .field("key", &self.key)
            .field("max_open", &self.max_open)
            .field("missing", &self.missing)
            .field("handler", &self.handler)
            .finish_non_exhaustive()
    }
}

type Open = dyn Fn(&str) -> Result<Handler, Error> + Send + Sync;

/// How long a record waits for another thread that opens or closes the handler of its value.
const PATIENCE: Duration = Duration::from_secs(10);

struct RoutingSink {
    key: String,
    open: Owned<Box<Open>>,
    max_open: usize,
    missing: String,
    table: Mutex<Table>,
    ledger: Ledger,
}

#[derive(Default)]
struct Table {
    routes: HashMap<String, Route>,
    /// Grows with each record.
    now: u64,
}

struct Route {
    state: State,
    /// How many threads are writing to it.
    users: usize,
    /// When it was used last.
    used: u64,
}

enum State {
    Open(Handler),
    /// A thread is opening or closing its handler.
    Changing(usize),
}

/// What a thread finds for a value.
enum Found {
    Open(Handler),
    /// It is to open a handler, after it has closed these.
    Absent(Vec<(String, Handler)>),
    Changing {
        by_this_thread: bool,
    },
}

impl Table {
    /// Finds the handler of a value, for a thread that is to write to it. If there is none, those
    /// that give way are marked, as is the value.
    fn find(&mut self, value: &str, max_open: usize) -> Found {
        self.now += 1;
        let now = self.now;
        let thread = presence::thread_number();
        if let Some(route) = self.routes.get_mut(value) {
            return match &route.state {
                State::Open(handler) => {
                    route.users += 1;
                    route.used = now;
                    Found::Open(handler.clone())
                }
                State::Changing(by) => Found::Changing {
                    by_this_thread: *by == thread,
                },
            };
        }
        let mut victims = Vec::new();
        while self.routes.len() - victims.len() >= max_open {
            match self.close_one(thread) {
                Some(victim) => victims.push(victim),
                None => break,
            }
        }
        let route = Route {
            state: State::Changing(thread),
            users: 0,
            used: now,
        };
        self.routes.insert(value.to_owned(), route);
        Found::Absent(victims)
    }

    /// Marks the least recently used route that is not in use, and returns its handler.
    fn close_one(&mut self, thread: usize) -> Option<(String, Handler)> {
        let idle = self
            .routes
            .iter_mut()
            .filter(|(_, route)| route.users == 0 && matches!(route.state, State::Open(_)));
        let (value, route) = idle.min_by_key(|(_, route)| route.used)?;
        match std::mem::replace(&mut route.state, State::Changing(thread)) {
            State::Open(handler) => Some((value.clone(), handler)),
            State::Changing(_) => None,
        }
    }

    fn handlers(&self) -> Vec<Handler> {
        let handlers = self.routes.values().filter_map(|route| match &route.state {
            State::Open(handler) => Some(handler.clone()),
            State::Changing(_) => None,
        });
        handlers.collect()
    }
}

impl RoutingSink {
    fn write_to(&self, value: &str, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
        let handler = self.handler_of(value)?;
        let _used = scopeguard::guard((), |()| self.release(value));
        if record.level() < handler.level() {
            return Ok(());
        }
        handler.core.try_handle(record, Some(format)).map(drop)
    }

    /// Returns the handler of a value, which is in use until it is [released](Self::release).
    fn handler_of(&self, value: &str) -> Result<Handler, Error> {
        let mut since = None;
        loop {
            let found = self.table.lock().find(value, self.max_open);
            match found {
                Found::Open(handler) => return Ok(handler),
                Found::Absent(victims) => {
                    for (value, handler) in victims {
                        self.end(&value, &handler);
                    }
                    return self.begin(value);
                }
                Found::Changing { by_this_thread } => {
                    // A thread inside a device waits for no other one.
                    if by_this_thread || user_code::is_inside_device() {
                        let message = "logged while the handler for its value is opened";
                        return Err(Error::new(ErrorKind::Reentrant, message));
                    }
                    if since.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                        let message = "another thread is still opening the handler for the value";
                        return Err(Error::new(ErrorKind::TimedOut, message));
                    }
                    thread::sleep(Duration::from_micros(50));
                }
            }
        }
    }

    /// Opens the handler of a value.
    #[cold]
    fn begin(&self, value: &str) -> Result<Handler, Error> {
        // If it fails or panics, the value is free again.
        let absent = scopeguard::guard((), |()| self.remove(value));
        let opened = user_code::call(|| (self.open)(value)).unwrap_or_else(|panic| {
            let message = format!("the function that opens a handler panicked: {panic}");
            Err(Error::new(ErrorKind::Panicked, message))
        });
        let handler = opened?;
        scopeguard::ScopeGuard::into_inner(absent);
        let mut table = self.table.lock();
        if let Some(route) = table.routes.get_mut(value) {
            route.state = State::Open(handler.clone());
            route.users += 1;
        }
        drop(table);
        Ok(handler)
    }

    /// Closes a handler that gives way to another one.
    #[cold]
    fn end(&self, value: &str, handler: &Handler) {
        let _absent = scopeguard::guard((), |()| self.remove(value));
        if let Err(error) = handler.close() {
            self.ledger.failed(error);
        }
    }

    fn remove(&self, value: &str) {
        let removed = self.table.lock().routes.remove(value);
        // Its handler was taken out before, but for a panic; outside the lock in any case.
        drop(removed);
    }

    fn release(&self, value: &str) {
        if let Some(route) = self.table.lock().routes.get_mut(value) {
            route.users = route.users.saturating_sub(1);
        }
    }

    /// Calls a function with each open handler. Returns the first error.
    fn each(&self, call: impl Fn(&Handler) -> Result<(), Error>) -> Result<(), Error> {
        let handlers = self.table.lock().handlers();
        handlers.iter().map(call).fold(Ok(()), Result::and)
    }
}

impl Sink for RoutingSink {
    fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
        match record.key_values().get(&self.key) {
            None => self.write_to(&self.missing, record, format),
            Some(value) => LineBuf::with(|text| {
                user_code::write_to(text, |text| write!(text, "{value}"));
                self.write_to(text.as_str(), record, format)
            }),
        }
    }

    fn flush(&self) -> Result<(), Error> {
        self.each(Handler::flush)
    }

    /// Closes the handlers, which stay in the table: files are opened again by a later record.
    fn close(&self) -> Result<(), Error> {
        self.each(Handler::close)
    }

    fn reopen(&self) -> Result<(), Error> {
        self.each(Handler::reopen)
    }

    fn reset_after_fork(&self) {
        let mut table = self.table.lock();
        // What another thread of the parent was opening or writing to, no thread does here.
        table.routes.retain(|_, route| {
            route.users = 0;
            matches!(route.state, State::Open(_))
        });
    }

    fn facts(&self) -> SinkFacts {
        // What it will open is not known.
        SinkFacts::new(format!("RoutingHandler {}", self.key)).of_the_caller(true)
    }

    fn status(&self) -> SinkStatus {
        let handlers = self.table.lock().handlers();
        SinkStatus::default().with_targets(handlers.iter().map(Handler::id))
    }
}
