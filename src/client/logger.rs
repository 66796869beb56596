//! What a client tells of itself, as it happens: [`ClientLogger`].

use std::error::Error as StdError;
use std::fmt::{self, Display};
use std::time::Duration;

use super::{Classification, ClientLogMode, ClientSink, Dump, HexDump, Signing};
use crate::sync::Arc;
use crate::{Level, Logger, OwnedValue, RedactingFilter, Scope, get_logger};

/// Tells what a client does: what it signs, tries again, sends and gets. It is a handle: clones are the same.
///
/// Each thing is told on a logger of its own below the client's: `.signing`, `.retries`, `.request`, `.response`, `.deprecated`, `.event.request`,
/// `.event.response`, `.warnings`. It is told where that logger lets `DEBUG` through, and bodies where it lets `TRACE` through. So the
/// [mode](Self::mode) is what the loggers' levels say, and [`set_mode`](Self::set_mode) sets these levels: both are one thing, and can be changed
/// while the client works. What is not told costs a load and a compare: what would be told is made by a closure, which is not called.
///
/// A [`Capture`](crate::Capture) of these loggers asks for everything that it captures, and gets it.
///
/// Known credentials are taken out of what is told, wherever it goes; see [`with_secrets`](Self::with_secrets).
///
/// # Go
/// The places where the AWS SDK for Go logs (rows G13 to G20). Mode 0 tells nothing at all, warnings included; a mode can be changed after
/// the client was made (G22).
///
/// # Examples
/// ```
/// use logtree::client::{ClientLogMode, ClientLogger};
/// use logtree::{Capture, Level, Registry};
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
        if let Some(sink) = self
            .sink
            .as_ref()
            .and_then(|sink| sink.with_context(context))
        {
            self.sink = Some(sink);
        }
        self
    }

    /// The same for one call, which tells this, whatever the levels say.
    #[must_use]
    pub fn with_mode(mut self, mode: ClientLogMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The same, with credentials told in clear.
    #[must_use]
    pub fn with_secrets(mut self) -> Self {
        self.redacts = false;
        self
    }

    /// What is told: what the levels of its loggers say.
    #[must_use]
    pub fn mode(&self) -> ClientLogMode {
        let tells = |part: Part| {
            let (bit, with_body) = part.bits();
            let bit = if self.tells(part) {
                bit
            } else {
                ClientLogMode::NONE
            };
            let body = if self.tells_body(part) {
                with_body
            } else {
                ClientLogMode::NONE
            };
            bit | body
        };
        Part::ALL
            .into_iter()
            .fold(ClientLogMode::NONE, |mode, part| mode | tells(part))
    }

    /// Sets what is told, by the levels of its loggers, for all clones: `DEBUG` for what is in the mode, `TRACE` for what is in it with its body, and
    /// `OFF` for what is not, so that nothing of that is told whatever the level of the client's own logger is.
    pub fn set_mode(&self, mode: ClientLogMode) {
        for part in Part::ALL {
            let (bit, with_body) = part.bits();
            let level = match (
                !with_body.is_empty() && mode.contains(with_body),
                mode.contains(bit),
            ) {
                (true, _) => Level::TRACE,
                (false, true) => Level::DEBUG,
                (false, false) => Level::OFF,
            };
            self.part(part).set_level(level);
        }
    }

    /// Leaves what is told to the level of the client's own logger again: [`set_mode`](Self::set_mode) was never called.
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
            None => self.part(part).is_enabled_for(Level::DEBUG),
            Some(mode) => {
                let (bit, with_body) = part.bits();
                mode.contains(bit) || !with_body.is_empty() && mode.contains(with_body)
            }
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

    /// Tells what was signed.
    pub fn signing(&self, what: impl FnOnce() -> Signing) {
        if self.tells(Part::Signing) {
            self.tell(Part::Signing, Classification::DEBUG, &what(), &[]);
        }
    }

    /// Tells that a request is sent again: the attempt, from 2, of so many (0 where that is not known), after a while.
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
            let mut values = vec![("attempt", OwnedValue::from(attempt))];
            values.extend((most > 0).then(|| ("max", OwnedValue::from(most))));
            values.extend(delay.map(|delay| ("delay_ms", OwnedValue::from(delay.as_millis()))));
            self.tell(Part::Retries, Classification::DEBUG, &text, &values);
        }
    }

    /// Tells that a request failed in a way that another attempt cannot mend.
    pub fn unretryable(&self, error: &dyn StdError) {
        if self.tells(Part::Retries) {
            let text = format!("request failed with unretryable error {error}");
            let values = [("error", OwnedValue::from(error.to_string()))];
            self.tell(Part::Retries, Classification::DEBUG, &text, &values);
        }
    }

    /// Tells that an attempt failed, whoever decides whether there is another one.
    pub fn failed(&self, error: &dyn Display) {
        if self.tells(Part::Retries) {
            let values = [("error", OwnedValue::from(error.to_string()))];
            self.tell(
                Part::Retries,
                Classification::DEBUG,
                &format_args!("request failed: {error}"),
                &values,
            );
        }
    }

    /// Tells that there were as many attempts as allowed.
    pub fn exhausted(&self, most: u32) {
        if self.tells(Part::Retries) {
            let text = format!("max retry attempts exhausted, max {most}");
            self.tell(
                Part::Retries,
                Classification::DEBUG,
                &text,
                &[("max", most.into())],
            );
        }
    }

    /// Tells what is sent. The closure is told whether the body is asked for.
    pub fn request(&self, what: impl FnOnce(bool) -> Dump) {
        self.dump(Part::Request, "Request", what);
    }

    /// Tells what came back. The closure is told whether the body is asked for.
    pub fn response(&self, what: impl FnOnce(bool) -> Dump) {
        self.dump(Part::Response, "Response", what);
    }

    fn dump(&self, part: Part, title: &str, what: impl FnOnce(bool) -> Dump) {
        if self.tells(part) {
            let with_body = self.tells_body(part);
            let mut dump = what(with_body);
            if !with_body {
                // A body that nobody asked for is not told, whoever made it.
                dump.body = None;
            }
            self.tell(
                part,
                Classification::DEBUG,
                &format_args!("{title}\n{dump}"),
                &[],
            );
        }
    }

    /// Tells a message of an event stream that is sent: as it is meant, and as bytes, or why it has none.
    pub fn request_event<M: Display, E: Display>(
        &self,
        what: impl FnOnce() -> (M, Result<Vec<u8>, E>),
    ) {
        if self.tells(Part::RequestEvent) {
            let (message, raw) = what();
            let raw = match &raw {
                Ok(raw) => format!("Raw message:\n{}", HexDump(raw)),
                Err(error) => format!("Encode error: {error}"),
            };
            let text = format!("Message to encode:\n{message}\n{raw}");
            self.tell(Part::RequestEvent, Classification::DEBUG, &text, &[]);
        }
    }

    /// Tells a message of an event stream that was received: as bytes, and as it is meant, or why it means nothing.
    pub fn response_event<M: Display, E: Display>(
        &self,
        what: impl FnOnce() -> (Vec<u8>, Result<M, E>),
    ) {
        if self.tells(Part::ResponseEvent) {
            let (raw, message) = what();
            let message = match &message {
                Ok(message) => format!("Decoded message:\n{message}"),
                Err(error) => format!("decodeMessage error: {error}"),
            };
            let text = format!("Raw message:\n{}\n{message}", HexDump(&raw));
            self.tell(Part::ResponseEvent, Classification::DEBUG, &text, &[]);
        }
    }

    /// Tells, as a warning, that something is used that should not be any more.
    pub fn deprecated(&self, what: impl FnOnce() -> String) {
        if self.tells(Part::Deprecated) {
            self.tell(Part::Deprecated, Classification::WARN, &what(), &[]);
        }
    }

    /// Tells a warning of the client's own.
    pub fn warning(&self, what: impl FnOnce() -> String) {
        if self.tells(Part::Warnings) {
            self.tell(Part::Warnings, Classification::WARN, &what(), &[]);
        }
    }

    #[cold]
    fn tell(
        &self,
        part: Part,
        class: Classification,
        what: &dyn Display,
        values: &[(&'static str, OwnedValue)],
    ) {
        let text = what.to_string();
        let text = if self.redacts {
            RedactingFilter::preset().redact(&text)
        } else {
            text.into()
        };
        if let Some(sink) = &self.sink {
            return sink.log(&class, format_args!("{text}"));
        }
        let logger = self.part(part);
        let mut record = logger.make_record(class.level()).message(&*text);
        for (key, value) in values {
            record = record.key_value(*key, value.clone());
        }
        // Handed over: that it is told was decided, perhaps for this call alone.
        logger.handle(&record.build());
    }
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
