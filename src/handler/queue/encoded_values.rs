//! Texts and key-values as bytes: [`EncodedKeyValues`].

use log::kv::{self, Key, Value, VisitSource};

use crate::record::Scalar;
use crate::sys::user_code;
use crate::text::line_buf::LineBuf;

pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&text.as_bytes()[..len as usize]);
}

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const SIGNED: u8 = 3;
const UNSIGNED: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;

pub(super) fn push_scalar(out: &mut Vec<u8>, scalar: Scalar<'_>) {
    match scalar {
        Scalar::Null => out.push(NULL),
        Scalar::Bool(value) => out.push(if value { TRUE } else { FALSE }),
        Scalar::Signed(value) => {
            out.push(SIGNED);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Scalar::Unsigned(value) => {
            out.push(UNSIGNED);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Scalar::Float(value) => {
            out.push(FLOAT);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Scalar::Text(text) => {
            out.push(TEXT);
            push_text(out, text);
        }
        // A value of the facade, which carries no lists and maps either.
        Scalar::Nested(value) => {
            out.push(TEXT);
            push_text(out, &value.to_string());
        }
        Scalar::Other(value) => LineBuf::with(|text| {
            user_code::write_to(text, |text| {
                std::fmt::Write::write_fmt(text, format_args!("{value}"))
            });
            out.push(TEXT);
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

pub(super) fn text_at(bytes: &[u8], at: usize, len: usize) -> &str {
    let text = bytes.get(at..at + len).unwrap_or_default();
    // It was a text when it was written.
    std::str::from_utf8(text).unwrap_or_default()
}

/// A text with its length before it, and where it ends.
pub(super) fn sized_text(bytes: &[u8], at: usize) -> (&str, usize) {
    let len = u32::from_le_bytes(get(bytes, at)) as usize;
    (text_at(bytes, at + 4, len), at + 4 + len)
}

/// The key-values of a record, to the end of its bytes.
pub(super) struct EncodedKeyValues<'b>(pub(super) &'b [u8]);

impl kv::Source for EncodedKeyValues<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
        let bytes = self.0;
        let mut at = 0;
        while at < bytes.len() {
            let (key, end) = sized_text(bytes, at);
            let key = Key::from_str(key);
            let kind = bytes.get(end).copied().unwrap_or(NULL);
            at = end + 1;
            match kind {
                TRUE | FALSE => visitor.visit_pair(key, Value::from(kind == TRUE))?,
                SIGNED => {
                    let value = i128::from_le_bytes(get(bytes, at));
                    at += 16;
                    match i64::try_from(value) {
                        Ok(value) => visitor.visit_pair(key, Value::from(value))?,
                        Err(_) => visitor.visit_pair(key, big(&get(bytes, at - 16), true))?,
                    }
                }
                UNSIGNED => {
                    let value = u128::from_le_bytes(get(bytes, at));
                    at += 16;
                    match u64::try_from(value) {
                        Ok(value) => visitor.visit_pair(key, Value::from(value))?,
                        Err(_) => visitor.visit_pair(key, big(&get(bytes, at - 16), false))?,
                    }
                }
                FLOAT => {
                    visitor.visit_pair(key, Value::from(f64::from_le_bytes(get(bytes, at))))?;
                    at += 8;
                }
                TEXT => {
                    let (text, end) = sized_text(bytes, at);
                    visitor.visit_pair(key, Value::from(text))?;
                    at = end;
                }
                _ => visitor.visit_pair(key, Value::null())?,
            }
        }
        Ok(())
    }
}

/// A number beyond 64 bits.
fn big<'v>(bytes: &[u8; 16], signed: bool) -> Value<'v> {
    if signed {
        Value::from(i128::from_le_bytes(*bytes))
    } else {
        Value::from(u128::from_le_bytes(*bytes))
    }
}
