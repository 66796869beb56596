//! Files: plain, watched, rotated, and one for each value of a key.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::error::Error;
use crate::formatter::TimeZone;
use crate::handler::{
    FileHandler, FileMode, Handler, RotatingFileHandler, RoutingHandler, TimedRotatingFileHandler,
    WatchedFileHandler, When, check_suffix,
};
use crate::level::Level;
use crate::sys::sync::Arc;
use crate::time::Clock;

pub(super) fn add(table: &mut Table<Handler>) {
    routed(table);
    table.add(&["logging.FileHandler", "file"], |arguments| {
        arguments.by_place(&["filename", "mode", "encoding", "delay", "errors"]);
        let common = Common::read(arguments);
        move || common.open(options!(FileHandler, common))
    });
    table.add(
        &["logging.handlers.WatchedFileHandler", "watched_file"],
        |arguments| {
            arguments.by_place(&["filename", "mode", "encoding", "delay", "errors"]);
            let common = Common::read(arguments);
            move || common.open(options!(WatchedFileHandler, common))
        },
    );
    table.add(
        &["logging.handlers.RotatingFileHandler", "rotating_file"],
        |arguments| {
            arguments.by_place(&[
                "filename",
                "mode",
                "maxBytes",
                "backupCount",
                "encoding",
                "delay",
                "errors",
            ]);
            let mut common = Common::read(arguments);
            let rotation = Rotation::read(arguments);
            // As in Python, a file that is rotated is not truncated.
            if rotation.max_bytes > 0 && common.truncates() {
                common.mode = FileMode::Append;
            }
            move || {
                let builder = rotation_options!(options!(RotatingFileHandler, common), rotation);
                common.open(builder)
            }
        },
    );
    table.add(
        &[
            "logging.handlers.TimedRotatingFileHandler",
            "timed_rotating_file",
        ],
        |arguments| {
            arguments.by_place(&[
                "filename",
                "when",
                "interval",
                "backupCount",
                "encoding",
                "delay",
                "utc",
                "atTime",
                "errors",
            ]);
            let common = Common::read(arguments);
            let rotation = Rotation::read(arguments);
            let when: When = arguments.optional("when").unwrap_or(When::Hour);
            let interval: u32 = arguments.optional("interval").unwrap_or(1);
            if interval == 0 {
                arguments.problem("interval", "expected a whole number from 1, found 0");
            }
            let utc = arguments.optional("utc").unwrap_or(false);
            let at_time = at_time(arguments);
            // Python has it as an attribute.
            let suffix: Option<String> = arguments.optional("suffix");
            let suffix = suffix.or(arguments.attribute("suffix"));
            let checked = suffix.as_deref().map(|format| check_suffix(format, when));
            if let Some(Err(error)) = checked {
                arguments.problem("suffix", error.to_string());
            }
            move || {
                let builder = options!(TimedRotatingFileHandler, common);
                let mut builder = rotation_options!(builder, rotation)
                    .when(when)
                    .interval(interval)
                    .time_zone(if utc { TimeZone::Utc } else { TimeZone::Local });
                if let Some([hour, minute, second]) = at_time {
                    builder = builder.at_time(hour, minute, second);
                }
                if let Some(format) = suffix {
                    builder = builder.suffix(format);
                }
                common.open(builder)
            }
        },
    );
}

/// A file for each value of a key.
fn routed(table: &mut Table<Handler>) {
    table.add(&["logtree.RoutingHandler", "router"], |arguments| {
        let key: String = arguments.required("key");
        let max_open: Option<usize> = arguments.optional("max_open");
        if max_open == Some(0) {
            arguments.problem("max_open", "expected a whole number from 1, found 0");
        }
        let missing: Option<String> = arguments.optional("missing");
        let common = Common::read(arguments);
        if common.mode != FileMode::Append {
            // A file that is opened again would lose what it has.
            let message = "expected \"a\": files are closed, and opened again, while in use";
            arguments.problem("mode", message);
        }
        let rotation = Rotation::read(arguments);
        let template = common.filename.to_str().map(str::to_owned);
        let template = template.filter(|path| path.contains(PLACE_OF_THE_VALUE));
        if template.is_none() && !common.filename.as_os_str().is_empty() {
            let message = format!("expected a path with {PLACE_OF_THE_VALUE}");
            arguments.problem("filename", message);
        }
        move || {
            let template = template.unwrap_or_default();
            let open = move |value: &str| {
                let value = RoutingHandler::file_name(value);
                let path = template.replace(PLACE_OF_THE_VALUE, &value);
                let (common, rotation) = (common.clone_with(path), rotation.clone());
                if rotation.max_bytes == 0 {
                    common.open(options!(FileHandler, common))
                } else {
                    let builder = options!(RotatingFileHandler, common);
                    common.open(rotation_options!(builder, rotation))
                }
            };
            let mut builder = RoutingHandler::builder(key, open);
            if let Some(most) = max_open {
                builder = builder.max_open(most);
            }
            if let Some(value) = missing {
                builder = builder.missing(value);
            }
            Ok(builder.build().into())
        }
    });
}

/// What is replaced by the value in the path of a file.
const PLACE_OF_THE_VALUE: &str = "{value}";

/// The arguments of all file handlers.
#[derive(Clone)]
struct Common {
    filename: PathBuf,
    mode: FileMode,
    delay: bool,
    permissions: Option<u32>,
    create_dirs: bool,
    follow_symlinks: Option<bool>,
    buffered: Option<usize>,
    flush_level: Option<Level>,
    flush_interval: Option<Duration>,
}

impl Common {
    fn read(arguments: &mut Arguments<'_>) -> Self {
        let filename = arguments.required("filename");
        let mode: Option<String> = arguments.optional("mode");
        let mode = mode.map_or(FileMode::Append, |text| {
            text.parse().unwrap_or_else(|_| {
                let message = format!("expected \"a\", \"w\" or \"x\", found {text:?}");
                arguments.problem("mode", message);
                FileMode::Append
            })
        });
        if let Some(encoding) = arguments.optional::<String>("encoding") {
            let plain = encoding.to_ascii_lowercase().replace(['-', '_'], "");
            if !matches!(&*plain, "utf8" | "u8" | "ascii" | "locale") {
                let message =
                    format!("expected \"utf-8\", found {encoding:?}: only UTF-8 is supported");
                arguments.problem("encoding", message);
            }
        }
        // How encoding errors are handled: UTF-8 has none.
        let _: Option<String> = arguments.optional("errors");
        Self {
            filename,
            mode,
            delay: arguments.optional("delay").unwrap_or(false),
            permissions: permissions(arguments),
            create_dirs: arguments.optional("create_dirs").unwrap_or(false),
            follow_symlinks: arguments.optional("follow_symlinks"),
            buffered: arguments.optional("buffered"),
            flush_level: arguments.optional("flush_level"),
            flush_interval: arguments.optional("flush_interval"),
        }
    }

    fn clone_with(&self, path: String) -> Self {
        Self {
            filename: path.into(),
            ..self.clone()
        }
    }

    fn truncates(&self) -> bool {
        self.mode == FileMode::Truncate
    }

    /// Opens the file. Truncation waits for the first record: the rest of the configuration can
    /// still fail, and then nothing must be lost.
    fn open<B: Open>(&self, builder: B) -> Result<Handler, Error> {
        if self.truncates() && !self.delay {
            let mut check = FileHandler::builder(&self.filename).create_dirs(self.create_dirs);
            if let Some(follow) = self.follow_symlinks {
                check = check.follow_symlinks(follow);
            }
            let check = check.mode(self.permissions.unwrap_or(0o600));
            drop(check.open()?);
        }
        builder.open()
    }
}

trait Open {
    fn open(self) -> Result<Handler, Error>;
}

macro_rules! open {
    ($($builder:ty),*) => {
        $(impl Open for $builder {
            fn open(self) -> Result<Handler, Error> {
                <$builder>::open(self).map(Into::into)
            }
        })*
    };
}

open!(
    crate::handler::builder::FileHandlerBuilder,
    crate::handler::builder::WatchedFileHandlerBuilder,
    crate::handler::builder::RotatingFileHandlerBuilder,
    crate::handler::builder::TimedRotatingFileHandlerBuilder
);

/// A builder with the arguments of all file handlers.
macro_rules! options {
    ($handler:ident, $common:ident) => {{
        let mut builder = $handler::builder(&$common.filename)
            .file_mode($common.mode)
            .delay($common.delay || $common.truncates())
            .create_dirs($common.create_dirs);
        if let Some(permissions) = $common.permissions {
            builder = builder.mode(permissions);
        }
        if let Some(follow) = $common.follow_symlinks {
            builder = builder.follow_symlinks(follow);
        }
        if let Some(capacity) = $common.buffered {
            builder = builder.buffered(capacity);
        }
        if let Some(level) = $common.flush_level {
            builder = builder.flush_level(level);
        }
        if let Some(interval) = $common.flush_interval {
            builder = builder.flush_interval(interval);
        }
        builder
    }};
}
use options;

#[derive(Clone)]
struct Rotation {
    max_bytes: u64,
    backup_count: usize,
    #[cfg(feature = "gzip")]
    compress: bool,
    multi_process: bool,
    /// The registry's, which also stamps its records.
    clock: Option<Arc<dyn Clock>>,
}

impl Rotation {
    fn read(arguments: &mut Arguments<'_>) -> Self {
        let compress = arguments.optional("compress").unwrap_or(false);
        if compress && !cfg!(feature = "gzip") {
            let message = "compression is not in this build: it needs the feature `gzip`";
            arguments.problem("compress", message);
        }
        Self {
            max_bytes: arguments.optional("maxBytes").unwrap_or(0),
            backup_count: arguments.optional("backupCount").unwrap_or(0),
            #[cfg(feature = "gzip")]
            compress,
            multi_process: arguments.optional("multi_process").unwrap_or(false),
            clock: arguments
                .registry()
                .inner()
                .environment
                .clock
                .as_deref()
                .cloned(),
        }
    }
}

macro_rules! rotation_options {
    ($builder:expr, $rotation:ident) => {{
        let mut builder = $builder
            .max_bytes($rotation.max_bytes)
            .backup_count($rotation.backup_count)
            .multi_process($rotation.multi_process);
        if let Some(clock) = $rotation.clock {
            builder = builder.clock(clock);
        }
        #[cfg(feature = "gzip")]
        let builder = builder.compress($rotation.compress);
        builder
    }};
}
use rotation_options;

/// Reads permissions such as `"0640"`.
fn permissions(arguments: &mut Arguments<'_>) -> Option<u32> {
    let text: String = arguments.optional("permissions")?;
    let bits = u32::from_str_radix(text.trim_start_matches("0o"), 8);
    match bits {
        Ok(bits) if bits <= 0o7777 => Some(bits),
        _ => {
            let message = format!("expected permissions in octal, as \"0640\", found {text:?}");
            arguments.problem("permissions", message);
            None
        }
    }
}

/// Reads a time of day, `"02:30"` or `"02:30:00"`.
fn at_time(arguments: &mut Arguments<'_>) -> Option<[u8; 3]> {
    let text: String = arguments.optional("atTime")?;
    let parts: Option<Vec<u8>> = text.split(':').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some([hour @ 0..=23, minute @ 0..=59]) => Some([*hour, *minute, 0]),
        Some([hour @ 0..=23, minute @ 0..=59, second @ 0..=59]) => Some([*hour, *minute, *second]),
        _ => {
            let message = format!("expected a time of day, as \"02:30\", found {text:?}");
            arguments.problem("atTime", message);
            None
        }
    }
}
