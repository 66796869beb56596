//! What was typed.

mod change;
mod cli;
mod duration;
mod files;
mod log_target;
mod pattern;
mod tail;
mod target;
mod v2;
mod verb;

pub(crate) use self::change::NameLevel;
pub(crate) use self::cli::Cli;
pub(crate) use self::files::{CheckArguments, PrettyArguments, ReplayArguments};
pub(crate) use self::log_target::{EventConfiguration, LogTarget};
pub(crate) use self::tail::TailArguments;
pub(crate) use self::target::Target;
pub(crate) use self::v2::V2;
pub(crate) use self::verb::{ClearArguments, GroupsArguments, LevelsArguments, SetArguments, Verb};
