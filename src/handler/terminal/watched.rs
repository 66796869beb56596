//! The terminal of a stream: whether there is one, and how wide it is.

use std::io::IsTerminal;

use crate::formatter::Line;
pub(in crate::handler) use crate::formatter::above::Above;
use crate::formatter::shared::Screen;
use crate::record::Record;
use crate::sys::host::{self, Standard};
use crate::sys::sync::{AtomicU32, AtomicU64, Ordering};
use crate::sys::variable::variable;

/// How long a width counts, in nanoseconds: windows change.
const FRESH: u64 = 1_000_000_000;

pub(in crate::handler) struct Terminal {
    /// The stream, if it is a terminal.
    stream: Option<Standard>,
    /// `COLUMNS`, where the terminal does not know; 0 for none.
    given: u16,
    columns: AtomicU32,
    /// When the width was read, by the time of a record.
    read_at: AtomicU64,
}

impl Terminal {
    pub(in crate::handler) fn of(stream: Standard, terminal: &impl IsTerminal) -> Self {
        let given = variable("COLUMNS").ok();
        Self {
            stream: terminal.is_terminal().then_some(stream),
            given: given.and_then(|text| text.parse().ok()).unwrap_or(0),
            ..Self::none()
        }
    }

    /// Of a writer.
    pub(in crate::handler) fn none() -> Self {
        Self {
            stream: None,
            given: 0,
            columns: AtomicU32::new(0),
            read_at: AtomicU64::new(u64::MAX),
        }
    }

    /// Returns an empty line that knows the terminal.
    #[inline]
    pub(in crate::handler) fn line(&self, color: bool, record: &Record<'_>) -> Line {
        let screen = Screen {
            is_terminal: self.stream.is_some(),
            columns: match self.stream {
                Some(stream) => self.columns(stream, record.time().as_nanos().unsigned_abs()),
                None => self.given,
            },
        };
        Line::new().with_color(color).on_screen(screen)
    }

    #[inline]
    fn columns(&self, stream: Standard, now: u64) -> u16 {
        // Two threads may read it at once, and one may get the width before.
        if self.read_at.load(Ordering::Relaxed).abs_diff(now) >= FRESH {
            self.read(stream, now);
        }
        u16::try_from(self.columns.load(Ordering::Relaxed)).unwrap_or(0)
    }

    #[cold]
    fn read(&self, stream: Standard, now: u64) {
        let columns = host::columns(stream).unwrap_or(self.given);
        self.columns.store(columns.into(), Ordering::Relaxed);
        self.read_at.store(now, Ordering::Relaxed);
    }
}
