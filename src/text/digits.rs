//! Whole numbers, appended to a line by table look-ups.

use crate::text::line_buf::LineBuf;
use crate::text::run::Run;

impl LineBuf {
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

    // Apart, as the usual numbers need none of its stack space.
    #[cold]
    #[inline(never)]
    fn push_long(&mut self, number: impl itoa::Integer) {
        self.push_str(itoa::Buffer::new().format(number));
    }
}

impl Run<'_> {
    /// Appends a whole number. Numbers below 1000, which most are, come from a table; those below a
    /// million are two entries of it.
    #[inline(always)]
    pub(crate) fn push_unsigned(&mut self, number: u64) {
        match (self.room::<8>(), usize::try_from(number)) {
            (Some(room), Ok(number @ ..1000)) => {
                let triple = &TRIPLES[number];
                room[..4].copy_from_slice(&triple.text.to_le_bytes());
                self.len += triple.len();
            }
            (Some(room), Ok(number @ 1000..1_000_000)) => {
                let (first, last) = (&TRIPLES[number / 1000], &TRIPLES[number % 1000]);
                room[..4].copy_from_slice(&first.text.to_le_bytes());
                let after = first.len() % 4;
                room[after..after + 4].copy_from_slice(&last.padded.to_le_bytes());
                self.len += first.len() + 3;
            }
            _ => self.slowly(|text| text.push_long(number)),
        }
    }
}

/// Returns the digits of a number below 1000, leading zeros included: three bytes, the first digit
/// lowest.
#[inline(always)]
pub(crate) fn three_digits(number: u32) -> u32 {
    TRIPLES[number as usize % 1000].padded
}

/// The digits of a number below 1000, the first one in the lowest byte.
struct Triple {
    /// Without leading zeros, and their number in the highest byte.
    text: u32,
    /// Three bytes with leading zeros.
    padded: u32,
}

impl Triple {
    const fn new(number: u32) -> Self {
        let zeros = (number < 100) as u32 + (number < 10) as u32;
        let digits = [number / 100, number / 10 % 10, number % 10];
        let padded = digits[0] | digits[1] << 8 | digits[2] << 16 | 0x30_3030;
        Self {
            text: padded >> (8 * zeros) | (3 - zeros) << 24,
            padded,
        }
    }

    #[inline]
    fn len(&self) -> usize {
        (self.text >> 24) as usize
    }
}

/// All numbers below 1000.
static TRIPLES: [Triple; 1000] = {
    let mut triples = [const { Triple::new(0) }; 1000];
    let mut at = 0;
    while at < 1000 {
        triples[at as usize] = Triple::new(at);
        at += 1;
    }
    triples
};

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
            let mut text = LineBuf::default();
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
}
