//! What replaces a value: nothing, masks, placeholders.

use crate::filter::redaction::innocents::{MASKS, NOTHING, REMARKS};
use crate::filter::redaction::text;
use crate::sys::sync::Lazy;

/// Whether a value is none, a mask, or a place to fill in.
pub(super) fn is_nothing(value: &str) -> bool {
    let value = value.trim();
    // `DB_PASSWORD=<64`: how a variable is set
    let is_usage = || {
        let is_part = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
        let name = text::run(value.as_bytes(), is_part);
        // `your key here`
        let is_asked = |value: &str| {
            [" key", " token", " secret", " password"]
                .iter()
                .any(|word| text::ends_with(value.as_bytes(), word.as_bytes()))
        };
        name > 2 && value.as_bytes()[name..].starts_with(b"=<")
            || value.strip_suffix(" here").is_some_and(is_asked)
    };
    // `(unchanged)`, `<unset>`
    let bracketed = [('(', ')'), ('<', '>')]
        .iter()
        .find_map(|(open, close)| value.strip_prefix(*open)?.strip_suffix(*close));
    value.is_empty()
        || is_nothing_word(bracketed.unwrap_or(value))
        || is_mask(value)
        || is_placeholder(value)
        || is_usage()
        || is_remark(value)
        || is_constant(value)
}

/// `NOT_LOGGING_PASSWORD`, `YOUR_API_KEY`: the name of a secret in place of it.
fn is_constant(value: &str) -> bool {
    const NAMES: [&str; 7] = [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "KEY",
        "APIKEY",
        "CREDENTIAL",
    ];
    let is_name = |part: &str| NAMES.contains(&part.strip_suffix('S').unwrap_or(part));
    value.len() > 6
        && value.contains('_')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && value.split('_').any(is_name)
}

/// `not configured`, `(known after apply)`: words about a value.
fn is_remark(value: &str) -> bool {
    let is_letters = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    if let Some((first, second)) = value.split_once(' ') {
        let is_first = |known: &&str| first.eq_ignore_ascii_case(known);
        if REMARKS.iter().any(is_first) && !second.is_empty() && is_letters(second) {
            return true;
        }
    }
    let inner = value
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let is_lower = |byte: u8| byte.is_ascii_lowercase() || b" -,".contains(&byte);
    inner.is_some_and(|inner| inner.contains(' ') && inner.bytes().all(is_lower))
}

/// Whether a value is one of [`NOTHING`], of which only those with as many letters are compared.
fn is_nothing_word(value: &str) -> bool {
    static BY_LEN: Lazy<Vec<Vec<&str>>> = Lazy::new(|| {
        let mut by_len = Vec::new();
        for word in NOTHING {
            by_len.resize(by_len.len().max(word.len() + 1), Vec::new());
            by_len[word.len()].push(*word);
        }
        by_len
    });
    let Some(words) = BY_LEN.get(value.len()) else {
        return false;
    };
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
        || !value.is_ascii() && words.contains(&value.to_lowercase().as_str())
}

/// How long a mask or a place to fill in is that a text starts with, if it has brackets around it.
pub(super) fn bracketed(rest: &[u8]) -> Option<usize> {
    const BRACKETS: &[(&[u8], &[u8])] = &[
        (b"${{", b"}}"),
        (b"{{", b"}}"),
        (b"${", b"}"),
        (b"#{", b"}"),
        (b"<%=", b"%>"),
        (b"$(", b")"),
        (b"<", b">"),
        (b"[", b"]"),
        (b"((", b"))"),
        (b"(", b")"),
        (b"{", b"}"),
        (b"** ", b" **"),
    ];
    let (open, close) = BRACKETS.iter().find(|(open, _)| rest.starts_with(open))?;
    let inner = &rest[open.len()..rest.len().min(open.len() + 80)];
    let len = inner
        .windows(close.len())
        .position(|window| window == *close)?;
    let end = open.len() + len + close.len();
    // `{SSHA512}…`, `{SHA512-CRYPT}$6$…` are hashes.
    let is_end = !rest
        .get(end)
        .is_some_and(|byte| text::is_word(*byte) || *byte == b'$' && rest[0] == b'{');
    let whole = std::str::from_utf8(&rest[..end]).ok()?;
    let is_class = whole.starts_with('<') && !text::is_mixed(&rest[1..end - 1]);
    (is_end && (is_nothing(whole) || is_class)).then_some(end)
}

fn is_mask(value: &str) -> bool {
    let is_mark = |c: char| "*•●∙·xX.#-_?█".contains(c);
    let mut letters = value.bytes().filter(u8::is_ascii_alphabetic);
    let first = letters.next();
    let stars = value.chars().all(is_mark)
        && (value.starts_with('*') || value.chars().count() >= 3)
        && letters.all(|letter| Some(letter) == first);
    // The first and last letters of what was hidden.
    let shown = value.len() - value.bytes().filter(|byte| *byte == b'*').count();
    let is_partial = value.contains("***") && shown <= 8 && !value.contains(' ')
        || value.len() <= 16 && value.split("...").filter(|part| part.len() >= 2).count() == 2;
    if let Some(inner) = value
        .strip_prefix("%5B")
        .and_then(|rest| rest.strip_suffix("%5D"))
    {
        return MASKS
            .iter()
            .any(|mask| inner.to_ascii_lowercase().contains(mask));
    }
    let inner = value.trim_matches(|c| "[]<>(){}* ".contains(c));
    let is_bracketed = inner.len() < value.len()
        && value.starts_with(['[', '<', '(', '{', '*'])
        && value.ends_with([']', '>', ')', '}', '*'])
        || value == inner && value.bytes().all(|byte| byte.is_ascii_uppercase());
    let has_mask = || {
        let lower = inner.to_ascii_lowercase();
        MASKS.iter().any(|mask| lower.contains(mask))
    };
    stars
        || is_partial
        || is_bracketed
            && value.len() < 100
            && !(value.starts_with('{') && (value.contains(": ") || value.contains('=')))
            && !value.contains(['"', '\''])
            && has_mask()
}

fn is_placeholder(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_ident = |text: &[u8]| {
        !text.is_empty()
            && text
                .iter()
                .all(|byte| text::is_name(*byte) || *byte == b'.')
    };
    let inside = |open: &str, close: &str| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|inner| {
                !inner.contains(open)
                    && inner.len() < 64
                    && (inner.is_empty()
                        || inner
                            .bytes()
                            .all(|b| text::is_name(b) || b" .:|\"'$/?@,()[]+".contains(&b)))
            })
    };
    match bytes {
        [b'?', ..] => {
            bytes.len() <= 3
                && bytes[1..]
                    .iter()
                    .all(|byte| byte.is_ascii_digit() || *byte == b'?')
        }
        [b'$', rest @ ..] if !rest.is_empty() => {
            rest.iter().all(u8::is_ascii_digit)
                || rest
                    .iter()
                    .all(|b| b.is_ascii_uppercase() || *b == b'_' || b.is_ascii_digit())
                    && rest.len() > 2
                    && rest[0].is_ascii_uppercase()
                    && rest.iter().filter(|b| b.is_ascii_digit()).count() <= 2
                || rest.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
                || inside("${", "}")
                || value.starts_with("$(") && value.ends_with(')') && value.len() < 64
                || inside("${{", "}}")
                || value
                    .get(..5)
                    .is_some_and(|start| start.eq_ignore_ascii_case("$env:"))
                    && is_ident(&rest[4..])
        }
        [b'%', b's' | b'v' | b'q' | b'd' | b'@'] => true,
        [b'%', ..] => {
            inside("%(", ")s")
                || inside("%{", "}")
                || inside("%", "%")
                    && bytes
                        .iter()
                        .all(|b| b.is_ascii_uppercase() || b"_%".contains(b))
        }
        [b':' | b'@', rest @ ..] => {
            inside("@@", "@@")
                || is_ident(rest) && rest[0].is_ascii_lowercase() && !text::is_mixed(rest)
                || rest.len() <= 2 && is_ident(rest)
        }
        [b'#', ..] => {
            let is_object = value.starts_with("#<") && value.ends_with('>');
            inside("#{", "}") || is_object && !value.contains(['"', '=', '\''])
        }
        [b'(', ..] => inside("((", "))"),
        [b'{', ..] => {
            // Jenkins writes keys so: `{AQAAABAAAA…}`.
            // `{ann …}` has a user and a password.
            let has_pair = value.contains(':') && value.contains(' ');
            let mut words = value.trim_matches(['{', '}']).split(' ');
            (inside("{", "}") || value.ends_with("!r}") || value.ends_with("!s}"))
                && !value.starts_with("{AQAAAB")
                && !words.any(text::is_random)
                && !value.contains(['"', '\''])
                && !has_pair
                || inside("{{", "}}") && !value.contains('"')
        }
        // `<hunter22>` is in brackets.
        [b'<', inner @ .., b'>'] => {
            let is_word = inner.len() >= 8 && inner.iter().all(u8::is_ascii_alphanumeric);
            let has_digits = inner.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2;
            inside("<", ">") && !(is_word && has_digits && text::is_mixed(inner))
        }
        [b'Y' | b'y', ..] => {
            text::starts_with(bytes, b"your_") || text::starts_with(bytes, b"your-")
        }
        // Node's functions and objects.
        [b'[', ..]
            if [
                "[Function",
                "[AsyncFunction",
                "[object ",
                "[class ",
                "[Getter",
                "[Circular",
            ]
            .iter()
            .any(|word| value.starts_with(word)) =>
        {
            true
        }
        [b'[', ..] => {
            inside("[", "]")
                && !value.contains(['"', '\'', ','])
                && value.bytes().any(|b| b == b' ' || b == b'_' || b == b'-')
                && !text::is_mixed(bytes)
        }
        _ => {
            value.len() > 5
                && (value.starts_with("...") || value.ends_with("..."))
                && value.len() <= 8
        }
    }
}
