//! Requests over HTTP, for all handlers that send by it: [`Target`] and [`Client`].

#[cfg(feature = "tls")]
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
#[cfg(feature = "tls")]
use rustls::pki_types::CertificateDer;
use ureq::Agent;
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::header::{AUTHORIZATION, HeaderName, HeaderValue, RETRY_AFTER};
use ureq::http::{Method, Request, Response, Uri};
#[cfg(feature = "tls")]
use ureq::tls::{
    Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsProvider, parse_pem,
};

use crate::error::{Error, ErrorKind};
use crate::handler::delivery::{Outcome, Secrets};
use crate::handler::http::retry_after::retry_after;
use crate::handler::network::lookup::Lookup;
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;
use crate::sys::sync::Arc;

/// What is read of the body of a response.
const LARGEST_RESPONSE: u64 = 64 * 1024;

const CONNECT: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(5);
const READ: Duration = Duration::from_secs(10);

/// Where requests go, and what all of them have.
#[derive(Clone)]
pub(in crate::handler) struct Target {
    /// Without the user and the password.
    url: Uri,
    /// What may be shown of it: a path or a query may hold a token.
    shown: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What no error may show.
    secrets: Secrets,
    /// How long a request takes at most with all its parts.
    timeout: Option<Duration>,
    lookup: Arc<Lookup>,
    #[cfg(feature = "tls")]
    tls: Tls,
}

impl Target {
    /// # Errors
    /// For what is not an address of `http` or, with the feature `tls`, of `https`.
    pub(in crate::handler) fn new(url: &str) -> Result<Self, Error> {
        let invalid = |what: &str| Error::new(ErrorKind::InvalidConfig, what.to_owned());
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        let url: Uri = format!("{scheme}://{host}{path}")
            .parse()
            .map_err(|_| invalid("expected an address such as http://localhost:8080/log"))?;
        let has_host = url.host().is_some_and(|host| !host.is_empty());
        let has_port = host
            .rsplit_once(':')
            .is_some_and(|(_, port)| !port.ends_with(']'));
        match url.scheme_str() {
            Some("http" | "https") if has_port && url.port_u16().is_none() => {
                return Err(invalid("expected a port from 0 to 65535"));
            }
            Some("http" | "https") if !has_host => {
                return Err(invalid("the address has no host"));
            }
            Some("http") => {}
            Some("https") if cfg!(feature = "tls") => {}
            Some("https") => return Err(invalid("https needs the feature `tls`")),
            _ => return Err(invalid("expected an address with http:// or https://")),
        }
        let mut target = Self {
            shown: format!("{scheme}://{host}"),
            url,
            headers: Vec::new(),
            secrets: Secrets::default(),
            timeout: None,
            lookup: Arc::default(),
            #[cfg(feature = "tls")]
            tls: Tls::new(),
        };
        if let Some(user) = user {
            let (user, password) = user.split_once(':').unwrap_or((user, ""));
            let plain = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
            target.secrets.add(user);
            target.secrets.add(password);
            target.set_credentials(&plain(user), &plain(password))?;
        }
        Ok(target)
    }

    /// Adds a header to each request, replacing one of the name.
    ///
    /// # Errors
    /// For a name or a value that no header can have.
    pub(in crate::handler) fn set_header(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let invalid = || {
            let message = format!("no header can have the name {name:?} or the value given for it");
            Error::new(ErrorKind::InvalidConfig, message)
        };
        let name_of: HeaderName = name.parse().map_err(|_| invalid())?;
        let mut value_of = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid())?;
        value_of.set_sensitive(true);
        self.headers.retain(|(known, _)| *known != name_of);
        self.headers.push((name_of, value_of));
        self.secrets.add(value);
        if let Some((_, token)) = value.split_once(' ') {
            self.secrets.add(token);
        }
        Ok(())
    }

    /// Adds Python's header for a user and a password.
    ///
    /// # Errors
    /// None: the header is plain ASCII.
    pub(in crate::handler) fn set_credentials(
        &mut self,
        user: &str,
        password: &str,
    ) -> Result<(), Error> {
        self.secrets.add(user);
        self.secrets.add(password);
        let basic = STANDARD.encode(format!("{user}:{password}"));
        self.set_header(AUTHORIZATION.as_str(), &format!("Basic {basic}"))
    }

    /// # Errors
    /// For a timeout of zero.
    pub(in crate::handler) fn set_timeout(&mut self, timeout: Duration) -> Result<(), Error> {
        if timeout.is_zero() {
            let message = "a request needs time: the timeout is zero";
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        self.timeout = Some(timeout);
        Ok(())
    }

    /// # Errors
    /// Where a file cannot be read, or another name than the address's is expected.
    #[cfg(feature = "tls")]
    pub(in crate::handler) fn set_tls(&mut self, tls: Tls) -> Result<(), Error> {
        tls.check()?;
        if tls.has_server_name() {
            let message = "over HTTP, the name in the certificate is that of the address";
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        self.tls = tls;
        Ok(())
    }

    /// Finds out whether the host has an address. ureq looks it up again, on a thread for each
    /// attempt: while look-ups hang, each attempt would leave one more of them.
    fn look_up(&self) -> Result<(), Error> {
        let host = self.url.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        // Any port: only the addresses matter.
        let port = self.url.port_u16().unwrap_or(80);
        let within = self.timeout.map_or(CONNECT, |timeout| timeout.min(CONNECT));
        let found = self.lookup.find(host, port, within);
        found.map(|_| ()).map_err(|error| {
            let kind = match error.kind() {
                std::io::ErrorKind::TimedOut => ErrorKind::TimedOut,
                _ => ErrorKind::Io,
            };
            self.error(kind, &error.to_string())
        })
    }

    /// What may be shown of the address.
    pub(in crate::handler) fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns an error about this target, without secrets.
    pub(in crate::handler) fn error(&self, kind: ErrorKind, what: &str) -> Error {
        // A response may repeat what it was sent.
        let message = self.secrets.hide(&format!("{}: {what}", self.shown));
        Error::new(kind, message)
    }
}

/// What one request has.
#[derive(Default)]
pub(in crate::handler) struct Call<'c> {
    /// Added to the query of the address, for a request without a body.
    pub(in crate::handler) query: Option<&'c str>,
    pub(in crate::handler) headers: &'c [(&'static str, &'c str)],
    pub(in crate::handler) body: &'c [u8],
}

/// What came back.
#[cfg_attr(
    not(feature = "otlp"),
    allow(dead_code, reason = "OTLP reads the body")
)]
pub(in crate::handler) struct Reply {
    pub(in crate::handler) status: u16,
    after: Option<Duration>,
    /// Empty where it could not be read.
    pub(in crate::handler) body: Vec<u8>,
}

#[cfg_attr(not(feature = "otlp"), allow(dead_code, reason = "OTLP asks for more"))]
impl Reply {
    pub(in crate::handler) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What became of a batch of so many, where some other statuses ask for another attempt.
    pub(in crate::handler) fn outcome(
        &self,
        target: &Target,
        batch: usize,
        is_retried: impl FnOnce(u16) -> bool,
    ) -> Outcome {
        let error = |kind, what: &str| target.error(kind, &format!("status {}{what}", self.status));
        match self.status {
            200..300 => Outcome::Sent,
            413 => Outcome::TooLarge(error(ErrorKind::LimitExceeded, ", the batch is too large")),
            status if is_retried(status) => Outcome::Retry {
                sent: 0,
                after: self.after,
                error: error(ErrorKind::Io, ""),
            },
            300..400 => Outcome::Refused {
                which: (0..batch).collect(),
                error: error(
                    ErrorKind::InvalidRequest,
                    ", and redirects are not followed",
                ),
            },
            _ => Outcome::Refused {
                which: (0..batch).collect(),
                error: error(ErrorKind::InvalidRequest, ""),
            },
        }
    }
}

/// Sends requests to a target, one at a time, over a connection that is kept.
pub(in crate::handler) struct Client {
    target: Arc<Target>,
    agent: Agent,
    /// Whether the connection may be an old one, which the receiver has closed.
    is_used: bool,
}

impl Client {
    /// # Errors
    /// Where certificates cannot be read.
    pub(in crate::handler) fn new(target: &Arc<Target>) -> Result<Self, Error> {
        Ok(Self {
            agent: agent(target)?,
            target: Arc::clone(target),
            is_used: false,
        })
    }

    /// Sends a request, and returns what comes back.
    ///
    /// # Errors
    /// What became of the batch, where nothing comes back.
    pub(in crate::handler) fn send(&mut self, call: &Call<'_>) -> Result<Reply, Outcome> {
        let url = match call.query {
            Some(query) => {
                let url = self.target.url.to_string();
                let separator = if url.contains('?') { '&' } else { '?' };
                let url: Result<Uri, _> = format!("{url}{separator}{query}").parse();
                url.map_err(|_| {
                    let what = "the address with the record in it is too long";
                    Outcome::TooLarge(self.target.error(ErrorKind::LimitExceeded, what))
                })?
            }
            None => self.target.url.clone(),
        };
        if !self.is_used {
            let found = self.target.look_up();
            found.map_err(|error| Outcome::Broken { sent: 0, error })?;
        }
        let mut sent = self.attempt(&url, call);
        if self.is_used && sent.as_ref().is_err_and(is_stale) {
            // A firewall or the receiver has ended the connection between two requests.
            self.agent = agent(&self.target).map_err(|error| Outcome::Broken { sent: 0, error })?;
            sent = self.attempt(&url, call);
        }
        match sent {
            Ok(response) => {
                self.is_used = true;
                Ok(read(response))
            }
            Err(error) => {
                self.is_used = false;
                Err(Outcome::Broken {
                    sent: 0,
                    error: self.failed(&error),
                })
            }
        }
    }

    fn attempt(&self, url: &Uri, call: &Call<'_>) -> Result<Response<ureq::Body>, ureq::Error> {
        let mut request = Request::builder().uri(url);
        for (name, value) in &self.target.headers {
            request = request.header(name, value);
        }
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        if call.query.is_some() {
            self.agent.run(request.method(Method::GET).body(())?)
        } else {
            self.agent
                .run(request.method(Method::POST).body(call.body)?)
        }
    }

    fn failed(&self, error: &ureq::Error) -> Error {
        let kind = match error {
            ureq::Error::Timeout(_) => ErrorKind::TimedOut,
            _ => ErrorKind::Io,
        };
        match error {
            // It repeats the address.
            ureq::Error::BadUri(_) => self.target.error(kind, "invalid address"),
            other => self.target.error(kind, &other.to_string()),
        }
    }
}

/// Whether a connection that worked before may have failed for its age alone.
fn is_stale(error: &ureq::Error) -> bool {
    use std::io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof, WouldBlock,
    };
    let ureq::Error::Io(error) = error else {
        return false;
    };
    matches!(
        error.kind(),
        BrokenPipe
            | ConnectionAborted
            | ConnectionReset
            | NotConnected
            | UnexpectedEof
            | WouldBlock
    )
}

fn agent(target: &Target) -> Result<Agent, Error> {
    // Where a request may take long, so may its parts: a slow link needs the time for a batch.
    let half = target.timeout.unwrap_or_default() / 2;
    let (write, read) = (WRITE.max(half), READ.max(half));
    let builder = Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // What is logged goes where the program says, and nowhere else.
        .proxy(None)
        .user_agent(concat!("logtree/", env!("CARGO_PKG_VERSION")))
        .accept(AutoHeaderValue::None)
        .accept_encoding("identity")
        .max_idle_connections(1)
        .max_idle_age(Duration::from_secs(30))
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .timeout_send_request(Some(write))
        .timeout_send_body(Some(write))
        .timeout_recv_response(Some(read))
        .timeout_recv_body(Some(read))
        .timeout_global(target.timeout);
    #[cfg(feature = "tls")]
    let builder = match target.url.scheme_str() {
        Some("https") => builder.tls_config(tls_config(&target.tls)?),
        _ => builder,
    };
    Ok(builder.build().new_agent())
}

/// # Errors
/// Where certificates cannot be read.
#[cfg(feature = "tls")]
fn tls_config(tls: &Tls) -> Result<TlsConfig, Error> {
    let owned = |certificate: &CertificateDer<'_>| Certificate::from_der(certificate).to_owned();
    let client = match tls.client_files() {
        Some((certificates, key)) => Some(client_certificate(certificates, key)?),
        None => None,
    };
    let roots = tls.roots()?;
    let roots: Vec<_> = roots.iter().map(owned).collect();
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        // Not the process's provider, which another part of the program may have chosen.
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&roots))
        .client_cert(client)
        .build())
}

/// # Errors
/// Where a file cannot be read. What is in it is not shown.
#[cfg(feature = "tls")]
fn client_certificate(certificates: &Path, key: &Path) -> Result<ClientCert, Error> {
    let failed = |path: &Path| {
        let message = format!("cannot read a certificate or a key from {}", path.display());
        Error::new(ErrorKind::InvalidConfig, message)
    };
    let read = |path: &Path| std::fs::read(path).map_err(|_| failed(path));
    let items: Result<Vec<_>, _> = parse_pem(&read(certificates)?).collect();
    let chain = items.map_err(|_| failed(certificates))?;
    let chain: Vec<_> = chain
        .into_iter()
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    let key = PrivateKey::from_pem(&read(key)?).map_err(|_| failed(key))?;
    Ok(ClientCert::new_with_certs(&chain, key))
}

fn read(response: Response<ureq::Body>) -> Reply {
    let after = response.headers().get(RETRY_AFTER);
    let after = after
        .and_then(|value| value.to_str().ok())
        .and_then(retry_after);
    let status = response.status().as_u16();
    let mut body = response.into_body();
    // What the status says holds, whatever the body.
    let body = body.with_config().limit(LARGEST_RESPONSE).read_to_vec();
    Reply {
        status,
        after,
        body: body.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_shows_a_secret() {
        let mut target =
            Target::new("http://ann:p%40ss-word@localhost:1/hook/T0KEN?key=T1KEN").unwrap();
        target.set_header("X-Key", "Bearer s3cret").unwrap();
        let echo = "ann:p%40ss-word p@ss-word Bearer s3cret s3cret YW5uOnBAc3Mtd29yZA==";
        let shown = target.error(ErrorKind::Io, echo).to_string();
        assert_eq!(target.shown(), "http://localhost:1");
        for secret in [
            "p%40ss-word",
            "p@ss-word",
            "s3cret",
            "YW5uOnBAc3Mtd29yZA",
            "T0KEN",
            "T1KEN",
        ] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert_eq!(target.url, "http://localhost:1/hook/T0KEN?key=T1KEN");
    }

    #[test]
    fn addresses_that_cannot_be_are_refused_without_showing_them() {
        for url in [
            "",
            "localhost",
            "ftp://s3cret@host/",
            "http://",
            "http://s3cret@/",
            "http:///path",
            "http://a b/s3cret",
            "http://s3cret@host:port/",
            "://s3cret",
        ] {
            let error = Target::new(url).err().unwrap_or_else(|| panic!("{url}"));
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
        let mut target = Target::new("http://host").unwrap();
        for (name, value) in [("a b", "s3cret"), ("a", "s3cret\r\nb: c"), ("", "s3cret")] {
            let error = target.set_header(name, value).unwrap_err();
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }
}
