//! How a handler has its sink write a record.

use crate::error::Error;
use crate::formatter::Format;
use crate::formatter::shared_line::SharedLine;
use crate::handler::any_sink::AnySink;
use crate::handler::config::HandlerConfig;
use crate::handler::core::HandlerCore;
use crate::handler::failure;
use crate::handler::handled::Handled;
use crate::handler::sink::Sink;
use crate::level::Level;
use crate::record::{Message, Record, Source};
use crate::sys::sync::Arc;
use crate::sys::user_code;

impl HandlerCore {
    /// Counts a record and has the sink write it by a formatter.
    #[inline]
    pub(super) fn emit(self: &Arc<Self>, record: &Record<'_>, formatter: &dyn Format) -> Handled {
        self.emit_by(record, formatter, |sink| sink.write(record, formatter))
    }

    /// The same by a formatter of a known type. For a stream, all from here to the device is one
    /// function without virtual calls.
    #[inline]
    pub(super) fn emit_known(
        self: &Arc<Self>,
        record: &Record<'_>,
        formatter: &impl Format,
    ) -> Handled {
        match &self.sink {
            AnySink::Stream(stream) => {
                self.emit_by(record, formatter, |_| stream.write_by(record, formatter))
            }
            AnySink::Other(_) => self.emit(record, formatter),
        }
    }

    /// Counts a record and has the sink write it.
    #[inline]
    fn emit_by(
        self: &Arc<Self>,
        record: &Record<'_>,
        formatter: &dyn Format,
        write: impl FnOnce(&dyn Sink) -> Result<(), Error>,
    ) -> Handled {
        let tally = &self.book.tally;
        let place = tally.place();
        place.accepted();
        if tally.owes_notice() {
            self.give_notice(record, formatter);
        }
        match write(&*self.sink) {
            Ok(()) => {
                place.taken();
                Handled::Written
            }
            Err(error) => {
                self.fail(record, error);
                Handled::Failed
            }
        }
    }

    /// Handles a record whose line several handlers share; their filters have passed it.
    #[inline]
    pub(super) fn handle_line(
        self: &Arc<Self>,
        config: &HandlerConfig,
        record: &Record<'_>,
        line: &mut SharedLine,
    ) -> Handled {
        let formatter = &**config.formatter;
        let write = |sink: &dyn Sink| match sink.write_line(record, line.lend()) {
            Some(Ok(())) => Ok(()),
            Some(failed) => {
                // Its arguments are formatted once.
                line.keep_message(record);
                failed
            }
            None => {
                line.keep_message(record);
                sink.write(record, formatter)
            }
        };
        match user_code::call(|| self.emit_by(record, formatter, write)) {
            Ok(handled) => handled,
            Err(panic) => {
                line.keep_message(record);
                self.fail_by_panic(record, panic);
                Handled::Refused
            }
        }
    }

    /// Writes how many records an outage cost, before the first record after it, in the handler's
    /// own format.
    #[cold]
    fn give_notice(&self, record: &Record<'_>, formatter: &dyn Format) {
        let tally = &self.book.tally;
        let lost = tally.take_lost();
        if lost == 0 {
            return;
        }
        let plural = if lost == 1 { "" } else { "s" };
        let notice = Record::new(
            record.environment,
            failure::NOTICES,
            Level::WARNING,
            Message::Text(format!("{lost} record{plural} dropped: the device failed").into()),
            &Source::default(),
        );
        let written = user_code::call(|| self.sink.write_through(&notice, formatter));
        if !matches!(written, Ok(Ok(()))) {
            tally.give_back_lost(lost);
            user_code::drop_value(written);
        }
    }
}
