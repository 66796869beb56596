//! How a handler speaks TLS.

#[cfg(feature = "tls")]
use std::path::PathBuf;

use crate::config::arguments::Arguments;
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;

/// Reads the section `tls`: `ca_files`, `only_ca_files`, `certificate` with `key`, `server_name`.
#[cfg(feature = "tls")]
pub(super) fn read(arguments: &mut Arguments<'_>) -> Option<Tls> {
    arguments.section("tls", |section| {
        let files: Vec<PathBuf> = section.optional("ca_files").unwrap_or_default();
        let only = section.optional("only_ca_files").unwrap_or(false);
        let certificate: Option<PathBuf> = section.optional("certificate");
        let key: Option<PathBuf> = section.optional("key");
        let server_name: Option<String> = section.optional("server_name");
        let mut tls = Tls::new().with_only_ca_files(only);
        for file in files {
            tls = tls.with_ca_file(file);
        }
        match (certificate, key) {
            (Some(certificate), Some(key)) => tls = tls.with_client_certificate(certificate, key),
            (Some(_), None) => section.problem("key", "expected the key of the certificate"),
            (None, Some(_)) => {
                section.problem("certificate", "expected the certificate of the key")
            }
            (None, None) => {}
        }
        match server_name {
            Some(name) => tls.with_server_name(name),
            None => tls,
        }
    })
}

/// Refuses the section `tls`.
#[cfg(not(feature = "tls"))]
pub(super) fn read(arguments: &mut Arguments<'_>) {
    let section = arguments.section("tls", |section| section.others());
    if section.is_some() {
        let message = "TLS is not in this build: it needs the feature `tls`";
        arguments.problem("tls", message);
    }
}
