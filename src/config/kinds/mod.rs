//! What a document can ask for by name: [`Kinds`].

mod file;
mod filter;
mod formatter;
mod memory;
mod queue;
mod stream;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use crate::config::arguments::Arguments;
use crate::error::Error;
use crate::filter::SharedFilter;
use crate::formatter::Format;
use crate::handler::{Handler, NullHandler};
use crate::sys::sync::Arc;

/// The kinds of handlers, formatters and filters that a document can name, as `class` or as `()`, and the streams.
///
/// [`new`](Self::new) has those of this crate, under Python's names and under its own. A crate with kinds of its own offers a function that
/// adds them. A name is a word for a function that was given here: nothing is looked up, loaded or evaluated.
///
/// A kind is a function from [`Arguments`] to another function, which makes the thing. The first only reads, and may run for a mere
/// check; the second runs once nothing is wrong in the whole document.
///
/// # Examples
/// ```
/// use logtree::config::{Arguments, DictConfig, Kinds};
/// use logtree::{Handler, Record, Registry};
/// use logtree::handler::StreamHandler;
///
/// let kinds = Kinds::new()
///     .handler("app.Counted", |arguments: &mut Arguments<'_>| {
///         let limit: usize = arguments.optional("limit").unwrap_or(100);
///         move || Ok(StreamHandler::new(Vec::with_capacity(limit)))
///     })
///     .filter("app.Without", |arguments: &mut Arguments<'_>| {
///         let text: String = arguments.required("text");
///         move || Ok(move |record: &mut Record<'_>| !record.message().contains(&text))
///     });
/// let text = r#"{
///     "version": 1,
///     "filters": {"quiet": {"()": "app.Without", "text": "heartbeat"}},
///     "handlers": {"counted": {"class": "app.Counted", "limit": 10, "filters": ["quiet"]}},
///     "root": {"handlers": ["counted"]}
/// }"#;
/// let registry = Registry::new();
/// DictConfig::from_json(text)?.kinds(kinds).apply_to(&registry)?;
/// assert_eq!(registry.root().handlers().len(), 1);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct Kinds {
    pub(super) handlers: Table<Handler>,
    pub(super) formatters: Table<Arc<dyn Format>>,
    pub(super) filters: Table<SharedFilter>,
    streams: BTreeMap<String, Arc<OpenStream>>,
}

/// Makes a thing, once nothing is wrong.
pub(super) type Build<T> = Box<dyn FnOnce() -> Result<T, Error>>;

pub(super) type Factory<T> = dyn Fn(&mut Arguments<'_>) -> Build<T> + Send + Sync;
type OpenStream = dyn Fn() -> Box<dyn Write + Send> + Send + Sync;

/// Kinds by name; a kind can have several.
pub(super) struct Table<T> {
    kinds: BTreeMap<String, Arc<Factory<T>>>,
    /// The method that adds to it.
    method: &'static str,
}

impl<T> Table<T> {
    fn new(method: &'static str) -> Self {
        Self {
            kinds: BTreeMap::new(),
            method,
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Factory<T>> {
        self.kinds.get(name).map(|factory| &**factory)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(|name| &**name)
    }

    pub(super) fn method(&self) -> &'static str {
        self.method
    }

    /// Each kind once, with all its names.
    pub(super) fn by_kind(&self) -> Vec<(Vec<&str>, &Factory<T>)> {
        let mut kinds: Vec<(Vec<&str>, &Arc<Factory<T>>)> = Vec::new();
        for (name, factory) in &self.kinds {
            match kinds
                .iter_mut()
                .find(|(_, known)| Arc::ptr_eq(known, factory))
            {
                Some((names, _)) => names.push(name),
                None => kinds.push((vec![name], factory)),
            }
        }
        kinds
            .into_iter()
            .map(|(names, factory)| (names, &**factory))
            .collect()
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self {
            kinds: self.kinds.clone(),
            method: self.method,
        }
    }
}

impl Kinds {
    /// Those of this crate.
    ///
    /// | handlers | short | arguments |
    /// |---|---|---|
    /// | `logging.StreamHandler` | `stream` | `stream` (`ext://sys.stderr`, `ext://sys.stdout`, or `stderr`, `stdout`), `color` |
    /// | `logging.NullHandler` | `null` | |
    /// | `logging.FileHandler` | `file` | `filename`, `mode` (`a`, `w`, `x`), `encoding` (UTF-8), `delay`, `errors`; and `permissions`, `create_dirs`, `follow_symlinks`, `buffered`, `flush_level`, `flush_interval` |
    /// | `logging.handlers.WatchedFileHandler` | `watched_file` | the same |
    /// | `logging.handlers.RotatingFileHandler` | `rotating_file` | the same, and `maxBytes`, `backupCount`; `compress`, `multi_process` |
    /// | `logging.handlers.TimedRotatingFileHandler` | `timed_rotating_file` | the same, and `when`, `interval`, `utc`, `atTime` |
    /// | `logging.handlers.MemoryHandler` | `memory` | `capacity`, `flushLevel`, `target`, `flushOnClose`; `respect_target_level` |
    /// | `logging.handlers.QueueHandler` | `queue` | `handlers`, `respect_handler_level`, `queue`, `listener`; `bytes_per_thread`, `max_bytes`, `max_records`, `overflow`, `block_at_most` |
    /// | | `fallback` | `handlers` |
    ///
    /// | formatters | short | arguments |
    /// |---|---|---|
    /// | `logging.Formatter` | `text`, and without a `class` | `format` (or `fmt`), `datefmt`, `style`, `validate`, `defaults`; `time_zone`, `multiline`, `append_key_values`, `missing` (`mark`, `fail`), `colors` |
    /// | | `json` | `time`, `source`, `thread`, `process` |
    /// | | `iot_json` | `account` |
    ///
    /// | filters | short | arguments |
    /// |---|---|---|
    /// | `logging.Filter` | `name`, and without a `class` | `name` |
    /// | | `level_range` | `min`, `max`, both included |
    /// | | `redact` | `names`, `except`, `personal_data`, `vendor_tokens`: [`RedactingFilter`](crate::filter::RedactingFilter) |
    ///
    /// Every handler takes `level`, `formatter` and `filters`. The attribute `terminator` is that of streams, `default_time_format`,
    /// `default_msec_format` and `converter` (`ext://time.gmtime`) those of the text formatter.
    #[must_use]
    pub fn new() -> Self {
        let mut kinds = Self {
            handlers: Table::new("handler"),
            formatters: Table::new("formatter"),
            filters: Table::new("filter"),
            streams: BTreeMap::new(),
        };
        stream::add(&mut kinds);
        file::add(&mut kinds);
        memory::add(&mut kinds);
        queue::add(&mut kinds);
        formatter::add(&mut kinds);
        filter::add(&mut kinds);
        kinds.add_handler(&["logging.NullHandler", "null"], |_| {
            || Ok(NullHandler::new().into())
        });
        kinds
    }

    /// Adds a kind of handler, or takes the name from another one.
    #[must_use]
    pub fn handler<F, B, H>(mut self, name: &str, factory: F) -> Self
    where
        F: Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
        B: FnOnce() -> Result<H, Error> + 'static,
        H: Into<Handler>,
    {
        self.add_handler(&[name], move |arguments| {
            let build = factory(arguments);
            move || build().map(Into::into)
        });
        self
    }

    /// Adds a kind of formatter, or takes the name from another one.
    #[must_use]
    pub fn formatter<F, B, T>(mut self, name: &str, factory: F) -> Self
    where
        F: Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
        B: FnOnce() -> Result<T, Error> + 'static,
        T: Format + 'static,
    {
        self.add_formatter(&[name], move |arguments| {
            let build = factory(arguments);
            move || build().map(|format| Arc::new(format) as Arc<dyn Format>)
        });
        self
    }

    /// Adds a kind of filter, or takes the name from another one.
    #[must_use]
    pub fn filter<F, B, T>(mut self, name: &str, factory: F) -> Self
    where
        F: Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
        B: FnOnce() -> Result<T, Error> + 'static,
        T: crate::filter::Filter + 'static,
    {
        self.add_filter(&[name], move |arguments| {
            let build = factory(arguments);
            move || build().map(SharedFilter::from)
        });
        self
    }

    /// Adds a stream that a document can name, as `ext://name`, or takes the name from another one.
    ///
    /// # Examples
    /// ```
    /// use logtree::config::Kinds;
    ///
    /// let kinds = Kinds::new().stream("app.console", || Box::new(std::io::sink()));
    /// ```
    #[must_use]
    pub fn stream(
        mut self,
        name: &str,
        open: impl Fn() -> Box<dyn Write + Send> + Send + Sync + 'static,
    ) -> Self {
        self.streams.insert(name.to_owned(), Arc::new(open));
        self
    }

    fn add_handler<B>(
        &mut self,
        names: &[&str],
        factory: impl Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
    ) where
        B: FnOnce() -> Result<Handler, Error> + 'static,
    {
        add(&mut self.handlers, names, factory);
    }

    fn add_formatter<B>(
        &mut self,
        names: &[&str],
        factory: impl Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
    ) where
        B: FnOnce() -> Result<Arc<dyn Format>, Error> + 'static,
    {
        add(&mut self.formatters, names, factory);
    }

    fn add_filter<B>(
        &mut self,
        names: &[&str],
        factory: impl Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
    ) where
        B: FnOnce() -> Result<SharedFilter, Error> + 'static,
    {
        add(&mut self.filters, names, factory);
    }
}

fn add<T, B>(
    table: &mut Table<T>,
    names: &[&str],
    factory: impl Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
) where
    B: FnOnce() -> Result<T, Error> + 'static,
{
    let factory: Arc<Factory<T>> =
        Arc::new(move |arguments: &mut Arguments<'_>| Box::new(factory(arguments)));
    for name in names {
        table.kinds.insert((*name).to_owned(), Arc::clone(&factory));
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kinds")
            .field("handlers", &self.handlers.kinds.keys())
            .field("formatters", &self.formatters.kinds.keys())
            .field("filters", &self.filters.kinds.keys())
            .field("streams", &self.streams.keys())
            .finish()
    }
}

/// What a class of an INI file is called in full: names there are looked up in `logging` first.
pub(super) fn full_name(class: &str) -> String {
    match class {
        "StreamHandler" | "FileHandler" | "NullHandler" | "Formatter" => format!("logging.{class}"),
        _ if class.starts_with("handlers.") => format!("logging.{class}"),
        _ => class.to_owned(),
    }
}
