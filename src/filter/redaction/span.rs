//! The positions of secrets in a string, and the redacted string.

use crate::filter::redaction::class::SecretClass;

/// What stands in place of a secret.
pub(super) const MARK: &str = "***";

/// A secret in a text, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) class: SecretClass,
    /// Where to look for further ones: after it, or inside of what was looked at as a whole.
    pub(super) resume: usize,
}

impl Span {
    pub(super) fn new(start: usize, end: usize, class: SecretClass) -> Self {
        Self {
            start,
            end,
            class,
            resume: end,
        }
    }
}

/// The secrets of one text.
#[derive(Debug, Default)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    pub(super) fn push(&mut self, span: Span) {
        self.0.push(span);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn each(&self, mut visit: impl FnMut(&Span)) {
        self.0.iter().for_each(&mut visit);
    }

    /// Puts them in order; of those that lie in another one, only that one stays.
    pub(super) fn settle(&mut self) {
        self.0
            .sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        let mut end = 0;
        self.0.retain(|span| {
            let is_new = span.end > end;
            end = end.max(span.end);
            is_new
        });
    }

    /// The text without them; where they overlap, all of both goes.
    pub(super) fn write(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut written = 0;
        for span in &self.0 {
            if span.end <= written {
                continue;
            }
            if span.start < written {
                // The mark stands there already.
                written = span.end;
                continue;
            }
            out.push_str(&text[written..span.start]);
            let secret = &text[span.start..span.end];
            if span.class == SecretClass::AccessKeyId && secret.len() >= 16 && secret.is_ascii() {
                out.push_str(&secret[..4]);
                out.push_str("****");
                out.push_str(&secret[secret.len() - 4..]);
            } else if span.class == SecretClass::UrlUser {
                out.push_str("***:***");
            } else {
                out.push_str(MARK);
            }
            written = span.end;
        }
        out.push_str(&text[written..]);
        out
    }
}
