//! The whole command line: [`Cli`].

use clap::{Parser, ValueEnum};
use logtree::formatter::ColorChoice;

use crate::arguments::{Target, Verb};

/// Looks at and steers running programs that log with logtree.
///
/// Programs that serve their control are found by their sockets. Verbs that
/// read merge what all of them say; verbs that change something do so in all
/// of them, or in those that --pid, --name, --socket or --url select.
///
/// Exit status: 0 if everything was done, 1 if something failed for one
/// process or file, 2 for wrong arguments, 3 if there is no process.
#[derive(Debug, Parser)]
#[command(name = "logtree", version, verbatim_doc_comment, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) target: Target,
    #[cfg(feature = "fleet")]
    #[command(flatten)]
    pub(crate) etcd: crate::arguments::EtcdTarget,
    /// Print JSON.
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) json: bool,
    /// When to use colours.
    #[arg(
        long,
        global = true,
        help_heading = "Output",
        value_name = "WHEN",
        default_value = "auto"
    )]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless the environment forbids it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        Cli::command().debug_assert();
    }
}
