//! The first pass over a text: where three letters stand that some name or shape has.
//!
//! It is what a text without secrets costs, so six places are looked at together, each by one look into a small table, and none depends on
//! the one before (`benches/hot_path.rs`, `look_for_secrets`).

use crate::sync::Arc;

/// A set of three letters in a row, in any case.
#[derive(Clone)]
pub(super) struct Prefilter {
    /// Not 0 where some of the set have their place, and perhaps others.
    table: Arc<[u8; PLACES]>,
    known: Vec<u32>,
}

/// So many that other letters seldom share a place, so few that the table stays near the processor.
const PLACES: usize = 1 << BITS;
const BITS: u32 = 13;

/// One of each name of [`names`](super::names) and of each shape of [`shapes`](super::shapes): such as are seldom elsewhere, in the messages of
/// boto3 above all.
const KNOWN: &[&[u8; 3]] = &[
    b"ssw", b"pwd", b"phr", b"ecr", b"oke", b"key", b"riz", b"kie", b"tia", b"gna", b"lai", b"ecu",
    b"kia", b"sia", b"bia", b"cca", b"a3t", b"eyj", b"://", b"---",
];

/// How many places one load of eight bytes has.
const TOGETHER: usize = 6;

impl Prefilter {
    pub(super) fn new() -> Self {
        let mut prefilter = Self {
            table: Arc::new([0; PLACES]),
            known: Vec::new(),
        };
        KNOWN.iter().for_each(|known| prefilter.add(*known));
        prefilter
    }

    /// Takes the first three letters of a word in.
    pub(super) fn add(&mut self, word: &[u8]) {
        if let [a, b, c, ..] = *word {
            let letters = lower(u32::from_le_bytes([a, b, c, 0]));
            Arc::make_mut(&mut self.table)[place(letters)] = 1;
            self.known.push(letters);
        }
    }

    /// The first place from `from` on where three letters of the set begin.
    pub(super) fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(eight) = text.get(at..at + 8) {
            let eight = u64::from_le_bytes(eight.try_into().unwrap_or_default());
            let letters = |number: usize| lower_of(eight >> (8 * number));
            let hits =
                (0..TOGETHER).fold(0, |hits, number| hits | self.table[place(letters(number))]);
            if hits != 0 {
                let found = (0..TOGETHER).find(|number| self.has(letters(*number)));
                if let Some(found) = found {
                    return Some(at + found);
                }
            }
            at += TOGETHER;
        }
        let rest = text.get(at..)?.windows(3);
        let mut rest =
            rest.map(|window| lower(u32::from_le_bytes([window[0], window[1], window[2], 0])));
        rest.position(|letters| self.has(letters))
            .map(|found| at + found)
    }

    #[inline]
    fn has(&self, letters: u32) -> bool {
        self.table[place(letters)] != 0 && self.known.contains(&letters)
    }
}

/// The lowest three bytes.
#[inline]
fn lower_of(bytes: u64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the upper ones are for others"
    )]
    lower(bytes as u32)
}

/// Three letters in lower case; other characters may become others.
#[inline]
fn lower(letters: u32) -> u32 {
    (letters | 0x0020_2020) & 0x00ff_ffff
}

#[inline]
fn place(letters: u32) -> usize {
    (letters.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_missed_wherever_it_stands() {
        let prefilter = Prefilter::new();
        for known in KNOWN {
            for text in [known.to_ascii_lowercase(), known.to_ascii_uppercase()] {
                for before in 0..20 {
                    for behind in 0..20 {
                        let text = [&b".".repeat(before), &text[..], &b".".repeat(behind)].concat();
                        assert_eq!(prefilter.next(&text, 0), Some(before));
                        assert_eq!(prefilter.next(&text, before), Some(before));
                        assert_eq!(prefilter.next(&text, before + 1), None);
                    }
                }
            }
        }
        assert_eq!(prefilter.next(b"", 0), None);
        assert_eq!(prefilter.next(b"ke", 0), None);
        assert_eq!(prefilter.next(b"ke", 9), None);
    }
}
