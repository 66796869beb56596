//! The format of a control's file: a line for each change, such as `default 20`,
//! `disable_all true`, `role NAME`, `level 10 THING_GROUP a.b`, or `group NAME`, with the members
//! separated by tabs. `guarded` precedes a level that loggers of secrets take as `INFO` if it is
//! lower.

use crate::control::change::Change;
use crate::control::kept::Kept;
use crate::control::options::LoggingOptions;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::Error;
use crate::level::Level;

/// The first line, which identifies the format.
const HEAD: &str = "# logtree control 1";

const GUARDED: &str = "guarded ";

/// Returns the text of a file. Names contain no control characters, so each change is one line.
pub(super) fn print(changes: &[Kept]) -> String {
    use std::fmt::Write as _;

    let mut text = format!("{HEAD}\n");
    for Kept { change, guarded } in changes {
        if *guarded {
            text.push_str(GUARDED);
        }
        let _ = match change {
            Change::Options(options) => {
                if let Some(level) = options.default_level {
                    let _ = writeln!(text, "default {}", level.number());
                }
                if let Some(disable) = options.disable_all {
                    let _ = writeln!(text, "disable_all {disable}");
                }
                match &options.role {
                    Some(role) => writeln!(text, "role {role}"),
                    None => Ok(()),
                }
            }
            Change::Level(target, level) => {
                writeln!(
                    text,
                    "level {} {} {}",
                    level.number(),
                    target.target_type(),
                    target.name()
                )
            }
            Change::Group(name, members) => {
                let _ = write!(text, "group {name}");
                members.iter().for_each(|member| {
                    let _ = write!(text, "\t{member}");
                });
                writeln!(text)
            }
            // Other changes are not kept.
            _ => Ok(()),
        };
    }
    text
}

/// Returns the changes of a file, each with its line number; or an invalid line, and why.
pub(super) fn parse(text: &str) -> Result<Vec<(usize, Kept)>, (usize, String)> {
    let mut lines = (1..).zip(text.split_inclusive('\n'));
    let head = lines.next().map(|(_, line)| line.trim_end_matches('\n'));
    if head != Some(HEAD) {
        return Err((1, format!("expected {HEAD:?}")));
    }
    let mut changes = Vec::new();
    for (number, line) in lines {
        // A truncated line may name another logger.
        let Some(line) = line.strip_suffix('\n') else {
            return Err((number, "expected a newline at the end".to_owned()));
        };
        if !line.is_empty() {
            let (line, guarded) = match line.strip_prefix(GUARDED) {
                Some(line) => (line, true),
                None => (line, false),
            };
            let change = parse_line(line).map_err(|why| (number, why))?;
            changes.push((number, Kept { change, guarded }));
        }
    }
    Ok(changes)
}

fn parse_line(line: &str) -> Result<Change, String> {
    let level = |text: &str| {
        let number: Result<u16, _> = text.parse();
        number
            .map(Level::new)
            .map_err(|_| format!("expected a level number, found {text:?}"))
    };
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    Ok(match word {
        "default" => Change::Options(LoggingOptions::default().with_default_level(level(rest)?)),
        "disable_all" => match rest.parse() {
            Ok(disable) => Change::Options(LoggingOptions::default().with_disable_all(disable)),
            Err(_) => return Err(format!("expected true or false, found {rest:?}")),
        },
        "role" => Change::Options(LoggingOptions::default().with_role(rest)),
        "level" => {
            let mut parts = rest.splitn(3, ' ');
            let number = level(parts.next().unwrap_or_default())?;
            let kind = parts.next().unwrap_or_default();
            let kind: TargetType = kind.parse().map_err(|error: Error| error.to_string())?;
            Change::Level(
                LevelTarget::new(kind, parts.next().unwrap_or_default()),
                number,
            )
        }
        "group" => {
            let mut names = rest.split('\t').map(str::to_owned);
            let name = names.next().unwrap_or_default();
            Change::Group(name, names.collect())
        }
        _ => {
            return Err(format!(
                "expected default, disable_all, role, level or group, found {word:?}"
            ));
        }
    })
}
