//! Verbs that work on files.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// Configurations in JSON, TOML, YAML or INI, by their extensions.
    #[arg(required_unless_present = "schema", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The key below which the configuration stands, such as tool.logging.
    #[arg(long, value_name = "KEY")]
    pub(crate) section: Option<String>,
    /// Print the JSON Schema of configurations.
    #[arg(long, conflicts_with = "files")]
    pub(crate) schema: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ReplayArguments {
    /// Events, one JSON object a line; `-` is standard input. A sample of boto3 without it.
    pub(crate) file: Option<PathBuf>,
    /// Levels, such as botocore=DEBUG; a level alone is the root's, which is INFO by default.
    #[arg(long, value_name = "SPEC")]
    pub(crate) level: Vec<String>,
    /// Handlers and levels of a configuration, instead of printing records.
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub(crate) config: Option<PathBuf>,
    /// A format: boto3, botocore, basic, json, iot, developer, or a template.
    #[arg(long, default_value = "boto3")]
    pub(crate) format: String,
    /// Wait between events as recorded: 1x is the recorded pace, 10x ten times as fast.
    #[arg(long, value_name = "FACTOR", value_parser = speed)]
    pub(crate) speed: Option<f64>,
    /// Print the counts alone.
    #[arg(long, conflicts_with = "config")]
    pub(crate) summary: bool,
}

#[derive(Args, Debug)]
pub(crate) struct PrettyArguments {
    /// The file; standard input without it.
    pub(crate) file: Option<PathBuf>,
    /// A format: boto3, botocore, basic, json, iot, developer, or a template.
    #[arg(long, default_value = "developer")]
    pub(crate) format: String,
    /// Records at this level and above, with the lines in between.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: Option<String>,
    /// Show times in UTC.
    #[arg(long)]
    pub(crate) utc: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('x').unwrap_or(text).parse();
    let number = number
        .ok()
        .filter(|speed: &f64| speed.is_finite() && *speed > 0.0);
    number.ok_or_else(|| "expected a positive number, such as 1x".to_owned())
}
