//! What a rotation does, decided before any of it is done: from what the directory holds to a list
//! of [`Step`]s.
//!
//! The log file itself comes first: to its place, or if that is taken to number 0. Then the others
//! move up, from the highest number on, and only as far as they are in the way. A file moves to a
//! name at which nothing stands, or in place of the oldest, whose time is up by then. So whatever
//! step fails, and wherever the program ends, each record is in one file, the order of the numbers
//! is that of age, and the next rotation goes on from there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::handler::file::names::{Interval, IntervalFile, Numbered};

/// One change of what a directory holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To a name at which nothing stands; or in place of a file whose time is up and for which
    /// there is no other name.
    Rename {
        from: PathBuf,
        to: PathBuf,
        replaces: bool,
    },
    /// Of a file whose time is up.
    Remove(PathBuf),
}

/// The base's way to number 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By number 0, if 1 is taken, so that it is the first to move.
    ByZero,
    /// It stands at number 0 already.
    Straight,
}

/// A rotation by number: makes room at 1, and moves the base there. Of the files for which there is
/// no further number one is replaced, and others are removed.
pub(super) fn by_number(
    base: &Path,
    found: &Numbered,
    way: Way,
    name: impl Fn(usize) -> PathBuf,
) -> Vec<Step> {
    let is_taken = found.files.iter().any(|(number, _)| *number == 1);
    let zero = Some(name(0)).filter(|zero| is_taken && way == Way::ByZero && *zero != name(1));
    let (mut steps, mut ends) = (Vec::new(), Vec::new());
    let mut rename = |from: PathBuf, to: PathBuf, ends: &mut Vec<PathBuf>| {
        let replaced = ends.iter().position(|path| *path == to);
        let replaces = replaced.map(|at| ends.swap_remove(at)).is_some();
        steps.push(Step::Rename { from, to, replaces });
    };
    if let Some(zero) = &zero {
        rename(base.to_owned(), zero.clone(), &mut ends);
    }
    for (at, (number, form)) in found.files.iter().enumerate().rev() {
        let (from, target) = (form.of(&name(*number)), at + 2);
        if target >= found.end {
            ends.push(from);
        } else {
            rename(from, form.of(&name(target)), &mut ends);
        }
    }
    rename(zero.unwrap_or(base.to_owned()), name(1), &mut ends);
    steps.extend(ends.into_iter().map(Step::Remove));
    steps
}

/// The order in which the files of intervals were made, as far as it can be known, the oldest
/// first; each with its paths.
///
/// Those that the handler made itself come last, in the order in which it made them, whatever the
/// clock was then. Of the others, the names decide; those of times that are still `to_come` were
/// made before the clock was set back.
pub(super) fn by_age(
    found: Vec<IntervalFile>,
    made: &[Interval],
    to_come: &str,
) -> Vec<(Interval, Vec<PathBuf>)> {
    let mut files = BTreeMap::<Interval, Vec<PathBuf>>::new();
    for file in found {
        files.entry(file.interval).or_default().push(file.path);
    }
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by_cached_key(|(interval, _)| {
        let own = made.iter().position(|known| known == interval);
        // Stable: within each group the order is that of names.
        (own, &*interval.start < to_come)
    });
    files
}

/// The interval that a file gets: its number goes on from the highest that is there or was given,
/// so that none is given twice.
pub(super) fn next_in_interval(
    start: String,
    found: &[IntervalFile],
    made: &[Interval],
) -> Interval {
    let found = found.iter().map(|file| &file.interval);
    let numbers = found
        .chain(made)
        .filter(|known| known.start == start)
        .map(|known| known.number + 1);
    let number = numbers.max().unwrap_or(0);
    Interval { start, number }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::file::names::Form;

    fn name(number: usize) -> PathBuf {
        format!("a.{number}").into()
    }

    /// Numbers with `z` after them are compressed.
    fn plan(files: &str, end: usize, way: Way) -> String {
        let files = files.split_whitespace().map(|file| {
            let plain = file.trim_end_matches('z');
            let form = if plain == file {
                Form::Plain
            } else {
                Form::Compressed
            };
            (plain.parse().unwrap(), form)
        });
        let files = files.collect();
        let steps = by_number(Path::new("a"), &Numbered { files, end }, way, name);
        let steps: Vec<_> = steps
            .iter()
            .map(|step| match step {
                Step::Rename { from, to, replaces } => {
                    let arrow = if *replaces { "=>" } else { "->" };
                    format!("{}{arrow}{}", from.display(), to.display())
                }
                Step::Remove(path) => format!("-{}", path.display()),
            })
            .collect();
        steps.join(" ").replace("a.", "")
    }

    #[test]
    fn only_what_is_in_the_way_moves() {
        let by_zero = |files, end| plan(files, end, Way::ByZero);
        assert_eq!(by_zero("", 4), "a->1");
        assert_eq!(by_zero("1 2", 4), "a->0 2->3 1->2 0->1");
        assert_eq!(by_zero("1 2 3", 4), "a->0 2=>3 1->2 0->1");
        assert_eq!(by_zero("1z 2", 4), "a->0 2->3 1.gz->2.gz 0->1");
        assert_eq!(by_zero("1z 2", 3), "a->0 1.gz->2.gz 0->1 -2");
        assert_eq!(by_zero("1", 2), "a->0 0=>1");
        // Both forms of a number: two files.
        assert_eq!(by_zero("1 1z 2", 5), "a->0 2->4 1.gz->3.gz 1->2 0->1");
        assert_eq!(by_zero("1 1z 2", 3), "a->0 1=>2 0->1 -1.gz");
        // From there, where the program ended on the way.
        assert_eq!(plan("1", 4, Way::Straight), "1->2 a->1");
        assert_eq!(plan("", 4, Way::Straight), "a->1");
    }

    fn file(start: &str, number: u32) -> IntervalFile {
        let start = start.to_owned();
        IntervalFile {
            path: format!("{start}.{number}").into(),
            interval: Interval { start, number },
            form: Form::Plain,
            is_file: true,
        }
    }

    #[test]
    fn age_is_not_the_order_of_names() {
        let found = vec![
            file("08", 0),
            file("03", 0),
            file("05", 1),
            file("05", 10),
            file("05", 0),
        ];
        let order = |made: &[Interval], to_come| {
            let files = by_age(found.clone(), made, to_come);
            let paths = files
                .iter()
                .map(|(_, paths)| paths[0].display().to_string());
            paths.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order(&[], "99"), "03.0 05.0 05.1 05.10 08.0");
        // The clock was set back: what it calls later was before.
        assert_eq!(order(&[], "06"), "08.0 03.0 05.0 05.1 05.10");
        let made = [file("08", 0).interval, file("03", 0).interval];
        assert_eq!(order(&made, "99"), "05.0 05.1 05.10 08.0 03.0");
    }

    #[test]
    fn no_number_is_given_twice() {
        let next = |start: &str, made: &[Interval]| {
            let found = [file("05", 0), file("05", 7)];
            next_in_interval(start.to_owned(), &found, made).number
        };
        assert_eq!(next("05", &[]), 8);
        assert_eq!(next("06", &[]), 0);
        assert_eq!(next("06", &[file("06", 3).interval]), 4);
    }
}
