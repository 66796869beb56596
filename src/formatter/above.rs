//! The line above in a stream: [`Above`].

use crate::formatter::colors::RESET;
use crate::formatter::line::Line;

/// What the last line of a stream has, as far as the next one does not repeat it.
#[derive(Debug, Default)]
pub(crate) struct Above(Option<Last>);

#[derive(Debug)]
struct Last {
    day: [u8; 10],
    /// Hour, minute and second.
    clock: [u8; CLOCK],
}

/// The length of `12:00:00`.
const CLOCK: usize = 8;

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
        let is_same_day = match &mut self.0 {
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
            if is_same_day && self.0.as_ref().is_some_and(|last| last.clock == now) {
                *clock = [b' '; CLOCK];
            }
        }
        self.0 = Some(Last {
            day: shared.day,
            clock: now,
        });
        if !is_same_day {
            put_date_above(line, shared.day, shared.is_ascii);
        }
    }
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
