//! What to do: [`Verb`].

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use clap_complete::Shell;

use crate::arguments::{
    CheckArguments, NameLevel, PrettyArguments, ReplayArguments, TailArguments, V2,
};

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Lists the processes.
    Ps,
    /// Lists loggers with their levels, and where these come from.
    Levels(LevelsArguments),
    /// Sets levels, as one change of each process.
    Set(SetArguments),
    /// Clears levels, so that they are inherited again.
    Clear(ClearArguments),
    /// Disables all logging; the levels stay.
    Off(SwitchArguments),
    /// Enables logging again.
    On(SwitchArguments),
    /// Shows which instances of a fleet have what is set.
    #[cfg(feature = "fleet")]
    Status(StatusArguments),
    /// Undoes a change of a fleet.
    #[cfg(feature = "fleet")]
    Undo(UndoArguments),
    /// Prints what is set for a fleet without an end, for `import`.
    #[cfg(feature = "fleet")]
    Export,
    /// Sets for a fleet what `export` has printed, and removes what is not in it.
    #[cfg(feature = "fleet")]
    Import(ImportArguments),
    /// Prints records as they are logged; Ctrl-C ends it, and changes nothing.
    ///
    /// Shows what the loggers show, whatever the levels of the handlers, and
    /// with --level also what the loggers hide. Nothing of it reaches another
    /// handler because of that.
    #[command(verbatim_doc_comment)]
    Tail(TailArguments),
    /// Lists groups of loggers, or sets the level of one.
    Groups(GroupsArguments),
    /// Lists handlers and their counters.
    Handlers,
    /// Lists the latest changes of levels.
    Audit,
    /// Checks configurations.
    Check(CheckArguments),
    /// Replays recorded events, and counts what each logger shows and hides.
    Replay(ReplayArguments),
    /// Prints JSON lines for reading; other lines as they are.
    ///
    /// Reads the lines of logtree, Python, pino, bunyan, zerolog, zap, slog,
    /// tracing-subscriber and the Elastic Common Schema.
    #[command(verbatim_doc_comment)]
    Pretty(PrettyArguments),
    /// Prints the address of the console, with its token.
    Console {
        /// Open it in a browser.
        #[arg(long)]
        open: bool,
    },
    /// Prints a script that completes the words of this command.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Prints names of loggers, for the scripts of `completions`.
    #[command(name = "complete-names", hide = true)]
    CompleteNames,
    #[command(flatten)]
    V2(V2),
}

#[derive(Args, Debug)]
pub(crate) struct LevelsArguments {
    /// This logger and those below it.
    pub(crate) prefix: Option<String>,
    /// Only loggers with a level of their own.
    #[arg(long)]
    pub(crate) configured: bool,
    /// As a tree.
    #[arg(long)]
    pub(crate) tree: bool,
}

#[derive(Args, Debug)]
pub(crate) struct SetArguments {
    /// Levels, such as botocore=DEBUG; a level alone is the root's.
    #[arg(required = true, value_name = "NAME=LEVEL")]
    pub(crate) levels: Vec<NameLevel>,
    /// What NAME is: LOGGER, CLIENT_ID, SOURCE_IP, PRINCIPAL_ID or EVENT_TYPE.
    #[arg(long = "type", value_name = "TYPE", default_value = "LOGGER")]
    pub(crate) kind: String,
    /// End the levels after a time, such as 10m or 1h30m.
    #[arg(long = "for", value_name = "TIME", value_parser = super::duration::check)]
    pub(crate) time: Option<String>,
    /// Change nothing if the revision is another one.
    #[arg(long, value_name = "N")]
    pub(crate) if_revision: Option<u64>,
    /// Print what would change, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[cfg(feature = "fleet")]
    #[command(flatten)]
    pub(crate) fleet: crate::arguments::FleetChange,
}

#[derive(Args, Debug)]
pub(crate) struct ClearArguments {
    /// Names of loggers.
    #[arg(required_unless_present = "all", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// What NAME is: LOGGER, CLIENT_ID, SOURCE_IP, PRINCIPAL_ID or EVENT_TYPE.
    #[arg(long = "type", value_name = "TYPE", default_value = "LOGGER")]
    pub(crate) kind: String,
    /// Clear all levels that controls have set, except a permanent one of the root.
    #[arg(long, conflicts_with = "names")]
    pub(crate) all: bool,
    /// Change nothing if the revision is another one.
    #[arg(long, value_name = "N")]
    pub(crate) if_revision: Option<u64>,
    #[cfg(feature = "fleet")]
    #[command(flatten)]
    pub(crate) fleet: crate::arguments::FleetChange,
}

#[derive(Args, Debug)]
pub(crate) struct SwitchArguments {
    #[cfg(feature = "fleet")]
    #[command(flatten)]
    pub(crate) fleet: crate::arguments::FleetChange,
}

#[cfg(feature = "fleet")]
#[derive(Args, Debug)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    pub(crate) instances: crate::arguments::Instances,
}

#[cfg(feature = "fleet")]
#[derive(Args, Debug)]
pub(crate) struct UndoArguments {
    /// The number of the change; `audit` lists them.
    pub(crate) change: u64,
    #[command(flatten)]
    pub(crate) fleet: crate::arguments::FleetTerms,
}

#[cfg(feature = "fleet")]
#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    /// What `export` has printed; `-` is standard input.
    pub(crate) file: std::path::PathBuf,
    /// Change nothing if the revision is another one.
    #[arg(long, value_name = "N")]
    pub(crate) if_revision: Option<u64>,
    /// Print what would change, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) fleet: crate::arguments::FleetTerms,
}

#[derive(Args, Debug)]
pub(crate) struct GroupsArguments {
    /// The group to change.
    #[arg(value_name = "GROUP", requires = "what")]
    pub(crate) group: Option<String>,
    /// Set the level of its loggers; `inherited` clears it.
    #[arg(long, group = "what", requires = "group")]
    pub(crate) level: Option<String>,
    /// Set its loggers, separated by commas.
    // An empty name is the root's, and would come from a comma too many.
    #[arg(
        long,
        group = "what",
        requires = "group",
        value_delimiter = ',',
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) members: Option<Vec<String>>,
    #[cfg(feature = "fleet")]
    #[command(flatten)]
    pub(crate) fleet: crate::arguments::FleetGroup,
}
