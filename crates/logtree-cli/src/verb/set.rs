//! `logtree set`.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::SetArguments;
use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Cell, Screen, Table};
use crate::verb::change;

/// Sets levels, as one change of each process.
pub(crate) fn set(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    arguments: &SetArguments,
) -> Result<Exit, Failure> {
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
    if arguments.dry_run {
        let request = request.query("dryRun", "true".to_owned());
        return dry_run(screen, fleet, &change::at(request, arguments.if_revision));
    }
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

/// What a change would do.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Planned {
    target: String,
    now: Option<String>,
    inherited_from: Option<String>,
    then: Option<String>,
}

/// Shows what a request would change, as each process computes it.
fn dry_run(screen: &mut Screen<'_>, fleet: &Fleet, request: &Request) -> Result<Exit, Failure> {
    #[derive(Deserialize)]
    struct Plan {
        changes: Vec<Planned>,
    }
    let replies = fleet.ask(|process| {
        let plan: Plan = process.client.call(request)?.read()?;
        Ok(plan.changes)
    });
    screen.replies(
        replies,
        |planned| json!(planned),
        |screen, replies| {
            let mut table = Table::new(["PROCESS", "TARGET", "NOW", "FROM", "THEN"]);
            for (label, planned) in replies {
                for one in planned {
                    table.row([
                        Cell::new(label),
                        Cell::new(&one.target),
                        Cell::level(one.now.as_deref().unwrap_or("-")),
                        Cell::or_dash(one.inherited_from.as_deref()),
                        Cell::level(one.then.as_deref().unwrap_or("-")),
                    ]);
                }
            }
            Ok(screen.table(table)?)
        },
    )
}
