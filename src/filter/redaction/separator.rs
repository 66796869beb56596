//! What separates a name from its value.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around, Quote};
use crate::filter::redaction::innocent::{self, Manner};
use crate::filter::redaction::name::Name;
use crate::filter::redaction::names::Known;
use crate::filter::redaction::rules::{ABOUT, AFTER, Need, TOPICS};
use crate::filter::redaction::sign::{self, Sign};
use crate::filter::redaction::span::Spans;
use crate::filter::redaction::value::{self, wrapper};
use crate::filter::redaction::{apart, lines, names, pairs, text};

/// How far the `state` of a request may be from its `code`.
const NEAR: usize = 120;

/// Finds the value of a name. Returns where to look on, if it is not after the name.
pub(super) fn after(name: Name<'_>, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let mut at = name.end;
    let begin = qualified(bytes, name);
    let opened = extent::quote_before(bytes, begin);
    let closed = opened.filter(|opened| match extent::quote_at(bytes, at) {
        Some((quote, len)) if quote == *opened => {
            at += len;
            true
        }
        _ => false,
    });
    // `…password":"…"`: the text was cut.
    let is_cut = || {
        matches!(
            bytes[..begin],
            [] | [.., 0xe2, 0x80, 0xa6] | [.., b'.', b'.', b'.']
        )
    };
    let closed = closed.or_else(|| {
        let (quote, len) = extent::quote_at(bytes, at).filter(|_| is_cut())?;
        let rest = &bytes[at + len..];
        let value = at + len + 1 + text::spaces(rest.get(1..)?);
        let is_key = rest[0] == b':' && extent::quote_at(bytes, value)?.0 == quote;
        is_key.then(|| {
            at += len;
            quote
        })
    });
    if is_element(bytes, name.start) && !matches!(bytes.get(name.end), Some(b':' | b'=')) {
        return pairs::element(name, spans);
    }
    // `user[password]=`, `environ['PASSWORD'] =`, `password[0]=`, `**password**:`
    at += match &bytes[at..] {
        [b']', b')', ..] => 2,
        [b')', b' ', b'=', b' ', ..] if closed.is_some() => 1,
        // One of several, as RADIUS marks them.
        [b':', digit, b' ', b'=', b' ', ..] if digit.is_ascii_digit() => 2,
        [b']', ..] => 1,
        [b'[', b']', ..] => 2,
        [b'}', b'=', ..] => 1,
        [b'[', digit, b']', ..] if digit.is_ascii_digit() => 3,
        [b'*', b'*', ..] => 2,
        [b'*', b':' | b'=', ..] => 1,
        // A quote of print.
        [0xe2, 0x80, 0x99 | 0x9c | 0x9d, ..] => 3,
        _ => 0,
    };
    at += visibility(&bytes[at..]);
    at += tag_end(&bytes[at..]);
    // `passwd[42]: `: a program that has the name of a secret.
    let is_numbered = matches!(bytes[name.end..], [b'[', b'0'..=b'9', ..]);
    // `token.text=` is what a word of a grammar is.
    let member = member(&bytes[at..]);
    let is_lexical = name.known.class == SecretClass::Token
        && matches!(
            &bytes[at..at + member],
            b".text" | b".kind" | b".type" | [b'.', .., b'_']
        );
    at += if is_lexical { 0 } else { member };
    let tight = at;
    at += match closed {
        Some(_) => text::blank(&bytes[at..]),
        None => text::spaces(&bytes[at..]),
    };
    if let Some(rest) = bytes[at..].strip_prefix(b"\\t") {
        // A tab that is written out, and no path: `C:\password\test`.
        let is_path = bytes[..name.start].ends_with(b"\\");
        at += if is_path { 0 } else { 2 + text::spaces(rest) };
    }
    at += noted(&bytes[at..], at > tight);
    if let Some((sign, len)) = sign::at(&bytes[at..]) {
        let is_program = is_numbered && sign == Sign::Colon;
        let sign = if is_program { Sign::Doubtful } else { sign };
        return separated(name, closed, sign, at + len, spans);
    }
    pairs::after(name, begin, closed, tight, spans)
        .or_else(|| apart::after(name, closed, tight, at, spans))
}

/// How much of a key of one of several is at a place: `[ann]`, `.ann`, before a sign.
fn member(rest: &[u8]) -> usize {
    let [open @ (b'[' | b'.'), key @ ..] = rest else {
        return 0;
    };
    let mut len = text::run_in(key, 32, |byte| text::is_word(*byte));
    // `account.key.name.blob.core.windows.net=…`: of a host.
    if *open == b'.' && key[len..].starts_with(b".") {
        let host = text::run_in(key, 80, |byte| text::is_name(*byte) || *byte == b'.');
        let is_host = key[..host].iter().filter(|byte| **byte == b'.').count() >= 3;
        len = if is_host { host } else { len };
    }
    let is_about = names::is_about(&key[..len], ABOUT) || names::is_about(&key[..len], TOPICS);
    let end = 1 + len + usize::from(*open == b'[');
    let is_closed = *open == b'.' || key.get(len) == Some(&b']');
    let is_one = len > 0
        && is_closed
        && !is_about
        && match rest.get(end) {
            Some(b'=') => true,
            sign => sign == Some(&b':') && *open == b'[',
        };
    if is_one { end } else { 0 }
}

/// How long the end of an element is that the name alone is in: `<b>Password</b>: …`.
fn tag_end(rest: &[u8]) -> usize {
    let Some(tag) = rest.strip_prefix(b"</") else {
        return 0;
    };
    let len = text::run_in(tag, 8, u8::is_ascii_alphanumeric);
    let is_one = matches!(
        tag[len..],
        [b'>', b':' | b'=', ..] | [b'>', b' ', b':' | b'=', ..]
    );
    if is_one { len + 3 } else { 0 }
}

/// How much of what PHP says of a property is at a place: `:protected]`, `:"Class":private]`.
fn visibility(rest: &[u8]) -> usize {
    if !rest.starts_with(b":") {
        return 0;
    }
    let end = text::run_in(rest, 80, |byte| *byte != b']');
    let is_one = rest.get(end) == Some(&b']')
        && [&b":protected"[..], b":private"]
            .iter()
            .any(|word| rest[..end].ends_with(word));
    if is_one { end + 1 } else { 0 }
}

/// How much may stand between a name and its sign: `password (input): …`, `Unseal Key 1: …`,
/// `Password .....: …`, `token[string] = …`.
fn noted(rest: &[u8], is_spaced: bool) -> usize {
    let bracket = match rest.first() {
        Some(b'(') => b')',
        Some(b'[') => b']',
        Some(b'<') => b'>',
        _ => 0,
    };
    let near = &rest[..rest.len().min(if bracket == 0 { 0 } else { 32 })];
    let close = near.iter().position(|byte| *byte == bracket);
    let is_typed = close.is_some_and(|close| {
        let inner = std::str::from_utf8(&rest[1..close]).unwrap_or_default();
        inner.bytes().all(text::is_word)
            && innocent::is_type(inner)
            && !rest[close + 1..].trim_ascii_start().starts_with(b"->")
    });
    let len = match rest.first() {
        Some(b'(' | b'[' | b'<') => close.map_or(0, |at| at + 1),
        Some(b'0'..=b'9') => text::run_in(rest, 3, |byte| byte.is_ascii_digit()),
        // `secret header value: …`
        Some(b'a'..=b'z') if is_spaced && after_words(rest) > 0 => after_words(rest),
        // `var password string = …`
        Some(b'a'..=b'z') => {
            let len = text::run_in(rest, 16, |byte| text::is_word(*byte));
            let word = std::str::from_utf8(&rest[..len]).unwrap_or_default();
            // `char(20)`
            let size = rest[len..]
                .strip_prefix(b"(")
                .map_or(0, |size| 2 + text::run_in(size, 6, u8::is_ascii_digit));
            let after = rest.get(len + size..).unwrap_or_default();
            let is_sign = after.starts_with(b" = ") || after.starts_with(b" := ");
            if is_sign && innocent::is_type(word) {
                len + size
            } else {
                0
            }
        }
        Some(b'.') => text::run(rest, |byte| *byte == b'.'),
        _ => 0,
    };
    let spaces = text::spaces(&rest[len..]);
    let is_one = is_spaced || is_typed || rest.starts_with(b"...");
    if is_one && sign::at(&rest[len + spaces..]).is_some() {
        len + spaces
    } else {
        0
    }
}

/// How long the words are that may stand after a name, and have a colon after them.
fn after_words(rest: &[u8]) -> usize {
    let len = text::run_in(rest, 32, |byte| byte.is_ascii_lowercase() || *byte == b' ');
    let is_one = |word: &[u8]| AFTER.iter().any(|known| known.as_bytes() == word);
    let is_all =
        rest.get(len) == Some(&b':') && rest[..len].split(|byte| *byte == b' ').all(is_one);
    if is_all { len } else { 0 }
}

/// Whether the quote that a name has before it ends after one more plain word.
fn is_word_in_quotes(name: Name<'_>, at: usize) -> bool {
    let bytes = name.text.as_bytes();
    let Some(opened) = extent::quote_before(bytes, name.start) else {
        return false;
    };
    let word = text::run(&bytes[at..], |byte| {
        byte.is_ascii_lowercase() || matches!(byte, b'_' | b'*' | b':')
    });
    word > 0 && extent::quote_at(bytes, at + word).is_some_and(|(quote, _)| quote == opened)
}

/// Where a name begins that has others before it: `db.password`, or words, as a key of an object
/// may have: `{"Admin Password": …}`.
fn qualified(bytes: &[u8], name: Name<'_>) -> usize {
    let start = name.start;
    let is_part = |byte: &u8| text::is_name(*byte) || b".:/$@#".contains(byte);
    let begin = start - text::run_before_in(&bytes[..start], 64, is_part);
    if extent::quote_before(bytes, begin).is_some() {
        return begin;
    }
    if bytes[..start].last() != Some(&b' ') {
        return start;
    }
    let is_part = |byte: &u8| text::is_name(*byte) || *byte == b' ';
    let begin = start - text::run_before_in(&bytes[..start], 40, is_part);
    let Some(opened) = extent::quote_before(bytes, begin) else {
        return start;
    };
    let before = bytes[..begin - opened.depth - 1].trim_ascii_end();
    let is_key = extent::quote_at(bytes, name.end).is_some_and(|(quote, len)| {
        let rest = &bytes[name.end + len..];
        quote == opened && rest[text::spaces(rest)..].starts_with(b":")
    });
    if is_key && matches!(before.last(), Some(b'{' | b',')) {
        begin
    } else {
        start
    }
}

/// The value after a separator.
fn separated(
    name: Name<'_>,
    closed: Option<Quote>,
    sign: Sign,
    from: usize,
    spans: &mut Spans,
) -> Option<usize> {
    let (bytes, known) = (name.text.as_bytes(), name.known);
    let mut at = from + text::spaces(&bytes[from..]);
    if bytes[at..].starts_with(b"\\t") {
        at += 2;
    }
    let is_spaced = at > from;
    // `AuthTest.testPassword:42`: a line.
    let digits = bytes[at..]
        .iter()
        .take(6)
        .take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    let is_line = (1..=4).contains(&digits)
        && !bytes.get(at + digits).is_some_and(u8::is_ascii_alphabetic)
        && bytes[..name.start].ends_with(b".");
    if sign == Sign::Colon && !is_spaced && is_line {
        return None;
    }
    // `token= --password …`: an option in its place; `"$PWD":/src`: a variable, and a path.
    let is_option = matches!(bytes[at..], [b'-', b'-', next, ..] if next.is_ascii_alphabetic());
    // `${PASSWORD:?must be set}`, `"Password: " NAME`
    let is_opened = || {
        let line = text::line_before(bytes, name.start);
        line.iter().filter(|byte| **byte == b'"').count() % 2 == 1
    };
    let is_shouted = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
    let is_closing = closed.is_none()
        && matches!(bytes[at..], [b'"', b' ', ..])
        && text::run_in(&bytes[at + 2..], 4, is_shouted) > 2
        && is_opened();
    let is_check = bytes[from..].starts_with(b"?") && bytes[..name.start].ends_with(b"${");
    if is_closing
        || is_check
        || is_option && is_spaced
        || sign == Sign::Colon
            && bytes[..name.start].ends_with(b"$")
            && extent::quote_at(bytes, at).is_none()
    {
        return None;
    }
    // One of many: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:name`.
    if sign == Sign::Colon
        && bytes[..from].ends_with(b":")
        && !is_spaced
        && closed.is_none()
        && bytes[..name.start].ends_with(b":")
    {
        return None;
    }
    // `key=session:9f86d081-…`: a word of a value.
    if sign == Sign::Colon
        && !is_spaced
        && known.need == Need::Random
        && bytes[..name.start].ends_with(b"=")
    {
        return None;
    }
    if known.class == SecretClass::Signature && matches!(bytes.get(at), Some(b'\n' | b'\r' | b'\\'))
    {
        // botocore writes it on a line of its own.
        at += text::blank(&bytes[at..]);
    }
    // `!!str`, `&anchor`: what YAML says of a value. `!Ref` says that it is elsewhere.
    if sign == Sign::Colon && matches!(bytes.get(at), Some(b'!' | b'&')) {
        let tag = text::run_in(&bytes[at..], 24, |byte| !byte.is_ascii_whitespace());
        let space = text::spaces(&bytes[at + tag..]);
        if space > 0
            && matches!(
                &bytes[at..at + tag],
                b"!Ref" | b"!Sub" | b"!GetAtt" | b"!ImportValue" | b"!env" | b"!ENV" | b"!secret"
            )
        {
            return Some(at + tag);
        }
        let is_tag = space > 0
            && bytes[at + 1..at + tag]
                .iter()
                .all(|byte| text::is_name(*byte) || *byte == b'!')
            && !innocent::is_type(&name.text[at..at + tag]);
        at += if is_tag { tag + space } else { 0 };
    }
    // `password=' for nil`: the quotes of older programs.
    if sign == Sign::Equals
        && closed.is_none()
        && bytes[..name.start].ends_with(b"`")
        && bytes.get(from) == Some(&b'\'')
    {
        return Some(from);
    }
    // `def password=(new_password)`: a function.
    let is_function = || {
        let before = &bytes[..name.start];
        before
            .strip_suffix(b"self.")
            .unwrap_or(before)
            .ends_with(b"def ")
    };
    if sign == Sign::Equals && bytes[from..].starts_with(b"(") && is_function() {
        return Some(from);
    }
    if sign == Sign::Colon && is_spaced {
        at += changed(&bytes[at..]);
    }
    // `"token:read"`: a word in quotes.
    if sign == Sign::Colon && !is_spaced && closed.is_none() && is_word_in_quotes(name, at) {
        return None;
    }
    // What tests write: `PASS: name`.
    if sign == Sign::Colon && is_spaced && name.as_str() == "PASS" {
        return None;
    }
    if sign == Sign::Colon {
        if let Some(end) = lines::block(name, at, spans) {
            return Some(end);
        }
    }
    let blank = text::blank(&bytes[at..]);
    if blank > 0 {
        // On the next line, where it is plain that it is one.
        let next = at + blank;
        if extent::quote_at(bytes, next).is_some() || wrapper(bytes, next) > 0 {
            at = next;
        } else {
            return lines::after(name, sign == Sign::Colon, at, next, spans);
        }
    }
    let manner = Manner {
        is_quoted: false,
        is_prose: closed.is_none()
            && is_spaced
            && !text::starts_with(name.as_str().as_bytes(), b"x-")
            && !is_variable(name, at)
            && (sign == Sign::Colon || !is_apart(bytes, name.end) && !is_only(name, at)),
        // `pam_unix(passwd:auth)` are modules.
        is_doubtful: sign == Sign::Doubtful
            || sign == Sign::Colon
                && !is_spaced
                && closed.is_none()
                && matches!(bytes[..name.start], [.., before, b'('] if text::is_word(before)),
    };
    let around = Around {
        is_query: sign == Sign::Equals && matches!(bytes[..name.start].last(), Some(b'?' | b'&')),
        is_element: false,
    };
    // `/callback?code=…&state=…`
    let near = || &bytes[name.start.saturating_sub(NEAR)..bytes.len().min(at + NEAR)];
    let is_grant = around.is_query && name.as_str() == "code" && has_state(near());
    let name = if is_grant {
        let known = Known {
            need: Need::Random,
            ..known
        };
        Name { known, ..name }
    } else {
        name
    };
    value::at_place(name, at, manner, around, spans)
}

/// How long the words are before a value that is the new one, or was the old one: `changed to '…'`,
/// `changed '…' to '…'`, `is '…'`. `created '…'` has the name of what was created.
fn changed(rest: &[u8]) -> usize {
    let linked = apart::linking(rest);
    if linked == 0 || extent::quote_at(rest, linked).is_none() {
        return 0;
    }
    let words = &rest[..linked];
    let is_value = [&b"is "[..], b"was "]
        .iter()
        .any(|word| text::starts_with(words, word))
        || words.ends_with(b" to ")
        || words.ends_with(b" from ");
    let is_changed = || {
        let (_, end) = extent::argument(&rest[..rest.len().min(NEAR)], linked);
        let after = rest.get(end + 1..).unwrap_or_default();
        after.starts_with(b" to ") || after.starts_with(b" -> ")
    };
    if is_value || is_changed() { linked } else { 0 }
}

/// Whether a text has the `state` of a request.
fn has_state(near: &[u8]) -> bool {
    const STATE: &[u8] = b"state=";
    let is_part = |byte: &u8| byte.is_ascii_alphabetic() || b"_-".contains(byte);
    (0..near.len())
        .any(|at| near[at..].starts_with(STATE) && !near[..at].last().is_some_and(is_part))
}

/// Whether a name is that of a variable, whose value is several words in one, as its line has it.
fn is_variable(name: Name<'_>, at: usize) -> bool {
    let bytes = name.text.as_bytes();
    let end = extent::bare(bytes, at, Around::default());
    let value = &bytes[at..end];
    let joints = value
        .iter()
        .filter(|byte| matches!(byte, b'-' | b'_'))
        .count();
    let is_shouted = !name.as_str().contains(|c: char| c.is_ascii_lowercase());
    name.is_identifier() && joints > usize::from(!is_shouted) && ends_line(bytes, at)
}

/// Whether a value is all that its line has after a name: `token= …`, `[token] => …`.
fn is_only(name: Name<'_>, at: usize) -> bool {
    let rest = &name.text.as_bytes()[name.end..];
    (rest.starts_with(b"=") || rest.starts_with(b"] =>")) && ends_line(name.text.as_bytes(), at)
}

/// Whether a value without quotes is the last word of its line, but for a comment.
fn ends_line(bytes: &[u8], at: usize) -> bool {
    if text::starts_pair(&bytes[at..]) {
        return false;
    }
    let rest = &bytes[extent::bare(bytes, at, Around::default())..];
    let rest = &rest[text::spaces(rest)..];
    matches!(rest.first(), None | Some(b'\n' | b'\r' | b'#' | b'\\'))
}

/// Whether a name has a space after it.
fn is_apart(bytes: &[u8], end: usize) -> bool {
    bytes[end..].first().is_some_and(u8::is_ascii_whitespace)
}

/// Whether a name is that of an element: `<name`, `<ns:name`.
fn is_element(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[..start];
    let prefix = before
        .strip_suffix(b":")
        .or_else(|| before.strip_suffix(b"."));
    let before = match prefix {
        Some(prefix) => {
            let len = text::run_before_in(prefix, 32, |byte| text::is_name(*byte) || *byte == b'.');
            &prefix[..prefix.len() - len]
        }
        None => before,
    };
    before.ends_with(b"<")
}
