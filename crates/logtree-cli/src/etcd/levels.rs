//! `logtree levels --fleet`.

use logtree::control::fleet::{Held, Key, Value};
use logtree::control::{LevelTarget, TargetType};
use logtree::time::Timestamp;
use serde_json::json;

use crate::arguments::LevelsArguments;
use crate::etcd::connection::{Connection, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Cell, Screen, Table, Tone};
use crate::verb::span;

/// Lists what is set for a fleet, as its store has it.
pub(super) fn levels(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &LevelsArguments,
) -> Result<Exit, Failure> {
    if arguments.tree {
        return Err(Failure::usage("--tree is for processes"));
    }
    let snapshot = connection.fleet.snapshot();
    let snapshot = snapshot.map_err(|error| failure(&error))?;
    let prefix = arguments.prefix.as_deref().unwrap_or_default();
    let entries = snapshot
        .entries
        .iter()
        .filter(|(key, _)| is_below(key, prefix));
    let rows: Vec<_> = entries.map(|(key, held)| Row::new(key, held)).collect();
    if screen.json {
        let all = rows.iter().map(Row::json).collect::<Vec<_>>();
        screen.json(&json!({
            "revision": snapshot.number(), "levels": all, "refused": snapshot.refused,
        }))?;
    } else {
        let mut table = Table::new(["INSTANCES", "TARGET", "LEVEL", "UNTIL", "BY", "REASON"]);
        for row in &rows {
            table.row(row.cells());
        }
        screen.table(table)?;
        for refused in &snapshot.refused {
            screen.notice(&format!("no instance applies {refused}"));
        }
    }
    Ok(Exit::failed_if(!snapshot.refused.is_empty()))
}

fn is_below(key: &Key, prefix: &str) -> bool {
    match key {
        Key::Level(_, target) | Key::For(_, target) => {
            let rest = target.name().strip_prefix(prefix);
            prefix.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        _ => prefix.is_empty(),
    }
}

/// Returns a target as `set` takes it; the type, if it is not that of loggers, before it.
fn shown(target: &LevelTarget) -> String {
    match target.target_type() {
        TargetType::Logger => target.name().to_owned(),
        TargetType::Default => "root".to_owned(),
        _ => target.to_string(),
    }
}

/// One entry.
struct Row {
    instances: String,
    target: String,
    level: String,
    left: Option<String>,
    by: String,
    reason: String,
}

impl Row {
    fn new(key: &Key, held: &Held) -> Self {
        let (instances, target) = match key {
            Key::Level(selector, target) | Key::For(selector, target) => {
                (selector.to_string(), shown(target))
            }
            Key::Off(selector) => (selector.to_string(), "all logging".to_owned()),
            Key::Group(name) => (String::new(), format!("group {name}")),
            other => (String::new(), other.to_string()),
        };
        let (level, by, reason) = match &held.value {
            Value::Level(setting) => (setting.name.clone(), &*setting.by, &*setting.reason),
            Value::Off(off) => ("off".to_owned(), &*off.by, &*off.reason),
            Value::Group(group) => (group.members.join(", "), &*group.by, ""),
            _ => ("?".to_owned(), "", ""),
        };
        let until = match &held.value {
            Value::Level(setting) => setting.until,
            _ => None,
        };
        // What the store says, and not the clock of the one who set it, if it does.
        let left = held
            .left
            .or_else(|| until.map(|until| span::between(Timestamp::now(), until)));
        Self {
            instances,
            target,
            level,
            left: left.map(|left| format!("{} left", span::shown(left))),
            by: by.to_owned(),
            reason: reason.to_owned(),
        }
    }

    fn cells(&self) -> [Cell; 6] {
        [
            Cell::new(&self.instances),
            Cell::new(&self.target),
            Cell::level(&self.level),
            Cell::or_dash(self.left.as_deref()),
            Cell::new(&self.by),
            Cell::new(&self.reason).tone(Tone::Pale),
        ]
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "instances": self.instances,
            "target": self.target,
            "level": self.level,
            "until": self.left,
            "by": self.by,
            "reason": self.reason,
        })
    }
}
