//! The file in which a control keeps its overrides.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::control::change::Change;
use crate::control::error::{ControlError, ControlErrorKind};
use crate::control::options::LoggingOptions;
use crate::control::state::State;
use crate::control::target::{Target, TargetType};
use crate::level::Level;
use crate::name::Name;
use crate::sys::small_file::{self, Unread};

/// The first line, so that nothing else is taken for it.
const HEAD: &str = "# logtree control 1";

/// Longer files are neither written nor read.
const LONGEST: usize = 64 * 1024 * 1024;

// The default number of targets, each with the longest name.
const _: () = assert!(10_000 * ("level 65535 PRINCIPAL_ID \n".len() + Name::MAX_LEN) < LONGEST);

/// Lines of what to set: `default 20`, `disable_all true`, `role NAME`, `level 10 THING_GROUP a.b`, `group NAME = a, b`.
pub(super) struct Store {
    path: PathBuf,
    longest: usize,
}

/// What a file holds: changes, each with the number of its line.
pub(super) struct Kept {
    path: PathBuf,
    pub(super) changes: Vec<(usize, Change)>,
}

impl Kept {
    /// A file that holds what cannot be.
    pub(super) fn refused(&self, line: usize, why: &dyn std::fmt::Display) -> ControlError {
        ControlError::invalid(format!("{}, line {line}: {why}", self.path.display()))
    }
}

impl Store {
    /// The store of a path, and what it holds; `None` where it is not there yet.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Kept>), ControlError> {
        Self::open_up_to(path, LONGEST)
    }

    fn open_up_to(path: &Path, longest: usize) -> Result<(Self, Option<Kept>), ControlError> {
        let store = Self {
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            longest,
        };
        let what = format!("the overrides in {}", path.display());
        let text = match small_file::read(path, longest) {
            Ok(text) => text,
            Err(Unread::Failed(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((store, None));
            }
            Err(Unread::Failed(error)) => {
                return Err(ControlError::io(format!("cannot read {what}"), error));
            }
            Err(Unread::Refused(why)) => {
                return Err(ControlError::invalid(format!("cannot read {what}: {why}")));
            }
        };
        let mut kept = Kept {
            path: path.to_owned(),
            changes: Vec::new(),
        };
        kept.changes = parse(&text).map_err(|(line, why)| kept.refused(line, &why))?;
        Ok((store, Some(kept)))
    }

    /// Whether both write the same file.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.path == other.path
    }

    /// Writes a state beside the file.
    pub(super) fn prepare(&self, state: &State) -> Result<Prepared<'_>, ControlError> {
        let text = print(&state.changes());
        if text.len() > self.longest {
            let message = format!(
                "the overrides take {} bytes, and at most {} are kept in {}",
                text.len(),
                self.longest,
                self.path.display()
            );
            return Err(ControlError::new(ControlErrorKind::LimitExceeded, message));
        }
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let prepared = Prepared {
            store: self,
            beside: beside.into(),
        };
        prepared.write(&text).map_err(|error| self.failed(error))?;
        Ok(prepared)
    }

    fn failed(&self, error: io::Error) -> ControlError {
        let message = format!("cannot write the overrides to {}", self.path.display());
        ControlError::io(message, error)
    }
}

/// A state that is written beside the file: in its place, or gone.
pub(super) struct Prepared<'s> {
    store: &'s Store,
    beside: PathBuf,
}

impl Prepared<'_> {
    fn write(&self, text: &str) -> io::Result<()> {
        // One that was left behind, or planted.
        match fs::remove_file(&self.beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = create(&self.beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Puts it in the file's place.
    pub(super) fn keep(self) -> Result<(), ControlError> {
        let path = &self.store.path;
        fs::rename(&self.beside, path).map_err(|error| self.store.failed(error))?;
        // Without this the new name may be gone after a crash of the system. Not all file systems can, and the change is made.
        let _ = sync_directory(path);
        Ok(())
    }
}

impl Drop for Prepared<'_> {
    /// Where it was kept, there is none of this name any more.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside);
    }
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
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
            // The others are none that are kept.
            _ => Ok(()),
        };
    }
    text
}

fn parse(text: &str) -> Result<Vec<(usize, Change)>, (usize, String)> {
    let mut lines = (1..).zip(text.split_inclusive('\n'));
    let head = lines.next().map(|(_, line)| line.trim_end_matches('\n'));
    if head != Some(HEAD) {
        return Err((1, format!("expected {HEAD:?}")));
    }
    let mut changes = Vec::new();
    for (number, line) in lines {
        // A line that was cut may name another logger than it did.
        let Some(line) = line.strip_suffix('\n') else {
            return Err((
                number,
                "expected a newline at its end, found none".to_owned(),
            ));
        };
        if !line.is_empty() {
            changes.push((number, parse_line(line).map_err(|why| (number, why))?));
        }
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
            Change::Group(name, names.collect())
        }
        _ => {
            return Err(format!(
                "expected default, disable_all, role, level or group, found {word:?}"
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::handle::Control;
    use crate::control::shared::Shared;

    /// What is written can be read, and what could not be read is not written.
    #[test]
    fn the_limit_is_one_for_writing_and_reading() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("levels");
        let registry = crate::registry::Registry::new();
        let control = Control::builder(&registry)
            .persist_to(&path)
            .build()
            .unwrap();
        control
            .set_level(Target::logger("a"), Level::DEBUG)
            .unwrap();
        let length = fs::read(&path).unwrap().len();
        let shared = Shared::of(&registry);
        let (store, kept) = Store::open_up_to(&path, length).unwrap();
        assert_eq!(kept.unwrap().changes.len(), 2);
        store.prepare(&shared.state.lock()).unwrap().keep().unwrap();
        let error = Store::open_up_to(&path, length - 1).err().unwrap();
        let says = format!("expected at most {} bytes, found {length}", length - 1);
        assert!(error.to_string().contains(&says), "{error}");
        let error = Store {
            longest: length - 1,
            ..store
        }
        .prepare(&shared.state.lock())
        .err()
        .unwrap();
        assert_eq!(error.kind(), ControlErrorKind::LimitExceeded);
        let names: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left beside it");
    }
}
