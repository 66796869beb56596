//! The handler that sends records as mails: [`SmtpHandler`].

use std::fmt;
use std::time::Duration;

use lettre::message::{Mailbox, Mailboxes};

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::{DeliveryOptions, delivery_options};
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::network::address::{Address, Protocol};
use crate::handler::network::dialer::Dialer;
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::handler::smtp::mail::Letterhead;
use crate::handler::smtp::session::Access;
use crate::handler::smtp::transport::{SmtpTransport, Subject};
use crate::sys::host_name::host_name;
use crate::sys::sync::Arc;

/// Sends records as mails: one for each, or [one for a burst](SmtpHandlerBuilder::digest), so that
/// 10,000 errors are not 10,000 mails.
///
/// The text is the formatted record in UTF-8 (without a formatter, the message); the subject is
/// fixed, or that of a [formatter](SmtpHandlerBuilder::subject_formatter). In a subject, newlines
/// and other control characters become blanks, so that none can begin another header, and what is
/// beyond 200 characters is cut. `Date` is the time of the last record. `Message-ID` is the same
/// when the same records are sent again; `Auto-Submitted` keeps programs that are away from
/// responding.
///
/// # Delivery
/// The address of the server is `HOST` or `HOST:PORT`, port 25 by default; with `tls:` in front
/// (feature `tls`, port 465 by default), the connection is encrypted from the beginning. Where
/// there are [credentials](SmtpHandlerBuilder::credentials), TLS is begun by
/// [`STARTTLS`](SmtpHandlerBuilder::starttls) before they are sent, and nothing is sent to a server
/// that does not offer it. One session serves all mails of a burst.
///
/// A record counts as written once the server has taken its mail for one recipient at least;
/// recipients that it refuses beside others are reported. A status from 500 on for the sender, all
/// recipients or the mail drops the records, counted and reported, or makes them [dead
/// letters](SmtpHandlerBuilder::dead_letters), which have the subject as their first line. After a
/// status from 400 to 499, a log-in that fails, and where the server cannot be reached, it tries
/// again; a mail that is too large (552) is sent in halves, and the text of a single record is cut.
/// An outage costs what memory and the [spool](SmtpHandlerBuilder::spool) have no room for; see
/// [`DeliveryHandler`]. A server that takes a mail and is then too slow to say so gets it again.
///
/// Looking up the host, connecting, the beginning of TLS and each command take 5 seconds at most;
/// each response [10 seconds](SmtpHandlerBuilder::timeout). No error shows credentials.
///
/// # Python
/// `logging.handlers.SMTPHandler`, which sends on the thread that logs, and loses records of a
/// server that is away. It sends credentials without TLS unless `secure` is given, and with it
/// checks no certificate; `getSubject` is
/// [`subject_formatter`](SmtpHandlerBuilder::subject_formatter).
///
/// # Examples
/// ```no_run
/// use logtree::handler::SmtpHandler;
/// use logtree::{Formatter, Level, get_logger};
/// use std::time::Duration;
///
/// let handler = SmtpHandler::builder("mail.example.com:587", "app@example.com")
///     .to("ops@example.com")
///     .subject_formatter(Formatter::new("%(levelname)s in %(name)s")?)
///     .credentials("app", std::env::var("MAIL_PASSWORD")?)
///     .digest(Duration::from_secs(60), 1000)
///     .level(Level::ERROR)
///     .start()?;
/// get_logger("").add_handler(handler);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SmtpHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl SmtpHandler {
    /// Returns a handler that sends each record as a mail, by a server, from an address, to others,
    /// with a subject. Nothing is connected yet.
    ///
    /// # Errors
    /// For an invalid address, or where the system has no thread left.
    pub fn new<T: AsRef<str>>(
        mailhost: impl AsRef<str>,
        from: impl AsRef<str>,
        to: impl IntoIterator<Item = T>,
        subject: impl Into<String>,
    ) -> Result<Self, Error> {
        let builder = Self::builder(mailhost, from).subject(subject);
        to.into_iter().fold(builder, SmtpHandlerBuilder::to).start()
    }

    /// Returns a builder for a handler with other options, which sends by a server, from an
    /// address: `app@example.com` or `App <app@example.com>`.
    pub fn builder(mailhost: impl AsRef<str>, from: impl AsRef<str>) -> SmtpHandlerBuilder {
        SmtpHandlerBuilder {
            mailhost: mailhost.as_ref().to_owned(),
            from: from.as_ref().to_owned(),
            to: Vec::new(),
            subject: Subject::Fixed(String::new()),
            credentials: None,
            in_clear: false,
            starttls: None,
            timeout: Duration::from_secs(10),
            digest: None,
            #[cfg(feature = "tls")]
            tls: None,
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }
}

handler_type!(SmtpHandler);
delivery_type!(SmtpHandler);

/// Makes an [`SmtpHandler`].
#[derive(Clone)]
#[must_use]
pub struct SmtpHandlerBuilder {
    mailhost: String,
    from: String,
    to: Vec<String>,
    subject: Subject,
    credentials: Option<(String, String)>,
    in_clear: bool,
    starttls: Option<bool>,
    timeout: Duration,
    digest: Option<(Duration, usize)>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    delivery: DeliveryOptions,
    handler: HandlerOptions,
}

handler_options!(SmtpHandlerBuilder, handler);
delivery_options!(SmtpHandlerBuilder, delivery);

impl SmtpHandlerBuilder {
    /// Adds a recipient, or several with commas in between. There must be one at least.
    ///
    /// # Python
    /// The parameter `toaddrs`.
    pub fn to(mut self, address: impl AsRef<str>) -> Self {
        self.to.push(address.as_ref().to_owned());
        self
    }

    /// Sets the subject of all mails; empty by default. One for several records has their number at
    /// the end.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Subject::Fixed(subject.into());
        self
    }

    /// Sets what writes the subject of each record; a mail for several has the subject of the most
    /// severe one, with their number at the end.
    ///
    /// # Python
    /// The method `getSubject`.
    pub fn subject_formatter(mut self, formatter: impl Format + 'static) -> Self {
        self.subject = Subject::Of(Arc::new(formatter));
        self
    }

    /// Sets a user and a password, by which this side logs in (`PLAIN` or `LOGIN`). They are sent
    /// under TLS only.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }

    /// Sets whether credentials are sent without TLS as well, for a server on the same machine: on
    /// the way to another one, anyone can read them. Off by default.
    pub fn credentials_in_clear(mut self, allowed: bool) -> Self {
        self.in_clear = allowed;
        self
    }

    /// Sets whether TLS is begun on a connection without it, before anything else is sent; by
    /// default, where there are credentials that need it. A server that does not offer it gets no
    /// mail. Needs the feature `tls`.
    ///
    /// # Python
    /// The parameter `secure`, which has no effect there without credentials.
    pub fn starttls(mut self, on: bool) -> Self {
        self.starttls = Some(on);
        self
    }

    /// Sets which certificates are trusted, and what is shown to the server; those of the system,
    /// and nothing, by default.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Sets how long the server may take for each response; 10 seconds by default. One that looks
    /// at mails for longer before it takes them gets them again.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sends one mail for all records of a time, which begins with the first of them; for so many
    /// at most, then another one. By default, each record is a mail.
    pub fn digest(mut self, within: Duration, max_records: usize) -> Self {
        self.digest = Some((within, max_records));
        self
    }

    /// Starts the handler's thread, and returns the handler. Nothing is connected yet.
    ///
    /// # Errors
    /// For an invalid address, none to send to, credentials that would go without TLS, where a
    /// certificate cannot be read or the spool cannot be used, or the system has no thread left.
    pub fn start(self) -> Result<SmtpHandler, Error> {
        let access = self.access()?;
        let letterhead = self.letterhead()?;
        let transport = SmtpTransport {
            access,
            envelope: letterhead.envelope()?,
            letterhead: Arc::new(letterhead),
            subject: self.subject,
            digest: self.digest,
        };
        let delivery = DeliveryHandler::with(Box::new(transport), self.delivery, self.handler)?;
        Ok(SmtpHandler::over(delivery))
    }

    fn access(&self) -> Result<Access, Error> {
        let port = |protocol| match protocol {
            Protocol::Tls => 465,
            _ => 25,
        };
        let address = Address::parse(&self.mailhost, Protocol::Tcp, port)?;
        let Some(protocol @ (Protocol::Tcp | Protocol::Tls)) = address.protocol() else {
            return Err(invalid("expected the address of a host for TCP or TLS"));
        };
        if self.timeout.is_zero() {
            return Err(invalid("a response needs time: the timeout is zero"));
        }
        let dialer = Dialer::new(address);
        #[cfg(feature = "tls")]
        let dialer = match &self.tls {
            Some(tls) => dialer.with_tls(tls.clone()),
            None => dialer,
        };
        dialer.check()?;
        let needs_tls = self.credentials.is_some() && !self.in_clear;
        let is_plain = protocol == Protocol::Tcp;
        let starts_tls = is_plain && self.starttls.unwrap_or(needs_tls);
        if starts_tls {
            dialer.check_tls()?;
        } else if is_plain && needs_tls {
            return Err(invalid(
                "credentials are sent under TLS only, which is switched off",
            ));
        }
        Ok(Access {
            dialer,
            name: own_name(),
            starts_tls,
            credentials: self.credentials.clone(),
            in_clear: self.in_clear,
            timeout: self.timeout,
        })
    }

    fn letterhead(&self) -> Result<Letterhead, Error> {
        let from: Vec<Mailbox> = mailboxes(&self.from)?;
        let [from] = &*from else {
            return Err(invalid("expected one address to send from"));
        };
        let mut to = Vec::new();
        for addresses in &self.to {
            to.extend(mailboxes(addresses)?);
        }
        Ok(Letterhead {
            from: from.clone(),
            to,
            domain: own_name(),
        })
    }
}

/// Reads addresses with commas in between.
fn mailboxes(text: &str) -> Result<Vec<Mailbox>, Error> {
    let parsed = match text.contains(char::is_control) {
        true => None,
        false => text.parse::<Mailboxes>().ok(),
    };
    let parsed = parsed.map(|mailboxes| mailboxes.into_iter().collect::<Vec<_>>());
    parsed
        .filter(|mailboxes| !mailboxes.is_empty())
        .ok_or_else(|| {
            invalid(format!(
                "expected an address such as \"ann@example.com\", found {text:?}"
            ))
        })
}

/// Returns the name of this machine as SMTP can have it.
fn own_name() -> String {
    let is_part = |character: &char| character.is_ascii_alphanumeric() || "-.".contains(*character);
    let name: String = host_name().chars().filter(is_part).collect();
    match name.trim_matches(['-', '.']) {
        "" => "localhost".to_owned(),
        name => name.to_owned(),
    }
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidConfig, message)
}

impl fmt::Debug for SmtpHandlerBuilder {
    /// Without the server's address, which may have a password in it, and credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpHandlerBuilder")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("starttls", &self.starttls)
            .field("timeout", &self.timeout)
            .field("digest", &self.digest)
            .field("delivery", &self.delivery)
            .field("handler", &self.handler)
            .finish_non_exhaustive()
    }
}
