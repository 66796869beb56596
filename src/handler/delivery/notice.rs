//! Reports to a receiver of records that it will not get.

use crate::formatter::Format;
use crate::handler::delivery::entry::Entry;
use crate::handler::delivery::outgoing::Outgoing;
use crate::handler::delivery::state::new_boot;
use crate::level::Level;
use crate::record::Record;

impl Outgoing {
    /// Makes a notice of what was dropped, in the handler's own format, if one is due. It goes with
    /// the records that are sent next: under overload each call counts.
    pub(super) fn give_notice(&self) {
        let mut state = self.state.lock();
        let epoch = state.epoch;
        // One at a time: what is dropped during a flight is reported after it.
        let is_free = state.flight.is_none();
        let Some(text) = is_free.then(|| state.link.begin_notice()).flatten() else {
            return;
        };
        drop(state);
        let mut payload = Vec::new();
        let mut entry = None;
        let mut encode = |record: &Record<'_>, format: &dyn Format| {
            let encoded = self.in_transport(|| self.transport.encode(record, format, &mut payload));
            if let Ok(Ok(())) = encoded {
                let payload = std::mem::take(&mut payload);
                let mut notice = Entry::new(record.level(), record.time(), record.name(), payload);
                // No other notice has the same identifier.
                notice.boot = new_boot();
                notice.is_counted = false;
                entry = Some(notice);
            }
        };
        self.ledger.notice(Level::WARNING, &text, &mut encode);
        let mut state = self.state.lock();
        if state.epoch != epoch {
            return;
        }
        if entry.is_none() {
            // Nor can the next one be encoded.
            state.link.told();
        }
        state.notice = entry;
    }
}
