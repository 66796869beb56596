//! One panic, from the hook to the handlers: [`Report`].

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;

use crate::level::Level;
use crate::panics::destination::Destination;
use crate::record::sending_mark::SendingMark;
use crate::record::{Message, Source, ThreadInfo};
use crate::sys::sync::Arc;

/// How the names of all threads of the crate begin.
const OWN_THREADS: &str = "logtree-";

/// How the messages of panics begin that end the process instead of unwinding.
const ENDS_THE_PROCESS: &str = "panic in a ";

/// What the hook copies of a panic.
pub(super) struct Report {
    destination: Arc<Destination>,
    message: String,
    file: String,
    line: u32,
    location: String,
    thread_id: u64,
    thread_name: Option<String>,
    mark: SendingMark,
    backtrace: Option<Backtrace>,
    suppressed: u64,
}

impl Report {
    /// Called in the hook: it must not panic, or run user code.
    pub(super) fn new(
        info: &PanicHookInfo<'_>,
        destination: Arc<Destination>,
        has_backtrace: bool,
        suppressed: u64,
    ) -> Self {
        let payload = info.payload();
        let text = payload.downcast_ref::<&'static str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let location = info.location();
        let thread = ThreadInfo::Current;
        Self {
            destination,
            // As std says it.
            message: text.unwrap_or("Box<dyn Any>").to_owned(),
            file: location.map_or_else(String::new, |place| place.file().to_owned()),
            line: location.map_or(0, std::panic::Location::line),
            location: location.map_or_else(String::new, ToString::to_string),
            thread_id: thread.id(),
            thread_name: thread.name().map(std::borrow::Cow::into_owned),
            mark: thread.mark(),
            // Its frames get their names where it is written.
            backtrace: has_backtrace.then(Backtrace::force_capture),
            suppressed,
        }
    }

    /// Reports whether the panic will be caught by the crate, so that its thread goes on: inside a
    /// logging call, or on a thread of the crate.
    pub(super) fn is_contained(&self, depth: u32) -> bool {
        let is_own = || {
            let name = self.thread_name.as_deref();
            name.is_some_and(|name| name.starts_with(OWN_THREADS))
        };
        cfg!(panic = "unwind")
            && !self.message.starts_with(ENDS_THE_PROCESS)
            && (depth > 0 || is_own())
    }

    /// Returns a line for standard error.
    pub(super) fn line(&self) -> String {
        let thread = self.thread();
        let message = self.message.escape_debug();
        let location = &self.location;
        format!("logtree: a panic may not be logged: thread {thread} at {location}: {message}\n")
    }

    /// Logs it.
    pub(super) fn log(&self) {
        let logger = self.destination.logger_of(&self.file);
        let Some(passed) = logger.passes(Level::CRITICAL) else {
            return;
        };
        let source = Source::default().with_file(&self.file).with_line(self.line);
        let message = Message::Text((&*self.message).into());
        let mut record = logger.record(passed.level, message, &source);
        record.thread = self.thread_info();
        record.backtrace = self.backtrace.as_ref();
        record.set_key_value("thread", self.thread());
        record.set_key_value("location", &*self.location);
        if self.suppressed > 0 {
            record.set_key_value("suppressed", self.suppressed);
        }
        logger.submit_passed(&mut record, passed.by_level);
    }

    fn thread_info(&self) -> ThreadInfo<'_> {
        ThreadInfo::Given {
            id: self.thread_id,
            name: self.thread_name.as_deref(),
            mark: self.mark,
        }
    }

    fn thread(&self) -> String {
        let mut name = String::new();
        self.thread_info()
            .with_display_name(&mut |part| name.push_str(part));
        name
    }
}
