//! `logtree set`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::arguments::SetArguments;
use crate::client::Request;
use crate::discovery::Process;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Cell, Screen, Table};
use crate::verb::change;
use crate::verb::levels::{self, Loggers};

/// Sets levels, as one change of each process.
pub(crate) fn set(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    arguments: &SetArguments,
) -> Result<Exit, Failure> {
    if arguments.dry_run {
        return dry_run(screen, fleet, arguments);
    }
    let changes = arguments.levels.iter().map(|one| {
        let mut change = json!({
            "target": one.name,
            "type": arguments.kind,
            "level": one.level,
        });
        if let Some(time) = &arguments.time {
            change["for"] = json!(time);
        }
        change
    });
    let body = json!({"changes": changes.collect::<Vec<_>>()});
    let request = Request::new("PATCH", "/v1/levels").body(body);
    let levels = arguments.levels.iter();
    let mut what: Vec<_> = levels
        .map(|one| format!("{}={}", one.name, one.level))
        .collect();
    what.extend(arguments.time.as_ref().map(|time| format!("for {time}")));
    let what = what.join(" ");
    let replies =
        fleet.ask(|process| change::make(process, request.clone(), arguments.if_revision, &*what));
    change::show(screen, replies)
}

/// What a change would change.
struct Planned {
    name: String,
    now: String,
    from: Option<String>,
    then: String,
}

fn dry_run(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    arguments: &SetArguments,
) -> Result<Exit, Failure> {
    let replies = fleet.ask(|process| plan(process, arguments));
    let as_json = |planned: &Vec<Planned>| {
        let planned = planned.iter().map(|one| {
            json!({"target": one.name, "now": one.now, "inheritedFrom": one.from, "then": one.then})
        });
        Value::Array(planned.collect())
    };
    screen.replies(replies, as_json, |screen, replies| {
        let mut table = Table::new(["PROCESS", "TARGET", "NOW", "FROM", "THEN"]);
        for (label, planned) in replies {
            for one in planned {
                table.row([
                    Cell::new(label),
                    Cell::new(&one.name),
                    Cell::level(&one.now),
                    Cell::or_dash(one.from.as_deref()),
                    Cell::level(&one.then),
                ]);
            }
        }
        Ok(screen.table(table)?)
    })
}

fn plan(process: &Process, arguments: &SetArguments) -> Result<Vec<Planned>, Failure> {
    #[derive(Deserialize)]
    struct Status {
        revision: u64,
        levels: Vec<Named>,
    }
    #[derive(Deserialize)]
    struct Named {
        name: String,
        number: u16,
    }
    let status: Status = process.client.call(&Request::get("/v1/status"))?.read()?;
    if arguments
        .if_revision
        .is_some_and(|expected| expected != status.revision)
    {
        let message = format!("the revision is {}", status.revision);
        return Err(Failure::new(message));
    }
    let canonical = |level: &str| {
        let number = level
            .parse::<logtree::Level>()
            .ok()
            .map(logtree::Level::number);
        let known = status
            .levels
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(level) || Some(known.number) == number);
        known
            .map(|known| known.name.clone())
            .or_else(|| number.map(|number| format!("Level {number}")))
            .ok_or_else(|| Failure::new(format!("unknown level {level:?}")))
    };
    let loggers = match &*arguments.kind.to_ascii_uppercase() {
        "LOGGER" | "THING_GROUP" | "DEFAULT" => levels::ask(process, None, false)?,
        _ => json!({"loggers": []}),
    };
    let Loggers { loggers } = serde_json::from_value(loggers)
        .map_err(|error| Failure::new(format!("cannot read the answer: {error}")))?;
    let find = |name: &str| {
        let is_root = |name: &str| matches!(name, "" | "root");
        loggers
            .iter()
            .find(|known| known.name == name || is_root(&known.name) && is_root(name))
    };
    let planned = arguments.levels.iter().map(|one| {
        let name = one.name.replace("::", ".");
        let (now, from) = match find(&name) {
            Some(logger) => (logger.effective.clone(), logger.inherited_from.clone()),
            None => {
                // The nearest ancestor that exists.
                let ends = name.rmatch_indices('.').map(|(end, _)| end);
                let mut above = ends.filter_map(|end| find(&name[..end]));
                let above = above.next().or_else(|| find("root"));
                above.map_or_else(
                    || ("-".to_owned(), None),
                    |above| {
                        let from = above.inherited_from.clone();
                        (
                            above.effective.clone(),
                            from.or_else(|| Some(above.name.clone())),
                        )
                    },
                )
            }
        };
        Ok(Planned {
            then: canonical(&one.level)?,
            name,
            now,
            from,
        })
    });
    planned.collect()
}
