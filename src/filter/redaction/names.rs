//! Names whose values are secret.

use super::class::SecretClass;
use super::span::{Span, Spans};
use super::{Look, value};

/// Names in small letters without `_` and `-`; a longer name that ends so counts as well. The first that fits decides.
const SECRET: &[(&str, SecretClass)] = &[
    ("accesskeyid", SecretClass::AccessKeyId),
    ("credential", SecretClass::AccessKeyId),
    ("secretaccesskey", SecretClass::SecretKey),
    ("customerkey", SecretClass::EncryptionKey),
    ("privatekey", SecretClass::EncryptionKey),
    ("apikey", SecretClass::Token),
    ("accesskey", SecretClass::SecretKey),
    ("secretkey", SecretClass::SecretKey),
    ("secretstring", SecretClass::SecretKey),
    ("secretbinary", SecretClass::SecretKey),
    ("secret", SecretClass::SecretKey),
    ("token", SecretClass::Token),
    ("password", SecretClass::Password),
    ("passwd", SecretClass::Password),
    ("passphrase", SecretClass::Password),
    ("pwd", SecretClass::Password),
    ("authorization", SecretClass::Authorization),
    ("cookie", SecretClass::Cookie),
    ("signature", SecretClass::Signature),
    ("plaintext", SecretClass::EncryptionKey),
];

/// Names that end like secrets and are none: they page through lists, or tell requests apart.
const OPEN: &[&str] = &[
    "nexttoken",
    "continuationtoken",
    "clienttoken",
    "clientrequesttoken",
    "idempotencytoken",
    "paginationtoken",
    "pagetoken",
    "startingtoken",
    "sequencetoken",
    "synctoken",
    "resumetoken",
];

/// Longer names are none.
const LONGEST: usize = 128;

#[derive(Clone)]
pub(super) struct Names {
    own: Vec<String>,
    open: Vec<String>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self {
            own: Vec::new(),
            open: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &str) {
        let name = plain(name.as_bytes());
        self.own.extend(String::from_utf8(name.as_bytes().to_vec()));
    }

    pub(super) fn allow(&mut self, name: &str) {
        let name = plain(name.as_bytes());
        self.open
            .extend(String::from_utf8(name.as_bytes().to_vec()));
    }

    /// The class of a name's values, where they are secret.
    pub(super) fn class_of(&self, name: &str) -> Option<SecretClass> {
        if name.len() > LONGEST {
            return None;
        }
        let name = plain(name.as_bytes());
        let name = name.as_bytes();
        let is_open = |open: &str| name.ends_with(open.as_bytes());
        if self.open.iter().any(|open| is_open(open)) {
            return None;
        }
        if self.own.iter().any(|own| name.ends_with(own.as_bytes())) {
            return Some(SecretClass::Custom);
        }
        let found = SECRET
            .iter()
            .find(|(secret, _)| name.ends_with(secret.as_bytes()));
        let (_, class) = found.filter(|_| !OPEN.iter().any(|open| is_open(open)))?;
        Some(*class)
    }

    /// Looks at the name around a place, and at the value behind it.
    pub(super) fn at(&self, text: &str, at: usize) -> Look {
        let bytes = text.as_bytes();
        let start = at
            - bytes[..at]
                .iter()
                .rev()
                .take(LONGEST)
                .take_while(|byte| is_name(**byte))
                .count();
        let end = at
            + bytes[at..]
                .iter()
                .take(LONGEST)
                .take_while(|byte| is_name(**byte))
                .count();
        let Some(name) = text.get(start..end).filter(|name| !name.is_empty()) else {
            return Look::Nothing(end);
        };
        if name.eq_ignore_ascii_case("securestring") {
            return Look::SecureString;
        }
        match self.class_of(name) {
            Some(class) => match value::behind(text, start, end, class) {
                Ok(span) => Look::Found(span),
                Err(next) => Look::Nothing(next),
            },
            None => Look::Nothing(end),
        }
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// A name as it is compared: in small letters, without `_` and `-`.
struct Plain {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Plain {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

fn plain(name: &[u8]) -> Plain {
    let mut plain = Plain {
        bytes: [0; LONGEST],
        len: 0,
    };
    let letters = name.iter().filter(|byte| !matches!(byte, b'_' | b'-'));
    for (slot, byte) in plain.bytes.iter_mut().zip(letters) {
        *slot = byte.to_ascii_lowercase();
        plain.len += 1;
    }
    plain
}

/// The values of all `Value` keys of a text, which are secret where it speaks of a `SecureString` (AWS's parameter store).
pub(super) fn secure_values(text: &str, spans: &mut Spans) {
    for (start, _) in text.match_indices("Value") {
        let before = text.as_bytes()[..start].last();
        if before.is_some_and(|byte| is_name(*byte)) {
            continue;
        }
        if let Ok(span) = value::behind(text, start, start + "Value".len(), SecretClass::SecretKey)
        {
            spans.push(Span {
                resume: span.end,
                ..span
            });
        }
    }
}
