//! The arguments of a message as bytes, for a message that the thread which hands over formats.

use std::ptr;

use crate::handler::queue::encoded_values::{Reader, push_text};
use crate::record::message::MessageSource;
use crate::record::site::Site;
use crate::record::split_message::{Argument, MOST, SplitMessage};
use crate::record::{LazyMessage, Record, SourceRef};
use crate::text::line_buf::LineBuf;

const UNSIGNED: u8 = 0;
const SIGNED: u8 = 1;
const TEXT: u8 = 2;

/// Appends the arguments of the message, if all of them are numbers and strings and the call of the
/// macro has its template. Reports whether it did.
#[inline]
pub(super) fn push_arguments(record: &Record<'_>, out: &mut LineBuf) -> bool {
    let (SourceRef::Site(site), Some(message)) = (&record.source, record.message.split()) else {
        return false;
    };
    if !site
        .template()
        .is_some_and(|template| ptr::eq(template, message.template))
    {
        return false;
    }
    let start = out.len();
    for argument in message.arguments {
        match argument {
            Argument::Unsigned(number) => push_number(UNSIGNED, number.to_le_bytes(), out),
            Argument::Signed(number) => push_number(SIGNED, number.to_le_bytes(), out),
            Argument::Text(text) => {
                out.push_bytes(&[TEXT]);
                push_text(out, text);
            }
            // Only this thread may call it.
            Argument::Other(_) => {
                out.truncate(start);
                return false;
            }
        }
    }
    true
}

#[inline]
fn push_number(kind: u8, number: [u8; 8], out: &mut LineBuf) {
    let mut bytes = [kind; 9];
    bytes[1..].copy_from_slice(&number);
    out.push_bytes(&bytes);
}

/// Reads arguments, which borrow their strings.
pub(super) struct Arguments<'b> {
    read: [Argument<'b>; MOST],
    count: usize,
}

impl<'b> Arguments<'b> {
    pub(super) fn read(mut bytes: Reader<'b>) -> Self {
        let (mut read, mut count) = ([Argument::Unsigned(0); MOST], 0);
        for place in &mut read {
            if bytes.is_empty() {
                break;
            }
            let [kind] = bytes.array();
            *place = match kind {
                UNSIGNED => Argument::Unsigned(u64::from_le_bytes(bytes.array())),
                SIGNED => Argument::Signed(i64::from_le_bytes(bytes.array())),
                _ => Argument::Text(bytes.text()),
            };
            count += 1;
        }
        Self { read, count }
    }

    /// Returns the message of the call with these arguments.
    pub(super) fn message<'m>(&'m self, site: &Site) -> Option<LazyMessage<'m>> {
        let message = SplitMessage {
            template: site.template()?,
            arguments: &self.read[..self.count],
        };
        Some(LazyMessage::new(MessageSource::Split(message)))
    }
}
