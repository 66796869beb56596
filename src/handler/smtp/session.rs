//! The dialogue with a mail server: [`Session`].

use std::fmt::Display;
use std::io;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::address::{Address, Envelope};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{
    ClientId, Extension, MailBodyParameter, MailParameter, ServerInfo,
};
use lettre::transport::smtp::response::Response;

use crate::error::{Error, ErrorKind};
use crate::handler::delivery::Secrets;
use crate::handler::network::dialer::{Dialer, Link, WRITE_WITHIN};
use crate::handler::network::stream::Stream;
use crate::handler::smtp::mail::with_dots;
use crate::sys::host::Instant;

/// How many bytes a response has at most.
const LARGEST_RESPONSE: usize = 64 * 1024;

/// How many characters of one are shown in an error.
const MOST_SHOWN: usize = 300;

/// How long the goodbye may take.
const QUIT_WITHIN: Duration = Duration::from_secs(1);

/// What each session does before the first mail.
pub(super) struct Access {
    pub(super) dialer: Dialer,
    /// What this side calls itself.
    pub(super) name: String,
    /// Whether TLS is begun on a connection without it.
    pub(super) starts_tls: bool,
    pub(super) credentials: Option<(String, String)>,
    /// Whether they are sent without TLS.
    pub(super) in_clear: bool,
    /// How long the server may take for a response.
    pub(super) timeout: Duration,
}

impl Access {
    /// What the server may repeat, and no error may show.
    fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        if let Some((user, password)) = &self.credentials {
            secrets.add(STANDARD.encode(format!("\0{user}\0{password}")));
            for secret in [user, password] {
                secrets.add(STANDARD.encode(secret));
                secrets.add(secret);
            }
        }
        secrets
    }
}

/// Why a command failed.
pub(super) enum Failure {
    /// The server will never do it: a status from 500.
    Refused { status: u16, why: String },
    /// It may do it later: a status from 400.
    Later(String),
    /// There is no session any more.
    Broken(String),
}

impl Failure {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Refused { why, .. } | Self::Later(why) | Self::Broken(why) => why,
        }
    }

    fn broken(error: &io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// A connection to a mail server that is ready for mails.
pub(super) struct Session {
    stream: Stream,
    server: ServerInfo,
    /// What has come beyond the last response.
    received: Vec<u8>,
    timeout: Duration,
    secrets: Secrets,
    /// Whether both sides agree on what comes next.
    is_in_step: bool,
}

impl Session {
    /// Connects, begins TLS and logs in, as far as the access says so.
    ///
    /// # Errors
    /// Where the server does not let this side in, or is not the one it should be.
    pub(super) fn open(access: &Access) -> Result<Self, Error> {
        let Link::Stream(stream) = access.dialer.connect()? else {
            let message = "mails need a connection, and not datagrams";
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        };
        let mut session = Self {
            stream,
            server: ServerInfo::default(),
            received: Vec::new(),
            timeout: access.timeout,
            secrets: access.secrets(),
            is_in_step: true,
        };
        session.begin(access).map_err(|failure| {
            session.is_in_step &= !matches!(failure, Failure::Broken(_));
            let why = failure.into_text();
            let message = format!("cannot begin with {}: {why}", access.dialer.address());
            Error::new(ErrorKind::Io, message)
        })?;
        Ok(session)
    }

    fn begin(&mut self, access: &Access) -> Result<(), Failure> {
        self.response()?;
        self.greet(&access.name)?;
        if access.starts_tls && !self.stream.is_encrypted() {
            if !self.server.supports_feature(Extension::StartTls) {
                return Err(Failure::Later("it does not offer STARTTLS".to_owned()));
            }
            self.command(Starttls)?;
            // What comes before TLS may be from another one, and must not count as said in it.
            if !self.received.is_empty() {
                let why = "it sends more before TLS begins";
                return Err(Failure::Broken(why.to_owned()));
            }
            let encrypted = access.dialer.encrypt(&mut self.stream);
            encrypted.map_err(|error| Failure::broken(&error))?;
            self.greet(&access.name)?;
        }
        if let Some((user, password)) = &access.credentials {
            if !self.stream.is_encrypted() && !access.in_clear {
                let why = "credentials are not sent without TLS";
                return Err(Failure::Later(why.to_owned()));
            }
            self.log_in(&Credentials::new(user.clone(), password.clone()))?;
        }
        Ok(())
    }

    fn greet(&mut self, name: &str) -> Result<(), Failure> {
        let response = match self.command(Ehlo::new(ClientId::Domain(name.to_owned()))) {
            Err(Failure::Refused { .. }) => {
                self.command(format_args!("HELO {name}\r\n"))?;
                self.server = ServerInfo::default();
                return Ok(());
            }
            response => response?,
        };
        self.server = ServerInfo::from_response(&response).unwrap_or_default();
        Ok(())
    }

    fn log_in(&mut self, credentials: &Credentials) -> Result<(), Failure> {
        const MOST_CHALLENGES: usize = 4;
        let failed = |why: &str| Failure::Later(format!("cannot log in: {why}"));
        let mechanism = self.server.get_auth_mechanism(DEFAULT_MECHANISMS);
        let mechanism = mechanism.ok_or_else(|| failed("it offers neither PLAIN nor LOGIN"))?;
        let first = Auth::new(mechanism, credentials.clone(), None);
        let mut next = first.map_err(|_| failed("the credentials cannot be encoded"))?;
        for _ in 0..MOST_CHALLENGES {
            let response = self.command(&next).map_err(|failure| match failure {
                Failure::Broken(why) => Failure::Broken(why),
                other => failed(&other.into_text()),
            })?;
            if !response.has_code(334) {
                return Ok(());
            }
            let more = Auth::new_from_response(mechanism, credentials.clone(), &response);
            next = more.map_err(|_| failed("it asks for something unknown"))?;
        }
        Err(failed("it asks too often"))
    }

    /// Sends a mail. Returns why recipients were refused, of which there were others.
    ///
    /// # Errors
    /// Where no recipient gets it.
    pub(super) fn send(
        &mut self,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<Vec<String>, Failure> {
        let sent = self.transfer(envelope, mail);
        match &sent {
            Err(Failure::Broken(_)) => self.is_in_step = false,
            Err(_) => self.is_in_step = self.command(Rset).is_ok(),
            Ok(_) => {}
        }
        match sent {
            Err(Failure::Later(why)) if !self.is_in_step => Err(Failure::Broken(why)),
            sent => sent,
        }
    }

    fn transfer(&mut self, envelope: &Envelope, mail: &[u8]) -> Result<Vec<String>, Failure> {
        let checked = self.stream.check();
        checked.map_err(|error| Failure::broken(&error))?;
        let mut parameters = Vec::new();
        let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        if !envelope
            .from()
            .into_iter()
            .chain(envelope.to())
            .all(is_ascii)
        {
            if !self.server.supports_feature(Extension::SmtpUtfEight) {
                return Err(Failure::Refused {
                    status: 553,
                    why: "it takes addresses in ASCII only".to_owned(),
                });
            }
            parameters.push(MailParameter::SmtpUtfEight);
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.command(Mail::new(envelope.from().cloned(), parameters))?;
        let mut refused = Vec::new();
        // Whether one of them may be there later, which is worth another attempt.
        let mut is_later = false;
        for recipient in envelope.to() {
            match self.command(Rcpt::new(recipient.clone(), Vec::new())) {
                Ok(_) => {}
                Err(Failure::Broken(why)) => return Err(Failure::Broken(why)),
                Err(failure) => {
                    is_later |= matches!(failure, Failure::Later(_));
                    refused.push(format!("{recipient}: {}", failure.into_text()));
                }
            }
        }
        if refused.len() == envelope.to().len() {
            let why = refused.join("; ");
            return Err(match is_later {
                true => Failure::Later(why),
                // Not the size of the mail, which the same status stands for elsewhere.
                false => Failure::Refused { status: 550, why },
            });
        }
        if !self.command(Data)?.has_code(354) {
            let why = "it does not wait for the mail";
            return Err(Failure::Broken(why.to_owned()));
        }
        self.write(&with_dots(mail))?;
        self.response()?;
        Ok(refused)
    }

    fn command(&mut self, command: impl Display) -> Result<Response, Failure> {
        self.write(command.to_string().as_bytes())?;
        self.response()
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.stream.write(bytes, WRITE_WITHIN);
        written.map_err(|error| Failure::broken(&error))
    }

    /// Reads a response, all of whose lines must come within the time.
    fn response(&mut self) -> Result<Response, Failure> {
        let start = Instant::now();
        let mut text = String::new();
        loop {
            let line = self.line(start)?;
            let is_last = line.get(3..4) != Some("-");
            text.push_str(&line);
            if is_last {
                break;
            }
            if text.len() > LARGEST_RESPONSE {
                return Err(Failure::Broken("its response is too long".to_owned()));
            }
        }
        let response: Response = text
            .parse()
            .map_err(|_| Failure::Broken("it does not speak SMTP".to_owned()))?;
        let status = u16::from(response.code());
        if response.is_positive() {
            return Ok(response);
        }
        let words: Vec<_> = response.message().collect();
        let words = self.secrets.hide(&words.join(" "));
        let words = words.chars().filter(|word| !word.is_control());
        let words: String = words.take(MOST_SHOWN).collect();
        let why = format!("status {status}, {words}");
        Err(match status {
            421 => Failure::Broken(why),
            400..500 => Failure::Later(why),
            _ => Failure::Refused { status, why },
        })
    }

    fn line(&mut self, start: Instant) -> Result<String, Failure> {
        loop {
            if let Some(end) = self.received.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.received.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line);
                let line = line.trim_end();
                // A status without a text has no blank either, which the parser wants.
                let blank = if line.len() == 3 { " " } else { "" };
                return Ok(format!("{line}{blank}\r\n"));
            }
            if self.received.len() > LARGEST_RESPONSE {
                return Err(Failure::Broken("its response is too long".to_owned()));
            }
            let mut bytes = [0; 1024];
            let read = self.stream.read(&mut bytes, start, self.timeout);
            let count = read.map_err(|error| Failure::broken(&error))?;
            self.received.extend_from_slice(&bytes[..count]);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.is_in_step {
            self.timeout = QUIT_WITHIN;
            let _ = self.command(Quit);
        }
    }
}
