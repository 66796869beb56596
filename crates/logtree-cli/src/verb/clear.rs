//! `logtree clear`.

use serde_json::{Value, json};

use crate::arguments::ClearArguments;
use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::Screen;
use crate::verb::change;

/// Clears levels.
pub(crate) fn clear(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    arguments: &ClearArguments,
) -> Result<Exit, Failure> {
    let names = arguments.names.iter();
    let named: Vec<_> = names.map(|name| inherit(name, &arguments.kind)).collect();
    let what = match arguments.all {
        true => "cleared the levels that controls have set".to_owned(),
        false => format!("cleared {}", arguments.names.join(", ")),
    };
    let replies = fleet.ask(|process| {
        let request = match arguments.all {
            true => Request::new("DELETE", "/v1/levels"),
            false => Request::new("PATCH", "/v1/levels").body(json!({"changes": named})),
        };
        change::make(process, request, arguments.if_revision, what.clone())
    });
    change::show(screen, replies)
}

fn inherit(name: &str, kind: &str) -> Value {
    json!({"target": name, "type": kind, "level": null})
}
