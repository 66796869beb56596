//! Which processes are meant: [`Target`].

use std::path::PathBuf;

use clap::Args;
use glob::Pattern;

/// Which processes are meant; all that are found, if nothing is given.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which processes")]
pub(crate) struct Target {
    /// The process with this id; several times for several.
    #[arg(long, global = true, value_name = "PID")]
    pub(crate) pid: Vec<u32>,
    /// Processes whose name matches a pattern, such as 'app*'.
    #[arg(long, global = true, value_name = "GLOB", value_parser = super::pattern::read)]
    pub(crate) name: Option<Pattern>,
    /// The process that serves this Unix socket.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) socket: Vec<PathBuf>,
    /// The process that serves this address: http://HOST:PORT; for https, use a tunnel.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        requires = "token_file",
        alias = "endpoint-url"
    )]
    pub(crate) url: Vec<String>,
    /// A file that holds the token for --url.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}
