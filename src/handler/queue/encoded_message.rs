//! The arguments of a message as bytes, for a message that the thread which hands over formats.

use std::ptr;

use crate::handler::queue::encoded_values::Reader;
use crate::handler::queue::head::length;
use crate::record::message::MessageSource;
use crate::record::site::Site;
use crate::record::split_message::{Argument, MOST, SplitMessage};
use crate::record::{LazyMessage, Record, SourceRef};

const UNSIGNED: u8 = 0;
const SIGNED: u8 = 1;
const TEXT: u8 = 2;

/// The arguments of a message that are numbers and strings, and so can be written without the
/// user's code.
pub(super) struct TypedArguments<'m> {
    arguments: &'m [Argument<'m>],
    len: usize,
}

impl<'m> TypedArguments<'m> {
    /// Those of a record, if all are of that kind and the call of the macro has its template.
    #[inline]
    pub(super) fn of(record: &'m Record<'_>) -> Option<Self> {
        let (SourceRef::Site(site), Some(message)) = (&record.source, record.message.split())
        else {
            return None;
        };
        if !site
            .template()
            .is_some_and(|template| ptr::eq(template, message.template))
        {
            return None;
        }
        let arguments = message.arguments;
        let mut len = NUMBER * arguments.len();
        for argument in arguments {
            match argument {
                Argument::Unsigned(_) | Argument::Signed(_) => {}
                Argument::Text(text) => len = len - NUMBER + TEXT_HEAD + text.len(),
                // Only this thread may call it.
                Argument::Other(_) => return None,
            }
        }
        Some(Self { arguments, len })
    }

    /// The length of their bytes.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Writes them into a place of their length.
    #[inline]
    pub(super) fn write_to(&self, mut place: &mut [u8]) {
        for argument in self.arguments {
            place = match argument {
                Argument::Unsigned(number) => put_number(UNSIGNED, number.to_le_bytes(), place),
                Argument::Signed(number) => put_number(SIGNED, number.to_le_bytes(), place),
                Argument::Text(text) => put_text(text, place),
                Argument::Other(_) => place,
            };
        }
    }
}

/// What a number takes, and a string beside its bytes: its length.
const NUMBER: usize = 9;
const TEXT_HEAD: usize = 5;

/// Writes a number at the beginning. Returns the rest of the place.
#[inline]
fn put_number(kind: u8, number: [u8; 8], place: &mut [u8]) -> &mut [u8] {
    let Some((head, rest)) = place.split_first_chunk_mut::<NUMBER>() else {
        return &mut [];
    };
    head[0] = kind;
    head[1..].copy_from_slice(&number);
    rest
}

/// Writes a string at the beginning. Returns the rest of the place.
#[inline]
fn put_text<'p>(text: &str, place: &'p mut [u8]) -> &'p mut [u8] {
    let Some((head, rest)) = place.split_first_chunk_mut::<TEXT_HEAD>() else {
        return &mut [];
    };
    head[0] = TEXT;
    head[1..].copy_from_slice(&length(text.len()));
    let Some((bytes, rest)) = rest.split_at_mut_checked(text.len()) else {
        return &mut [];
    };
    bytes.copy_from_slice(text.as_bytes());
    rest
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
