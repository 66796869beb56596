//! Which records a tail shows: [`TailArguments`].

use clap::Args;
use regex_lite::Regex;

/// Which records a tail shows.
#[derive(Args, Debug)]
pub(crate) struct TailArguments {
    /// Levels from which records are shown, such as info,botocore=debug, whatever those of the
    /// loggers are.
    #[arg(long, value_name = "SPEC")]
    pub(crate) level: Option<String>,
    /// A logger and those below it, or a pattern of names, such as 'boto*'.
    #[arg(long, value_name = "GLOB")]
    pub(crate) logger: Option<String>,
    /// Records with a key-value; several times for all of them.
    #[arg(long, value_name = "KEY:VALUE")]
    pub(crate) kv: Vec<String>,
    /// Records whose text matches a regular expression.
    #[arg(long, value_name = "RE")]
    pub(crate) grep: Option<Regex>,
    /// Begin with up to this many earlier records, as far as the process keeps them.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 0)]
    pub(crate) lines: u32,
    /// End after this many records.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// End after the first record at ERROR or above.
    #[arg(long)]
    pub(crate) until_error: bool,
    /// End when the processes end, instead of waiting for them to come back.
    #[arg(long)]
    pub(crate) once: bool,
    /// A format: boto3, botocore, basic, json, iot, developer, or a template.
    #[arg(long, default_value = "developer")]
    pub(crate) format: String,
    /// Show times in UTC.
    #[arg(long)]
    pub(crate) utc: bool,
}
