//! What a client tells of itself, as it happens: [`ClientLogger`].

use std::error::Error as StdError;
use std::fmt::{self, Display, Write};
use std::time::Duration;

use log::kv::ToValue;

use crate::client::classification::Classification;
use crate::client::events::{Dump, Signing};
use crate::client::hexdump::HexDump;
use crate::client::mode::ClientLogMode;
use crate::client::sink::ClientSink;
use crate::filter::RedactingFilter;
use crate::level::Level;
use crate::logger::{Logger, get_logger};
use crate::record::OwnedValue;
use crate::scope::Scope;
use crate::sys::sync::{Arc, AtomicU64, Ordering};
use crate::sys::user_code;

/// Logs what a client does: signing, retries, requests and responses. It is a handle: clones share it.
///
/// Each kind has a logger of its own below the client's: `.signing`, `.retries`, `.request`, `.response`,
/// `.deprecated`, `.event.request`, `.event.response`, `.warnings`. It is logged where that logger lets
/// `DEBUG` through, bodies where it lets `TRACE` through, warnings where it lets `WARNING` through. So the
/// [mode](Self::mode) is what the loggers' levels say, and [`set_mode`](Self::set_mode) sets these levels:
/// both are one thing, and can be changed while the client works. What is off costs a load and a compare:
/// the message is made by a closure, which is not called.
///
/// A [`Capture`](crate::test::Capture) of these loggers enables everything that it captures.
///
/// Known credentials are redacted in all that is logged, in messages and key-values, wherever it goes; see
/// [`with_secrets`](Self::with_secrets). A closure, an error's `Display` or a sink that panics or fails is
/// noted in the message, and reaches no caller.
///
/// # Go
/// The places where the AWS SDK for Go logs (rows G13 to G20). Mode 0 logs nothing at all, warnings
/// included; any other mode logs warnings, as Go does. A mode can be changed after the client was made
/// (G22).
///
/// # Examples
/// ```
/// use logtree::client::{ClientLogMode, ClientLogger};
/// use logtree::{Level, Registry};
/// use logtree::test::Capture;
///
/// let registry = Registry::new();
/// let client = ClientLogger::new(&registry.get_logger("botocore.client.S3"));
/// client.set_mode(ClientLogMode::RETRIES);
/// let capture = Capture::new(&registry.root());
/// client.retrying("S3", "PutObject", 2, 3, None);
/// assert_eq!(capture.messages(), ["retrying request S3/PutObject, attempt 2"]);
///
/// // The levels of the tree do the same.
/// registry.get_logger("botocore.client.S3.request").set_level(Level::DEBUG);
/// assert!(client.mode().is_request());
/// ```
#[derive(Clone)]
pub struct ClientLogger {
    base: Logger,
    parts: Arc<[Logger; Part::ALL.len()]>,
    sink: Option<Arc<dyn ClientSink>>,
    /// For one call, whatever the levels say.
    mode: Option<ClientLogMode>,
    /// The bits of the mode that was set last: several have the same levels.
    set: Arc<AtomicU64>,
    redacts: bool,
}

/// What is told, each on a logger of its own.
#[derive(Clone, Copy)]
enum Part {
    Signing,
    Retries,
    Request,
    Response,
    Deprecated,
    RequestEvent,
    ResponseEvent,
    Warnings,
}

impl Part {
    const ALL: [Self; 8] = [
        Self::Signing,
        Self::Retries,
        Self::Request,
        Self::Response,
        Self::Deprecated,
        Self::RequestEvent,
        Self::ResponseEvent,
        Self::Warnings,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Retries => "retries",
            Self::Request => "request",
            Self::Response => "response",
            Self::Deprecated => "deprecated",
            Self::RequestEvent => "event.request",
            Self::ResponseEvent => "event.response",
            Self::Warnings => "warnings",
        }
    }

    /// The bit for it, and the one for it with its body.
    fn bits(self) -> (ClientLogMode, ClientLogMode) {
        use ClientLogMode as Mode;

        match self {
            Self::Signing => (Mode::SIGNING, Mode::NONE),
            Self::Retries => (Mode::RETRIES, Mode::NONE),
            Self::Request => (Mode::REQUEST, Mode::REQUEST_WITH_BODY),
            Self::Response => (Mode::RESPONSE, Mode::RESPONSE_WITH_BODY),
            Self::Deprecated => (Mode::DEPRECATED_USAGE, Mode::NONE),
            Self::RequestEvent => (Mode::REQUEST_EVENT_MESSAGE, Mode::NONE),
            Self::ResponseEvent => (Mode::RESPONSE_EVENT_MESSAGE, Mode::NONE),
            Self::Warnings => (Mode::WARNINGS, Mode::NONE),
        }
    }

    /// The level from which on it is logged.
    fn level(self) -> Level {
        match self {
            Self::Warnings => Level::WARNING,
            _ => Level::DEBUG,
        }
    }

    /// Whether it is logged in a mode: warnings in each but the empty one.
    fn is_in(self, mode: ClientLogMode) -> bool {
        let (bit, with_body) = self.bits();
        mode.contains(bit)
            || !with_body.is_empty() && mode.contains(with_body)
            || matches!(self, Self::Warnings) && !mode.is_empty()
    }
}

impl ClientLogger {
    /// The logger of a client, whose loggers lie below `base`.
    #[must_use]
    pub fn new(base: &Logger) -> Self {
        let parts = Part::ALL.map(|part| base.child(part.name()));
        Self {
            base: base.clone(),
            parts: Arc::new(parts),
            sink: None,
            mode: None,
            set: Arc::default(),
            redacts: true,
        }
    }

    /// The logger of a client of a service, such as `S3`; see [`service_logger`](super::service_logger).
    #[must_use]
    pub fn for_service(service: &str) -> Self {
        Self::new(&get_logger(format!("botocore.client.{service}")))
    }

    /// The logger that the client's own lie below.
    #[must_use]
    pub fn base(&self) -> &Logger {
        &self.base
    }

    /// The same, with its messages going to a sink in place of the tree.
    #[must_use]
    pub fn with_logger(self, sink: impl ClientSink + 'static) -> Self {
        self.with_sink(Arc::new(sink))
    }

    pub(super) fn with_sink(mut self, sink: Arc<dyn ClientSink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// The same for a stretch of work: a sink that knows contexts gets it now. For what goes into the tree, [enter](Scope::enter) the scope.
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

    /// The same for one call, which tells this, whatever the levels say.
    #[must_use]
    pub fn with_mode(mut self, mode: ClientLogMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The same without redaction.
    #[must_use]
    pub fn with_secrets(mut self) -> Self {
        self.redacts = false;
        self
    }

    /// What is logged: what the levels of its loggers say. Right after [`set_mode`](Self::set_mode) it is
    /// the mode that was set.
    #[must_use]
    pub fn mode(&self) -> ClientLogMode {
        let set = ClientLogMode::from_bits(self.set.load(Ordering::Relaxed));
        let levels = self.mode_of(|part| self.tells(part), |part| self.tells_body(part));
        let is_set =
            levels == self.mode_of(|part| part.is_in(set), |part| set.contains(part.bits().1));
        if is_set { set } else { levels }
    }

    fn mode_of(
        &self,
        tells: impl Fn(Part) -> bool,
        tells_body: impl Fn(Part) -> bool,
    ) -> ClientLogMode {
        let mut mode = ClientLogMode::NONE;
        for part in Part::ALL {
            let (bit, with_body) = part.bits();
            if tells(part) {
                mode |= bit;
            }
            if !with_body.is_empty() && tells_body(part) {
                mode |= with_body;
            }
        }
        mode
    }

    /// Sets what is logged, by the levels of its loggers, for all clones: `DEBUG` for what is in the mode,
    /// `TRACE` for what is in it with its body, and `OFF` for what is not, so that nothing of that is logged
    /// whatever the level of the client's own logger is. Warnings are on in each mode but
    /// [`NONE`](ClientLogMode::NONE); set the level of `.warnings` to turn them off alone.
    pub fn set_mode(&self, mode: ClientLogMode) {
        for part in Part::ALL {
            let (_, with_body) = part.bits();
            let level = match (
                !with_body.is_empty() && mode.contains(with_body),
                part.is_in(mode),
            ) {
                (true, _) => Level::TRACE,
                (false, true) => Level::DEBUG,
                (false, false) => Level::OFF,
            };
            self.part(part).set_level(level);
        }
        self.set.store(mode.bits(), Ordering::Relaxed);
    }

    /// Leaves what is logged to the level of the client's own logger again, as if
    /// [`set_mode`](Self::set_mode) had never been called.
    pub fn clear_mode(&self) {
        for part in Part::ALL {
            self.part(part).set_level(Level::NOTSET);
        }
    }

    fn part(&self, part: Part) -> &Logger {
        &self.parts[part as usize]
    }

    #[inline]
    fn tells(&self, part: Part) -> bool {
        match self.mode {
            None => self.part(part).is_enabled_for(part.level()),
            Some(mode) => part.is_in(mode),
        }
    }

    fn tells_body(&self, part: Part) -> bool {
        let (_, with_body) = part.bits();
        !with_body.is_empty()
            && match self.mode {
                None => self.part(part).is_enabled_for(Level::TRACE),
                Some(mode) => mode.contains(with_body),
            }
    }

    /// Logs what was signed.
    pub fn signing(&self, what: impl FnOnce() -> Signing) {
        if self.tells(Part::Signing) {
            self.tell(Part::Signing, Classification::DEBUG, made(what), &[]);
        }
    }

    /// Logs that a request is sent again: the attempt, from 2, of so many (0 if that is not known), after a
    /// while. The key-values `max` and `delay_ms` have the latter two.
    pub fn retrying(
        &self,
        service: &str,
        operation: &str,
        attempt: u32,
        most: u32,
        delay: Option<Duration>,
    ) {
        if attempt >= 2 && self.tells(Part::Retries) {
            let text = format!("retrying request {service}/{operation}, attempt {attempt}");
            let mut values = Vec::new();
            values.extend((most > 0).then(|| ("max", OwnedValue::from(most))));
            values.extend(delay.map(|delay| ("delay_ms", OwnedValue::from(delay.as_millis()))));
            self.tell(Part::Retries, Classification::DEBUG, text, &values);
        }
    }

    /// Logs that a request failed in a way that another attempt cannot mend.
    pub fn unretryable(&self, error: &dyn StdError) {
        if self.tells(Part::Retries) {
            let error = user_code::display(error);
            let text = format!("request failed with unretryable error {error}");
            self.tell(Part::Retries, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs that an attempt failed, whether there will be another one or not.
    pub fn failed(&self, error: &dyn Display) {
        if self.tells(Part::Retries) {
            let text = format!("request failed: {}", user_code::display(error));
            self.tell(Part::Retries, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs that there were as many attempts as allowed.
    pub fn exhausted(&self, most: u32) {
        if self.tells(Part::Retries) {
            let text = format!("max retry attempts exhausted, max {most}");
            self.tell(Part::Retries, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs what is sent. The closure gets whether the body is asked for.
    pub fn request(&self, what: impl FnOnce(bool) -> Dump) {
        self.dump(Part::Request, "Request", what);
    }

    /// Logs what came back. The closure gets whether the body is asked for.
    pub fn response(&self, what: impl FnOnce(bool) -> Dump) {
        self.dump(Part::Response, "Response", what);
    }

    fn dump(&self, part: Part, title: &str, what: impl FnOnce(bool) -> Dump) {
        if self.tells(part) {
            let with_body = self.tells_body(part);
            let dump = made(|| {
                let mut dump = what(with_body);
                if !with_body {
                    // A body that was not asked for is not logged, although the closure made it.
                    dump.body = None;
                }
                dump
            });
            let text = format!("{title}\n{dump}");
            self.tell(part, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs a message of an event stream that is sent: as it is meant, and as bytes, or why it has none.
    pub fn request_event<M: Display, E: Display>(
        &self,
        what: impl FnOnce() -> (M, Result<Vec<u8>, E>),
    ) {
        if self.tells(Part::RequestEvent) {
            let text = made(|| {
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
            self.tell(Part::RequestEvent, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs a message of an event stream that was received: as bytes, and as it is meant, or why it means
    /// nothing.
    pub fn response_event<M: Display, E: Display>(
        &self,
        what: impl FnOnce() -> (Vec<u8>, Result<M, E>),
    ) {
        if self.tells(Part::ResponseEvent) {
            let text = made(|| {
                let (raw, message) = what();
                let message = match &message {
                    Ok(message) => format!("Decoded message:\n{}", user_code::display(message)),
                    Err(error) => format!("decodeMessage error: {}", user_code::display(error)),
                };
                format!("Raw message:\n{}\n{message}", HexDump(&raw))
            });
            self.tell(Part::ResponseEvent, Classification::DEBUG, text, &[]);
        }
    }

    /// Logs, as a warning, that something is used that should not be any more.
    pub fn deprecated(&self, what: impl FnOnce() -> String) {
        if self.tells(Part::Deprecated) {
            self.tell(Part::Deprecated, Classification::WARN, made(what), &[]);
        }
    }

    /// Logs a warning of the client's own.
    pub fn warning(&self, what: impl FnOnce() -> String) {
        if self.tells(Part::Warnings) {
            self.tell(Part::Warnings, Classification::WARN, made(what), &[]);
        }
    }

    /// Writes what was made, redacted, to the sink or into the tree.
    #[cold]
    fn tell(
        &self,
        part: Part,
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
        let logger = self.part(part);
        // A dump without a body ends with an empty line, which is none of a record.
        let text = text.trim_end_matches(['\r', '\n']);
        let mut record = logger.make_record(class.level()).message(text);
        for (key, value) in values {
            let redacted = filter
                .redacted_value(key, &value.to_value())
                .filter(|_| self.redacts);
            let value = redacted.map_or_else(|| value.clone(), OwnedValue::Text);
            record = record.key_value(*key, value);
        }
        // Handed over: that it is logged was decided, perhaps for this call alone.
        logger.handle(&record.build());
    }
}

/// The text of what a closure makes; a panic of either is noted in its place.
fn made<T: Display>(what: impl FnOnce() -> T) -> String {
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
