//! The verbs of `aws iot`, word for word: [`V2`].

use clap::{ArgAction, Args, Subcommand};
use serde_json::Value;

use crate::arguments::{EventConfiguration, LogTarget};

/// The verbs of `aws iot`, word for word.
#[derive(Debug, Subcommand)]
pub(crate) enum V2 {
    /// As `aws iot`: sets the default level, and whether all logging is disabled.
    SetV2LoggingOptions(SetOptions),
    /// As `aws iot`: prints the default level, and whether all logging is disabled.
    GetV2LoggingOptions(GetOptions),
    /// As `aws iot`: sets the level of a target.
    SetV2LoggingLevel(SetLevel),
    /// As `aws iot`: lists the targets that have levels.
    ListV2LoggingLevels(ListLevels),
    /// As `aws iot`: deletes the level of a target.
    DeleteV2LoggingLevel(DeleteLevel),
}

/// What `aws` takes for every verb and means nothing here.
#[derive(Args, Debug)]
pub(crate) struct Ignored {
    #[arg(long, hide = true)]
    region: Option<String>,
    #[arg(long, hide = true)]
    profile: Option<String>,
    #[arg(long, hide = true, value_parser = ["json"])]
    output: Option<String>,
    #[arg(long, hide = true)]
    no_cli_pager: bool,
    #[arg(long, hide = true)]
    no_sign_request: bool,
}

#[derive(Args, Debug)]
pub(crate) struct SetOptions {
    /// The role.
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// The default level.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) default_log_level: Option<String>,
    /// Disable all logging.
    #[arg(long, overrides_with = "no_disable_all_logs")]
    pub(crate) disable_all_logs: bool,
    /// Enable logging again.
    #[arg(long, overrides_with = "disable_all_logs")]
    pub(crate) no_disable_all_logs: bool,
    /// Levels of event types: eventType=…,logLevel=… or JSON.
    #[arg(long, num_args = 1.., value_name = "EVENT")]
    pub(crate) event_configurations: Option<Vec<EventConfiguration>>,
    /// The request as JSON; the other arguments come first.
    #[arg(long, value_name = "JSON", value_parser = json)]
    pub(crate) cli_input_json: Option<Value>,
    #[command(flatten)]
    ignored: Ignored,
}

#[derive(Args, Debug)]
pub(crate) struct GetOptions {
    /// Print event configurations as well.
    #[arg(long, overrides_with = "no_verbose")]
    pub(crate) verbose: bool,
    /// Print no event configurations.
    #[arg(long, overrides_with = "verbose")]
    pub(crate) no_verbose: bool,
    #[command(flatten)]
    ignored: Ignored,
}

#[derive(Args, Debug)]
pub(crate) struct SetLevel {
    /// The target: targetType=…,targetName=… or JSON.
    #[arg(
        long,
        value_name = "TARGET",
        required_unless_present = "cli_input_json"
    )]
    pub(crate) log_target: Option<LogTarget>,
    /// The level.
    #[arg(long, value_name = "LEVEL", required_unless_present = "cli_input_json")]
    pub(crate) log_level: Option<String>,
    /// The request as JSON; the other arguments come first.
    #[arg(long, value_name = "JSON", value_parser = json)]
    pub(crate) cli_input_json: Option<Value>,
    #[command(flatten)]
    ignored: Ignored,
}

#[derive(Args, Debug)]
pub(crate) struct ListLevels {
    /// Only targets of a type.
    #[arg(long, value_name = "TYPE")]
    pub(crate) target_type: Option<String>,
    /// The number of targets in each request.
    #[arg(long, value_name = "N", alias = "max-results")]
    pub(crate) page_size: Option<u32>,
    /// The number of targets to print; the response's NextToken continues.
    #[arg(long, value_name = "N")]
    pub(crate) max_items: Option<usize>,
    /// The NextToken of an earlier response.
    #[arg(long, value_name = "TOKEN", alias = "next-token")]
    pub(crate) starting_token: Option<String>,
    /// Make one request only.
    #[arg(long, action = ArgAction::SetTrue)]
    pub(crate) no_paginate: bool,
    #[command(flatten)]
    ignored: Ignored,
}

#[derive(Args, Debug)]
pub(crate) struct DeleteLevel {
    /// The type of the target.
    #[arg(long, value_name = "TYPE")]
    pub(crate) target_type: String,
    /// The name of the target.
    #[arg(long, value_name = "NAME")]
    pub(crate) target_name: String,
    #[command(flatten)]
    ignored: Ignored,
}

fn json(text: &str) -> Result<Value, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match value.is_object() {
        true => Ok(value),
        false => Err("expected a JSON object".to_owned()),
    }
}
