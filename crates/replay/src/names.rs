//! What log libraries call the parts of a record, in the order of preference.
//!
//! One list for all of them: this crate's `JsonFormatter`, Python's attributes, pino, bunyan,
//! zerolog, zap, slog, `tracing-subscriber`, and the Elastic Common Schema (ECS), whose names are
//! paths.

pub(crate) const TIME: &[&str] = &[
    "time",
    "@timestamp",
    "timestamp",
    "ts",
    "created",
    "asctime",
];
/// Levels by number, on Python's scale.
pub(crate) const LEVEL_NUMBER: &[&str] = &["levelNumber", "levelno"];
pub(crate) const LEVEL: &[&str] = &["level", "log.level", "levelname", "severity"];
pub(crate) const LOGGER: &[&str] = &["logger", "log.logger", "target"];
/// Where levels are numbers: Python, pino and bunyan. Elsewhere it is a key-value.
pub(crate) const LOGGER_BESIDE_NUMBERS: &[&str] = &["name"];
pub(crate) const MESSAGE: &[&str] = &["message", "msg", "fields.message", "event"];
pub(crate) const FILE: &[&str] = &[
    "file",
    "log.origin.file.name",
    "filename",
    "src.file",
    "source.file",
];
pub(crate) const LINE: &[&str] = &[
    "line",
    "log.origin.file.line",
    "lineno",
    "src.line",
    "source.line",
];
pub(crate) const FUNCTION: &[&str] = &[
    "function",
    "log.origin.function",
    "funcName",
    "src.func",
    "source.function",
];
/// `FILE:LINE` in one string.
pub(crate) const CALLER: &[&str] = &["caller"];
pub(crate) const MODULE_PATH: &[&str] = &["module_path"];
pub(crate) const THREAD_ID: &[&str] = &["thread", "process.thread.id"];
pub(crate) const THREAD: &[&str] = &["thread_name", "process.thread.name", "threadName"];
pub(crate) const PROCESS: &[&str] = &["process", "pid", "process.pid"];
/// Texts of errors, the most detailed first.
pub(crate) const ERROR: &[&str] = &[
    "exc_text",
    "err.stack",
    "error.stack_trace",
    "error.message",
    "err.message",
    "error",
    "err",
    "exception",
];
pub(crate) const STACK: &[&str] = &["stack", "stacktrace", "stack_info"];
/// Says what the line itself says already, or how it is written.
pub(crate) const REDUNDANT: &[&str] = &["v", "ecs.version", "levelname", "seq"];
