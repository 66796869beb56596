//! A secret's place among words, as the table of [`PLACES`] has it.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent;
use crate::filter::redaction::logons;
use crate::filter::redaction::places::{LOGONS, PLACES};
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text::{self, is_word};
use crate::filter::redaction::{look, placeholder, plain, statements};
use crate::sys::sync::Lazy;

/// What stands for a secret in a pattern.
const SECRETS: [char; 3] = ['!', '?', '%'];

/// What begins with words, by four letters of these.
struct Start {
    four: [u8; 4],
    /// What stands as it is, and where the four letters are in it.
    phrase: &'static str,
    offset: usize,
    /// The words after it; `None` for a user and a password.
    words: Option<&'static str>,
}

/// How many words are looked at.
const MOST: usize = 24;

/// Looks at what begins around a place, of which four letters are there.
pub(super) fn at(text: &str, at: usize, spans: &mut Spans) {
    static STARTS: Lazy<Vec<Start>> = Lazy::new(starts);
    let bytes = text.as_bytes();
    let Some(mut four) = bytes[at..].first_chunk::<4>().copied() else {
        return;
    };
    four.make_ascii_lowercase();
    let first = STARTS.partition_point(|start| start.four < four);
    for found in STARTS[first..]
        .iter()
        .take_while(|start| start.four == four)
    {
        let phrase = found.phrase;
        let Some(start) = at.checked_sub(found.offset) else {
            continue;
        };
        if !text::starts_with(&bytes[start..], phrase.as_bytes()) {
            continue;
        }
        let from = start + phrase.len();
        match found.words {
            Some("~pair") => beside(text, start, spans),
            Some("~code") => before(text, start, spans),
            Some("~quoted") => quoted(text, start, spans),
            Some("!2") => {
                statements::call(text, from, 2, false, spans);
            }
            None => logons::pair(text, from, phrase.len() < 7, spans),
            Some(_) if start > 0 && is_word(bytes[start - 1]) && is_word(bytes[start]) => {}
            Some(words) => follow(text, from, words, spans),
        }
    }
}

/// What begins with words, in the order of the letters that it is found by.
fn starts() -> Vec<Start> {
    let fours = |phrase: &'static str| {
        let fours = phrase.as_bytes().windows(4).enumerate();
        fours.filter_map(|(offset, four)| Some((offset, *four.first_chunk()?)))
    };
    let logons = LOGONS.iter().flat_map(|phrase| {
        fours(phrase).map(|(offset, four)| Start {
            four,
            phrase,
            offset,
            words: None,
        })
    });
    let places = PLACES.iter().filter_map(|(known, place)| {
        let (phrase, words) = split(place);
        let (offset, four) = fours(phrase).find(|(_, four)| four == known.as_bytes())?;
        Some(Start {
            four,
            phrase,
            offset,
            words: Some(words),
        })
    });
    let mut starts: Vec<Start> = logons.chain(places).collect();
    starts.sort_by_key(|start| start.four);
    starts
}

/// What stands as it is, and the words that follow.
pub(super) fn split(place: &str) -> (&str, &str) {
    place.split_at(
        place
            .find(['*', '#', '~', '!', '?', '%'])
            .unwrap_or(place.len()),
    )
}

/// Hides what is secret among the words after a place, as far as they are as described.
fn follow(text: &str, from: usize, wanted: &str, spans: &mut Spans) {
    let mut words = logons::rest_of_line(text, from).take(MOST).peekable();
    let mut skips = false;
    for want in wanted.split(' ') {
        if want == "~" {
            skips = true;
            continue;
        }
        if want == "#" {
            let is_number = |word: &(usize, &str)| {
                word.1.len() <= 2 && !word.1.contains(|c: char| !c.is_ascii_digit())
            };
            while words.next_if(is_number).is_some() {}
            continue;
        }
        let found = match want.trim_end_matches(SECRETS) {
            "" if skips => words.by_ref().last(),
            _ if skips => words.find(|word| value_of(want, word.1).is_some()),
            _ => words.next(),
        };
        let Some((at, word)) = found else {
            return;
        };
        let Some(len) = value_of(want, word) else {
            return;
        };
        skips = false;
        if let Some(sign) = want.chars().last().filter(|last| SECRETS.contains(last)) {
            hide(text, at + len, sign, spans);
        }
    }
}

/// Where in a word the value begins, if it is one as described.
fn value_of(want: &str, word: &str) -> Option<usize> {
    let literal = want.trim_end_matches(SECRETS);
    if let Some((start, sign)) = literal.split_once('*') {
        let is_option = start.is_empty() && word.starts_with('-');
        let is_one = text::starts_with(word.as_bytes(), start.as_bytes()) && !is_option;
        let found = word.get(start.len()..).filter(|_| is_one)?.find(sign)?;
        return Some(start.len() + found + sign.len());
    }
    if want.len() > literal.len() {
        return text::starts_with(word.as_bytes(), literal.as_bytes()).then_some(literal.len());
    }
    let word = word.trim_matches([':', '"', '\'', ',']);
    word.eq_ignore_ascii_case(literal).then_some(0)
}

/// `582914 is your verification code`, `use rose-42 as your password`
fn before(text: &str, end: usize, spans: &mut Spans) {
    let names = ["code", "otp", "pin", "password", "passcode"];
    let is_name = |word: &(usize, &str)| {
        names
            .iter()
            .any(|name| word.1.trim_matches(['.', ':']).eq_ignore_ascii_case(name))
    };
    let code = text::name_start(text, end, MOST);
    let digits = text[code..end].bytes().filter(u8::is_ascii_digit).count();
    if (digits >= 4 || look::looks_secret(&text[code..end]))
        && logons::rest_of_line(text, end)
            .take(8)
            .any(|word| is_name(&word))
    {
        spans.push(Span::new(code, end, SecretClass::Password));
    }
}

/// `ann:… - Valid credentials`
fn beside(text: &str, end: usize, spans: &mut Spans) {
    let is_part = |byte: &u8| !byte.is_ascii_whitespace();
    let start = end - text::run_before_in(&text.as_bytes()[..end], 128, is_part);
    if let Some((_, value)) = text.get(start..end).and_then(|pair| pair.split_once(':')) {
        if !placeholder::is_nothing(value) {
            spans.push(Span::new(end - value.len(), end, SecretClass::Password));
        }
    }
}

/// `"…".toCharArray()`
fn quoted(text: &str, end: usize, spans: &mut Spans) {
    let len = text::run_before_in(&text.as_bytes()[..end], 64, |byte| !b"\"\n".contains(byte));
    let value = text.get(end - len..end).unwrap_or_default();
    if look::looks_secret(value) && text.as_bytes()[..end - len].ends_with(b"\"") {
        spans.push(Span::new(end - len, end, SecretClass::Password));
    }
}

/// Hides the argument at a place; after some signs, only what is more than a plain word, or looks
/// like a secret.
fn hide(text: &str, at: usize, sign: char, spans: &mut Spans) {
    let (from, end) = extent::argument_near(text, at);
    let Some(word) = text.get(from..end) else {
        return;
    };
    let is_plain = word.len() < 5
        || word.contains(':')
        || plain::is_algorithm(word)
        || word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let is_value = !placeholder::is_nothing(word) && !word.starts_with('-') && !look::is_path(word);
    let is_one = match sign {
        '!' => true,
        '?' => !is_plain,
        _ => look::looks_secret(word) || look::is_code(word),
    };
    if is_value && is_one {
        spans.push(Span::new(from, end, SecretClass::Password));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::redaction::places::CALLS;

    /// A place is found by four letters of what stands as it is.
    #[test]
    fn places_have_the_letters_they_are_found_by() {
        for (four, place) in PLACES {
            let (start, words) = split(place);
            assert!(start.contains(four) && four.len() == 4, "{place:?}");
            assert!(
                words.contains(SECRETS) || ["~code", "~quoted", "~pair"].contains(&words),
                "{place:?}"
            );
        }
        for (four, call, _) in CALLS {
            assert!(
                format!("{call}(").contains(four) && four.len() == 4,
                "{call:?}"
            );
        }
    }
}
