//! `logtree clear`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::arguments::ClearArguments;
use crate::client::Request;
use crate::discovery::Process;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::Screen;
use crate::verb::change::{self, Changed};

/// A page of targets that have levels.
#[derive(Deserialize)]
struct Page {
    revision: u64,
    levels: Vec<OfTarget>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct OfTarget {
    target: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Clears levels.
pub(crate) fn clear(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    arguments: &ClearArguments,
) -> Result<Exit, Failure> {
    let names = arguments.names.iter();
    let named: Vec<_> = names.map(|name| inherit(name, &arguments.kind)).collect();
    let what = format!("cleared {}", arguments.names.join(", "));
    let replies = fleet.ask(|process| match arguments.all {
        true => clear_all(process, arguments.if_revision),
        false => send(process, &named, arguments.if_revision, what.clone()),
    });
    change::show(screen, replies)
}

fn inherit(name: &str, kind: &str) -> Value {
    json!({"target": name, "type": kind, "level": null})
}

fn clear_all(process: &Process, if_revision: Option<u64>) -> Result<Changed, Failure> {
    let mut changes = Vec::new();
    let (mut page, mut revision) = (None, if_revision);
    loop {
        let request = Request::get("/v1/levels").query("page", page);
        let found: Page = process.client.call(&request)?.read()?;
        // What is set meanwhile is not cleared unseen.
        revision = revision.or(Some(found.revision));
        let found_here = found.levels.into_iter().filter(|one| one.kind != "DEFAULT");
        changes.extend(found_here.map(|one| inherit(&one.target, &one.kind)));
        page = found.next;
        if page.is_none() {
            break;
        }
    }
    if changes.is_empty() {
        return Ok(change::nothing("no level to clear"));
    }
    let what = format!("cleared {} levels", changes.len());
    send(process, &changes, revision, what)
}

fn send(
    process: &Process,
    changes: &[Value],
    if_revision: Option<u64>,
    what: String,
) -> Result<Changed, Failure> {
    let request = Request::new("PATCH", "/v1/levels").body(json!({"changes": changes}));
    change::make(process, request, if_revision, what)
}
