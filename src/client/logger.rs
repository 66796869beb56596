//! The log of a client: [`ClientLogger`].

use std::error::Error as StdError;
use std::fmt::{self, Display, Write};

use log::kv::ToValue;

use crate::client::classification::Classification;
use crate::client::dump::Dump;
use crate::client::hexdump::HexDump;
use crate::client::mode::ClientLogMode;
use crate::client::retry::Retry;
use crate::client::service_logger::service_logger;
use crate::client::signing::Signing;
use crate::client::sink::ClientSink;
use crate::client::topic::Topic;
use crate::filter::RedactingFilter;
use crate::level::Level;
use crate::logger::{IntoLogger, Logger};
use crate::record::OwnedValue;
use crate::scope::Scope;
use crate::sys::sync::{Arc, AtomicU64, Ordering};
use crate::sys::user_code;

/// Logs what a client does: signing, retries, requests and responses. It is a handle: clones share
/// it.
///
/// Each kind of message has a logger below the client's: `.signing`, `.retries`, `.request`,
/// `.response`, `.deprecated`, `.event.request`, `.event.response`, `.warnings`. It is logged if
/// that logger is enabled for `DEBUG`, bodies if it is enabled for `TRACE`, warnings if it is
/// enabled for `WARNING`. So the [mode](Self::mode) is what the loggers' levels say, and
/// [`set_mode`](Self::set_mode) sets these levels: both are the same thing, and can be changed
/// while the client works. A disabled message costs a load and a compare: the closure that makes it
/// is not called.
///
/// A [`Capture`](crate::test::Capture) of these loggers enables everything that it captures.
///
/// Known credentials are redacted in messages and key-values, whether they go into the tree or to a
/// sink; see [`with_redaction`](Self::with_redaction). If a closure, an error's `Display` or a sink
/// panics or fails, the message says so, and the caller is not affected.
///
/// # Go
/// The places where the AWS SDK for Go logs. The mode 0 logs nothing at all, including warnings;
/// any other mode logs warnings, as Go does. A mode can be changed after the client was created.
///
/// # Examples
/// ```
/// use logtree::client::{ClientLogMode, ClientLogger, Retry};
/// use logtree::{Level, Registry};
/// use logtree::test::Capture;
///
/// let registry = Registry::new();
/// let client = ClientLogger::new(&registry.get_logger("botocore.client.S3"));
/// client.set_mode(ClientLogMode::RETRIES);
/// let capture = Capture::new(&registry.root());
/// client.retrying(&Retry::new("S3", "PutObject", 2));
/// assert_eq!(capture.messages(), ["retrying request S3/PutObject, attempt 2"]);
///
/// // The levels of the tree do the same.
/// registry.get_logger("botocore.client.S3.request").set_level(Level::DEBUG);
/// assert!(client.mode().contains(ClientLogMode::REQUEST));
/// ```
#[derive(Clone)]
pub struct ClientLogger {
    base: Logger,
    loggers: Arc<[Logger; Topic::ALL.len()]>,
    sink: Option<Arc<dyn ClientSink>>,
    /// For one call, whatever the levels say.
    mode: Option<ClientLogMode>,
    /// The bits of the mode that was set last: two modes have the same levels if they differ in
    /// warnings only.
    set_mode: Arc<AtomicU64>,
    redacts: bool,
}

impl ClientLogger {
    /// Returns the log of a client whose loggers are below `base`.
    #[must_use]
    pub fn new(base: impl IntoLogger) -> Self {
        let base = base.into_logger();
        let loggers = Topic::ALL.map(|topic| base.child(topic.name()));
        Self {
            base,
            loggers: Arc::new(loggers),
            sink: None,
            mode: None,
            set_mode: Arc::default(),
            redacts: true,
        }
    }

    /// Returns the log of a client of a service, such as `S3`; see
    /// [`service_logger`](super::service_logger).
    #[must_use]
    pub fn for_service(service: &str) -> Self {
        Self::new(&service_logger(service))
    }

    /// Returns the logger above the client's own.
    #[must_use]
    pub fn base(&self) -> &Logger {
        &self.base
    }

    /// Returns the log with a sink that receives its messages instead of the tree.
    #[must_use]
    pub fn with_sink(self, sink: impl ClientSink + 'static) -> Self {
        self.with_shared_sink(Arc::new(sink))
    }

    pub(super) fn with_shared_sink(mut self, sink: Arc<dyn ClientSink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// Returns the log for a unit of work: a sink that knows contexts receives it now. For messages
    /// that go into the tree, [enter](Scope::enter) the scope.
    #[must_use]
    pub fn with_context(mut self, context: &Scope) -> Self {
        let sink = self
            .sink
            .as_ref()
            .and_then(|sink| user_code::call(|| sink.with_context(context)).ok()?);
        if sink.is_some() {
            self.sink = sink;
        }
        self
    }

    /// Returns the log for one call with a mode that applies whatever the levels say.
    #[must_use]
    pub fn with_mode(mut self, mode: ClientLogMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Returns the log with redaction of known credentials on or off; on by default.
    #[must_use]
    pub fn with_redaction(mut self, redact: bool) -> Self {
        self.redacts = redact;
        self
    }

    /// Returns what the levels of its loggers enable. After [`set_mode`](Self::set_mode) it is the
    /// mode that was set, until a level changes.
    #[must_use]
    pub fn mode(&self) -> ClientLogMode {
        let set = ClientLogMode::from_bits(self.set_mode.load(Ordering::Relaxed));
        let modes = |is_on: &dyn Fn(Topic) -> bool, has_body: &dyn Fn(Topic) -> bool| {
            let mut mode = ClientLogMode::NONE;
            for topic in Topic::ALL.into_iter().filter(|topic| is_on(*topic)) {
                mode |= topic.mode();
                if has_body(topic) {
                    mode |= topic.mode_with_body().unwrap_or_default();
                }
            }
            mode
        };
        let by_levels = modes(&|topic| self.is_on(topic), &|topic| self.has_body(topic));
        let by_set = modes(&|topic| topic.is_in(set), &|topic| topic.has_body_in(set));
        if by_levels == by_set { set } else { by_levels }
    }

    /// Sets the levels of its loggers, for all clones: `DEBUG` for what the mode contains, `TRACE`
    /// for what it contains with the body, and `OFF` for the rest, so that it is not logged
    /// whatever the level of the client's own logger is. Warnings are on in each mode but
    /// [`NONE`](ClientLogMode::NONE); to turn them off alone, set the level of `.warnings`.
    pub fn set_mode(&self, mode: ClientLogMode) {
        for topic in Topic::ALL {
            let level = match (topic.has_body_in(mode), topic.is_in(mode)) {
                (true, _) => Level::TRACE,
                (false, true) => Level::DEBUG,
                (false, false) => Level::OFF,
            };
            self.logger(topic).set_level(level);
        }
        self.set_mode.store(mode.bits(), Ordering::Relaxed);
    }

    /// Clears the levels that [`set_mode`](Self::set_mode) set, so that the level of the client's
    /// own logger applies again.
    pub fn clear_mode(&self) {
        for topic in Topic::ALL {
            self.logger(topic).set_level(Level::NOTSET);
        }
    }

    fn logger(&self, topic: Topic) -> &Logger {
        &self.loggers[topic as usize]
    }

    #[inline]
    fn is_on(&self, topic: Topic) -> bool {
        match self.mode {
            None => self.logger(topic).is_enabled_for(topic.level()),
            Some(mode) => topic.is_in(mode),
        }
    }

    fn has_body(&self, topic: Topic) -> bool {
        match self.mode {
            None => self.logger(topic).is_enabled_for(Level::TRACE),
            Some(mode) => topic.has_body_in(mode),
        }
    }

    /// Logs what was signed.
    pub fn signing(&self, what: impl FnOnce() -> Signing) {
        if self.is_on(Topic::Signing) {
            self.emit(Topic::Signing, Classification::DEBUG, text_of(what), &[]);
        }
    }

    /// Logs that a request is sent again. The key-values `max` and `delay_ms` contain the maximum
    /// number of attempts and the delay, if known. A first attempt is not logged.
    pub fn retrying(&self, retry: &Retry<'_>) {
        if retry.attempt() >= 2 && self.is_on(Topic::Retries) {
            let max = retry.max().map(|max| ("max", OwnedValue::from(max)));
            let delay = retry
                .delay()
                .map(|delay| ("delay_ms", OwnedValue::from(delay.as_millis())));
            let values: Vec<_> = max.into_iter().chain(delay).collect();
            let text = retry.to_string();
            self.emit(Topic::Retries, Classification::DEBUG, text, &values);
        }
    }

    /// Logs that a request failed with an error that cannot be retried.
    pub fn unretryable(&self, error: &dyn StdError) {
        self.failed_as("request failed with unretryable error ", error);
    }

    /// Logs that an attempt failed, whether another one follows or not.
    pub fn failed(&self, error: &dyn Display) {
        self.failed_as("request failed: ", error);
    }

    fn failed_as(&self, message: &str, error: impl Display) {
        if self.is_on(Topic::Retries) {
            let text = format!("{message}{}", user_code::display(&error));
            self.emit(Topic::Retries, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs that the maximum number of attempts is reached.
    pub fn exhausted(&self, max: u32) {
        if self.is_on(Topic::Retries) {
            let text = format!("max retry attempts exhausted, max {max}");
            self.emit(Topic::Retries, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs a request. The closure's argument says whether the body is logged.
    pub fn request(&self, what: impl FnOnce(bool) -> Dump) {
        self.dump(Topic::Request, "Request", what);
    }

    /// Logs a response. The closure's argument says whether the body is logged.
    pub fn response(&self, what: impl FnOnce(bool) -> Dump) {
        self.dump(Topic::Response, "Response", what);
    }

    fn dump(&self, topic: Topic, title: &str, what: impl FnOnce(bool) -> Dump) {
        if self.is_on(topic) {
            let with_body = self.has_body(topic);
            let dump = text_of(|| {
                let dump = what(with_body);
                // A body is not logged unless enabled, even if the closure added it.
                if with_body { dump } else { dump.without_body() }
            });
            let text = format!("{title}\n{dump}");
            self.emit(topic, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs a sent message of an event stream: its text, and its bytes or why it cannot be encoded.
    pub fn request_event<M: Display, E: Display>(
        &self,
        what: impl FnOnce() -> (M, Result<Vec<u8>, E>),
    ) {
        if self.is_on(Topic::RequestEvent) {
            let text = text_of(|| {
                let (message, raw) = what();
                let raw = match &raw {
                    Ok(raw) => format!("Raw message:\n{}", HexDump(raw)),
                    Err(error) => format!("Encode error: {}", user_code::display(error)),
                };
                format!(
                    "Message to encode:\n{}\n{raw}",
                    user_code::display(&message)
                )
            });
            self.emit(Topic::RequestEvent, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs a received message of an event stream: its bytes, and its text or why it cannot be
    /// decoded.
    pub fn response_event<M: Display, E: Display>(
        &self,
        what: impl FnOnce() -> (Vec<u8>, Result<M, E>),
    ) {
        if self.is_on(Topic::ResponseEvent) {
            let text = text_of(|| {
                let (raw, message) = what();
                let message = match &message {
                    Ok(message) => format!("Decoded message:\n{}", user_code::display(message)),
                    Err(error) => format!("decodeMessage error: {}", user_code::display(error)),
                };
                format!("Raw message:\n{}\n{message}", HexDump(&raw))
            });
            self.emit(Topic::ResponseEvent, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs, as a warning, that a deprecated feature is used.
    pub fn deprecated(&self, what: impl FnOnce() -> String) {
        if self.is_on(Topic::Deprecated) {
            self.emit(Topic::Deprecated, Classification::WARN, text_of(what), &[]);
        }
    }

    /// Logs a warning of the client.
    pub fn warning(&self, what: impl FnOnce() -> String) {
        if self.is_on(Topic::Warnings) {
            self.emit(Topic::Warnings, Classification::WARN, text_of(what), &[]);
        }
    }

    /// Redacts a message and passes it to the sink or into the tree.
    #[cold]
    fn emit(
        &self,
        topic: Topic,
        class: Classification,
        text: String,
        values: &[(&'static str, OwnedValue)],
    ) {
        let filter = RedactingFilter::preset();
        let text = if self.redacts {
            filter.redact(&text)
        } else {
            text.into()
        };
        if let Some(sink) = &self.sink {
            user_code::call_ignoring_panic(|| sink.log(&class, format_args!("{text}")));
            return;
        }
        let logger = self.logger(topic);
        // A dump without a body ends with an empty line, which is not part of the record.
        let text = text.trim_end_matches(['\r', '\n']);
        let mut record = logger.record_builder(class.level()).message(text);
        for (key, value) in values {
            let redacted = filter
                .redacted_value(key, &value.to_value())
                .filter(|_| self.redacts);
            let value = redacted.unwrap_or_else(|| value.clone());
            record = record.key_value(*key, value);
        }
        // Past the level, which was checked, or replaced by the mode of this call.
        logger.handle(&record.build());
    }
}

/// Returns the text of what a closure makes, or a note if either panics.
fn text_of<T: Display>(what: impl FnOnce() -> T) -> String {
    user_code::text(|out| write!(out, "{}", what()))
}

impl fmt::Debug for ClientLogger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientLogger")
            .field("base", &self.base)
            .field("mode", &self.mode())
            .field("has_sink", &self.sink.is_some())
            .finish_non_exhaustive()
    }
}
