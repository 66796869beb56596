//! The place in the program where a record was made: [`Source`].

use std::panic::Location;

/// The place in the program where a record was made. Parts that are not known are empty or 0.
///
/// # Python
/// `pathname`, `filename`, `module`, `lineno` and `funcName`. The module path of Rust is added.
///
/// # Examples
/// ```
/// use logtree::record::Source;
///
/// let source = Source::default().with_file("src/db/pool.rs").with_line(7);
/// assert_eq!((source.file_name(), source.module()), ("pool.rs", "pool"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Source<'a> {
    module_path: &'a str,
    file: &'a str,
    line: u32,
    function: Function<'a>,
}

/// The name of a function, or how to find it: a macro knows the function around it only by the type
/// name of an item inside it.
#[derive(Clone, Copy, Debug)]
enum Function<'a> {
    Name(&'a str),
    OfItem(fn() -> &'static str),
}

impl Default for Function<'_> {
    fn default() -> Self {
        Self::Name("")
    }
}

impl PartialEq for Function<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Function<'_> {}

impl<'a> Function<'a> {
    fn name(&self) -> &'a str {
        match self {
            Self::Name(name) => name,
            Self::OfItem(path) => function_around(path()),
        }
    }
}

/// Returns `connect` for `app::db::connect::{{closure}}::item`: closures count as their function.
fn function_around(path: &str) -> &str {
    let path = path
        .rsplit_once("::")
        .map_or(path, |(function, _item)| function);
    let path = path.trim_end_matches("::{{closure}}");
    path.rsplit_once("::")
        .map_or(path, |(_module, function)| function)
}

impl<'a> Source<'a> {
    /// Returns what the compiler knows of a call site, for the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_call_site(
        module_path: &'a str,
        file: &'a str,
        line: u32,
        path_of_item: fn() -> &'static str,
    ) -> Self {
        Self {
            module_path,
            file,
            line,
            function: Function::OfItem(path_of_item),
        }
    }

    pub(crate) fn of_caller(location: &'static Location<'static>) -> Source<'static> {
        Source {
            file: location.file(),
            line: location.line(),
            ..Source::default()
        }
    }

    pub(crate) fn of_facade(record: &'a log::Record<'_>) -> Self {
        Self {
            module_path: record.module_path().unwrap_or_default(),
            file: record.file().unwrap_or_default(),
            line: record.line().unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Sets the module path, such as `app::db`.
    #[must_use]
    pub const fn with_module_path(mut self, path: &'a str) -> Self {
        self.module_path = path;
        self
    }

    /// Sets the path of the file.
    #[must_use]
    pub const fn with_file(mut self, path: &'a str) -> Self {
        self.file = path;
        self
    }

    /// Sets the line, counted from 1; 0 means unknown.
    #[must_use]
    pub const fn with_line(mut self, line: u32) -> Self {
        self.line = line;
        self
    }

    /// Sets the name of the function.
    #[must_use]
    pub const fn with_function(mut self, name: &'a str) -> Self {
        self.function = Function::Name(name);
        self
    }

    /// Returns the module path, such as `app::db`.
    #[must_use]
    pub const fn module_path(&self) -> &'a str {
        self.module_path
    }

    /// Returns the path of the file, as given to the compiler.
    ///
    /// # Python
    /// `pathname`.
    #[must_use]
    pub const fn file(&self) -> &'a str {
        self.file
    }

    /// Returns the name of the file, without its directories.
    ///
    /// # Python
    /// `filename`.
    #[must_use]
    pub fn file_name(&self) -> &'a str {
        self.file.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// Returns the name of the file without its extension.
    ///
    /// # Python
    /// `module`.
    #[must_use]
    pub fn module(&self) -> &'a str {
        let name = self.file_name();
        match name.rfind('.') {
            Some(dot) if dot > 0 => &name[..dot],
            _ => name,
        }
    }

    /// Returns the line, counted from 1; 0 means unknown.
    ///
    /// # Python
    /// `lineno`.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Returns the name of the function; known for records of this crate's macros.
    ///
    /// # Python
    /// `funcName`.
    #[must_use]
    pub fn function(&self) -> &'a str {
        self.function.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_the_files_name_without_extension() {
        for (file, name, module) in [
            ("a/b.c.rs", "b.c.rs", "b.c"),
            (".hidden", ".hidden", ".hidden"),
            ("", "", ""),
            ("d\\w.rs", "w.rs", "w"),
        ] {
            let source = Source::default().with_file(file);
            assert_eq!((source.file_name(), source.module()), (name, module));
        }
    }

    #[test]
    fn the_function_is_that_around_the_item_and_its_closures() {
        let source = Source::of_call_site(
            "",
            "",
            0,
            || "app::db::connect::{{closure}}::{{closure}}::item",
        );
        assert_eq!(source.function(), "connect");
        assert_eq!(
            Source::of_call_site("", "", 0, || "item").function(),
            "item"
        );
    }
}
