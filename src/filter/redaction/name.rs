//! A name in a string, and the redaction of its value: [`Name`].

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent;
use crate::filter::redaction::innocent::{self, Manner};
use crate::filter::redaction::look;
use crate::filter::redaction::names::Known;
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text;

/// A name in a text.
#[derive(Clone, Copy)]
pub(super) struct Name<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) known: Known,
}

impl Name<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.text[self.start..self.end]
    }

    /// Whether the name is an identifier, and no word of prose: `client_secret`, `clientSecret`.
    pub(super) fn is_identifier(&self) -> bool {
        let bytes = self.as_str().as_bytes();
        let is_hump = |two: &[u8]| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase();
        bytes.contains(&b'_') || bytes.windows(2).any(is_hump)
    }

    /// Hides a value if it is a secret. Returns where to look on.
    pub(super) fn hide(
        self,
        from: usize,
        end: usize,
        manner: Manner,
        spans: &mut Spans,
    ) -> Option<usize> {
        let (bytes, mut known) = (self.text.as_bytes(), self.known);
        let value = self.text.get(from..end)?;
        if known.class == SecretClass::AccessKeyId {
            let id = value.split(['/', '%']).next().unwrap_or_default();
            let is_id = id.len() >= 16
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            if is_id || id.contains('@') {
                spans.push(Span::new(from, from + id.len(), known.class));
                return Some(from + id.len());
            }
            if id.contains("****") {
                return Some(from + id.len());
            }
            if manner.is_prose {
                known.need = Need::Random;
            }
            known.class = SecretClass::SecretKey;
        }
        // The shell's directories, however short: `PWD=/srv`.
        if self.as_str().ends_with("PWD") && value.starts_with('/') && look::is_path(value) {
            return None;
        }
        // `this.secretKey = secretKey`
        if !manner.is_quoted && value.trim_end_matches([';', ',']) == self.as_str() {
            return None;
        }
        if !manner.is_quoted && self.is_field_of_message(from, end) {
            return None;
        }
        // `--password=name   what it is for`: help.
        let is_help = self.as_str().starts_with('-')
            && bytes[end..].starts_with(b"  ")
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if is_help || !innocent::hides(value, &bytes[end..], known, manner) {
            return None;
        }
        // Spaces at its ends are no part of it.
        let start = from + value.len() - value.trim_start().len();
        let stop = from + value.trim_end().len();
        spans.push(Span::new(start, stop, self.known.class));
        Some(end)
    }

    /// Whether the value is the number of a field, as Protocol Buffers have them:
    /// `string password = 12;`
    fn is_field_of_message(&self, from: usize, end: usize) -> bool {
        let bytes = self.text.as_bytes();
        let is_number = end - from <= 3 && bytes[from..end].iter().all(u8::is_ascii_digit);
        if !is_number || !bytes[end..].starts_with(b";") || bytes[self.end..from] != *b" = " {
            return false;
        }
        let Some(before) = bytes[..self.start].strip_suffix(b" ") else {
            return false;
        };
        let of_type = text::run_before_in(before, 32, u8::is_ascii_alphanumeric);
        let scalars = [
            "string", "bytes", "bool", "int32", "int64", "uint32", "uint64",
        ];
        match &before[before.len() - of_type..] {
            // `Secret secret = 3;`, and not `SET password = 123;`
            [b'A'..=b'Z', second, ..] => second.is_ascii_lowercase(),
            word => scalars.iter().any(|scalar| scalar.as_bytes() == word),
        }
    }

    /// Hides a value after which there is a quote of that length, and the one that it became:
    /// `from '…' to '…'`, `"…" -> "…"`, `… but got …`.
    pub(super) fn hide_changed(
        self,
        from: usize,
        end: usize,
        len: usize,
        manner: Manner,
        spans: &mut Spans,
    ) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let found = self.hide(from, end, manner, spans);
        let after = end + len;
        let rest = bytes.get(after..).unwrap_or_default();
        // `"" => "…"`: it is new.
        let is_new = || from == end && (rest.starts_with(b" => ") || rest.starts_with(b" -> "));
        if found.is_none() && !is_new() {
            return None;
        }
        let Some(word) = [
            " to ",
            " -> ",
            " → ",
            " => ",
            " != ",
            " but got ",
            " but was ",
            ", got ",
            " vs ",
            " instead of ",
        ]
        .iter()
        .find(|word| rest.starts_with(word.as_bytes())) else {
            return found;
        };
        let next = after + word.len();
        let (from, end) = extent::argument(bytes, next);
        self.hide(from, end, manner, spans).or(found)
    }
}
