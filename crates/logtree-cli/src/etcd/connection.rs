//! The fleet that a verb is for: [`Connection`].

use logtree::control::fleet::{Fleet, Selector};
use logtree::{Error, ErrorKind};
use logtree_etcd::EtcdStore;

use crate::arguments::{EtcdTarget, Instances};
use crate::failure::Failure;

/// The fleet that a verb is for.
pub(super) struct Connection {
    pub(super) fleet: Fleet,
    /// The name of its service.
    pub(super) service: String,
}

impl Connection {
    pub(super) fn new(url: &str, target: &EtcdTarget) -> Result<Self, Failure> {
        let usage = |error: Error| Failure::usage(error);
        let mut builder = EtcdStore::builder_from_url(url).map_err(usage)?;
        if let (Some(user), Some(file)) = (&target.fleet_user, &target.fleet_password_file) {
            builder = builder.user(user, file);
        }
        if let Some(file) = &target.fleet_authorities {
            builder = builder.authorities(file);
        }
        if let (Some(certificate), Some(key)) = (&target.fleet_certificate, &target.fleet_key) {
            builder = builder.identity(certificate, key);
        }
        Ok(Self {
            fleet: Fleet::new(builder.build().map_err(usage)?),
            service: url.rsplit('/').next().unwrap_or_default().to_owned(),
        })
    }
}

/// Returns the selector of some instances.
pub(super) fn selector(instances: &Instances) -> Selector {
    let mut selector = Selector::all();
    if let Some(name) = &instances.instance {
        selector = selector.with_instance(name);
    }
    if let Some(version) = &instances.version {
        selector = selector.with_version(version);
    }
    if let Some(zone) = &instances.zone {
        selector = selector.with_zone(zone);
    }
    if let Some(share) = instances.share {
        selector = selector.with_share(share);
    }
    selector
}

/// Returns what the program says and how it ends, where a fleet has an error.
pub(super) fn failure(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::Unavailable => Failure::no_process(error),
        ErrorKind::InvalidRequest | ErrorKind::NeedsConsent(_) => Failure::usage(error),
        _ => Failure::new(error),
    }
}
