//! A growing string that short strings are quickly appended to: [`LineBuf`].

use std::cell::Cell;
use std::fmt;
use std::thread::LocalKey;

use crate::text::pool::{MAX_KEPT_CAPACITY, Pool, Pooled, Reuse};
use crate::text::short_str::ShortStr;

/// A string that only grows, in UTF-8; bytes of another kind may stand before it.
///
/// Lines consist of short strings, for which a call to `memcpy` costs more than the copy itself:
/// strings of up to 32 bytes are copied as two words of a fixed size that overlap, into an array of
/// a fixed size, so that one compare finds the room. A `String` cannot do this without unsafe code.
/// The price is that the bytes are validated each time they are read as a `str`; sinks read bytes.
///
/// Exactly one of `bytes` and `long` holds the string: `long` from the moment `len` exceeds
/// `INLINE`.
#[derive(Debug)]
pub(crate) struct LineBuf {
    /// How many bytes of `bytes` are used; `usize::MAX` once the string is in `long`.
    pub(super) len: usize,
    /// The whole string, once it has outgrown `bytes`.
    long: Vec<u8>,
    pub(super) bytes: [u8; INLINE],
}

/// Most lines fit.
pub(super) const INLINE: usize = 1024;

impl Default for LineBuf {
    fn default() -> Self {
        Self {
            len: 0,
            long: Vec::new(),
            bytes: [0; INLINE],
        }
    }
}

impl LineBuf {
    /// Lends an empty buffer of the thread's pool.
    pub(crate) fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        let mut text = Pooled::take();
        let result = work(&mut text);
        text.give_back();
        result
    }

    #[inline]
    pub(crate) fn push_str(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    /// Appends bytes, which no string that is read may contain unless they are UTF-8.
    #[inline]
    pub(crate) fn push_bytes(&mut self, bytes: &[u8]) {
        let len = bytes.len();
        let Some(room) = self.room::<32>() else {
            return self.push_slowly(bytes);
        };
        // A chain, as what is known of the length by then makes each test a single compare.
        if len > 32 {
            return self.push_slowly(bytes);
        } else if len >= 16 {
            let _ = copy_ends::<16>(room, bytes);
        } else if len >= 8 {
            let _ = copy_ends::<8>(room, bytes);
        } else if len >= 4 {
            let _ = copy_ends::<4>(room, bytes);
        } else if len >= 2 {
            let _ = copy_ends::<2>(room, bytes);
        } else if let Some(byte) = bytes.first() {
            room[0] = *byte;
        }
        self.len += len;
    }

    /// Appends a short string if `marks` finds nothing in it. Returns whether it was appended, or
    /// `None` if the string is too long.
    ///
    /// `marks` receives eight bytes at a time, some of them twice, padded with zeros (the digit).
    /// Each byte is loaded once, for the test and the copy.
    #[inline]
    pub(crate) fn push_if(&mut self, text: &str, marks: impl Fn(u64) -> u64) -> Option<bool> {
        let bytes = text.as_bytes();
        let len = bytes.len();
        let room = self.room::<32>()?;
        // The bytes past the end are unused, so they are copied before the test has its result.
        let marked = if len > 32 {
            return None;
        } else if len >= 16 {
            let [first, last] = copy_ends::<16>(room, bytes)?;
            let [a, b] = words(first);
            let [c, d] = words(last);
            marks(a) | marks(b) | marks(c) | marks(d)
        } else if len >= 8 {
            let [first, last] = copy_ends::<8>(room, bytes)?;
            marks(u64::from_le_bytes(first)) | marks(u64::from_le_bytes(last))
        } else if len >= 4 {
            let [first, last] = copy_ends::<4>(room, bytes)?.map(u32::from_le_bytes);
            marks(u64::from(first) | u64::from(last) << 32)
        } else if len >= 1 {
            // The first, the middle and the last are all.
            let [first, middle, last] = [bytes[0], bytes[len / 2], bytes[len - 1]];
            (room[0], room[len / 2], room[len - 1]) = (first, middle, last);
            marks(u64::from_le_bytes([
                first, middle, last, b'0', b'0', b'0', b'0', b'0',
            ]))
        } else {
            0
        };
        if marked == 0 {
            self.len += len;
        }
        Some(marked == 0)
    }

    /// The place of the next `N` bytes, if the array has room for them.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        let len = self.len;
        // Phrased so that one compare with a constant suffices.
        if len <= INLINE - N {
            self.bytes[len..].first_chunk_mut()
        } else {
            None
        }
    }

    /// Appends a string that is long, or does not fit the array any more.
    #[inline(never)]
    pub(super) fn push_slowly(&mut self, bytes: &[u8]) {
        let end = self.len.saturating_add(bytes.len());
        if let Some(room) = self.bytes.get_mut(self.len.min(end)..end) {
            room.copy_from_slice(bytes);
            self.len = end;
            return;
        }
        self.outgrow();
        self.long.extend_from_slice(bytes);
    }

    /// Moves the string to `long`, unless it is there already.
    fn outgrow(&mut self) {
        if let Some(short) = self.bytes.get(..self.len) {
            self.long.extend_from_slice(short);
            self.len = usize::MAX;
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, character: char) {
        match (u8::try_from(character), self.room::<1>()) {
            (Ok(byte), Some(room)) if byte.is_ascii() => {
                room[0] = byte;
                self.len += 1;
            }
            _ => self.push_bytes(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// Appends a short string that may change later.
    #[inline]
    pub(crate) fn push_short_cell<const N: usize>(&mut self, cell: &Cell<ShortStr<N>>) {
        match self.room::<N>() {
            // Read here, so that it is copied once and not by way of the stack.
            Some(room) => {
                let short = cell.get();
                *room = short.bytes;
                self.len += usize::from(short.len);
            }
            None => self.push_slowly(cell.get().as_bytes()),
        }
    }

    /// Appends a short string if `change`, which may modify the copy, returns `true`. Reports
    /// whether it was appended; a buffer that has outgrown its array appends none.
    #[inline(always)]
    pub(crate) fn push_short_cell_if<const N: usize>(
        &mut self,
        cell: &Cell<ShortStr<N>>,
        change: impl FnOnce(&mut [u8; N]) -> bool,
    ) -> bool {
        let Some(room) = self.room::<N>() else {
            return false;
        };
        let short = cell.get();
        *room = short.bytes;
        // The bytes past the end are unused until the length includes them.
        let stays = change(room);
        if stays {
            self.len += usize::from(short.len);
        }
        stays
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.as_bytes().len()
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&self.long)
    }

    /// Appends bytes and returns them. The caller must fill in every one: those of an earlier
    /// string may stand there.
    pub(crate) fn append(&mut self, len: usize) -> &mut [u8] {
        let start = self.len();
        let end = self.len.saturating_add(len);
        if end <= INLINE {
            self.len = end;
        } else {
            self.outgrow();
            self.long.resize(start + len, 0);
        }
        self.bytes_mut_from(start)
    }

    /// Leaves room for bytes that are filled in later.
    #[inline]
    pub(crate) fn leave<const N: usize>(&mut self) {
        match self.room::<N>() {
            Some(_) => self.len += N,
            None => self.push_slowly(&[0; N]),
        }
    }

    #[inline]
    pub(crate) fn as_bytes_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or(&mut self.long)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.from(0)
    }

    /// The string from a position on, which must be between two pushes.
    pub(crate) fn from(&self, start: usize) -> &str {
        // Only whole strings are ever appended, so it is valid throughout.
        std::str::from_utf8(self.bytes_from(start)).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn bytes_from(&self, start: usize) -> &[u8] {
        self.as_bytes().get(start..).unwrap_or_default()
    }

    /// The bytes from a position on, for changes that leave a valid string: ASCII for ASCII, or
    /// whole pushes in another order.
    pub(crate) fn bytes_mut_from(&mut self, start: usize) -> &mut [u8] {
        self.as_bytes_mut().get_mut(start..).unwrap_or_default()
    }

    /// Removes what was appended since the buffer had this length.
    #[inline]
    pub(crate) fn truncate(&mut self, len: usize) {
        if self.len <= INLINE {
            self.len = self.len.min(len);
        } else {
            self.long.truncate(len);
        }
    }

    pub(crate) fn ends_with_newline(&self) -> bool {
        self.as_bytes().last() == Some(&b'\n')
    }

    #[cold]
    fn clear_long(&mut self) {
        if self.long.capacity() > MAX_KEPT_CAPACITY {
            self.long = Vec::new();
        }
        self.long.clear();
    }
}

thread_local! {
    static LINES: Pool<LineBuf> = const { Pool::new() };
}

impl Reuse for LineBuf {
    #[inline]
    fn pool() -> &'static LocalKey<Pool<Self>> {
        &LINES
    }

    #[inline]
    fn reset(&mut self) {
        if self.len > INLINE {
            self.clear_long();
        }
        self.len = 0;
    }
}

/// Copies `N` to `2 * N` bytes: the first `N`, and the last `N` over their end. Returns both.
#[inline(always)]
fn copy_ends<const N: usize>(room: &mut [u8; 32], bytes: &[u8]) -> Option<[[u8; N]; 2]> {
    let (first, last) = (bytes.first_chunk::<N>()?, bytes.last_chunk::<N>()?);
    room[..N].copy_from_slice(first);
    room[bytes.len() - N..bytes.len()].copy_from_slice(last);
    Some([*first, *last])
}

/// Sixteen bytes as two words.
#[inline(always)]
fn words(bytes: [u8; 16]) -> [u64; 2] {
    let both = u128::from_le_bytes(bytes);
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
    let low = both as u64;
    let high = (both >> 64) as u64;
    [low, high]
}

impl fmt::Write for LineBuf {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_bytes(text.as_bytes());
        Ok(())
    }

    #[inline]
    fn write_char(&mut self, character: char) -> fmt::Result {
        self.push(character);
        Ok(())
    }
}

impl Extend<char> for LineBuf {
    fn extend<I: IntoIterator<Item = char>>(&mut self, characters: I) {
        characters
            .into_iter()
            .for_each(|character| self.push(character));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_outgrows_the_array() {
        let part = "0123456é";
        for first in 0..=part.len() {
            let mut text = Pooled::<LineBuf>::take();
            assert!(text.is_empty());
            let mut expected = String::new();
            let start = "x".repeat(first);
            text.push_str(&start);
            expected.push_str(&start);
            for _ in 0..300 {
                text.push_str(part);
                text.push('é');
                text.push_unsigned(7);
                expected.push_str(part);
                expected.push_str("é7");
                assert_eq!(text.len(), expected.len());
            }
            assert_eq!(text.as_str(), expected);
            text.truncate(INLINE / 2);
            text.push_str("end");
            assert_eq!(text.len(), INLINE / 2 + 3);
            drop(text);
            let mut text = Pooled::<LineBuf>::take();
            assert!(text.is_empty());
            text.push_str(&expected);
            assert_eq!(text.as_str(), expected);
        }
    }

    #[test]
    fn appended_bytes_are_those_that_the_caller_fills_in() {
        for before in [0, 10, INLINE, INLINE + 1] {
            for len in [0, 1, INLINE - 10, INLINE, 1 << 20] {
                let start = "x".repeat(before);
                let mut text = LineBuf::default();
                text.push_str(&start);
                let place = text.append(len);
                assert_eq!(place.len(), len);
                place.fill(b'y');
                text.push_str("end");
                let expected = start + &"y".repeat(len) + "end";
                assert!(text.as_str() == expected, "{before} {len}");
                // The bytes after the truncated string are overwritten, in the array or not.
                text.truncate(before);
                text.append(2).copy_from_slice(b"zz");
                assert_eq!(text.len(), before + 2);
                assert_eq!(text.bytes_from(before), b"zz");
            }
        }
    }

    #[test]
    fn strings_of_every_length_arrive_whole() {
        let all: String = ('a'..='z').chain('A'..='Z').collect();
        for len in 0..all.len() {
            let mut text = LineBuf::default();
            text.push('é');
            text.push_str(&all[..len]);
            text.push_str(&all[len..]);
            assert_eq!(text.as_str(), format!("é{all}"), "{len}");
            if let Some(short) = ShortStr::<16>::new(&all[..len]) {
                text.push_short(&short);
                assert_eq!(text.as_str(), format!("é{all}{}", &all[..len]), "{len}");
            } else {
                assert!(len > 16);
            }
        }
    }
}
