//! What rotated files are called.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use crate::handler::file::suffix::Suffix;
use crate::handler::file::system;
use crate::sys::sync::Arc;

/// Gives rotated files their names. Python's `namer`.
pub(super) type Namer = Arc<dyn Fn(&Path) -> PathBuf + Send + Sync>;

/// The names of the rotated files of a path. They are compared as bytes: a name need not be text.
#[derive(Clone)]
pub(super) struct Names {
    pub(super) base: PathBuf,
    pub(super) namer: Option<Namer>,
}

/// The forms in which a rotated file can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Form {
    Plain,
    Compressed,
    /// It is just being compressed, or was when the program ended.
    Unfinished,
}

impl Form {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Compressed => ".gz",
            Self::Unfinished => ".gz.tmp",
        }
    }

    /// The path of a rotated file in this form.
    pub(super) fn of(self, plain: &Path) -> PathBuf {
        appended(plain, self.suffix())
    }
}

/// What stands at the numbers of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbered {
    /// The newest first. A number can have two forms: they are two files.
    pub(super) files: Vec<(usize, Form)>,
    /// The first number that none of them can have.
    pub(super) end: usize,
}

/// Which rotation by time a file comes from: the start of its interval as text, and how many there
/// were in it before. In the order of time, as long as the clock is not set back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Interval {
    pub(super) start: String,
    pub(super) number: u32,
}

/// A file that a rotation by time has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IntervalFile {
    pub(super) interval: Interval,
    pub(super) form: Form,
    pub(super) path: PathBuf,
    pub(super) is_file: bool,
}

impl Names {
    /// The base's own name with this after it, and then as the namer has it.
    fn with_suffix(&self, suffix: &str) -> PathBuf {
        let name = appended(&self.base, &format!(".{suffix}"));
        match &self.namer {
            Some(namer) => namer(&name),
            None => name,
        }
    }

    /// The plain name of the file of a number. They begin at 1; 0 is a file on its way there.
    pub(super) fn number(&self, number: usize) -> PathBuf {
        self.with_suffix(&number.to_string())
    }

    /// The plain name of the file of an interval.
    pub(super) fn interval(&self, interval: &Interval) -> PathBuf {
        match interval.number {
            0 => self.with_suffix(&interval.start),
            number => self.with_suffix(&format!("{}.{number}", interval.start)),
        }
    }

    /// The files of numbers from 1 to `count`, the newest first, as far as they follow each other
    /// without a gap that takes what is moved up. Each number is looked at by its path, so
    /// neither the text of names nor their case matters, and the directory need not be listed.
    /// Files with higher numbers may belong to other programs, and are not looked at.
    ///
    /// # Errors
    /// Where something stands there that is no file and not a link, or where that cannot be known.
    pub(super) fn numbered(&self, count: usize) -> io::Result<Numbered> {
        let mut files = Vec::new();
        for number in 1..=count {
            let plain = self.number(number);
            // A namer may have one name for all further numbers.
            if number > 1 && plain == self.number(number - 1) {
                return Ok(Numbered { files, end: number });
            }
            let before = files.len();
            for form in [Form::Plain, Form::Compressed] {
                match form.of(&plain).symlink_metadata() {
                    // What is not a log is not ours to move, and what cannot be ended is not begun.
                    Ok(it) if it.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
                    Ok(_) => files.push((number, form)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            // The first file moves to 2, each further one to the number after that.
            if files.len() == before && number > files.len() {
                break;
            }
        }
        let end = count + 1;
        Ok(Numbered { files, end })
    }

    /// Whether a plain name, and the name of each other form, is free.
    pub(super) fn is_free(&self, plain: &Path) -> io::Result<bool> {
        for form in [Form::Plain, Form::Compressed, Form::Unfinished] {
            if !system::is_free(&form.of(plain))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The files of intervals that stand in the directory: only names that this handler writes
    /// itself.
    ///
    /// # Errors
    /// Where the directory cannot be listed.
    pub(super) fn of_intervals(&self, suffix: &Suffix) -> io::Result<Vec<IntervalFile>> {
        let directory = self.base.parent().unwrap_or(Path::new("."));
        system::before("list")?;
        let mut found = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let path = entry.path();
            if let Some((interval, form)) = self.interval_of(&path, suffix) {
                found.push(IntervalFile {
                    interval,
                    form,
                    path,
                    is_file: entry.file_type().is_ok_and(|it| !it.is_dir()),
                });
            }
        }
        Ok(found)
    }

    /// The interval in a file's name, and the form.
    fn interval_of(&self, path: &Path, suffix: &Suffix) -> Option<(Interval, Form)> {
        let name = path.file_name()?.as_encoded_bytes();
        [Form::Unfinished, Form::Compressed, Form::Plain]
            .into_iter()
            .find_map(|form| {
                let plain = name.strip_suffix(form.suffix().as_bytes())?;
                Some((self.interval_of_plain(plain, suffix)?, form))
            })
    }

    fn interval_of_plain(&self, name: &[u8], form: &Suffix) -> Option<Interval> {
        if self.namer.is_none() {
            let base = self.base.file_name()?.as_encoded_bytes();
            let (start, suffix) = name.split_at_checked(base.len())?;
            let suffix = suffix.strip_prefix(b".").filter(|_| is_same(start, base))?;
            return Interval::read(suffix, form)
                .filter(|(_, len)| *len == suffix.len())
                .map(|(it, _)| it);
        }
        // With a namer the interval can stand anywhere: it is right if the namer makes the very
        // name of it.
        (0..name.len()).find_map(|at| {
            let (interval, _) = Interval::read(&name[at..], form)?;
            let whole = Interval {
                number: 0,
                ..interval.clone()
            };
            [interval, whole].into_iter().find(|interval| {
                let path = self.interval(interval);
                path.file_name()
                    .is_some_and(|it| is_same(it.as_encoded_bytes(), name))
            })
        })
    }
}

impl Interval {
    /// Reads an interval at the start of a name, with its number as far as there is one; and how
    /// long it is.
    fn read(text: &[u8], suffix: &Suffix) -> Option<(Self, usize)> {
        let start = std::str::from_utf8(text.get(..suffix.len())?).ok()?;
        if !suffix.is_text(start) {
            return None;
        }
        let rest = &text[start.len()..];
        let digits = rest.strip_prefix(b".").map_or(&[][..], |rest| {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
            &rest[..digits.count()]
        });
        let number = std::str::from_utf8(digits).ok()?.parse();
        let (number, len) = match number {
            // Longer ones are no numbers of ours.
            Ok(number) if digits[0] != b'0' && digits.len() < 10 => {
                (number, start.len() + 1 + digits.len())
            }
            _ => (0, start.len()),
        };
        let start = start.to_owned();
        Some((Self { start, number }, len))
    }
}

/// Whether two names are those of one file, as the system compares them.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    if cfg!(any(windows, target_vendor = "apple")) {
        one.eq_ignore_ascii_case(other)
    } else {
        one == other
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

fn appended(path: &Path, text: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(text);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::file::when::When;

    fn interval(names: &Names, name: &str) -> Option<(String, u32, Form)> {
        let found = names.interval_of(&Path::new("/l").join(name), &Suffix::of(When::Day));
        found.map(|(it, form)| (it.start, it.number, form))
    }

    #[test]
    fn only_own_names_are_intervals() {
        let names = Names {
            base: "/l/app.log".into(),
            namer: None,
        };
        let day = "2024-02-29".to_owned();
        for (name, number, form) in [
            ("app.log.2024-02-29", 0, Form::Plain),
            ("app.log.2024-02-29.gz", 0, Form::Compressed),
            ("app.log.2024-02-29.2.gz", 2, Form::Compressed),
            (
                "app.log.2024-02-29.999999999.gz.tmp",
                999_999_999,
                Form::Unfinished,
            ),
        ] {
            assert_eq!(
                interval(&names, name),
                Some((day.clone(), number, form)),
                "{name}"
            );
        }
        for name in [
            "app.log",
            "app.log.2024-02-29.bak",
            "app.log.20240229",
            "app.log.2024-02-29_10",
            "app.log.2024-02-29.tmp",
            "xapp.log.2024-02-29",
            "app.log.2024-02-29.02",
            "app.log.2024-02-29.0",
            "app.log.2024-02-29.",
            "app.log.2024-02-29.1000000000",
            "app.log.2024-02-29.gz.gz",
        ] {
            assert_eq!(interval(&names, name), None, "{name}");
        }
    }

    #[test]
    fn a_namer_may_put_the_interval_anywhere() {
        let names = Names {
            base: "/l/app.log".into(),
            namer: Some(Arc::new(|path: &Path| {
                let name = path.to_string_lossy().replace(".log", "");
                format!("{name}.log").into()
            })),
        };
        let number = |name: &str| interval(&names, name).map(|(_, number, _)| number);
        assert_eq!(number("app.2024-02-29.log"), Some(0));
        assert_eq!(number("app.2024-02-29.1.log"), Some(1));
        assert_eq!(number("app.x.2024-02-29.log"), None);
    }

    #[cfg(unix)]
    #[test]
    fn names_need_not_be_text() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let base = Path::new("/l").join(OsStr::from_bytes(b"a\xff.log"));
        let names = Names { base, namer: None };
        let made = Interval {
            start: "2024-02-29".to_owned(),
            number: 3,
        };
        let path = names.interval(&made);
        assert_eq!(
            path.file_name().unwrap().as_bytes(),
            b"a\xff.log.2024-02-29.3"
        );
        assert_eq!(
            names.interval_of(&path, &Suffix::of(When::Day)),
            Some((made, Form::Plain))
        );
    }
}
