//! `logtree groups`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::arguments::GroupsArguments;
use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Cell, Screen, Table};
use crate::verb::change;

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    members: Vec<String>,
    level: Option<String>,
}

/// Lists groups, or changes one.
pub(crate) fn groups(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    arguments: &GroupsArguments,
) -> Result<Exit, Failure> {
    if let Some(name) = &arguments.group {
        return put(screen, fleet, name, arguments);
    }
    let replies = fleet.ask(|process| process.client.call(&Request::get("/v1/groups"))?.json());
    screen.replies(replies, Value::clone, |screen, replies| {
        let mut table = Table::new(["PROCESS", "GROUP", "LEVEL", "LOGGERS"]);
        for (label, json) in replies {
            let all: Groups = serde_json::from_value(json.clone()).map_err(|error| {
                Failure::new(format!("{label}: cannot read the response: {error}"))
            })?;
            for group in all.groups {
                table.row([
                    Cell::new(label),
                    Cell::new(&group.name),
                    group
                        .level
                        .map_or_else(|| Cell::or_dash(None::<&str>), |level| Cell::level(&level)),
                    Cell::new(group.members.join(", ")),
                ]);
            }
        }
        Ok(screen.table(table)?)
    })
}

fn put(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    name: &str,
    arguments: &GroupsArguments,
) -> Result<Exit, Failure> {
    let mut body = json!({});
    let mut what = name.to_owned();
    if let Some(members) = &arguments.members {
        body["members"] = json!(members);
        what = format!("{what} has {}", members.join(", "));
    }
    if let Some(level) = &arguments.level {
        let inherited = level.eq_ignore_ascii_case("inherited");
        body["level"] = if inherited { Value::Null } else { json!(level) };
        what = format!("{what} = {level}");
    }
    let request = Request::new("PUT", "/v1/groups").segment(name).body(body);
    let replies = fleet.ask(|process| change::make(process, request.clone(), None, &*what));
    change::show(screen, replies)
}
