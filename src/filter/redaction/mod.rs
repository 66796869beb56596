//! Takes secrets out of records: [`RedactingFilter`].
//!
//! `prefilter` passes over a text for what is worth a closer look; `names` knows which keys have secret values, `value` where such
//! a value begins and ends, `shapes` what is a secret by its looks, and `personal` what says who somebody is.

mod class;
mod names;
mod personal;
mod prefilter;
mod secret;
mod shapes;
mod span;
mod value;

use std::fmt;
use std::ops::Range;

pub use self::class::SecretClass;
pub use self::secret::Secret;

use self::class::Tally;
use self::names::Names;
use self::personal::Personal;
use self::prefilter::Prefilter;
use self::span::{Span, Spans};
use super::{Filter, SharedFilter};
use crate::record::Scalar;
use crate::sync::{Arc, Lazy};
use crate::{OwnedValue, Record};

/// Takes secrets out of a record before it is written: out of its message, its error and stack, and its key-values, those of adapters
/// included. What is taken out is `***`; of the ids of access keys the first and last four characters stay.
///
/// It looks at the text as it will be written, so it does not matter how a secret came there: in a message of another crate, a JSON or XML
/// document, a URL, a header, a dump of a request, the `Debug` of a struct. [`credentials`](Self::credentials) knows what AWS and the web have:
///
/// | class | what |
/// |---|---|
/// | [`SecretKey`](SecretClass::SecretKey) | values of `SecretAccessKey`, `SecretString`, `secret_key`, `client_secret`, … |
/// | [`Token`](SecretClass::Token) | values of `X-Amz-Security-Token`, `SessionToken`, `token`, `api_key`, `X-Auth-Token`, …; JSON Web Tokens |
/// | [`Password`](SecretClass::Password) | values of `password`, `passwd`, `pwd`, `passphrase`, and names that end so |
/// | [`Authorization`](SecretClass::Authorization) | `Authorization` headers but for the scheme; AWS's keep all but key and signature |
/// | [`Signature`](SecretClass::Signature) | signatures of requests and of signed URLs |
/// | [`Cookie`](SecretClass::Cookie) | `Cookie`, `Set-Cookie` |
/// | [`AccessKeyId`](SecretClass::AccessKeyId) | `AKIA…`, `ASIA…`, and the values of `Credential=`, `AccessKeyId` |
/// | [`EncryptionKey`](SecretClass::EncryptionKey) | customers' keys of S3, `Plaintext` of KMS, private keys in PEM |
/// | [`UrlUser`](SecretClass::UrlUser) | `user:password@` in URLs |
///
/// [`with_personal_data`](Self::with_personal_data) adds mail addresses, cards, bank accounts, phone numbers and network addresses.
///
/// Names count without case, `_` and `-`, in plain text, JSON (escaped once or more), Python's and Rust's notation, XML, queries (encoded too),
/// headers and options of a command line. A secret without any sign, or that is cut in two by the caller, is not found: wrap it in
/// [`Secret`]. The names of loggers and threads are not looked at.
///
/// A record without a secret stays as it is, byte for byte, and nothing is allocated for it. It is on by default in
/// [`set_stream_logger`](crate::set_stream_logger) and the other presets.
///
/// # Python
/// There is nothing like it; botocore writes tokens and passwords in clear.
///
/// # Examples
/// ```
/// use logtree::{RedactingFilter, SecretClass};
///
/// let filter = RedactingFilter::credentials().with_name("x-tenant-key").with_personal_data();
/// let text = r#"{"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG", "x_tenant_key": "t-1", "for": "ann@example.com"}"#;
/// assert_eq!(filter.redact(text), r#"{"SecretAccessKey": "***", "x_tenant_key": "***", "for": "***"}"#);
/// assert_eq!(filter.found(SecretClass::SecretKey), 1);
/// ```
#[derive(Clone)]
pub struct RedactingFilter {
    prefilter: Prefilter,
    names: Names,
    vendor_tokens: bool,
    personal: Option<Personal>,
    patterns: Vec<Arc<Pattern>>,
    found: Arc<Tally>,
}

static PRESET: Lazy<(RedactingFilter, SharedFilter)> = Lazy::new(|| {
    let filter = RedactingFilter::credentials();
    (filter.clone(), filter.into())
});

/// Finds the first secret in a text.
type Pattern = dyn Fn(&str) -> Option<Range<usize>> + Send + Sync;

impl RedactingFilter {
    /// The credentials of AWS and of the web.
    #[must_use]
    pub fn credentials() -> Self {
        Self {
            prefilter: Prefilter::new(),
            names: Names::new(),
            vendor_tokens: false,
            personal: None,
            patterns: Vec::new(),
            found: Arc::default(),
        }
    }

    /// The filter that the presets use, one for all of them: for what it has [found](Self::found).
    ///
    /// # Examples
    /// ```
    /// use logtree::{RedactingFilter, SecretClass, set_stream_logger};
    ///
    /// set_stream_logger("app", "INFO".parse::<logtree::Level>()?);
    /// log::info!(target: "app", "user=ann password=hunter2"); // … user=ann password=***
    /// assert_eq!(RedactingFilter::preset().found(SecretClass::Password), 1);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    #[must_use]
    pub fn preset() -> &'static Self {
        &PRESET.0
    }

    /// The same as it hangs on the presets' handlers.
    pub(crate) fn shared_preset() -> SharedFilter {
        PRESET.1.clone()
    }

    /// The same, with another name whose values are secret, as a whole or as the end of a longer one; case does not count, nor do `_` and `-`
    /// where the name has them. Names without three letters in a row are passed over.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        let part = name.split(['-', '_']).max_by_key(|part| part.len());
        if let Some(part) = part.filter(|part| part.len() >= 3) {
            self.names.add(name);
            self.prefilter.add(part.as_bytes());
        }
        self
    }

    /// The same, but values of this name stay: of `continuation_token`, say. Names count as for [`with_name`](Self::with_name).
    #[must_use]
    pub fn without_name(mut self, name: &str) -> Self {
        self.names.allow(name);
        self
    }

    /// The same, with tokens that are known by their first letters: GitHub's (`ghp_…`), Slack's (`xoxb-…`), Stripe's (`sk_live_…`).
    #[must_use]
    pub fn with_vendor_tokens(mut self) -> Self {
        self.vendor_tokens = true;
        for prefix in shapes::VENDOR_PREFIXES {
            self.prefilter.add(prefix.as_bytes());
        }
        self
    }

    /// The same, with personal data: mail addresses, numbers of cards (with a right check digit), bank accounts (IBAN, likewise), phone numbers
    /// with their country, American social security numbers, and network addresses.
    #[must_use]
    pub fn with_personal_data(mut self) -> Self {
        self.personal = Some(Personal);
        self
    }

    /// The same, with a pattern of one's own: it answers with where the first secret of a text lies, in bytes. It is called for each text, and
    /// again for the rest behind what it found.
    ///
    /// # Examples
    /// ```
    /// use logtree::RedactingFilter;
    ///
    /// let filter = RedactingFilter::credentials().with_pattern(|text: &str| {
    ///     let start = text.find("ticket-")?;
    ///     Some(start..start + 11)
    /// });
    /// assert_eq!(filter.redact("sold ticket-1234"), "sold ***");
    /// ```
    #[must_use]
    pub fn with_pattern(
        mut self,
        find: impl Fn(&str) -> Option<Range<usize>> + Send + Sync + 'static,
    ) -> Self {
        self.patterns.push(Arc::new(find));
        self
    }

    /// How many secrets of a class this filter and its clones have found.
    #[must_use]
    pub fn found(&self, class: SecretClass) -> u64 {
        self.found.get(class)
    }

    /// The text without its secrets; the same text where there are none.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        match self.redacted(text) {
            Some(redacted) => redacted.into(),
            None => text.into(),
        }
    }

    /// The text without its secrets; `None` where there are none.
    fn redacted(&self, text: &str) -> Option<String> {
        let mut spans = Spans::default();
        self.find(text, &mut spans);
        if spans.is_empty() {
            return None;
        }
        spans.each(|span| self.found.count(span.class));
        Some(spans.write(text))
    }

    fn find(&self, text: &str, spans: &mut Spans) {
        let mut at = 0;
        while let Some(candidate) = self.prefilter.next(text.as_bytes(), at) {
            at = match self.look(text, candidate) {
                Look::Found(span) => {
                    let end = span.resume;
                    spans.push(span);
                    end.max(candidate + 1)
                }
                Look::Nothing(next) => next.max(candidate + 1),
                Look::SecureString => {
                    names::secure_values(text, spans);
                    candidate + 1
                }
            };
        }
        if let Some(personal) = &self.personal {
            personal.find(text, spans);
        }
        for pattern in &self.patterns {
            find_pattern(&**pattern, text, spans);
        }
    }

    /// Looks closer at a place that the prefilter found.
    fn look(&self, text: &str, at: usize) -> Look {
        if let Some(span) = shapes::at(text, at, self.vendor_tokens) {
            return Look::Found(span);
        }
        self.names.at(text, at)
    }

    fn redact_values(&self, record: &mut Record<'_>) {
        let mut secrets: Vec<(String, String)> = Vec::new();
        record.key_values().for_each(|key, value| {
            if let Some(class) = self.names.class_of(key) {
                self.found.count(class);
                secrets.push((key.to_owned(), span::MARK.to_owned()));
                return;
            }
            let redacted = Scalar::visit(value, |scalar| match scalar {
                Scalar::Text(text) => self.redacted(text),
                Scalar::Other(value) => self.redacted(&value.to_string()),
                _ => None,
            });
            secrets.extend(redacted.map(|redacted| (key.to_owned(), redacted)));
        });
        for (key, value) in secrets {
            record.set_key_value(key, OwnedValue::Text(value));
        }
    }
}

/// What a closer look finds.
enum Look {
    Found(Span),
    /// Nothing, up to there.
    Nothing(usize),
    /// A sign that the values of `Value` are secret.
    SecureString,
}

fn find_pattern(pattern: &Pattern, text: &str, spans: &mut Spans) {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(found) = pattern(rest).filter(|found| !found.is_empty()) else {
            return;
        };
        let (start, end) = (at + found.start, at + found.end);
        // What lies across a character, or outside, is nobody's secret.
        if text.get(start..end).is_none() {
            return;
        }
        spans.push(Span::new(start, end, SecretClass::Custom));
        at = end;
    }
}

impl Filter for RedactingFilter {
    /// Lets every record pass.
    fn filter(&self, record: &mut Record<'_>) -> bool {
        if let Some(message) = self.redacted(record.message()) {
            record.set_message(message);
        }
        if record.key_values().has_source() {
            self.redact_values(record);
        }
        if record.has_failure() {
            let error = record.error_text().and_then(|text| self.redacted(&text));
            let stack = record.stack().and_then(|text| self.redacted(&text));
            record.replace_failure(error, stack);
        }
        true
    }
}

impl fmt::Debug for RedactingFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedactingFilter")
            .field("vendor_tokens", &self.vendor_tokens)
            .field("personal_data", &self.personal.is_some())
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}
