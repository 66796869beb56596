//! The file in which a control keeps its overrides.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::change::Change;
use super::error::ControlError;
use super::options::LoggingOptions;
use super::state::State;
use super::target::{Target, TargetType};
use crate::Level;

/// The first line, so that nothing else is taken for it.
const HEAD: &str = "# logtree control 1";

/// Longer files are not read.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Lines of what to set: `default 20`, `disable_all true`, `role NAME`, `level 10 THING_GROUP a.b`, `group NAME = a, b`.
pub(super) struct Store {
    path: PathBuf,
}

impl Store {
    /// The store of a path, and what it holds; `None` where it is not there yet.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Vec<Change>>), ControlError> {
        let store = Self {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
        };
        let failed = |error| {
            ControlError::io(
                format!("cannot read the overrides in {}", path.display()),
                error,
            )
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((store, None)),
            Err(error) => return Err(failed(error)),
        };
        let mut text = String::new();
        file.take(LONGEST)
            .read_to_string(&mut text)
            .map_err(failed)?;
        let changes = parse(&text).map_err(|(line, why)| {
            ControlError::invalid(format!("{}, line {line}: {why}", path.display()))
        })?;
        Ok((store, Some(changes)))
    }

    /// Writes a state beside the file, and puts it in its place.
    pub(super) fn write(&self, state: &State) -> Result<(), ControlError> {
        let text = print(&state.changes());
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        self.try_write(Path::new(&beside), &text).map_err(|error| {
            ControlError::io(
                format!("cannot write the overrides to {}", self.path.display()),
                error,
            )
        })
    }

    fn try_write(&self, beside: &Path, text: &str) -> io::Result<()> {
        // One that was left behind, or planted.
        match fs::remove_file(beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = create(beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        drop(file);
        fs::rename(beside, &self.path)
    }
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Names may have any character but control characters, so a line is a line.
fn print(changes: &[Change]) -> String {
    use std::fmt::Write as _;

    let mut text = format!("{HEAD}\n");
    for change in changes {
        let _ = match change {
            Change::Options(options) => {
                if let Some(level) = options.default_level {
                    let _ = writeln!(text, "default {}", level.number());
                }
                if let Some(disable) = options.disable_all {
                    let _ = writeln!(text, "disable_all {disable}");
                }
                match &options.role {
                    Some(role) => writeln!(text, "role {}", role.replace(char::is_control, " ")),
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
                writeln!(text, "group {}\t{}", name, members.join("\t"))
            }
            // The others are none that are kept.
            _ => Ok(()),
        };
    }
    text
}

fn parse(text: &str) -> Result<Vec<Change>, (usize, String)> {
    let mut lines = text.lines().enumerate();
    if lines.next().map(|(_, line)| line) != Some(HEAD) {
        return Err((1, format!("expected {HEAD:?}")));
    }
    let mut changes = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        changes.push(parse_line(line).map_err(|why| (number + 1, why))?);
    }
    Ok(changes)
}

fn parse_line(line: &str) -> Result<Change, String> {
    let level = |text: &str| {
        let number: Result<u16, _> = text.parse();
        number
            .map(Level::new)
            .map_err(|_| format!("expected the number of a level, found {text:?}"))
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
            let kind: TargetType = kind
                .parse()
                .map_err(|error: ControlError| error.to_string())?;
            Change::Level(Target::new(kind, parts.next().unwrap_or_default()), number)
        }
        "group" => {
            let mut names = rest.split('\t').map(str::to_owned);
            let name = names.next().unwrap_or_default();
            Change::Group(name, names.filter(|name| !name.is_empty()).collect())
        }
        _ => {
            return Err(format!(
                "expected default, disable_all, role, level or group, found {word:?}"
            ));
        }
    })
}
