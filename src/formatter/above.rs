//! The line above in a stream: [`Above`].

use std::fmt::Write as _;

use crate::formatter::colors::RESET;
use crate::formatter::line::Line;
use crate::formatter::shared::{DELTA, Path};
use crate::sys::sync::{AtomicU32, Ordering};
use crate::text::line_buf::LineBuf;
use crate::time::Timestamp;

/// What the last line of a stream has, as far as the next one does not repeat it.
#[derive(Debug)]
pub(crate) struct Above {
    last: Option<Last>,
    /// Never given twice.
    number: u32,
}

#[derive(Debug)]
struct Last {
    day: [u8; 10],
    time: Timestamp,
    /// Hour, minute and second.
    clock: [u8; CLOCK],
    /// Of the spans; 0 for none.
    path: u64,
}

/// The length of `12:00:00`.
const CLOCK: usize = 8;

/// Which stream wrote the last line with names of spans: two of them may be one terminal.
static LAST_WITH_PATH: AtomicU32 = AtomicU32::new(0);

impl Default for Above {
    fn default() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        Self {
            last: None,
            number: LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1),
        }
    }
}

impl Above {
    /// Leaves out what the line above has as well; a line of a new day gets a date above it.
    #[inline]
    pub(crate) fn leave_out(&mut self, line: &mut Line) {
        if line.shared.is_some() {
            self.change(line);
        }
    }

    fn change(&mut self, line: &mut Line) {
        let Some(shared) = line.shared.take() else {
            return;
        };
        let is_same_day = match &self.last {
            Some(last) => last.day == shared.day,
            None => true,
        };
        let clock = shared.clock_at.and_then(|at| {
            let bytes = line.text_mut().bytes_mut_from(at);
            bytes.first_chunk_mut::<CLOCK>()
        });
        let mut now = [0; CLOCK];
        if let Some(clock) = clock {
            now = *clock;
            if is_same_day && self.last.as_ref().is_some_and(|last| last.clock == now) {
                *clock = [b' '; CLOCK];
            }
        }
        if let (Some(at), Some(last)) = (shared.delta_at, &self.last) {
            put_delta(line, at, shared.time.nanos_since(last.time));
        }
        let mut path_hash = 0;
        if let Some(path) = shared.path {
            path_hash = path.hash;
            let is_last = LAST_WITH_PATH.swap(self.number, Ordering::Relaxed) == self.number;
            if is_last
                && self
                    .last
                    .as_ref()
                    .is_some_and(|last| last.path == path_hash)
            {
                leave_out_path(line, &path);
            }
        }
        self.last = Some(Last {
            day: shared.day,
            time: shared.time,
            clock: now,
            path: path_hash,
        });
        if !is_same_day {
            put_date_above(line, shared.day, shared.is_ascii);
        }
    }
}

/// Removes the names of spans, and fills up what keeps the rest of the line in its place.
fn leave_out_path(line: &mut Line, path: &Path) {
    let text = line.text_mut();
    let bytes = path.end - path.start;
    let end = path.padding_at.unwrap_or(text.len());
    let (columns, removed) = match path.padding_at {
        Some(_) => (path.columns, bytes.saturating_sub(path.columns)),
        None => (0, bytes),
    };
    // The names go to the end of what is between, where blanks take their place.
    let between = text.bytes_mut_from(path.start);
    if let Some(between) = between.get_mut(..end - path.start) {
        between.rotate_left(bytes);
        between[end - path.start - bytes..].fill(b' ');
    }
    let len = text.len();
    text.bytes_mut_from(end - bytes + columns)
        .rotate_left(removed);
    text.truncate(len - removed);
}

/// Writes a time into its blanks: `+12ms`.
fn put_delta(line: &mut Line, at: usize, nanos: i64) {
    // A clock that was set back shows no time.
    let micros = (nanos / 1000).max(0);
    LineBuf::with(|delta| {
        let _ = match micros {
            ..1_000 => write!(delta, "+{micros}us"),
            1_000..10_000_000 => write!(delta, "+{}ms", micros / 1_000),
            10_000_000..100_000_000_000 => write!(delta, "+{}s", micros / 1_000_000),
            _ => write!(delta, "+{}h", micros / 3_600_000_000),
        };
        let room = line.text_mut().bytes_mut_from(at).get_mut(..DELTA - 1);
        if let Some(room) = room.filter(|room| room.len() >= delta.len()) {
            let start = room.len() - delta.len();
            room[start..].copy_from_slice(delta.as_bytes());
        }
    });
}

#[cold]
fn put_date_above(line: &mut Line, day: [u8; 10], is_ascii: bool) {
    let color = line.color();
    let text = line.text_mut();
    let len = text.len();
    let rule = if is_ascii { "--" } else { "──" };
    let (start, end) = if color { ("\x1b[2m", RESET) } else { ("", "") };
    for part in [
        start,
        rule,
        " ",
        std::str::from_utf8(&day).unwrap_or_default(),
        " ",
        rule,
        end,
        "\n",
    ] {
        text.push_str(part);
    }
    let added = text.len() - len;
    text.bytes_mut_from(0).rotate_right(added);
}
