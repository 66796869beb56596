//! Texts and key-values as bytes: [`EncodedKeyValues`].

use log::kv::{self, Key, Value, VisitSource};

use crate::record::Scalar;
use crate::sys::user_code;
use crate::text::line_buf::LineBuf;

pub(super) fn push_text(out: &mut LineBuf, text: &str) {
    // A text of 4 GiB is cut: no queue is that long.
    let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
    out.push_bytes(&len.to_le_bytes());
    out.push_bytes(&text.as_bytes()[..len as usize]);
}

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const SIGNED: u8 = 3;
const UNSIGNED: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;

pub(super) fn push_scalar(out: &mut LineBuf, scalar: Scalar<'_>) {
    match scalar {
        Scalar::Null => out.push_bytes(&[NULL]),
        Scalar::Bool(value) => out.push_bytes(&[if value { TRUE } else { FALSE }]),
        Scalar::Signed(value) => {
            out.push_bytes(&[SIGNED]);
            out.push_bytes(&value.to_le_bytes());
        }
        Scalar::Unsigned(value) => {
            out.push_bytes(&[UNSIGNED]);
            out.push_bytes(&value.to_le_bytes());
        }
        Scalar::Float(value) => {
            out.push_bytes(&[FLOAT]);
            out.push_bytes(&value.to_le_bytes());
        }
        Scalar::Text(text) => {
            out.push_bytes(&[TEXT]);
            push_text(out, text);
        }
        // A string then, for all formats.
        Scalar::Nested(value) => {
            out.push_bytes(&[TEXT]);
            push_text(out, &value.to_string());
        }
        Scalar::Other(value) => LineBuf::with(|text| {
            user_code::write_to(text, |text| {
                std::fmt::Write::write_fmt(text, format_args!("{value}"))
            });
            out.push_bytes(&[TEXT]);
            push_text(out, text.as_str());
        }),
    }
}

pub(super) fn get<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let found = bytes
        .get(at..at + N)
        .and_then(|bytes| bytes.try_into().ok());
    found.unwrap_or([0; N])
}

/// What is left of some bytes. Beyond their end, texts are empty and numbers 0.
#[derive(Clone, Copy)]
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        let (array, rest) = self.0.split_first_chunk().unwrap_or((&[0; N], &[]));
        self.0 = rest;
        *array
    }

    /// So many bytes.
    pub(super) fn part(&mut self, len: u32) -> Self {
        let (part, rest) = self.0.split_at_checked(len as usize).unwrap_or_default();
        self.0 = rest;
        Self(part)
    }

    /// All of it, which is a text.
    pub(super) fn all(self) -> &'b str {
        // It was one when it was written.
        std::str::from_utf8(self.0).unwrap_or_default()
    }

    /// A text with its length before it.
    pub(super) fn text(&mut self) -> &'b str {
        let len = u32::from_le_bytes(self.array());
        self.part(len).all()
    }
}

/// The key-values of a record, to the end of its bytes.
pub(super) struct EncodedKeyValues<'b>(pub(super) Reader<'b>);

impl kv::Source for EncodedKeyValues<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
        let mut rest = self.0;
        while !rest.is_empty() {
            let key = Key::from_str(rest.text());
            let [kind] = rest.array();
            let value = match kind {
                TRUE | FALSE => Value::from(kind == TRUE),
                SIGNED => {
                    let value = i128::from_le_bytes(rest.array());
                    i64::try_from(value).map_or_else(|_| Value::from(value), Value::from)
                }
                UNSIGNED => {
                    let value = u128::from_le_bytes(rest.array());
                    u64::try_from(value).map_or_else(|_| Value::from(value), Value::from)
                }
                FLOAT => Value::from(f64::from_le_bytes(rest.array())),
                TEXT => Value::from(rest.text()),
                _ => Value::null(),
            };
            visitor.visit_pair(key, value)?;
        }
        Ok(())
    }
}
