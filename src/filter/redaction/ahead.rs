//! Values that are before their names: `… is the password`, `'…' (password)`.

use crate::filter::redaction::extent;
use crate::filter::redaction::innocent::Manner;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::span::Spans;
use crate::filter::redaction::text;

/// How long the words between a value and its name may be.
const NEAR: usize = 40;

/// What the words begin with that are between a value and its name.
const DETERMINERS: &[&[u8]] = &[
    b"the", b"your", b"my", b"our", b"his", b"her", b"their", b"its", b"a", b"an", b"new", b"old",
    b"this",
];

/// Hides the value before a name that ends its sentence, its brackets or its line.
pub(super) fn of(name: Name<'_>, spans: &mut Spans) {
    let bytes = name.text.as_bytes();
    let Some(value_end) = linked(bytes, name) else {
        return;
    };
    let before = &bytes[..value_end];
    let (end, quote) = match extent::quote_before(bytes, value_end) {
        Some(_) => (value_end - 1, before.last().copied()),
        None => (value_end, None),
    };
    let is_part = |byte: &u8| match quote {
        Some(quote) => *byte != quote && *byte != b'\n',
        None => !byte.is_ascii_whitespace() && !b"\"'`".contains(byte),
    };
    let len = text::run_before(&bytes[..end], is_part);
    let start = end - len;
    let is_closed = quote.is_none() || bytes[..start].last() == quote.as_ref();
    // `name=…`, `host:…` have a name of their own.
    let is_pair = quote.is_none() && text::starts_pair(&bytes[start..]);
    // `ann@example.com # password` has the one who asks for it.
    let is_user = quote.is_none() && bytes[start..end].contains(&b'@');
    // `page12 (password)`
    let letters = text::run(&bytes[start..end], u8::is_ascii_alphabetic);
    let is_numbered = quote.is_none()
        && bytes[name.start - 1] == b'('
        && bytes[start + letters..end].iter().all(u8::is_ascii_digit);
    if len > 0 && !is_numbered && is_closed && !is_pair && !is_user {
        let manner = Manner {
            is_doubtful: true,
            is_quoted: quote.is_some(),
            is_prose: false,
        };
        name.hide(start, end, manner, spans);
    }
}

/// Where the value ends that words or brackets link with a name.
fn linked(bytes: &[u8], name: Name<'_>) -> Option<usize> {
    let after = &bytes[name.end..];
    let before = &bytes[..name.start];
    if let [before @ .., b' ', b'('] = before {
        // `* file.c (set_private_key): …` are functions.
        let is_alone = after.first() == Some(&b')') && !name.is_identifier();
        return is_alone.then_some(before.len());
    }
    let is_end = matches!(after.first(), None | Some(b'\n' | b'\r'));
    // `…  # api token`
    let words = text::run_before_in(before, 16, |byte| {
        byte.is_ascii_lowercase() || *byte == b' '
    });
    let first =
        before.len() - words + text::run(&before[before.len() - words..], |byte| *byte == b' ');
    let before = &before[..if before[..first].ends_with(b" # ") {
        first
    } else {
        before.len()
    }];
    for mark in [&b" # "[..], b" // ", b" <- "] {
        if before.ends_with(mark) && is_end {
            return Some(before[..before.len() - mark.len()].trim_ascii_end().len());
        }
    }
    let ends = [&b" for "[..], b" of ", b" to ", b" at ", b" on "];
    let is_last = matches!(
        after.first(),
        None | Some(b'\n' | b'\r' | b'.' | b',' | b';' | b')' | b'!' | b'"' | b'\'')
    ) || ends.iter().any(|word| after.starts_with(word));
    if !is_last {
        return None;
    }
    // `is the new admin password`
    let is_word = |byte: &u8| byte.is_ascii_lowercase() || *byte == b' ';
    let words = &before[before.len() - text::run_before_in(before, NEAR, is_word)..];
    let links = [&b" is "[..], b" as "];
    let link = links.iter().filter_map(|link| {
        (0..words.len())
            .rev()
            .find(|at| words[*at..].starts_with(link))
    });
    let at = link.max()?;
    let mut between = words[at + 4..]
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty());
    let is_first = between
        .clone()
        .next()
        .is_none_or(|word| DETERMINERS.contains(&word));
    let is_plain = |word: &[u8]| word != b"with" && word != b"empty" && !word.ends_with(b"ed");
    (is_first && between.all(is_plain)).then_some(before.len() - words.len() + at)
}
