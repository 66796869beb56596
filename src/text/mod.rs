//! A growing text that short pieces are quickly appended to: [`Text`].

pub(crate) mod buffer;
#[cfg(feature = "config")]
pub(crate) mod near;

use std::cell::Cell;
use std::fmt;

use crate::text::buffer::MAX_KEPT_CAPACITY;

/// A text that only grows, in UTF-8.
///
/// Lines are made of short pieces, for which a call to copy memory costs more than the copy: pieces of up to 32 bytes are
/// copied as two words of a fixed size that overlap, into a page of a fixed size, so that one compare finds the room. A `String`
/// cannot do this without unsafe code. The price is that the bytes are checked anew when they are asked for as a `str`; sinks
/// want bytes.
#[derive(Clone, Debug)]
pub(crate) struct Text(Box<Page>);

/// Most lines fit.
const PAGE: usize = 1024;

#[derive(Clone, Debug)]
struct Page {
    /// How much of `bytes` is used; more than there is once the text lies in `long`.
    len: usize,
    /// Holds the whole text, once it outgrew the page.
    long: Vec<u8>,
    bytes: [u8; PAGE],
}

impl Default for Text {
    fn default() -> Self {
        Self(Box::new(Page {
            len: 0,
            long: Vec::new(),
            bytes: [0; PAGE],
        }))
    }
}

impl Text {
    #[inline]
    pub(crate) fn push_str(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    #[inline]
    fn push_bytes(&mut self, bytes: &[u8]) {
        let len = bytes.len();
        let Some(room) = self.room::<32>() else {
            return self.push_slowly(bytes);
        };
        match len {
            16..=32 => drop(copy_ends::<16>(room, bytes)),
            8..16 => drop(copy_ends::<8>(room, bytes)),
            4..8 => drop(copy_ends::<4>(room, bytes)),
            2..4 => drop(copy_ends::<2>(room, bytes)),
            0..2 => {
                if let Some(byte) = bytes.first() {
                    room[0] = *byte;
                }
            }
            _ => return self.push_slowly(bytes),
        }
        self.0.len += len;
    }

    /// Appends a short text if a test marks nothing in it; answers whether it did, and `None` where the text is too long for that.
    ///
    /// The test gets eight bytes at a time, some of them twice, or spaces for those that are not there. What it gets and
    /// what is copied is loaded once.
    #[inline]
    pub(crate) fn push_if(&mut self, text: &str, marks: impl Fn(u64) -> u64) -> Option<bool> {
        let bytes = text.as_bytes();
        let len = bytes.len();
        let room = self.room::<32>()?;
        // What lies behind the text's end is nobody's, so it may be copied before it is known whether it stays.
        let marked = match len {
            16..=32 => {
                let [first, last] = copy_ends::<16>(room, bytes)?;
                let [a, b] = words(first);
                let [c, d] = words(last);
                marks(a) | marks(b) | marks(c) | marks(d)
            }
            8..16 => {
                let [first, last] = copy_ends::<8>(room, bytes)?;
                marks(u64::from_le_bytes(first)) | marks(u64::from_le_bytes(last))
            }
            4..8 => {
                let [first, last] = copy_ends::<4>(room, bytes)?.map(u32::from_le_bytes);
                marks(u64::from(first) | u64::from(last) << 32)
            }
            1..4 => {
                // The first, the middle and the last are all.
                let [first, middle, last] = [bytes[0], bytes[len / 2], bytes[len - 1]];
                (room[0], room[len / 2], room[len - 1]) = (first, middle, last);
                marks(u64::from_le_bytes([
                    first, middle, last, b' ', b' ', b' ', b' ', b' ',
                ]))
            }
            0 => 0,
            _ => return None,
        };
        if marked == 0 {
            self.0.len += len;
        }
        Some(marked == 0)
    }

    /// The place where the next `N` bytes go, if the page has room for them.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        let len = self.0.len;
        // So that one compare with a constant is all.
        if len <= PAGE - N {
            self.0.bytes[len..].first_chunk_mut()
        } else {
            None
        }
    }

    /// Appends what is long, or does not fit the page any more.
    #[inline(never)]
    fn push_slowly(&mut self, bytes: &[u8]) {
        let page = &mut *self.0;
        let end = page.len.saturating_add(bytes.len());
        if let Some(room) = page.bytes.get_mut(page.len.min(end)..end) {
            room.copy_from_slice(bytes);
            page.len = end;
            return;
        }
        if let Some(short) = page.bytes.get(..page.len) {
            page.long.extend_from_slice(short);
            page.len = usize::MAX;
        }
        page.long.extend_from_slice(bytes);
    }

    #[inline]
    pub(crate) fn push(&mut self, character: char) {
        match (u8::try_from(character), self.room::<1>()) {
            (Ok(byte), Some(room)) if byte.is_ascii() => {
                room[0] = byte;
                self.0.len += 1;
            }
            _ => self.push_bytes(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// Appends a whole number.
    #[inline]
    pub(crate) fn push_unsigned(&mut self, number: u64) {
        self.run(|run| run.push_unsigned(number));
    }

    #[inline]
    pub(crate) fn push_signed(&mut self, number: i64) {
        match u64::try_from(number) {
            Ok(number) => self.push_unsigned(number),
            Err(_) => self.push_long(number),
        }
    }

    // Apart, as the usual numbers need none of its room on the stack.
    #[cold]
    #[inline(never)]
    fn push_long(&mut self, number: impl itoa::Integer) {
        self.push_str(itoa::Buffer::new().format(number));
    }

    /// Appends a piece that was made ready for it.
    #[inline]
    pub(crate) fn push_piece(&mut self, piece: &Piece<16>) {
        self.run(|run| run.push_piece(piece));
    }

    /// Has several short pieces appended, whose length is kept at hand meanwhile.
    #[inline(always)]
    pub(crate) fn run(&mut self, work: impl FnOnce(&mut Run<'_>)) {
        let mut run = Run {
            len: self.0.len,
            text: self,
        };
        work(&mut run);
        run.text.0.len = run.len;
    }

    /// Appends a piece that may change later.
    #[inline]
    pub(crate) fn push_cell<const N: usize>(&mut self, cell: &Cell<Piece<N>>) {
        match self.room::<N>() {
            // Read here, so that it goes from place to place and not by the stack.
            Some(room) => {
                let piece = cell.get();
                *room = piece.bytes;
                self.0.len += usize::from(piece.len);
            }
            None => self.push_slowly(cell.get().as_bytes()),
        }
    }

    /// The same with a change to the copy, which decides whether it stays. Reports whether it does; a text that outgrew its page
    /// takes none.
    #[inline(always)]
    pub(crate) fn push_cell_if<const N: usize>(
        &mut self,
        cell: &Cell<Piece<N>>,
        change: impl FnOnce(&mut [u8; N]) -> bool,
    ) -> bool {
        let Some(room) = self.room::<N>() else {
            return false;
        };
        let piece = cell.get();
        *room = piece.bytes;
        // What lies behind the text's end is nobody's until it is known that it stays.
        let stays = change(room);
        if stays {
            self.0.len += usize::from(piece.len);
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
        let page = &*self.0;
        page.bytes.get(..page.len).unwrap_or(&page.long)
    }

    pub(crate) fn as_str(&self) -> &str {
        self.from(0)
    }

    /// What stands from a place on, which must be between two pushes.
    pub(crate) fn from(&self, start: usize) -> &str {
        // Only whole texts are ever appended, so it is valid throughout.
        std::str::from_utf8(self.bytes_from(start)).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn bytes_from(&self, start: usize) -> &[u8] {
        self.as_bytes().get(start..).unwrap_or_default()
    }

    /// Takes away what was appended since it had this length.
    #[inline]
    pub(crate) fn truncate(&mut self, len: usize) {
        let page = &mut *self.0;
        if page.len <= PAGE {
            page.len = page.len.min(len);
        } else {
            page.long.truncate(len);
        }
    }

    pub(crate) fn ends_with_newline(&self) -> bool {
        self.as_bytes().last() == Some(&b'\n')
    }
}

/// A text to which several short pieces are appended.
pub(crate) struct Run<'t> {
    text: &'t mut Text,
    /// That of the page, which learns of it at the end.
    len: usize,
}

impl Run<'_> {
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        if self.len <= PAGE - N {
            self.text.0.bytes[self.len..].first_chunk_mut()
        } else {
            None
        }
    }

    /// Appends what takes more than a few steps, by a function that is no part of the caller's: only the text itself is lent
    /// to it, so that the length can stay in a register.
    #[inline(always)]
    pub(crate) fn slowly(&mut self, work: impl FnOnce(&mut Text)) {
        self.text.0.len = self.len;
        work(self.text);
        self.len = self.text.0.len;
    }

    /// Appends a piece that was made ready for it.
    #[inline(always)]
    pub(crate) fn push_piece(&mut self, piece: &Piece<16>) {
        match self.room() {
            Some(room) => {
                *room = piece.bytes;
                self.len += usize::from(piece.len);
            }
            None => self.slowly(|text| text.push_slowly(piece.as_bytes())),
        }
    }

    /// Appends a whole number. Those below 1000, as most are, lie ready; up to a million they are two of these.
    #[inline(always)]
    pub(crate) fn push_unsigned(&mut self, number: u64) {
        match (self.room::<8>(), usize::try_from(number)) {
            (Some(room), Ok(number @ ..1000)) => {
                let triple = TRIPLES[number];
                *room = u64::from(triple.digits() >> triple.zeros()).to_le_bytes();
                self.len += triple.len();
            }
            (Some(room), Ok(number @ 1000..1_000_000)) => {
                let (first, last) = (TRIPLES[number / 1000], TRIPLES[number % 1000]);
                let digits = u64::from(last.digits()) << 24 | u64::from(first.digits());
                *room = (digits >> first.zeros()).to_le_bytes();
                self.len += first.len() + 3;
            }
            _ => self.slowly(|text| text.push_long(number)),
        }
    }
}

/// The digits of a number below 1000: three bytes with leading zeros, and above them eight times the number of these.
#[derive(Clone, Copy)]
struct Triple(u32);

impl Triple {
    const fn new(number: u32) -> Self {
        let zeros = (number < 100) as u32 + (number < 10) as u32;
        let digits = [number / 100, number / 10 % 10, number % 10];
        let ascii = digits[0] | digits[1] << 8 | digits[2] << 16 | 0x30_3030;
        Self(ascii | (8 * zeros) << 24)
    }

    /// Three bytes, the first digit lowest; zeros in front are digits.
    #[inline]
    fn digits(self) -> u32 {
        self.0 & 0xff_ffff
    }

    /// How many bits of the digits are zeros in front.
    #[inline]
    fn zeros(self) -> u32 {
        self.0 >> 24
    }

    /// How many digits there are without zeros.
    #[inline]
    fn len(self) -> usize {
        3 - (self.zeros() / 8) as usize
    }
}

/// All numbers below 1000.
static TRIPLES: [Triple; 1000] = {
    let mut triples = [Triple(0); 1000];
    let mut at = 0;
    while at < 1000 {
        triples[at as usize] = Triple::new(at);
        at += 1;
    }
    triples
};

/// The digits of a number below 1000, zeros in front included: three bytes, the first digit lowest.
#[inline(always)]
pub(crate) fn three_digits(number: u32) -> u32 {
    TRIPLES[number as usize % 1000].digits()
}

/// Whether two texts of one length are the same; in few steps for names of the usual lengths.
#[inline(always)]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    match (one.first_chunk::<8>(), one.last_chunk::<8>()) {
        (Some(first), Some(last)) if one.len() <= 16 => {
            other.first_chunk() == Some(first) && other.last_chunk() == Some(last)
        }
        _ => one == other,
    }
}

/// Copies from `N` to `2 * N` bytes: the first `N`, and the last `N` over their end. Answers with both.
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

impl fmt::Write for Text {
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

impl Extend<char> for Text {
    fn extend<I: IntoIterator<Item = char>>(&mut self, characters: I) {
        characters
            .into_iter()
            .for_each(|character| self.push(character));
    }
}

thread_local! {
    /// What the thread uses again: a line, and a value in it that needs a text of its own.
    static POOL: [Cell<Option<Text>>; 2] = const { [Cell::new(None), Cell::new(None)] };
}

impl Text {
    /// An empty text, one that was [given back](Self::give_back) if there is any.
    ///
    /// It is *taken out* while in use: whatever user code runs meanwhile, and logs, finds another one. Where it is not given
    /// back, as when that code panics, the next one is a new one.
    #[inline]
    pub(crate) fn take() -> Self {
        // No pool any more, as in a thread-local's destructor: a new one.
        let kept = POOL.try_with(|pool| pool[0].take().or_else(|| pool[1].take()));
        kept.ok().flatten().unwrap_or_default()
    }

    /// Lends an empty text of the thread's own.
    pub(crate) fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        let mut text = Self::take();
        let result = work(&mut text);
        text.give_back();
        result
    }

    #[inline]
    pub(crate) fn give_back(mut self) {
        if self.0.len > PAGE {
            self.clear_long();
        }
        self.0.len = 0;
        // What was kept in its place is dropped; where both places are taken, that is one of three.
        let _ = POOL.try_with(|pool| {
            if let Some(other) = pool[0].replace(Some(self)) {
                pool[1].set(Some(other));
            }
        });
    }

    #[cold]
    fn clear_long(&mut self) {
        if self.0.long.capacity() > MAX_KEPT_CAPACITY {
            self.0.long = Vec::new();
        }
        self.0.long.clear();
    }
}

/// A text of at most `N` bytes, of a fixed size in memory, so that it is appended without a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<const N: usize> {
    bytes: [u8; N],
    len: u8,
}

impl<const N: usize> Piece<N> {
    pub(crate) const EMPTY: Self = Self {
        bytes: [0; N],
        len: 0,
    };

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// `None` for a text that is too long.
    pub(crate) const fn new(text: &str) -> Option<Self> {
        let (mut piece, mut at) = (Self::EMPTY, 0);
        if text.len() > N || N > u8::MAX as usize {
            return None;
        }
        while at < text.len() {
            piece.bytes[at] = text.as_bytes()[at];
            at += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most N, which fits")]
        let len = at as u8;
        piece.len = len;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are() {
        let long = [
            99_999,
            100_000,
            999_999,
            1_000_000,
            u64::from(u32::MAX),
            u64::MAX,
        ];
        for number in (0..10_100).chain(long) {
            let mut text = Text::default();
            text.push_unsigned(number);
            let signed = i64::from_ne_bytes(number.to_ne_bytes());
            text.push_signed(signed);
            text.push_signed(signed.wrapping_neg());
            assert_eq!(
                text.as_str(),
                format!("{number}{signed}{}", signed.wrapping_neg())
            );
        }
    }

    #[test]
    fn a_text_outgrows_its_page() {
        let piece = "0123456é";
        for first in 0..=piece.len() {
            let mut text = Text::default();
            let mut expected = String::new();
            let start = "x".repeat(first);
            text.push_str(&start);
            expected.push_str(&start);
            for _ in 0..300 {
                text.push_str(piece);
                text.push('é');
                text.push_unsigned(7);
                expected.push_str(piece);
                expected.push_str("é7");
                assert_eq!(text.len(), expected.len());
            }
            assert_eq!(text.as_str(), expected);
            text.truncate(PAGE / 2);
            text.push_str("end");
            assert_eq!(text.len(), PAGE / 2 + 3);
            text.give_back();
            let mut text = Text::take();
            assert!(text.is_empty());
            text.push_str(&expected);
            assert_eq!(text.as_str(), expected);
        }
    }

    #[test]
    fn pieces_of_every_length_arrive_whole() {
        let all: String = ('a'..='z').chain('A'..='Z').collect();
        for len in 0..all.len() {
            let mut text = Text::default();
            text.push('é');
            text.push_str(&all[..len]);
            text.push_str(&all[len..]);
            assert_eq!(text.as_str(), format!("é{all}"), "{len}");
            if let Some(piece) = Piece::<16>::new(&all[..len]) {
                text.push_piece(&piece);
                assert_eq!(text.as_str(), format!("é{all}{}", &all[..len]), "{len}");
            } else {
                assert!(len > 16);
            }
        }
    }
}
