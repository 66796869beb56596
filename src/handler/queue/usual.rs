//! The records that most are, written where they are read from: [`Usual`].

use crate::handler::queue::encoded_message::TypedArguments;
use crate::handler::queue::head::{Facts, HAS_ARGUMENTS, HEAD, IS_HIDDEN};
use crate::record::sending_mark::SendingMark;
use crate::record::{Record, SourceRef, ThreadInfo};

/// A record of a macro whose message is made of numbers and strings, and that has nothing else.
///
/// Its length is known beforehand, and no code of the user runs while it is written. So it is
/// written into the ring itself, with the same bytes as by [`encode`](super::codec::encode).
pub(super) struct Usual<'r> {
    record: &'r Record<'r>,
    arguments: TypedArguments<'r>,
    environment: u32,
    site: u32,
}

impl<'r> Usual<'r> {
    #[inline]
    pub(super) fn of(record: &'r Record<'r>, environment: u32) -> Option<Self> {
        let SourceRef::Site(site) = &record.source else {
            return None;
        };
        let is_usual = record.is_bare()
            && matches!(record.thread, ThreadInfo::Current)
            && SendingMark::current() == SendingMark::NONE;
        if !is_usual {
            return None;
        }
        Some(Self {
            record,
            arguments: TypedArguments::of(record)?,
            environment,
            site: site.number(),
        })
    }

    /// The length of the whole record.
    #[inline]
    pub(super) fn len(&self) -> usize {
        HEAD + self.record.name.len() + self.arguments.len()
    }

    /// Writes the record into a place of its length.
    #[inline]
    pub(super) fn write_to(&self, place: &mut [u8], stamp: u64) {
        let (record, total) = (self.record, place.len());
        let is_hidden = if record.is_hidden { IS_HIDDEN } else { 0 };
        let facts = Facts {
            record,
            flags: HAS_ARGUMENTS | is_hidden,
            stamp,
            environment: self.environment,
            site: self.site,
            message: self.arguments.len(),
            total,
        };
        let Some((head, rest)) = place.split_first_chunk_mut() else {
            return;
        };
        facts.write_to(head);
        let Some((name, message)) = rest.split_at_mut_checked(record.name.len()) else {
            return;
        };
        name.copy_from_slice(record.name.as_bytes());
        self.arguments.write_to(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::queue::codec::encode;
    use crate::handler::queue::head::set_stamp;
    use crate::record::message::MessageSource;
    use crate::record::site::Site;
    use crate::record::split_message::{Argument, SplitMessage, Template};
    use crate::record::{LazyMessage, Message, Source};
    use crate::text::line_buf::LineBuf;

    static TEMPLATE: Template = Template::new("{} {}");
    static SITE: Site = Site::new(
        Source::of_call_site("a::b", "a.rs", 7, || "a::b::f::item"),
        Some(&TEMPLATE),
    );

    fn with_record(last: Argument<'_>, read: impl FnOnce(Record<'_>)) {
        let arguments = [Argument::Signed(-2), last];
        let text = LazyMessage::new(MessageSource::Split(SplitMessage {
            template: &TEMPLATE,
            arguments: &arguments,
        }));
        let mut record = Record::builder().name("a.é").build();
        (record.source, record.message) = (SourceRef::from(&SITE), Message::Lazy(&text));
        record.thread = ThreadInfo::Current;
        read(record);
    }

    #[test]
    fn its_bytes_are_those_of_any_record() {
        let long = "x".repeat(3000);
        for last in ["", "é", "thirty-two bytes and a few more...", &long] {
            with_record(Argument::Text(last), |mut record| {
                for is_hidden in [false, true] {
                    record.is_hidden = is_hidden;
                    let usual = Usual::of(&record, 3).unwrap();
                    let mut place = vec![1; usual.len()];
                    usual.write_to(&mut place, 9);
                    let mut bytes = LineBuf::default();
                    encode(&record, None, 3, &mut bytes).unwrap();
                    set_stamp(bytes.as_bytes_mut(), 9);
                    assert_eq!(place, bytes.as_bytes());
                }
            });
        }
    }

    #[test]
    fn what_has_more_or_needs_its_thread_is_not_usual() {
        let is_usual = |record: &Record<'_>| Usual::of(record, 0).is_some();
        with_record(Argument::Unsigned(1), |record| assert!(is_usual(&record)));
        with_record(Argument::Other(&1), |record| assert!(!is_usual(&record)));
        with_record(Argument::Unsigned(1), |mut record| {
            record.source = SourceRef::Own(Source::default());
            assert!(!is_usual(&record));
        });
        with_record(Argument::Unsigned(1), |mut record| {
            record.error = Some(&std::fmt::Error);
            assert!(!is_usual(&record));
        });
        with_record(Argument::Unsigned(1), |mut record| {
            let mark = SendingMark::NONE;
            let (id, name) = (7, None);
            record.thread = ThreadInfo::Given { id, name, mark };
            assert!(!is_usual(&record));
        });
    }
}
