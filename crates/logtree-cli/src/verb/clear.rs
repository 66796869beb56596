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
    #[serde(rename = "type")]
    kind: String,
    until: Option<String>,
    origin: Option<String>,
}

impl OfTarget {
    /// Reports whether a control has set it, so that it can be cleared: of the default level, which
    /// is always set, only a temporary one.
    fn is_override(&self) -> bool {
        self.origin.is_some() && (self.until.is_some() || self.kind != "DEFAULT")
    }
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
        false => {
            let request = Request::new("PATCH", "/v1/levels").body(json!({"changes": named}));
            change::make(process, request, arguments.if_revision, what.clone())
        }
    });
    change::show(screen, replies)
}

fn inherit(name: &str, kind: &str) -> Value {
    json!({"target": name, "type": kind, "level": null})
}

/// Clears what controls have set; levels that the process has set itself stay.
fn clear_all(process: &Process, if_revision: Option<u64>) -> Result<Changed, Failure> {
    let mut found_levels = 0;
    let (mut page, mut revision) = (None, if_revision);
    loop {
        let request = Request::get("/v1/levels").query("page", page);
        let found: Page = process.client.call(&request)?.read()?;
        // What is set meanwhile is not cleared unseen.
        revision = revision.or(Some(found.revision));
        found_levels += found.levels.iter().filter(|one| one.is_override()).count();
        page = found.next;
        if page.is_none() {
            break;
        }
    }
    if found_levels == 0 {
        return Ok(change::nothing("no level to clear"));
    }
    let what = format!("cleared {found_levels} levels");
    change::make(
        process,
        Request::new("DELETE", "/v1/levels"),
        revision,
        what,
    )
}
