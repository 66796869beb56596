//! Encoded strings: a secret in the decoded string is mapped to its position in the encoded one.

use crate::filter::redaction::text;

/// Ways of writing characters in other ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// `%3D`
    Percent,
    /// `\u003d`, `\x3d`
    Escaped,
    /// `&quot;`, `&#34;`
    Entities,
    /// Colours of a terminal, which are nothing.
    Ansi,
    /// `ｐａｓｓ`, the letters of Chinese and Japanese type, and characters without width.
    Wide,
    /// The words of Redis's protocol, each with its length before it.
    Resp,
}

impl View {
    pub(super) const ALL: [Self; 6] = [
        Self::Percent,
        Self::Escaped,
        Self::Entities,
        Self::Ansi,
        Self::Wide,
        Self::Resp,
    ];

    /// Its bit in a set of views.
    pub(super) fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Whether no text is written so twice.
    pub(super) fn is_once(self) -> bool {
        matches!(self, Self::Ansi | Self::Wide | Self::Resp)
    }

    /// The view that lets a name's end be seen as what it is.
    pub(super) fn of(rest: &[u8]) -> Option<Self> {
        match rest {
            [b'%', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                Some(Self::Percent)
            }
            [b'\\', b'u' | b'x' | b'0' | b'e', ..] => {
                let is_colour = ansi(rest).map(|_| Self::Ansi);
                is_colour.or_else(|| escape(rest).map(|_| Self::Escaped))
            }
            [b'&', ..] => entity(rest).map(|_| Self::Entities),
            [0x1b, b'[', ..] => Some(Self::Ansi),
            [0xc2 | 0xe2 | 0xef, ..] => wide(rest).map(|_| Self::Wide),
            [b'\r', b'\n', b'$', ..] | [b'\\', b'r', b'\\', b'n', b'$', ..] => Some(Self::Resp),
            _ => None,
        }
    }
}

/// A text as it was before it was encoded, and where each of its bytes comes from.
pub(super) struct Decoded {
    pub(super) text: String,
    from: Vec<usize>,
}

impl Decoded {
    pub(super) fn new(text: &str, view: View) -> Self {
        let bytes = text.as_bytes();
        let mut decoded = Vec::with_capacity(bytes.len());
        let mut from = Vec::with_capacity(bytes.len() + 1);
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let found = match view {
                View::Percent => percent(rest).or_else(|| plus(bytes, at)),
                View::Escaped => escape(rest),
                View::Entities => entity(rest),
                View::Ansi => ansi(rest).map(|len| (None, len)),
                View::Wide => wide(rest),
                View::Resp => resp(rest),
            };
            let (byte, len) = found.unwrap_or((Some(bytes[at]), 1));
            if let Some(byte) = byte {
                decoded.push(byte);
                from.push(at);
            }
            at += len;
        }
        from.push(bytes.len());
        Self {
            // Only ASCII is decoded, so what was valid is.
            text: String::from_utf8(decoded).unwrap_or_default(),
            from,
        }
    }

    /// Where a stretch of the decoded text lies in the other one.
    pub(super) fn source(&self, start: usize, end: usize) -> (usize, usize) {
        let of = |at: usize| {
            self.from
                .get(at)
                .or(self.from.last())
                .copied()
                .unwrap_or_default()
        };
        (of(start), of(end))
    }
}

type Found = Option<(Option<u8>, usize)>;

fn shown(byte: u8, len: usize) -> Found {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~').then_some((Some(byte), len))
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(digits, 16).ok()
}

fn percent(rest: &[u8]) -> Found {
    match rest {
        [b'%', a, b, ..] => shown(hex(&[*a, *b])?, 3),
        _ => None,
    }
}

/// `+`, a space in a form, where it is next to an escape: elsewhere it may be of Base64.
fn plus(bytes: &[u8], at: usize) -> Found {
    let is_next =
        || at >= 3 && percent(&bytes[at - 3..at]).is_some() || percent(&bytes[at + 1..]).is_some();
    (bytes[at] == b'+' && is_next()).then_some((Some(b' '), 1))
}

fn escape(rest: &[u8]) -> Found {
    // Once more for each text around it.
    let slashes = text::run_in(rest, 8, |byte| *byte == b'\\');
    match &rest[slashes..] {
        [b'u', b'0', b'0', a, b, ..] if slashes > 0 => shown(hex(&[*a, *b])?, slashes + 5),
        [b'u', b'{', a, b, b'}', ..] if slashes > 0 => shown(hex(&[*a, *b])?, slashes + 5),
        [b'x', a, b, ..] if slashes > 0 => shown(hex(&[*a, *b])?, slashes + 3),
        _ => None,
    }
}

fn entity(rest: &[u8]) -> Found {
    const NAMED: &[(&[u8], u8)] = &[
        (b"&quot;", b'"'),
        (b"&amp;", b'&'),
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
        (b"&apos;", b'\''),
        (b"&equals;", b'='),
        (b"&colon;", b':'),
    ];
    if let Some((name, byte)) = NAMED.iter().find(|(name, _)| text::starts_with(rest, name)) {
        return Some((Some(*byte), name.len()));
    }
    let number = rest.strip_prefix(b"&#")?;
    let len = number.iter().take(6).position(|byte| *byte == b';')?;
    let byte = match &number[..len] {
        [b'x' | b'X', digits @ ..] => hex(digits)?,
        digits => std::str::from_utf8(digits).ok()?.parse().ok()?,
    };
    shown(byte, len + 3)
}

fn wide(rest: &[u8]) -> Found {
    match rest {
        [0xef, 0xbc, low @ 0x81..=0xbf, ..] => shown(low - 0x60, 3),
        [0xef, 0xbd, low @ 0x80..=0x9e, ..] => shown(low - 0x20, 3),
        [0xe2, 0x80, 0x8b..=0x8d, ..] | [0xe2, 0x81, 0xa0, ..] | [0xef, 0xbb, 0xbf, ..] => {
            Some((None, 3))
        }
        [0xc2, 0xad, ..] => Some((None, 2)),
        _ => None,
    }
}

/// `*2\r\n$4\r\n` before the first word of a command, `\r\n$6\r\n` before each further one.
fn resp(rest: &[u8]) -> Found {
    let number = |at: usize| {
        let digits = rest
            .get(at..)?
            .iter()
            .take(9)
            .take_while(|byte| byte.is_ascii_digit());
        Some(digits.count()).filter(|len| *len > 0)
    };
    let line_end = |at: usize| {
        let ends = [&b"\r\n"[..], b"\\r\\n"];
        let end = ends.iter().find(|end| rest[at..].starts_with(end))?;
        Some(end.len())
    };
    let is_first = rest.first() == Some(&b'*');
    let mut at = if is_first { 1 + number(1)? } else { 0 };
    at += line_end(at)?;
    if rest.get(at) != Some(&b'$') {
        return None;
    }
    at += 1 + number(at + 1)?;
    at += line_end(at)?;
    Some((Some(if is_first { b'\n' } else { b' ' }), at))
}

/// How long a sequence of a terminal is, written out or not.
fn ansi(rest: &[u8]) -> Option<usize> {
    const STARTS: &[&[u8]] = &[
        b"\x1b[",
        b"\\x1b[",
        b"\\u001b[",
        b"\\u{1b}[",
        b"\\033[",
        b"\\e[",
    ];
    let start = STARTS.iter().find(|start| rest.starts_with(start))?;
    let rest = &rest[start.len()..];
    let parameters = text::run_in(rest, 24, |byte| matches!(byte, b'0'..=b'?'));
    rest.get(parameters).map(|_| start.len() + parameters + 1)
}
