//! Values that are objects or lists, and the secrets inside them.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::innocent::{self, Manner};
use crate::filter::redaction::look;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::names::{self, Known};
use crate::filter::redaction::places::{NAME_KEYS, PAIR_KEYS, VALUE_KEYS};
use crate::filter::redaction::rules::{ABOUT, Need};
use crate::filter::redaction::span::{Span, Spans};

use crate::filter::redaction::{extent, text};

/// How much of an object is looked at.
const LONGEST: usize = 2048;

/// How deep.
const DEEPEST: usize = 8;

/// Hides what is secret in the object or list at a place. Returns where to look on; `None` where
/// there is none.
pub(super) fn at(name: Name<'_>, at: usize, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    // `Secret {`, `map[`, `Some(Secret {`
    let is_part = |byte: &u8| text::is_word(*byte) || matches!(byte, b':' | b'*' | b'&');
    // `%{…}`, `%Secret{…}`, `#{…}`, `@{…}`, as Elixir, Erlang and PowerShell write them.
    let at = at
        + usize::from(matches!(
            bytes[at..],
            [b'#' | b'@' | b'%', b'{', ..] | [b'%', b'A'..=b'Z', ..]
        ));
    let mut word = text::run_in(&bytes[at..], 48, |byte| is_part(byte));
    word += usize::from(word > 0 && bytes[at + word..].starts_with(b" {"));
    let open = at + word;
    // `ab{cd` is a value like any other; so is what was encrypted, `ENC[…]`.
    let is_lower = bytes[at..open].first().is_some_and(u8::is_ascii_lowercase)
        && !bytes[at..open].contains(&b':');
    if word > 0 && (is_lower && !bytes[at..open].starts_with(b"map") || bytes[at..open] == *b"ENC")
    {
        return None;
    }
    let close = match bytes.get(open)? {
        b'{' => b'}',
        b'[' => b']',
        _ => return None,
    };
    // `ENV['…']`: where it is.
    if word > 0 && close == b']' && innocent::is_from(&name.text[at..]) {
        return None;
    }
    let limit = bytes.len().min(open + LONGEST);
    // `{SSHA}…` is a hash.
    let inner = text::run(&bytes[open + 1..limit], |byte| text::is_name(*byte));
    let is_hash = word == 0 && inner > 0 && bytes[open + 1 + inner..limit].first() == Some(&b'}');
    if is_hash
        && bytes
            .get(open + inner + 2)
            .is_some_and(|next| text::is_word(*next) || *next == b'$')
    {
        return None;
    }
    let list = close == b']' && (word == 0 || !bytes[at..open].ends_with(b"map"));
    let (mut last, mut is_closed) = (None, false);
    let mut state = State {
        key: None,
        depth: 0,
        has_quotes: false,
    };
    let mut place = open + 1;
    while place < limit {
        if let Some((quote, len)) = extent::quote_at(bytes, place) {
            let from = place + len;
            let end = extent::closing(bytes, from, quote);
            state.has_quotes = true;
            let after = (end + len).min(bytes.len());
            if is_key(bytes, after) {
                state.key = Some((from, end));
            } else if is_leaf(name, &state, list) {
                let manner = Manner {
                    is_quoted: true,
                    ..Manner::default()
                };
                last = hide(name, state.key, from, end, manner, spans).or(last);
            }
            place = after.max(place + 1);
            continue;
        }
        match bytes[place] {
            b'{' | b'[' | b'(' if state.depth == DEEPEST => break,
            b'{' | b'[' | b'(' => state.depth += 1,
            b'}' | b']' | b')' if state.depth > 0 => state.depth -= 1,
            byte if byte == close => {
                is_closed = true;
                break;
            }
            byte if text::is_word(byte) => {
                let len = text::run(&bytes[place..limit], |byte| text::is_name(*byte));
                if is_key(bytes, place + len) {
                    state.key = Some((place, place + len));
                    let value = place + len + 1;
                    let value = value + text::spaces(&bytes[value.min(bytes.len())..]);
                    if is_value_key(name, state.key) && value < limit && is_bare(bytes[value]) {
                        let end = extent::bare(bytes, value, extent::Around::default());
                        last = hide(name, state.key, value, end, Manner::default(), spans).or(last);
                    }
                }
                place += len;
                continue;
            }
            _ => {}
        }
        place += 1;
    }
    if !state.has_quotes && last.is_none() && list {
        last = plain_list(name, open + 1, place.min(limit), spans);
    }
    if close == b'}' && word == 0 && last.is_none() && !state.has_quotes && state.key.is_none() {
        last = braced(name, open, place, spans);
    }
    // What has names of its own in it is looked at for them.
    (is_closed || last.is_some()).then_some(open + 1)
}

/// Where one is in an object.
struct State {
    key: Option<(usize, usize)>,
    depth: usize,
    has_quotes: bool,
}

fn is_key(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    let rest = &rest[text::spaces(rest)..];
    matches!(rest, [b':', next, ..] if *next != b':') || matches!(rest, [b'=', ..])
}

fn is_bare(byte: u8) -> bool {
    text::is_word(byte) || b"+/$!@#".contains(&byte)
}

fn key_is_in(name: Name<'_>, key: Option<(usize, usize)>, known: &[&str]) -> bool {
    let key = key.and_then(|(from, end)| name.text.get(from..end));
    key.is_some_and(|key| known.iter().any(|known| key.eq_ignore_ascii_case(known)))
}

fn is_value_key(name: Name<'_>, key: Option<(usize, usize)>) -> bool {
    key_is_in(name, key, VALUE_KEYS) || key_is_in(name, key, PAIR_KEYS)
}

/// Whether what a key has, or a list, may be the value itself.
fn is_leaf(name: Name<'_>, state: &State, list: bool) -> bool {
    match state.key {
        None => list,
        Some(_) => !key_is_in(name, state.key, NAME_KEYS),
    }
}

/// Hides what a key has, or a list, where it may be the value itself.
pub(super) fn hide(
    name: Name<'_>,
    key: Option<(usize, usize)>,
    from: usize,
    end: usize,
    manner: Manner,
    spans: &mut Spans,
) -> Option<usize> {
    let bytes = name.text.as_bytes();
    if key.is_some_and(|(from, end)| names::is_about(&bytes[from..end], ABOUT)) {
        return None;
    }
    let is_sure = key.is_none() || is_value_key(name, key) || name.known.is_plural;
    let known = Known {
        need: if is_sure {
            name.known.need
        } else {
            Need::Random
        },
        class: match name.known.class {
            // What is inside is looked at as any other text.
            SecretClass::Authorization | SecretClass::Cookie if is_sure => SecretClass::Token,
            other => other,
        },
        ..name.known
    };
    if !is_sure {
        let value = name.text.get(from..end)?;
        if !look::looks_secret(value) || look::is_id(value) || value.contains([' ', ':', '/']) {
            return None;
        }
    }
    Name { known, ..name }.hide(from, end, manner, spans)
}

/// `PWD={ab;cd};`, as ODBC has values that have signs in them.
fn braced(name: Name<'_>, open: usize, close: usize, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let is_value = bytes[..open].ends_with(b"=")
        && bytes.get(close) == Some(&b'}')
        && matches!(
            bytes.get(close + 1),
            None | Some(b';' | b'"' | b'\'' | b'\n')
        );
    let doubtful = Manner {
        is_doubtful: true,
        ..Manner::default()
    };
    is_value.then(|| name.hide(open + 1, close, doubtful, spans))?
}

/// A list without quotes: the bytes of a secret, or words.
fn plain_list(name: Name<'_>, from: usize, end: usize, spans: &mut Spans) -> Option<usize> {
    let list = name.text.get(from..end)?;
    let numbers = list.split([',', ' ', '\n']).filter(|part| !part.is_empty());
    let are_bytes = numbers.clone().count() >= 4
        && numbers
            .clone()
            .all(|part| part.parse::<u8>().is_ok() || part.starts_with("0x"));
    if are_bytes {
        spans.push(Span::new(from, end, name.known.class));
        return Some(end);
    }
    // `[ab12, cd34]`
    if !list.contains(['\n', '{', '[', '(', '=', ':']) && list.contains(',') {
        let doubtful = Manner {
            is_doubtful: true,
            ..Manner::default()
        };
        let hide = |item: &str| {
            let start = from + item.as_ptr().addr() - list.as_ptr().addr();
            name.hide(start, start + item.len(), doubtful, spans)
        };
        return list.split(',').map(str::trim).filter_map(hide).last();
    }
    // `password:[…]`, as lists of parameters have it.
    let before = &name.text.as_bytes()[..from];
    let is_tight = name.known.class == SecretClass::Password
        && (before.ends_with(b":[") || before.ends_with(b"=["));
    if list.contains([',', '\n', '{', '[']) || !is_tight && !text::is_mixed(list.as_bytes()) {
        return None;
    }
    name.hide(
        from,
        end,
        Manner {
            is_quoted: true,
            ..Manner::default()
        },
        spans,
    )
}
