//! The place in the program: [`Place`].

use crate::formatter::pretty::columns::columns;
use crate::formatter::pretty::pen::Pen;
use crate::record::Source;

/// A file, as short as it is found by people, and a line.
pub(super) struct Place<'r> {
    pub(super) whole: &'r str,
    file: &'r str,
    pub(super) line: u32,
}

impl<'r> Place<'r> {
    /// Returns `None` for a record without a file.
    #[inline]
    pub(super) fn of(source: &Source<'r>) -> Option<Self> {
        let file = source.file();
        (!file.is_empty()).then(|| Self {
            whole: file,
            file: short(file),
            line: source.line(),
        })
    }

    /// Returns the columns of `src/s3.rs:41`.
    #[inline]
    pub(super) fn columns(&self) -> usize {
        let file = if self.file.is_ascii() {
            self.file.len()
        } else {
            columns(self.file)
        };
        let digits = match self.line {
            ..10 => 1,
            10..100 => 2,
            100..1000 => 3,
            line => line.ilog10() as usize + 1,
        };
        file + 1 + digits
    }

    #[inline]
    pub(super) fn push(&self, pen: &mut Pen<'_>, style: &str) {
        pen.start(style);
        pen.shown(self.file);
        pen.own(":");
        pen.out.push_unsigned(self.line.into());
        pen.end(style);
    }
}

/// Returns a path as it is within its package: what is before it names the machine only.
#[inline]
fn short(file: &str) -> &str {
    if file.starts_with('/') || file.as_bytes().get(1) == Some(&b':') {
        short_of_whole(file)
    } else {
        file
    }
}

/// A dependency begins with its own name, any other file with its directory.
fn short_of_whole(file: &str) -> &str {
    let is_slash = |character| matches!(character, '/' | '\\');
    for store in ["registry", "checkouts"] {
        let mut parts = file.split(is_slash);
        // `registry/src/INDEX/`, `checkouts/NAME-HASH/`
        let last = if store == "registry" { 1 } else { 0 };
        if parts.any(|part| part == store) && parts.nth(last).is_some() {
            let rest: usize = parts.map(|part| part.len() + 1).sum();
            return &file[file.len() + 1 - rest.max(1)..];
        }
    }
    let directory = file.rmatch_indices(is_slash).nth(1);
    directory.map_or(file, |(at, _)| &file[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_within_their_package() {
        for (file, shown) in [
            ("src/s3.rs", "src/s3.rs"),
            ("crates/a/src/s3.rs", "crates/a/src/s3.rs"),
            (
                "/home/u/.cargo/registry/src/index.crates.io-1/hyper-1.6.0/src/a.rs",
                "hyper-1.6.0/src/a.rs",
            ),
            (
                r"C:\Users\u\.cargo\registry\src\index\hyper-1.6.0\src\a.rs",
                r"hyper-1.6.0\src\a.rs",
            ),
            (
                "/home/u/.cargo/git/checkouts/x-12/34/src/a.rs",
                "34/src/a.rs",
            ),
            ("/home/u/app/src/main.rs", "src/main.rs"),
            ("/main.rs", "/main.rs"),
        ] {
            assert_eq!(short(file), shown, "{file}");
        }
        let place = |line| Place {
            whole: "a.rs",
            file: "a.rs",
            line,
        };
        assert_eq!(
            [0, 9, 10, 100].map(|line| place(line).columns()),
            [6, 6, 7, 8]
        );
    }
}
