//! The protocol of etcd: the one place that names the crate `etcd-client`.

#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod client;
mod connector;
mod entry;
mod failure;
mod lease;
mod watch;
mod write;

pub(crate) use self::client::Client;
pub(crate) use self::connector::{Connector, Tls};
pub(crate) use self::entry::Entry;
pub(crate) use self::failure::{Failure, FailureKind};
pub(crate) use self::watch::Watch;
pub(crate) use self::write::Write;
