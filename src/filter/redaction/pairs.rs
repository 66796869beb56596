//! Names that are values themselves, followed by the secret: objects with a name and a value,
//! tuples, arguments, elements and their attributes, forms.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around, Quote};
use crate::filter::redaction::innocent::Manner;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::places::{NAME_KEYS, PAIR_KEYS};
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::Spans;
use crate::filter::redaction::{name_keys, names, text, value};

/// How far the value of an object may be from its name.
const NEAR: usize = 400;

const QUOTED: Manner = Manner {
    is_quoted: true,
    is_prose: false,
    is_doubtful: false,
};

const DOUBTFUL: Manner = Manner {
    is_doubtful: true,
    ..QUOTED
};

/// The value of an element: `<name>…</name>`, with attributes or without.
pub(super) fn element(name: Name<'_>, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let tag = bytes[name.end..]
        .iter()
        .take(NEAR)
        .position(|byte| matches!(byte, b'>' | b'<'))?;
    let close = name.end + tag;
    if bytes[close] != b'>' {
        return None;
    }
    // `<name value="…">`
    let attributes = &bytes[name.end..close];
    if let Some(value) = attribute(attributes) {
        value::at_place(name, name.end + value, QUOTED, Around::default(), spans);
    }
    if attributes.ends_with(b"/") {
        return None;
    }
    let inner = close + 1 + text::blank(&bytes[close + 1..]);
    if [&b"<value>"[..], b"<string>", b"<plaintext>"]
        .iter()
        .any(|tag| text::starts_with(&bytes[inner..], tag))
    {
        return inner_element(name, inner, spans);
    }
    element_text(name, close + 1, spans)
}

fn element_text(name: Name<'_>, from: usize, spans: &mut Spans) -> Option<usize> {
    const CDATA: &[u8] = b"<![CDATA[";
    let bytes = name.text.as_bytes();
    let at = from + text::blank(&bytes[from..]);
    let (from, end) = if bytes[at..].starts_with(CDATA) {
        let from = at + CDATA.len();
        (from, from + text::find(&bytes[from..], b"]]>")?)
    } else {
        (at, at + bytes[at..].iter().position(|byte| *byte == b'<')?)
    };
    // A place to fill in is not closed: `login <user> <password> [options]`.
    if !bytes[end..].starts_with(b"</") && !bytes[end..].starts_with(b"]]>") {
        return None;
    }
    name.hide(from, end, QUOTED, spans).or(Some(end))
}

/// Where the value begins, in the attributes of an element.
fn attribute(attributes: &[u8]) -> Option<usize> {
    for key in [&b"value="[..], b"Value=", b"content=", b"val=", b"VALUE="] {
        if let Some(found) = attributes
            .windows(key.len())
            .position(|window| window == key)
        {
            if found == 0 || !text::is_name(attributes[found - 1]) {
                return Some(found + key.len());
            }
        }
    }
    None
}

/// Looks for the value of a name that is a value itself.
pub(super) fn after(
    name: Name<'_>,
    begin: usize,
    closed: Option<Quote>,
    at: usize,
    spans: &mut Spans,
) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let quote = closed.map_or(0, |quote| quote.depth + 1);
    let begin = if closed.is_some() {
        begin - quote
    } else {
        name.start
    };
    if bytes[at..].starts_with(b"</") {
        return beside_element(name, at, spans);
    }
    let before = name_keys::unwrapped(&bytes[..begin]);
    let is_password = name.known.class == SecretClass::Password;
    // `"name": "app.auth"` is that of a logger, say.
    let is_whole = begin + quote == name.start;
    let is_plain = is_whole || name.known.need != Need::Random;
    let before = name_keys::before_path(before);
    let key =
        name_keys::of_name(before).or_else(|| name_keys::of_kind(before).filter(|_| is_password));
    if let Some(key) = key.filter(|_| is_plain) {
        let word = &bytes[key..key + text::run_in(&bytes[key..], 24, |byte| text::is_name(*byte))];
        let is_path = word.eq_ignore_ascii_case(b"path");
        // `"path": "/password"`, as a patch has it.
        let is_whole = is_whole || is_path && bytes[begin + quote..name.start] == *b"/";
        let is_loose = is_path || names::is_about(word, &["name"]) && word.len() > 4;
        let found = if is_loose && !is_whole {
            None
        } else {
            named(name, key, at, is_loose, spans)
        };
        if let Some(end) = found {
            return Some(end);
        }
    }
    // `{password, "…"}` is a tuple as well; `CURLOPT_PASSWORD, "…"` are arguments.
    let is_constant = name.is_identifier()
        && !name.as_str().contains(|c: char| c.is_ascii_lowercase())
        && bytes[at..].starts_with(b", ");
    let is_bare_pair = bytes[..begin].ends_with(b"(") && next_is_bare(bytes, at);
    if closed.is_none()
        && !is_constant
        && !bytes[..begin].ends_with(b"{")
        && !matches!(bytes[..begin], [.., b' ' | b'[' | b'(' | b'{', b':'])
        && !is_bare_pair
    {
        return None;
    }
    // `s:8:"password";s:9:"…"`, as PHP writes values down.
    if let Some(counted) = bytes[at..].strip_prefix(b";s:") {
        let digits = text::run(counted, |byte| byte.is_ascii_digit());
        let value = at + 4 + digits;
        let (quote, len) = extent::quote_at(bytes, value.min(bytes.len()))?;
        let end = extent::closing(bytes, value + len, quote);
        return name.hide(value + len, end, QUOTED, spans);
    }
    let next = at + text::blank(&bytes[at..]);
    if bytes.get(next) != Some(&b',') {
        return None;
    }
    let value = next + 1 + text::blank(&bytes[next + 1..]);
    let option = name.as_str().starts_with('-');
    let opening = bytes[..begin]
        .iter()
        .rev()
        .take(80)
        .find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'b' | b'u' | b'&'))
        .unwrap_or(&b' ');
    let is_open = matches!(opening, b'(' | b'[' | b'{');
    let start = match bytes.get(value..).unwrap_or_default() {
        [b'b' | b'u', ..] => value + 1,
        // Erlang's.
        [b'<', b'<', ..] => value + 2,
        [b'd', b'e', b'f', b'a', b'u', b'l', b't', b'=', ..] => value + 8,
        _ => value,
    };
    let Some((quote, len)) = extent::quote_at(bytes, start) else {
        // `(apiKey, …)`: a pair without quotes, and no list of functions.
        let end = extent::bare(bytes, value, Around::default());
        let is_pair = closed.is_none() && bytes[..begin].ends_with(b"(");
        let is_plain = name.known.need == Need::Any && !bytes[value..end].contains(&b'_');
        if is_pair && is_plain && next == at && bytes.get(end) == Some(&b')') {
            return name.hide(value, end, DOUBTFUL, spans);
        }
        return wrapped_in_tuple(name, value, *opening, spans);
    };
    let from = start + len;
    let end = extent::closing(bytes, from, quote);
    let content = name.text.get(from..end)?;
    if closed.is_none() && bytes[..begin].ends_with(b":") {
        // `set :password, "…"`
        return name.hide(from, end, QUOTED, spans);
    }
    // `["x-api-key", "…", "accept", "*/*"]`
    let is_flat = *opening == b'[' && text::starts_with(name.as_str().as_bytes(), b"x-");
    let is_header = is_flat
        || matches!(
            name.known.class,
            SecretClass::Authorization | SecretClass::Cookie
        );
    // `"sessions","id":`: a key.
    if bytes.get(end + len) == Some(&b':') {
        return None;
    }
    if !is_open && !option && !is_header {
        // A row of a table, or of a list.
        return name.hide(from, end, DOUBTFUL, spans);
    }
    if option {
        return if content.starts_with('-') {
            None
        } else {
            name.hide(from, end, QUOTED, spans)
        };
    }
    // A pair, and no list of names.
    let after = (end + len).min(bytes.len());
    let rest = &bytes[after + text::spaces(&bytes[after..])..];
    let close = rest.first().copied();
    // ``(`password`, `id`) VALUES``: names of columns.
    if text::starts_with(
        rest.get(1..).unwrap_or_default().trim_ascii_start(),
        b"values",
    ) {
        return None;
    }
    let is_pair = matches!(close, Some(b')' | b']' | b'}' | b'>'));
    let is_name = content
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || b"_ :".contains(&byte));
    // A list of headers has name and value in turn.
    if *opening == b'(' && close == Some(b',') && !is_header {
        // `setenv("PASSWORD", "…", 1)`
        return name.hide(from, end, DOUBTFUL, spans);
    }
    if !(is_pair || is_header) || is_name && *opening != b'(' {
        return None;
    }
    if is_header {
        return value::at_place(name, start, QUOTED, Around::default(), spans);
    }
    name.hide(from, end, QUOTED, spans)
}

/// Whether a comma, a space and a value without quotes are at a place: `(apiKey, …)`.
fn next_is_bare(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[at..], [b',', b' ', next, ..] if next.is_ascii_alphanumeric())
}

/// `("password", Some("…"))`, `("password", ["…"])`
fn wrapped_in_tuple(name: Name<'_>, value: usize, opening: u8, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let word = text::run_in(&bytes[value..], 32, |byte| {
        text::is_word(*byte) || *byte == b':'
    });
    let is_call = word > 0 && bytes.get(value + word) == Some(&b'(');
    let is_list = bytes.get(value) == Some(&b'[') && extent::quote_at(bytes, value + 1).is_some();
    (opening == b'(' && (is_call || is_list))
        .then(|| value::at_place(name, value, QUOTED, Around::default(), spans))?
}

/// The value beside a name, after it or before. Where the name's key has other meanings, that of
/// the value has to say that it is one.
fn named(
    name: Name<'_>,
    key: usize,
    at: usize,
    is_loose: bool,
    spans: &mut Spans,
) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let limit = bytes.len().min(at + NEAR);
    let tag = bytes[..key]
        .iter()
        .rev()
        .take(NEAR)
        .position(|byte| matches!(byte, b'<' | b'>' | b'\n'));
    let is_tag = tag.is_some_and(|distance| bytes[key - 1 - distance] == b'<');
    if is_tag {
        let close = at + bytes[at..limit].iter().position(|byte| *byte == b'>')?;
        let open = key - 1 - tag?;
        let found = attribute(&bytes[at..close]).map(|found| at + found);
        let found = found.or_else(|| attribute(&bytes[open..key]).map(|found| open + found));
        return match found {
            Some(value) => {
                value::at_place(name, value, QUOTED, Around::default(), spans);
                Some(close)
            }
            None if bytes[..close].ends_with(b"/") => None,
            None => element_text(name, close + 1, spans)
                .or_else(|| inner_element(name, close + 1, spans)),
        };
    }
    if let Some(value) = form_data(bytes, key, at) {
        let end = value
            + bytes[value..]
                .iter()
                .position(|byte| matches!(byte, b'\r' | b'\n'))
                .unwrap_or(bytes.len() - value);
        let end = value + find_escaped_end(&bytes[value..end]);
        return name.hide(value, end, QUOTED, spans);
    }
    // In the same object: no further than its end, and not into another name.
    let (mut depth, mut found) = (0_usize, None);
    let mut place = at;
    while place < limit {
        match bytes[place] {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => break,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            byte if text::is_word(byte) || byte == b'#' || byte == b'$' => {
                let len = text::run(&bytes[place..limit], |byte| {
                    text::is_name(*byte) || b"#$".contains(byte)
                });
                if let Some(value) = value_key(bytes, place, len, is_loose) {
                    // The old one and the new one may both be there.
                    found = value::at_place(name, value, QUOTED, Around::default(), spans);
                    place = found.unwrap_or_default().max(value + 1);
                    if found.is_none() || !is_change(bytes, place) {
                        return found;
                    }
                    continue;
                }
                if NAME_KEYS[..2]
                    .iter()
                    .any(|known| bytes[place..place + len].eq_ignore_ascii_case(known.as_bytes()))
                    && depth == 0
                    && matches!(bytes.get(place + len), Some(b':' | b'='))
                {
                    break;
                }
                place += len;
                continue;
            }
            _ => {}
        }
        place += 1;
    }
    found.or_else(|| before(name, key, is_loose, spans))
}

/// Whether the next key after a value is that of what it was, or is now.
fn is_change(bytes: &[u8], at: usize) -> bool {
    let near = bytes.get(at..).unwrap_or_default();
    let near = &near[..near.len().min(24)];
    text::find(near, b"new")
        .or(text::find(near, b"old"))
        .is_some()
}

/// Where the value begins, if a word is the key of one.
fn value_key(bytes: &[u8], place: usize, len: usize, is_loose: bool) -> Option<usize> {
    let word = &bytes[place..place + len];
    let is_known = || {
        PAIR_KEYS
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
    };
    let is_key = names::is_about(word, &["value", "val"]) || !is_loose && is_known();
    if !is_key {
        return None;
    }
    let mut at = place + len;
    if let Some((_, quote)) = extent::quote_at(bytes, at) {
        at += quote;
    }
    at += text::spaces(&bytes[at..]);
    let sign = match &bytes[at..] {
        [b'=', b'>', ..] => 2,
        [b':' | b'=', ..] => 1,
        _ => return None,
    };
    at += sign;
    Some(at + text::spaces(&bytes[at..]))
}

/// The value that is before its name: `{"value": "…", "name": "password"}`.
fn before(name: Name<'_>, key: usize, is_loose: bool, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let from = key.saturating_sub(NEAR);
    let before = &bytes[from..key];
    // An object, an item of a list in YAML, or a line.
    let open = before.iter().rposition(|byte| *byte == b'{').or_else(|| {
        let lines = (0..before.len()).rev().filter(|at| before[*at] == b'\n');
        let mut lines = lines.chain(Some(0)).take(8);
        lines.find(|at| before[*at..].trim_ascii_start().starts_with(b"- "))
    });
    let line = || before.iter().rposition(|byte| *byte == b'\n');
    // `SET value = '…' WHERE name = '…'`
    let is_condition = text::find(&bytes[key.saturating_sub(24)..key], b"where ").is_some();
    let from = from + open.or_else(line).or(is_condition.then_some(0))?;
    let mut place = from;
    while place < key {
        if !text::is_word(bytes[place]) {
            place += 1;
            continue;
        }
        let len = text::run(&bytes[place..key], |byte| text::is_name(*byte));
        let value = value_key(bytes, place, len, is_loose);
        if let Some(value) = value.filter(|value| *value < key) {
            value::at_place(name, value, QUOTED, Around::default(), spans);
            return Some(name.end);
        }
        place += len;
    }
    None
}

/// `form-data; name="…"`, an empty line, and the value.
fn form_data(bytes: &[u8], key: usize, at: usize) -> Option<usize> {
    let before = &bytes[key.saturating_sub(40)..key];
    text::find(before, b"form-data")?;
    let rest = &bytes[at..bytes.len().min(at + NEAR)];
    for empty in [&b"\r\n\r\n"[..], b"\n\n", b"\\r\\n\\r\\n", b"\\n\\n"] {
        if let Some(found) = rest.windows(empty.len()).position(|window| window == empty) {
            return Some(at + found + empty.len());
        }
    }
    None
}

fn find_escaped_end(line: &[u8]) -> usize {
    let ends = line
        .windows(2)
        .position(|two| two == b"\\r" || two == b"\\n");
    ends.unwrap_or(line.len())
}

/// `<key>password</key><string>…</string>`
fn beside_element(name: Name<'_>, at: usize, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let before = &bytes[name.start.saturating_sub(80)..name.start];
    let open = name.start - before.len() + before.iter().rposition(|byte| *byte == b'<')? + 1;
    let (tag, path) = name.text.get(open..name.start)?.split_once('>')?;
    let is_path = path.bytes().all(|byte| text::is_name(byte) || byte == b'.');
    let is_cell = ["string", "td", "th", "dt"].contains(&tag);
    let is_name = NAME_KEYS
        .iter()
        .any(|known| tag.eq_ignore_ascii_case(known));
    (is_path && (is_name || is_cell || tag.ends_with("-name"))).then_some(())?;
    let close = at + bytes[at..].iter().take(32).position(|byte| *byte == b'>')? + 1;
    // `<th>password</th><th>role</th>` is the head of a table.
    let is_head = tag == "th" && text::starts_with(bytes[close..].trim_ascii_start(), b"<th");
    if is_head {
        return None;
    }
    inner_element(name, close, spans)
}

/// The text of the next element, however deep.
fn inner_element(name: Name<'_>, from: usize, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let mut at = from;
    for _ in 0..3 {
        at += text::blank(&bytes[at..]);
        if bytes.get(at) != Some(&b'<') || bytes[at..].starts_with(b"</") {
            return None;
        }
        at += bytes[at..]
            .iter()
            .take(NEAR)
            .position(|byte| *byte == b'>')?
            + 1;
        if let Some(end) = element_text(name, at, spans) {
            return Some(end);
        }
    }
    None
}
