//! What Google Cloud's agents read from an object: [`Part`].

use std::hash::{BuildHasher, RandomState};

use crate::formatter::json::escape::{push_escaped, push_string};
use crate::formatter::json::failure::{has_error, has_stack, push_failure};
use crate::formatter::json::key_value::{last_of, with_value};
use crate::formatter::json::object::{push_as_text, push_scalar};
use crate::level::Level;
use crate::record::{KeyValues, OwnedValue, Record, Scalar};
use crate::sys::sync::{AtomicU64, Lazy, Ordering};
use crate::text::line_buf::LineBuf;

/// The longest object. An entry has at most 256 KiB, with what the agent adds.
pub(super) const MAX_BYTES: usize = 250_000;

/// The bytes of the label that reports a cut.
pub(super) const CUT_LABEL_BYTES: usize = 48;

/// Names that the agent reads, for what other members say.
pub(super) const RESERVED: &[&str] = &["timestamp", "timestampSeconds", "timestampNanos"];

pub(super) const SOURCE_LOCATION: &str = "logging.googleapis.com/sourceLocation";

/// A member that only objects for Google Cloud have.
#[derive(Clone, Debug)]
pub(super) enum Part {
    SourceLocation,
    /// With what is before the id.
    Trace(String),
    SpanId,
    TraceSampled,
    Labels,
    InsertId,
    /// Has the record reported as an error, whatever its text.
    Type,
    ServiceContext(OwnedValue),
    Exception,
    StackTrace,
}

impl Part {
    /// Returns the key of the key-value that it holds.
    pub(super) fn key(&self) -> Option<&'static str> {
        match self {
            Self::Trace(_) => Some("trace_id"),
            Self::SpanId => Some("span_id"),
            Self::TraceSampled => Some("trace_sampled"),
            _ => None,
        }
    }

    pub(super) fn is_in(&self, record: &Record<'_>) -> bool {
        match self {
            Self::SourceLocation => !record.source().file().is_empty(),
            Self::Trace(_) | Self::SpanId | Self::TraceSampled => {
                self.place(record.key_values()).is_some()
            }
            Self::Labels | Self::InsertId => true,
            Self::Type | Self::ServiceContext(_) => record.level() >= Level::ERROR,
            Self::Exception => has_error(record) && !has_stack(record),
            Self::StackTrace => has_stack(record),
        }
    }

    /// Returns the place of the key-value that it holds.
    pub(super) fn place(&self, key_values: KeyValues<'_>) -> Option<usize> {
        let place = last_of(key_values, self.key()?)?;
        let mut fits = true;
        if matches!(self, Self::TraceSampled) {
            with_value(key_values, place, &mut |value| {
                fits = matches!(value, Scalar::Bool(_));
            });
        }
        fits.then_some(place)
    }

    pub(super) fn push(&self, record: &Record<'_>, message_end: usize, out: &mut LineBuf) {
        let read = |read: &mut dyn FnMut(Scalar<'_>)| {
            if let Some(at) = self.place(record.key_values()) {
                with_value(record.key_values(), at, read);
            }
        };
        match self {
            Self::SourceLocation => {
                let source = record.source();
                out.push_str("{\"file\":");
                push_string(out, source.file());
                // Text, as the number has 64 bits.
                out.push_str(",\"line\":\"");
                out.push_unsigned(source.line().into());
                out.push_str("\",\"function\":");
                push_string(out, source.function());
                out.push('}');
            }
            Self::Trace(before) => {
                out.push('"');
                push_escaped(out, before);
                LineBuf::with(|id| {
                    read(&mut |value| push_as_text(id, value));
                    let id = id.as_str();
                    let quoted = id.strip_prefix('"').and_then(|id| id.strip_suffix('"'));
                    out.push_str(quoted.unwrap_or(id));
                });
                out.push('"');
            }
            Self::SpanId => read(&mut |value| push_as_text(out, value)),
            Self::TraceSampled => read(&mut |value| push_scalar(out, value)),
            Self::Labels => {
                out.push_str("{\"logger\":");
                push_string(out, record.name());
                out.push_str(",\"thread\":\"");
                record.thread.with_display_name(&mut |part| {
                    push_escaped(out, part);
                });
                let cut = record.message().len() - message_end;
                if cut > 0 {
                    out.push_str("\",\"message_bytes_cut\":\"");
                    out.push_unsigned(cut as u64);
                }
                out.push_str("\"}");
            }
            Self::InsertId => push_insert_id(record, out),
            Self::Type => push_string(
                out,
                "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent",
            ),
            Self::ServiceContext(value) => push_scalar(out, value.as_scalar()),
            Self::Exception => push_failure(record, true, false, out),
            Self::StackTrace => push_failure(record, true, true, out),
        }
    }
}

/// Writes an id that no other record has, of this process, of its children or of the next one: an
/// entry that an agent sends twice is stored once.
fn push_insert_id(record: &Record<'_>, out: &mut LineBuf) {
    static BOOT: Lazy<u64> = Lazy::new(|| RandomState::new().hash_one(0));
    static NEXT: AtomicU64 = AtomicU64::new(0);
    out.push('"');
    out.push_unsigned(*BOOT);
    out.push('-');
    // A forked child has the same boot and the same numbers.
    out.push_unsigned(record.process_id().into());
    out.push('-');
    out.push_unsigned(NEXT.fetch_add(1, Ordering::Relaxed));
    out.push('"');
}
