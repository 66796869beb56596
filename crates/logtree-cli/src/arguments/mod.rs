//! What was typed.

mod change;
mod cli;
mod duration;
#[cfg(feature = "fleet")]
mod etcd;
mod files;
mod log_target;
mod pattern;
mod tail;
mod target;
mod v2;
mod verb;

pub(crate) use self::change::NameLevel;
pub(crate) use self::cli::Cli;
#[cfg(feature = "fleet")]
pub(crate) use self::duration::parse as parse_duration;
#[cfg(feature = "fleet")]
pub(crate) use self::etcd::{EtcdTarget, FleetChange, FleetGroup, FleetTerms, Instances};
pub(crate) use self::files::{CheckArguments, PrettyArguments, ReplayArguments};
pub(crate) use self::log_target::{EventConfiguration, LogTarget};
pub(crate) use self::tail::TailArguments;
pub(crate) use self::target::Target;
pub(crate) use self::v2::V2;
pub(crate) use self::verb::{ClearArguments, GroupsArguments, LevelsArguments, SetArguments, Verb};
#[cfg(feature = "fleet")]
pub(crate) use self::verb::{ImportArguments, StatusArguments, SwitchArguments, UndoArguments};
