//! A fleet in etcd, and which of its instances are meant.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::duration;

/// Where a fleet is.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "A fleet in etcd")]
pub(crate) struct EtcdTarget {
    /// The fleet: etcd://HOST:PORT,HOST:PORT/SERVICE; LOGTREE_FLEET unless given.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) fleet: Option<String>,
    /// The user of etcd.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        requires = "fleet_password_file"
    )]
    pub(crate) fleet_user: Option<String>,
    /// A file that holds the user's password.
    #[arg(long, global = true, value_name = "FILE", requires = "fleet_user")]
    pub(crate) fleet_password_file: Option<PathBuf>,
    /// Certificates of the authorities of etcd; those of the system unless given.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) fleet_authorities: Option<PathBuf>,
    /// The certificate to show to etcd.
    #[arg(long, global = true, value_name = "FILE", requires = "fleet_key")]
    pub(crate) fleet_certificate: Option<PathBuf>,
    /// The key of that certificate.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        requires = "fleet_certificate"
    )]
    pub(crate) fleet_key: Option<PathBuf>,
}

/// Which instances of a fleet are meant; all, if nothing is given.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which instances of a fleet")]
pub(crate) struct Instances {
    /// The instance of a name.
    #[arg(long, value_name = "NAME")]
    pub(crate) instance: Option<String>,
    /// The instances of a version.
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// The instances in a zone.
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// So many percent of the instances, always the same ones.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) share: Option<u8>,
}

/// How a fleet is changed, for some of its instances.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Changes of a fleet")]
pub(crate) struct FleetChange {
    #[command(flatten)]
    pub(crate) instances: Instances,
    #[command(flatten)]
    pub(crate) terms: FleetTerms,
    /// Come before what is set on an instance itself.
    #[arg(long)]
    pub(crate) force: bool,
}

/// How a fleet is changed.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Changes of a fleet")]
pub(crate) struct FleetTerms {
    /// Why, for the others.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Wait until all instances have it, for as long as this at most.
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub(crate) wait: Option<Duration>,
    /// Consent to a change of so many loggers, or nearly.
    #[arg(long, value_name = "N")]
    pub(crate) yes: Option<u64>,
}

/// How a group of a fleet is changed.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Changes of a fleet")]
pub(crate) struct FleetGroup {
    /// Remove the group; the levels of its loggers stay.
    #[arg(long, group = "what", requires = "group")]
    pub(crate) delete: bool,
    /// End the level after a time, such as 10m; `never` for none.
    #[arg(long = "for", value_name = "TIME", value_parser = duration::check)]
    pub(crate) time: Option<String>,
    #[command(flatten)]
    pub(crate) change: FleetChange,
}

impl FleetChange {
    /// Reports whether anything is given.
    pub(crate) fn is_given(&self) -> bool {
        let Self {
            instances,
            terms: FleetTerms { reason, wait, yes },
            force,
        } = self;
        instances.is_given() || reason.is_some() || wait.is_some() || yes.is_some() || *force
    }
}

impl FleetGroup {
    /// Reports whether anything is given.
    pub(crate) fn is_given(&self) -> bool {
        self.delete || self.time.is_some() || self.change.is_given()
    }
}

impl Instances {
    /// Reports whether anything is given.
    pub(crate) fn is_given(&self) -> bool {
        let Self {
            instance,
            version,
            zone,
            share,
        } = self;
        instance.is_some() || version.is_some() || zone.is_some() || share.is_some()
    }
}
