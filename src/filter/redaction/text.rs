//! Predicates on byte ranges that the other files share.

/// Whether a byte is a part of a word.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a byte is a part of a name.
pub(super) fn is_name(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

/// Whether a character is a part of a name, in any script.
pub(super) fn is_name_char(c: char) -> bool {
    // Vowel signs and tones, as of Hindi and Thai, are no letters by themselves.
    c.is_alphanumeric() || matches!(c, '_' | '-' | '\u{300}'..='\u{36f}' | '\u{900}'..='\u{e7f}')
}

/// Where the name ends that a place is in, or at the end of.
pub(super) fn name_end(text: &str, at: usize, most: usize) -> usize {
    let bytes = text.as_bytes();
    let part = bytes[at..].iter().take(most);
    let end = at + part.take_while(|byte| is_name(**byte)).count();
    if bytes.get(end).is_none_or(u8::is_ascii) {
        return end;
    }
    let more = text[end..].chars().take(most);
    end + more
        .take_while(|c| is_name_char(*c))
        .map(char::len_utf8)
        .sum::<usize>()
}

/// Where the name begins that a place is in, or at the end of.
pub(super) fn name_start(text: &str, at: usize, most: usize) -> usize {
    let bytes = text.as_bytes();
    let part = bytes[..at].iter().rev().take(most);
    let start = at - part.take_while(|byte| is_name(**byte)).count();
    if start == 0 || bytes[start - 1].is_ascii() {
        return start;
    }
    let more = text[..start].chars().rev().take(most);
    start
        - more
            .take_while(|c| is_name_char(*c))
            .map(char::len_utf8)
            .sum::<usize>()
}

/// Whether a text ends with an escape, whose last letter is no part of what follows: `\n`, `%3D`,
/// `\u003d`, `\x1b[0m`.
pub(super) fn ends_escape(before: &[u8]) -> bool {
    let is_hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] => is_hex(&[*a, *b]),
        [.., b'\\', b'x', a, b] => is_hex(&[*a, *b]),
        [.., b'\\', b'u', a, b, c, d] => is_hex(&[*a, *b, *c, *d]),
        _ => false,
    }
}

/// How many bytes a text starts with that are some.
pub(super) fn run(bytes: &[u8], is: impl Fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is(byte)).count()
}

/// The same of a few at most.
pub(super) fn run_in(bytes: &[u8], most: usize, is: impl Fn(&u8) -> bool) -> usize {
    run(&bytes[..bytes.len().min(most)], is)
}

/// How many bytes a text ends with that are some.
pub(super) fn run_before(bytes: &[u8], is: impl Fn(&u8) -> bool) -> usize {
    bytes.iter().rev().take_while(|byte| is(byte)).count()
}

/// The same of a few at most.
pub(super) fn run_before_in(bytes: &[u8], most: usize, is: impl Fn(&u8) -> bool) -> usize {
    run_before(&bytes[bytes.len().saturating_sub(most)..], is)
}

/// Whether capitals and small letters, or letters and digits, are mixed.
pub(super) fn is_mixed(bytes: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let (lower, upper, digit) = (
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
    );
    (lower || upper) && digit || lower && upper
}

/// Letters and digits that change so often as in no name: `tm9xZ57ybnhKDMooQECC`.
pub(super) fn is_random(value: &str) -> bool {
    let class = |byte: &u8| (byte.is_ascii_lowercase(), byte.is_ascii_uppercase());
    let changes = value.as_bytes().windows(2);
    let changes = changes.filter(|two| class(&two[0]) != class(&two[1]));
    value.len() >= 12
        && is_mixed(value.as_bytes())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().any(|byte| byte.is_ascii_uppercase())
        && changes.count() * 3 > value.len()
}

/// Whether all bytes are the same, or but two kinds of bytes.
pub(super) fn is_repeated(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else {
        return true;
    };
    rest.iter().all(|byte| byte == first)
}

/// How many bytes of white space a text starts with: spaces, tabs and no-break spaces; and zeros,
/// which are between the arguments of a process.
pub(super) fn spaces(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match &bytes[at..] {
            [b' ' | b'\t' | 0, ..] => at += 1,
            [0xc2, 0xa0, ..] => at += 2,
            [0xe2, 0x80, 0xaf | 0x80..=0x8b, ..] => at += 3,
            _ => return at,
        }
    }
}

/// The same with ends of lines, written out or not.
pub(super) fn blank(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match &bytes[at..] {
            [b'\n' | b'\r', ..] => at += 1,
            [b'\\', b'n' | b'r' | b't', ..] => at += 2,
            rest => match spaces(rest) {
                0 => return at,
                more => at += more,
            },
        }
    }
}

/// Whether a text starts with a name and what separates it from its value: a further pair.
pub(super) fn starts_pair(bytes: &[u8]) -> bool {
    let bytes = &bytes[spaces(bytes)..];
    let opened = usize::from(matches!(bytes.first(), Some(b'"' | b'\'')));
    let is_part = |byte: &u8| is_name(*byte) || matches!(byte, b'.' | b'[' | b']' | b'$' | b'@');
    let name = run_in(&bytes[opened..], 64, |byte| is_part(byte));
    if name == 0 || bytes[opened].is_ascii_digit() {
        return false;
    }
    let rest = &bytes[opened + name..];
    let closed = usize::from(matches!(rest.first(), Some(b'"' | b'\'')));
    let rest = &rest[closed..];
    // `Initial Catalog=`, `User ID=`: two words, as in connection strings.
    let second = match rest {
        [b' ', ..] if closed == 0 => {
            1 + run_in(&rest[1..], 24, |byte| {
                byte.is_ascii_alphabetic() || *byte == b' '
            })
        }
        _ => 0,
    };
    // What ends Base64 is no sign.
    let is_padding = matches!(rest, [b'=', b'=', ..]) && name >= 12;
    let is_sign = |rest: &[u8]| {
        matches!(
            rest,
            [b'=', ..] | [b':', b' ' | b'"' | b'\'' | b'[' | b'{', ..]
        ) || rest.starts_with(b"%3D")
    };
    is_sign(rest) && !is_padding || rest.get(second) == Some(&b'=')
}

/// Whether a text starts with a prefix in any case.
pub(super) fn starts_with(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.len() >= prefix.len() && bytes[..prefix.len()].eq_ignore_ascii_case(prefix)
}

/// Whether a text ends with a suffix in any case.
pub(super) fn ends_with(bytes: &[u8], suffix: &[u8]) -> bool {
    let start = bytes.len().saturating_sub(suffix.len());
    bytes[start..].eq_ignore_ascii_case(suffix)
}

/// A text up to a place, or to the character before that.
pub(super) fn up_to(text: &str, end: usize) -> &str {
    let mut end = end.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Where a text first has a word, in any case.
pub(super) fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes
        .windows(word.len())
        .position(|window| window.eq_ignore_ascii_case(word))
}

/// How much of a line is looked at.
pub(super) const LINE: usize = 300;

/// What is before a place on its line.
pub(super) fn line_before(bytes: &[u8], at: usize) -> &[u8] {
    let before = &bytes[at.saturating_sub(LINE)..at];
    match before.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => &before[newline + 1..],
        None => before,
    }
}
