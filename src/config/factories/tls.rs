//! How a handler speaks TLS.

#[cfg(not(feature = "tls"))]
use std::convert::Infallible as Tls;
#[cfg(feature = "smtp")]
use std::path::Path;
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

#[cfg(not(feature = "tls"))]
const NEEDS_TLS: &str = "TLS is not in this build: it needs the feature `tls`";

/// Refuses the section `tls`.
#[cfg(not(feature = "tls"))]
pub(super) fn read(arguments: &mut Arguments<'_>) -> Option<Tls> {
    let section = arguments.section("tls", |section| section.others());
    if section.is_some() {
        arguments.problem("tls", NEEDS_TLS);
    }
    None
}

/// Adds a client's certificate to what [`read`] has returned, which another argument names.
#[cfg(all(feature = "smtp", feature = "tls"))]
pub(super) fn with_client_certificate(
    _: &mut Arguments<'_>,
    _: &'static str,
    tls: Option<Tls>,
    certificate: &Path,
    key: &Path,
) -> Option<Tls> {
    Some(
        tls.unwrap_or_default()
            .with_client_certificate(certificate, key),
    )
}

/// Refuses an argument that names a client's certificate.
#[cfg(all(feature = "smtp", not(feature = "tls")))]
pub(super) fn with_client_certificate(
    arguments: &mut Arguments<'_>,
    argument: &'static str,
    tls: Option<Tls>,
    _: &Path,
    _: &Path,
) -> Option<Tls> {
    arguments.problem(argument, NEEDS_TLS);
    tls
}

/// Gives what [`read`] has returned to a builder.
#[cfg(feature = "tls")]
macro_rules! with_tls {
    ($builder:expr, $tls:expr) => {
        match $tls {
            Some(tls) => $builder.tls(tls),
            None => $builder,
        }
    };
}

/// Gives what [`read`] has returned to a builder, which is nothing without TLS.
#[cfg(not(feature = "tls"))]
macro_rules! with_tls {
    ($builder:expr, $tls:expr) => {{
        let None = $tls;
        $builder
    }};
}
pub(super) use with_tls;
