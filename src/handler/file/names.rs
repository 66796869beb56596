//! What rotated files are called.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::schedule::When;
use crate::sync::Arc;

/// Gives rotated files their names. Python's `namer`.
pub(super) type Namer = Arc<dyn Fn(&Path) -> PathBuf + Send + Sync>;

/// The rotated files of a path.
#[derive(Clone)]
pub(super) struct Names {
    pub(super) base: PathBuf,
    pub(super) namer: Option<Namer>,
    /// Behind the names of compressed ones.
    pub(super) compressed: bool,
}

const GZ: &str = ".gz";

impl Names {
    /// The base's own name with this behind it, and then as the namer has it.
    pub(super) fn with_suffix(&self, suffix: &str) -> PathBuf {
        let name = appended(&self.base, &format!(".{suffix}"));
        match &self.namer {
            Some(namer) => namer(&name),
            None => name,
        }
    }

    /// What a rotated file is called once it is compressed.
    pub(super) fn compressed(path: &Path) -> PathBuf {
        appended(path, GZ)
    }

    /// Where a rotated file stands, compressed or not.
    pub(super) fn existing(&self, path: &Path) -> Option<PathBuf> {
        let candidates = [
            Some(path.to_owned()),
            self.compressed.then(|| Self::compressed(path)),
        ];
        candidates
            .into_iter()
            .flatten()
            .find(|path| path.symlink_metadata().is_ok())
    }

    /// The numbers up to `most` at which something stands, in order.
    pub(super) fn numbers(&self, most: usize) -> Vec<usize> {
        if self.namer.is_some() {
            // A name does not tell its number.
            let path = |number: &usize| self.with_suffix(&number.to_string());
            return (1..=most)
                .filter(|number| self.existing(&path(number)).is_some())
                .collect();
        }
        // One look at the directory, as there may be many.
        let directory = self.base.parent().unwrap_or(Path::new("."));
        let base = self.base.file_name().unwrap_or_default().to_string_lossy();
        let number_of = |name: &str| {
            let suffix = name.strip_prefix(&*base)?.strip_prefix('.')?;
            let plain = suffix.strip_suffix(GZ).filter(|_| self.compressed);
            let digits = plain.unwrap_or(suffix);
            let number: usize = digits.parse().ok()?;
            (number.to_string() == digits && (1..=most).contains(&number)).then_some(number)
        };
        let mut numbers: Vec<_> = fs::read_dir(directory)
            .into_iter()
            .flatten()
            .filter_map(|entry| number_of(entry.ok()?.file_name().to_str()?))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// A path for a file of an interval at which nothing stands yet: the interval's name, or with a number behind it.
    pub(super) fn free(&self, interval: &str) -> PathBuf {
        let path = self.with_suffix(interval);
        if self.existing(&path).is_none() {
            return path;
        }
        let mut number = 1;
        loop {
            let path = self.with_suffix(&format!("{interval}.{number}"));
            if self.existing(&path).is_none() {
                return path;
            }
            number += 1;
        }
    }

    /// The files of intervals that there are, in order of their names, which is that of time.
    ///
    /// Only names that this handler writes itself (statement 89).
    pub(super) fn of_intervals(&self, when: When) -> Vec<PathBuf> {
        let directory = self.base.parent().unwrap_or(Path::new("."));
        let Ok(entries) = fs::read_dir(directory) else {
            return Vec::new();
        };
        let mut found: Vec<_> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter_map(|path| Some((self.interval_of(&path, when)?, path)))
            .collect();
        found.sort();
        found.into_iter().map(|(_, path)| path).collect()
    }

    /// The interval, and the number behind it, that a file's name tells.
    fn interval_of(&self, path: &Path, when: When) -> Option<(String, u64)> {
        let name = path.file_name()?.to_str()?;
        let plain = if self.compressed {
            name.strip_suffix(GZ).unwrap_or(name)
        } else {
            name
        };
        let plain_path = path.with_file_name(plain);
        // With a namer the interval can stand anywhere: it is right if the namer makes the very name of it.
        let candidates = match &self.namer {
            None => {
                let base = self.base.file_name()?.to_str()?;
                vec![plain.strip_prefix(base)?.strip_prefix('.')?.to_owned()]
            }
            Some(_) => suffixes_in(plain, when),
        };
        candidates.into_iter().find_map(|suffix| {
            let (interval, number) = split_number(&suffix, when)?;
            (self.with_suffix(&suffix) == plain_path).then_some((interval, number))
        })
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// `2024-02-29` and 0, or `2024-02-29.3` as `2024-02-29` and 3.
fn split_number(suffix: &str, when: When) -> Option<(String, u64)> {
    if when.is_suffix(suffix) {
        return Some((suffix.to_owned(), 0));
    }
    let (interval, number) = suffix.rsplit_once('.')?;
    let plain = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    (plain && when.is_suffix(interval)).then_some((interval.to_owned(), number.parse().ok()?))
}

/// The parts of a name that look like an interval, with a number behind it or without.
fn suffixes_in(name: &str, when: When) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in name.char_indices() {
        for (end, _) in name[start..]
            .char_indices()
            .chain([(name.len() - start, ' ')])
        {
            let part = &name[start..start + end];
            if split_number(part, when).is_some() {
                found.push(part.to_owned());
            }
        }
    }
    found
}

fn appended(path: &Path, text: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(text);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_are_intervals() {
        let names = Names {
            base: "/l/app.log".into(),
            namer: None,
            compressed: true,
        };
        let interval = |name: &str| names.interval_of(&Path::new("/l").join(name), When::Day);
        let day = "2024-02-29".to_owned();
        assert_eq!(interval("app.log.2024-02-29"), Some((day.clone(), 0)));
        assert_eq!(interval("app.log.2024-02-29.2.gz"), Some((day, 2)));
        for name in [
            "app.log",
            "app.log.2024-02-29.bak",
            "app.log.20240229",
            "app.log.2024-02-29_10",
            "xapp.log.2024-02-29",
            "app.log.2024-02-29.02",
            "app.log.2024-02-29.gz.gz",
        ] {
            assert_eq!(interval(name), None, "{name}");
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
            compressed: false,
        };
        let interval = |name: &str| names.interval_of(&Path::new("/l").join(name), When::Day);
        assert!(interval("app.2024-02-29.log").is_some());
        assert!(interval("app.2024-02-29.1.log").is_some());
        assert!(interval("app.x.2024-02-29.log").is_none());
    }
}
