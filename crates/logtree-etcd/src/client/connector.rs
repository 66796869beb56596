//! How etcd is reached: [`Connector`].

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcd_client::ConnectOptions;
use tokio::sync::Mutex;

use super::client::{Client, in_time};
use super::failure::{Failure, FailureKind};

/// What TLS needs beside the system's roots.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tls {
    /// Certificates of authorities; those of the system where there is none.
    pub(crate) authorities: Option<PathBuf>,
    /// The client's certificate and key.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
    /// The name that the server's certificate must be for; that of the endpoint if there is none.
    pub(crate) domain: Option<String>,
}

/// Connects, and keeps the connection that requests share.
///
/// Files are read at each connection: passwords and certificates are exchanged while it runs.
#[derive(Debug)]
pub(crate) struct Connector {
    endpoints: Vec<String>,
    user: Option<(String, PathBuf)>,
    tls: Option<Tls>,
    current: Mutex<Option<Client>>,
}

impl Connector {
    pub(crate) fn new(
        endpoints: Vec<String>,
        user: Option<(String, PathBuf)>,
        tls: Option<Tls>,
    ) -> Self {
        Self {
            endpoints,
            user,
            tls,
            current: Mutex::new(None),
        }
    }

    /// Returns the connection.
    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        let mut current = self.current.lock().await;
        if let Some(client) = &*current {
            return Ok(client.clone());
        }
        let options = self.options()?;
        // With a user it authenticates; otherwise nothing is sent yet.
        let client = in_time(etcd_client::Client::connect(&self.endpoints, Some(options))).await?;
        Ok(current.insert(Client::new(client)).clone())
    }

    /// Has the next request connect again.
    pub(crate) async fn forget(&self) {
        *self.current.lock().await = None;
    }

    fn options(&self) -> Result<ConnectOptions, Failure> {
        let mut options = ConnectOptions::new()
            // Below 5 s, servers close the connection; a stopped one is noticed after 15 s.
            .with_keep_alive(Duration::from_secs(10), Duration::from_secs(5))
            // Servers count pings of connections without a stream, and close them.
            .with_keep_alive_while_idle(false)
            .with_connect_timeout(Duration::from_secs(2))
            // Without a leader, a watch would be silent for ever.
            .with_require_leader(true)
            .with_auto_token_refresh(true);
        if let Some((name, password)) = &self.user {
            let password = String::from_utf8(read(password)?);
            let password = password
                .map_err(|_| Failure::new(FailureKind::Settings, "the password is not UTF-8"))?;
            options = options.with_user(name, password.trim_end_matches(['\r', '\n']));
        }
        if let Some(tls) = &self.tls {
            options = with_tls(options, tls)?;
        }
        Ok(options)
    }
}

#[cfg(feature = "tls")]
fn with_tls(options: ConnectOptions, tls: &Tls) -> Result<ConnectOptions, Failure> {
    use etcd_client::{Certificate, Identity, TlsOptions};

    let mut settings = TlsOptions::new();
    settings = match &tls.authorities {
        Some(path) => settings.ca_certificate(Certificate::from_pem(read(path)?)),
        None => settings.with_enabled_roots(),
    };
    if let Some((certificate, key)) = &tls.identity {
        settings = settings.identity(Identity::from_pem(read(certificate)?, read(key)?));
    }
    if let Some(domain) = &tls.domain {
        settings = settings.domain_name(domain);
    }
    Ok(options.with_tls(settings))
}

#[cfg(not(feature = "tls"))]
fn with_tls(_: ConnectOptions, _: &Tls) -> Result<ConnectOptions, Failure> {
    Err(Failure::new(
        FailureKind::Settings,
        "TLS needs the feature `tls` of logtree-etcd",
    ))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        let path = path.display();
        Failure::new(
            FailureKind::Settings,
            format!("cannot read {path}: {error}"),
        )
    })
}
