//! Several short strings appended at once: [`Run`].

use crate::text::line_buf::{INLINE, LineBuf};
use crate::text::short_str::ShortStr;

/// A buffer to which several short strings are appended, with its length in a register.
pub(crate) struct Run<'t> {
    text: &'t mut LineBuf,
    /// The length of the buffer, stored there at the end of the run.
    pub(super) len: usize,
}

impl LineBuf {
    /// Lends a run to `work`.
    #[inline(always)]
    pub(crate) fn run(&mut self, work: impl FnOnce(&mut Run<'_>)) {
        let mut run = Run {
            len: self.len,
            text: self,
        };
        work(&mut run);
        run.text.len = run.len;
    }

    /// Appends a short string.
    #[inline]
    pub(crate) fn push_short<const N: usize>(&mut self, short: &ShortStr<N>) {
        self.run(|run| run.push_short(short));
    }

    // Takes the string itself, so that its address need not be found where there is room.
    #[cold]
    #[inline(never)]
    fn push_short_slowly<const N: usize>(&mut self, short: &ShortStr<N>) {
        self.push_slowly(short.as_bytes());
    }
}

impl Run<'_> {
    /// The place of the next `N` bytes, if the array has room for them.
    #[inline(always)]
    pub(super) fn room<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        if self.len <= INLINE - N {
            self.text.bytes[self.len..].first_chunk_mut()
        } else {
            None
        }
    }

    /// Appends what takes more than a few steps, by a function that is not inlined: only the buffer
    /// itself is lent to it, so that the length stays in a register meanwhile.
    #[inline(always)]
    pub(crate) fn slowly(&mut self, work: impl FnOnce(&mut LineBuf)) {
        self.text.len = self.len;
        work(self.text);
        self.len = self.text.len;
    }

    /// Appends a short string.
    #[inline(always)]
    pub(crate) fn push_short<const N: usize>(&mut self, short: &ShortStr<N>) {
        match self.room() {
            Some(room) => {
                *room = short.bytes;
                self.len += usize::from(short.len);
            }
            None => self.slowly(|text| text.push_short_slowly(short)),
        }
    }
}
