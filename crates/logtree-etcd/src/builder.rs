//! Options of a store: [`EtcdStoreBuilder`].

use std::path::{Path, PathBuf};

use logtree::{Error, ErrorKind};

use crate::client::{Connector, Tls};
use crate::endpoint::Endpoints;
use crate::etcd_store::EtcdStore;

/// Options of an [`EtcdStore`]; see [`EtcdStore::builder`].
#[derive(Debug)]
#[must_use]
pub struct EtcdStoreBuilder {
    service: String,
    endpoints: Endpoints,
    /// The first endpoint that is none.
    error: Option<Error>,
    user: Option<(String, PathBuf)>,
    tls: Option<Tls>,
    allow_plain: bool,
}

impl EtcdStoreBuilder {
    pub(crate) fn new(service: String, endpoints: Endpoints) -> Self {
        Self {
            service,
            endpoints,
            error: None,
            user: None,
            tls: None,
            allow_plain: false,
        }
    }

    /// Adds a member of the cluster: `HOST`, `HOST:PORT`, or with `http://` or `https://` before
    /// it. The port is 2379 unless given.
    ///
    /// Without a scheme, the connection is encrypted unless all members are on this machine.
    pub fn endpoint(mut self, endpoint: impl AsRef<str>) -> Self {
        if let Err(error) = self.endpoints.add(endpoint.as_ref()) {
            self.error.get_or_insert(error);
        }
        self
    }

    /// Sets a user of etcd, and the file that has its password. The file is read at each
    /// connection; a line break at its end is no part of the password.
    pub fn user(mut self, name: impl Into<String>, password_file: impl AsRef<Path>) -> Self {
        self.user = Some((name.into(), password_file.as_ref().to_owned()));
        self
    }

    /// Sets the certificates (PEM) of the authorities that the servers' certificates must be from,
    /// in place of those of the system. Needs the feature `tls`.
    pub fn authorities(mut self, file: impl AsRef<Path>) -> Self {
        let tls = self.tls.get_or_insert_default();
        tls.authorities = Some(file.as_ref().to_owned());
        self
    }

    /// Sets the certificate and key (PEM) that this client shows. The files are read at each
    /// connection, so that they can be exchanged. Needs the feature `tls`.
    pub fn identity(mut self, certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Self {
        let tls = self.tls.get_or_insert_default();
        tls.identity = Some((certificate.as_ref().to_owned(), key.as_ref().to_owned()));
        self
    }

    /// Sets the name that the servers' certificates must be for, in place of that of the endpoint.
    /// Needs the feature `tls`.
    pub fn domain(mut self, name: impl Into<String>) -> Self {
        self.tls.get_or_insert_default().domain = Some(name.into());
        self
    }

    /// Sets whether connections to other machines may be without TLS. The default is `false`:
    /// levels and passwords could be read and changed on the way.
    ///
    /// # Examples
    /// ```
    /// use logtree_etcd::EtcdStore;
    ///
    /// let builder = || EtcdStore::builder("payments").endpoint("http://etcd.internal:2379");
    /// assert!(builder().build().is_err());
    /// let store = builder().allow_plain(true).build()?;
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn allow_plain(mut self, allow: bool) -> Self {
        self.allow_plain = allow;
        self
    }

    /// Returns the store. Connects to nothing yet, and starts no thread.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] where an endpoint is invalid
    /// or none is given, the service has no name, or TLS is needed without the feature `tls`.
    pub fn build(self) -> Result<EtcdStore, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let has_tls = self.tls.is_some();
        let (urls, is_encrypted) = self.endpoints.urls(has_tls, self.allow_plain)?;
        if is_encrypted && cfg!(not(feature = "tls")) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "TLS to etcd needs the feature `tls` of logtree-etcd",
            ));
        }
        let tls = is_encrypted.then(|| self.tls.unwrap_or_default());
        EtcdStore::new(&self.service, Connector::new(urls, self.user, tls))
    }
}
