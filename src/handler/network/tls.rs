//! TLS: [`Tls`], what a receiver must prove and this side can prove, and a stream that speaks it.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use crate::error::{Error, ErrorKind as Kind};
use crate::handler::network::socket::{MOST_READS, Socket, Timed, closed};
use crate::sys::host::Instant;
use crate::sys::sync::Arc;

/// How a handler speaks TLS: which certificates of receivers it trusts, and what it shows them.
///
/// By default it trusts what the system trusts (on Unix the files that `SSL_CERT_FILE` and
/// `SSL_CERT_DIR` name, or the system's usual ones), and shows no certificate. The name in the
/// receiver's certificate must be that of the address. A check of certificates cannot be switched
/// off: [`with_ca_file`](Self::with_ca_file) makes a certificate trusted that no authority has
/// signed.
///
/// Files are in PEM. They are read when the handler is made, so that a wrong one is found at once,
/// and again for each connection, so that renewed certificates are used.
///
/// # Examples
/// ```
/// use logtree::delivery::Tls;
///
/// let tls = Tls::new()
///     .with_ca_file("/etc/ssl/log-ca.pem")
///     .with_client_certificate("/etc/ssl/app.pem", "/etc/ssl/app.key");
/// # let _ = tls;
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tls {
    ca_files: Vec<PathBuf>,
    only_ca_files: bool,
    client: Option<(PathBuf, PathBuf)>,
    server_name: Option<String>,
}

impl Tls {
    /// Returns the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds certificates of authorities to trust, beside those of the system. May be called more
    /// than once.
    #[must_use]
    pub fn with_ca_file(mut self, path: impl AsRef<Path>) -> Self {
        self.ca_files.push(path.as_ref().to_owned());
        self
    }

    /// Sets whether only those in [files](Self::with_ca_file) are trusted, and not those of the
    /// system; off by default.
    #[must_use]
    pub fn with_only_ca_files(mut self, only: bool) -> Self {
        self.only_ca_files = only;
        self
    }

    /// Sets the certificate that is shown to a receiver which asks for one, with those that lead to
    /// its authority, and its key.
    #[must_use]
    pub fn with_client_certificate(
        mut self,
        certificates: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Self {
        self.client = Some((certificates.as_ref().to_owned(), key.as_ref().to_owned()));
        self
    }

    /// Sets the name that the receiver's certificate must have; the host of the address by default.
    #[must_use]
    pub fn with_server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// # Errors
    /// Where a file cannot be read.
    pub(in crate::handler) fn check(&self) -> Result<(), Error> {
        if let Some(name) = &self.server_name {
            let checked = ServerName::try_from(&**name);
            checked.map_err(|_| invalid(format!("{name:?} is not a name for a certificate")))?;
        }
        self.client_config().map(|_| ())
    }

    /// Returns the certificates that receivers' must lead to.
    ///
    /// # Errors
    /// Where a file cannot be read, or there are none.
    pub(in crate::handler) fn roots(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        let mut roots = Vec::new();
        for path in &self.ca_files {
            roots.extend(read_certificates(path)?);
        }
        if !self.only_ca_files {
            // What cannot be read of the system's does not matter if there are others.
            roots.extend(rustls_native_certs::load_native_certs().certs);
        }
        if roots.is_empty() {
            return Err(invalid(
                "there are no certificates of authorities to check a receiver's by",
            ));
        }
        Ok(roots)
    }

    /// Returns the files of what is shown to a receiver that asks for a certificate: certificates,
    /// and the key.
    pub(in crate::handler) fn client_files(&self) -> Option<(&Path, &Path)> {
        let (certificates, key) = self.client.as_ref()?;
        Some((certificates, key))
    }

    /// Whether the name in the receiver's certificate is another one than the host's.
    pub(in crate::handler) fn has_server_name(&self) -> bool {
        self.server_name.is_some()
    }

    /// Returns all of it, as rustls takes it.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub(in crate::handler) fn client_config(&self) -> Result<ClientConfig, Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.roots()?);
        // Not the process's provider, which another part of the program may have chosen.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid("cannot set up TLS").with_source(error))?
            .with_root_certificates(roots);
        let Some((certificates, key_path)) = &self.client else {
            return Ok(builder.with_no_client_auth());
        };
        let key = PrivateKeyDer::from_pem_file(key_path).map_err(|error| {
            // Without its text, which could hold parts of the key.
            let _ = error;
            invalid(format!(
                "cannot read a private key from {}",
                key_path.display()
            ))
        })?;
        builder
            .with_client_auth_cert(read_certificates(certificates)?, key)
            .map_err(|error| {
                let message = format!("cannot use the certificate {}", certificates.display());
                invalid(message).with_source(error)
            })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("ca_files", &self.ca_files)
            .field("only_ca_files", &self.only_ca_files)
            .field(
                "client_certificate",
                &self.client.as_ref().map(|(path, _)| path),
            )
            .field("server_name", &self.server_name)
            .finish()
    }
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read = || CertificateDer::pem_file_iter(path)?.collect::<Result<Vec<_>, _>>();
    let failed = |why: String| {
        let message = format!("cannot read certificates from {}: {why}", path.display());
        invalid(message)
    };
    match read() {
        Ok(certificates) if certificates.is_empty() => Err(failed("it has none".to_owned())),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Kind::InvalidConfig, message)
}

/// A stream over a socket, encrypted.
#[derive(Debug)]
pub(in crate::handler) struct TlsStream {
    connection: ClientConnection,
    socket: Arc<Socket>,
}

impl TlsStream {
    /// Begins TLS on a socket.
    ///
    /// # Errors
    /// Where the receiver does not prove that it is the host, or the time is over.
    pub(super) fn begin(
        socket: Arc<Socket>,
        host: &str,
        tls: &Tls,
        within: Duration,
    ) -> io::Result<Self> {
        let start = Instant::now();
        let config = tls.client_config().map_err(io::Error::other)?;
        let name = tls.server_name.as_deref().unwrap_or(host).to_owned();
        let name = ServerName::try_from(name).map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        let mut stream = Self { connection, socket };
        while stream.connection.is_handshaking() {
            let mut timed = Timed::new(&stream.socket, start, within);
            while stream.connection.wants_write() {
                stream.connection.write_tls(&mut timed)?;
            }
            if !stream.connection.is_handshaking() {
                break;
            }
            if stream.connection.read_tls(&mut timed)? == 0 {
                return Err(closed());
            }
            if let Err(error) = stream.connection.process_new_packets() {
                // Why, for the receiver's log.
                let _ = stream.connection.write_tls(&mut timed);
                return Err(io::Error::new(ErrorKind::InvalidData, error));
            }
        }
        stream.write_out(start, within)?;
        Ok(stream)
    }

    pub(super) fn write(
        &mut self,
        mut bytes: &[u8],
        start: Instant,
        within: Duration,
    ) -> io::Result<()> {
        while !bytes.is_empty() {
            let taken = self.connection.writer().write(bytes)?;
            bytes = &bytes[taken..];
            self.write_out(start, within)?;
        }
        Ok(())
    }

    pub(super) fn read(
        &mut self,
        bytes: &mut [u8],
        start: Instant,
        within: Duration,
    ) -> io::Result<usize> {
        loop {
            match self.connection.reader().read(bytes) {
                Ok(0) => return Err(closed()),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            let mut timed = Timed::new(&self.socket, start, within);
            if self.connection.read_tls(&mut timed)? == 0 {
                return Err(closed());
            }
            let processed = self.connection.process_new_packets();
            processed.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        }
    }

    fn write_out(&mut self, start: Instant, within: Duration) -> io::Result<()> {
        let mut timed = Timed::new(&self.socket, start, within);
        while self.connection.wants_write() {
            self.connection.write_tls(&mut timed)?;
        }
        Ok(())
    }

    pub(super) fn check(&mut self) -> io::Result<()> {
        let connection = &mut self.connection;
        self.socket.without_waiting(|mut socket| {
            for _ in 0..MOST_READS {
                match connection.read_tls(&mut socket) {
                    Ok(0) => return Err(socket.take_error().unwrap_or_else(closed)),
                    Ok(_) => {
                        let processed = connection.process_new_packets();
                        processed.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
                        discard(&mut connection.reader())?;
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    }

    /// Says that nothing more comes, and waits for the receiver to say the same.
    pub(super) fn finish(&mut self, start: Instant, within: Duration) -> io::Result<()> {
        self.connection.send_close_notify();
        self.write_out(start, within)?;
        self.socket.end();
        let mut timed = Timed::new(&self.socket, start, within);
        // An alert says that it has not taken what it has read.
        while self.connection.read_tls(&mut timed)? > 0 {
            let processed = self.connection.process_new_packets();
            processed.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
            if let Err(error) = discard(&mut self.connection.reader()) {
                if error.kind() != ErrorKind::UnexpectedEof {
                    return Err(error);
                }
            }
        }
        self.socket.finish(start, within)
    }

    pub(super) fn end(&mut self) {
        self.connection.send_close_notify();
        let connection = &mut self.connection;
        let _ = self.socket.without_waiting(|mut socket| {
            while connection.wants_write() {
                connection.write_tls(&mut socket)?;
            }
            Ok(())
        });
        self.socket.end();
    }
}

/// Reads what a receiver has sent.
fn discard(reader: &mut impl Read) -> io::Result<()> {
    let mut discarded = [0; 512];
    loop {
        match reader.read(&mut discarded) {
            Ok(0) => return Err(closed()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
