//! The verbs of `aws iot`, through the endpoint's dialect of it.

use serde_json::{Map, Value, json};

use crate::arguments::V2;
use crate::client::Request;
use crate::discovery::Process;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::Screen;

/// Does what the AWS command line would, in each process. The response of one process is printed as
/// AWS's command line prints it.
pub(crate) fn v2(screen: &mut Screen<'_>, fleet: &Fleet, verb: &V2) -> Result<Exit, Failure> {
    let replies = fleet.ask(|process| perform(process, verb));
    let alone = replies.len() == 1;
    if !alone || screen.json {
        let is_quiet = replies
            .iter()
            .all(|reply| reply.result.as_ref().is_ok_and(Value::is_null));
        // Success without a response prints nothing, as there.
        if is_quiet && !screen.json {
            return Ok(Exit::Done);
        }
        let json = std::mem::replace(&mut screen.json, true);
        let exit = screen.replies(replies, Value::clone, |_, _| Ok(()));
        screen.json = json;
        return exit;
    }
    screen.replies(replies, Value::clone, |screen, replies| {
        for (_, response) in replies {
            if !response.is_null() {
                screen.json(response)?;
            }
        }
        Ok(())
    })
}

fn perform(process: &Process, verb: &V2) -> Result<Value, Failure> {
    let call = |request: Request| process.client.call(&request)?.json();
    match verb {
        V2::SetV2LoggingOptions(options) => {
            let mut body = given(options.cli_input_json.as_ref());
            insert(&mut body, "roleArn", options.role_arn.as_deref());
            insert(
                &mut body,
                "defaultLogLevel",
                options.default_log_level.as_deref(),
            );
            if options.disable_all_logs || options.no_disable_all_logs {
                body.insert("disableAllLogs".to_owned(), json!(options.disable_all_logs));
            }
            if let Some(events) = &options.event_configurations {
                let events: Vec<_> = events.iter().flat_map(|events| &events.0).collect();
                body.insert("eventConfigurations".to_owned(), json!(events));
            }
            call(Request::new("POST", "/v2LoggingOptions").body(body.into())).map(without_response)
        }
        V2::GetV2LoggingOptions(options) => {
            let verbose = match (options.verbose, options.no_verbose) {
                (true, _) => Some("true"),
                (_, true) => Some("false"),
                _ => None,
            };
            let request = Request::get("/v2LoggingOptions");
            call(request.query("verbose", verbose.map(str::to_owned)))
        }
        V2::SetV2LoggingLevel(level) => {
            let mut body = given(level.cli_input_json.as_ref());
            if let Some(target) = &level.log_target {
                body.insert("logTarget".to_owned(), target.0.clone());
            }
            insert(&mut body, "logLevel", level.log_level.as_deref());
            call(Request::new("POST", "/v2LoggingLevel").body(body.into())).map(without_response)
        }
        V2::ListV2LoggingLevels(list) => {
            let limit = list.max_items.unwrap_or(usize::MAX);
            list_levels(
                limit,
                list.no_paginate,
                list.starting_token.clone(),
                |token, rest| {
                    let size = list.page_size.map(|size| size as usize);
                    // Not more than are printed, so that the token continues where they end.
                    let size = match (size, rest) {
                        (size, usize::MAX) => size,
                        (size, rest) => Some(size.unwrap_or(250).min(rest)),
                    };
                    let request = Request::get("/v2LoggingLevel")
                        .query("targetType", list.target_type.clone())
                        .query("nextToken", token)
                        .query("maxResults", size.map(|size| size.to_string()));
                    call(request)
                },
            )
        }
        V2::DeleteV2LoggingLevel(level) => {
            let request = Request::new("DELETE", "/v2LoggingLevel")
                .query("targetType", level.target_type.clone())
                .query("targetName", level.target_name.clone());
            call(request).map(without_response)
        }
    }
}

/// Gathers pages until there are `limit` entries or no more.
fn list_levels(
    limit: usize,
    one_page: bool,
    mut token: Option<String>,
    page: impl Fn(Option<String>, usize) -> Result<Value, Failure>,
) -> Result<Value, Failure> {
    const ENTRIES: &str = "logTargetConfigurations";
    let mut all = Vec::new();
    loop {
        let rest = limit.saturating_sub(all.len());
        let mut response = page(token.take(), if limit == usize::MAX { limit } else { rest })?;
        if let Some(entries) = response[ENTRIES].as_array_mut() {
            all.append(entries);
        }
        token = response["nextToken"].as_str().map(str::to_owned);
        if token.is_none() || one_page || all.len() >= limit {
            break;
        }
    }
    let mut response = json!({ENTRIES: all});
    if let Some(token) = token {
        let key = if one_page { "nextToken" } else { "NextToken" };
        response[key] = json!(token);
    }
    Ok(response)
}

/// AWS's command line prints nothing for an empty response.
fn without_response(_: Value) -> Value {
    Value::Null
}

fn given(json: Option<&Value>) -> Map<String, Value> {
    json.and_then(Value::as_object).cloned().unwrap_or_default()
}

fn insert(body: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        body.insert(key.to_owned(), json!(value));
    }
}
