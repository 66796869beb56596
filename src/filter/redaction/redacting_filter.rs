//! The filter that redacts: [`RedactingFilter`].

use std::fmt;
use std::ops::Range;

use log::kv::{ToValue, Value};

use crate::filter::filter::Filter;
use crate::filter::redaction::class::{SecretClass, Tally};
use crate::filter::redaction::finder::Finder;
use crate::filter::redaction::innocent::{self, Manner};
use crate::filter::redaction::personal::Personal;
use crate::filter::redaction::span::{self, Span, Spans};
use crate::filter::shared_filter::SharedFilter;
use crate::record::{OwnedValue, Record, Scalar};
use crate::sys::sync::{Arc, Lazy};
use crate::sys::user_code;

/// Redacts secrets in a record before it is written: in its message, its error and stack, and its
/// key-values, those of adapters and scopes included. A secret becomes `***`; of the ids of access
/// keys the first and last four characters stay.
///
/// It searches the text as it will be written, so it does not matter how a secret came there: in a
/// message of another crate, a document, a URL, a header, a dump of a request, the `Debug` of a
/// struct. [`credentials`](Self::credentials) knows what the usual services, databases and
/// protocols have:
///
/// | class | what |
/// |---|---|
/// | [`SecretKey`](SecretClass::SecretKey) | values of `SecretAccessKey`, `client_secret`, `AccountKey`, `signing_key`, … |
/// | [`Token`](SecretClass::Token) | values of `token`, `api_key`, `session_id`, `auth`, …; JSON Web Tokens; the tokens of some 150 vendors |
/// | [`Password`](SecretClass::Password) | values of `password`, `passwd`, `pass`, `pwd`, `pin`, `otp`, …; passwords of SQL, of SMTP, IMAP, FTP and Redis, and of command lines |
/// | [`Authorization`](SecretClass::Authorization) | `Authorization` headers but for the scheme; AWS's keep all but key and signature |
/// | [`Signature`](SecretClass::Signature) | signatures of requests and of signed URLs |
/// | [`Cookie`](SecretClass::Cookie) | `Cookie`, `Set-Cookie` |
/// | [`AccessKeyId`](SecretClass::AccessKeyId) | `AKIA…`, `ASIA…`, and the values of `Credential=`, `AccessKeyId` |
/// | [`EncryptionKey`](SecretClass::EncryptionKey) | `encryption_key`, customers' keys of S3, `Plaintext` of KMS, private keys in PEM and of PGP |
/// | [`UrlUser`](SecretClass::UrlUser) | `user:password@` and tokens in URLs |
///
/// [`with_personal_data`](Self::with_personal_data) adds mail addresses, cards, bank accounts,
/// phone numbers and network addresses.
///
/// Names are compared without case, `_` and `-`; those of passwords are known in some thirty
/// languages. They are found in plain text, JSON (also escaped, and over several lines), the
/// notation of Python, Ruby, PHP, Go and Rust, XML, YAML, properties, connection strings, queries
/// and forms (also percent-encoded), headers, SQL and command lines, in objects with a name and a
/// value, in tuples, and in the columns of tables. Of usual commands and of the configuration of
/// routers and servers the places are known that have a secret without a name
/// (`htpasswd -b file ann …`, `snmp-server community …`), as are those of what proves one in
/// protocols (SCRAM, NTLM), and of what tests type into fields (`fill('#password', '…')`). A value
/// that is plainly none is kept: nothing (`null`, `false`), a type, a number of tokens, a
/// placeholder (`?`, `$1`, `${PASSWORD}`, `YOUR_API_KEY`), another mask, words of a sentence
/// (`password: required`), an algorithm, a time, a version, a file or a region (`RS256`, `30m`,
/// `1.2.3`, `tls.key`, `eu-west-1`), a class or an error (`ExpiredTokenException`), code that reads
/// it, or where it is kept (`vault`, `keyring`); of tokens and keys also a word that says of what
/// kind or where they are (`token=header`).
///
/// # Limits
/// It recognizes forms, and promises no more than that. It cannot find
/// - a secret without any sign: a bare word, a password alone on its line, an argument of a command
///   or a word of a configuration whose place alone says what it is, where that place is not known
///   (`mytool login ann rose`);
/// - a user and a password without a scheme before them, unless the host looks like one of a
///   database (`ann:…@build7`);
/// - a value of a name of one letter, unless a user is beside it (`u=ann&p=…`) or it is long and of
///   a link that opens an account (`/login?t=…`), or of a word that mostly has other values
///   (`seed`, `priv`, `routing_key`, `key` beside `aes` and the like) where it is neither 32, 48,
///   64, 96 or 128 hexadecimal digits nor the 12 to 24 words of a wallet;
/// - a password of several words without quotes, unless it is all that follows a name that says so
///   (`passphrase: …`), or `password is`;
/// - a password in a sentence far from its name (`expected …, got …`);
/// - a value without a name, or before it (`assertEquals("…", user.password)`, `VALUES ('ann',
///   '…')`, `0x… private key`) in other words than `… is the password`, `… as the password` and
///   `… (password)`, and one that a function reads by a name elsewhere
///   (`getenv("TOKEN") or "…"`);
/// - a code of a few digits without `your`, `OTP` or the like beside it (`code 817264 expires`),
///   and a short key in a query whose name is `key`;
/// - a name that it does not know; add it by [`with_name`](Self::with_name);
/// - a secret under a name that is misspelled, abbreviated or in another language than the known
///   ones (`tok3n`);
/// - a password that is a plain word, where a sentence or a list has it (`login as ann / rose`);
/// - a secret that looks like one of the values that are kept (`password=tls.key`,
///   `client_secret=redis`, `password=sha256`), or like the name of an object
///   (`secret "opal-sable-7"`, `client_secret=prod-creds`);
/// - a secret whose name is cut in two (`"pass" "word"`), or is the heading of what it is in,
///   unless that is a section (`[secrets]`, and `api = "…"` below);
/// - a secret that was encrypted, compressed, encoded in Base64 as a whole, or spelled in other
///   characters;
/// - a secret that is cut in two, by the caller or between two records;
/// - a secret in the name of a logger or of a thread, which are not looked at.
///
/// Conversely, a word that looks like a secret where one is usual is redacted although it is none:
/// in source code (`token = Name.Builtin`), in the output of lexers (`{"token": "quick"}`), in
/// captions in other languages.
/// What must never be logged belongs in a [`Secret`](crate::filter::Secret).
///
/// A record without a secret stays as it is, byte for byte, and nothing is allocated for it.
/// Redaction is on by default in [`set_stream_logger`](crate::set_stream_logger) and the other
/// presets.
///
/// # Python
/// `logging` has nothing like it; botocore logs tokens and passwords in clear.
///
/// # Examples
/// ```
/// use logtree::filter::{RedactingFilter, SecretClass};
///
/// let filter = RedactingFilter::credentials().with_name("x-tenant-key").with_personal_data();
/// let text = r#"{"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG", "x_tenant_key": "t-1"}"#;
/// assert_eq!(filter.redact(text), r#"{"SecretAccessKey": "***", "x_tenant_key": "***"}"#);
/// assert_eq!(filter.redact("sent to ann@example.com"), "sent to ***");
/// assert_eq!(filter.found(SecretClass::SecretKey), 1);
/// ```
#[derive(Clone)]
pub struct RedactingFilter {
    finder: Finder,
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
    /// Returns a filter that redacts the credentials of the usual services, databases and
    /// protocols.
    #[must_use]
    pub fn credentials() -> Self {
        Self {
            finder: Finder::new(),
            personal: None,
            patterns: Vec::new(),
            found: Arc::default(),
        }
    }

    /// Returns the filter that all presets share, for what it has [found](Self::found).
    ///
    /// # Examples
    /// ```
    /// use logtree::set_stream_logger;
    /// use logtree::filter::{RedactingFilter, SecretClass};
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

    /// Returns the same filter as the presets' handlers have it.
    pub(crate) fn shared_preset() -> SharedFilter {
        PRESET.1.clone()
    }

    /// Adds a name whose values are secret, as a whole or as the end of a longer one. Case is
    /// ignored, as are `_` and `-`. Names without three letters in a row have no effect.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        self.finder.add_name(name);
        self
    }

    /// Keeps the values of a name: of `continuation_token`, say. Names are compared as by
    /// [`with_name`](Self::with_name).
    #[must_use]
    pub fn without_name(mut self, name: &str) -> Self {
        self.finder.allow_name(name);
        self
    }

    /// Keeps the tokens that vendors mark by their first letters, such as GitHub's (`ghp_…`),
    /// Slack's (`xoxb-…`) and Stripe's (`sk_live_…`). Ids of access keys and JSON Web Tokens are
    /// still redacted.
    #[must_use]
    pub fn without_vendor_tokens(mut self) -> Self {
        self.finder.forget_shapes();
        self
    }

    /// Redacts personal data as well: mail addresses, card numbers and bank accounts (IBAN) with a
    /// valid check digit, phone numbers with a country code, US social security numbers, and
    /// network addresses.
    #[must_use]
    pub fn with_personal_data(mut self) -> Self {
        self.personal = Some(Personal);
        self
    }

    /// Adds a pattern: a function that returns where the first secret of a text lies, in bytes. It
    /// is called for each text, and again for the rest after what it found.
    ///
    /// # Examples
    /// ```
    /// use logtree::filter::RedactingFilter;
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

    /// Returns how many secrets of a class this filter and its clones have found.
    #[must_use]
    pub fn found(&self, class: SecretClass) -> u64 {
        self.found.get(class)
    }

    /// Returns the text without its secrets; where there are none, the text itself.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        match self.redacted(text) {
            Some(redacted) => redacted.into(),
            None => text.into(),
        }
    }

    /// Returns the text without its secrets; `None` where there are none.
    fn redacted(&self, text: &str) -> Option<String> {
        let mut spans = Spans::default();
        self.find(text, &mut spans);
        if spans.is_empty() {
            return None;
        }
        spans.settle();
        spans.each(|span| self.found.count(span.class));
        Some(spans.write(text))
    }

    /// Reports whether a text is quickly seen to have no secret; it may have none otherwise too.
    #[inline]
    pub(crate) fn is_clean(&self, text: &[u8]) -> bool {
        self.personal.is_none() && self.patterns.is_empty() && self.finder.is_clean(text)
    }

    /// Reports whether texts that are clean for another one are clean for it.
    pub(crate) fn looks_as(&self, other: &Self) -> bool {
        self.finder.looks_as(&other.finder)
    }

    fn find(&self, text: &str, spans: &mut Spans) {
        self.finder.find(text, spans);
        if let Some(personal) = &self.personal {
            personal.find(text, spans);
        }
        for pattern in &self.patterns {
            find_pattern(&**pattern, text, spans);
        }
    }

    fn redact_values(&self, record: &mut Record<'_>) {
        let mut secrets: Vec<(String, OwnedValue)> = Vec::new();
        record.key_values().for_each(|key, value| {
            secrets.extend(
                self.redacted_value(key, value)
                    .map(|redacted| (key.to_owned(), redacted)),
            );
        });
        for (key, value) in secrets {
            record.set_key_value(key, value);
        }
    }

    /// Returns a key-value without its secrets; `None` where there are none.
    pub(crate) fn redacted_value(&self, key: &str, value: &Value<'_>) -> Option<OwnedValue> {
        Scalar::visit(value, |scalar| match scalar {
            Scalar::Nested(nested) => {
                let redacted = self.redacted_nested(key, nested);
                // What only several of its parts together show to be one, or the key of all.
                let seen = redacted.as_ref().unwrap_or(nested);
                let text = self.redacted_text(key, &Value::from_display(seen));
                text.map(OwnedValue::Text).or(redacted)
            }
            _ => self.redacted_text(key, value).map(OwnedValue::Text),
        })
    }

    /// Returns a value with all that is in it, as a key-value each by its own key; lists by that of
    /// the list.
    fn redacted_nested(&self, key: &str, value: &OwnedValue) -> Option<OwnedValue> {
        let changed = |changed: Vec<Option<OwnedValue>>| {
            let is_changed = changed.iter().any(Option::is_some);
            is_changed.then_some(changed)
        };
        match value {
            OwnedValue::List(values) => {
                let redacted = values.iter().map(|value| self.redacted_nested(key, value));
                let redacted = changed(redacted.collect())?.into_iter().zip(values);
                let list = redacted.map(|(new, old)| new.unwrap_or_else(|| old.clone()));
                Some(OwnedValue::List(list.collect()))
            }
            OwnedValue::Map(entries) => {
                let redacted = entries
                    .iter()
                    .map(|(key, value)| self.redacted_nested(key, value));
                let redacted = changed(redacted.collect())?.into_iter().zip(entries);
                let map = redacted
                    .map(|(new, (key, old))| (key.clone(), new.unwrap_or_else(|| old.clone())));
                Some(OwnedValue::Map(map.collect()))
            }
            other => {
                let redacted = self.redacted_text(key, &other.to_value());
                redacted.map(OwnedValue::Text)
            }
        }
    }

    /// Returns a key-value's text without its secrets; `None` where there are none.
    fn redacted_text(&self, key: &str, value: &Value<'_>) -> Option<String> {
        let known = self.finder.known(key);
        let hide = |class| {
            self.found.count(class);
            Some(span::MARK.to_owned())
        };
        let text = |text: &str| match known {
            Some(known) if innocent::hides(text, &[], known, Manner::TYPED) => hide(known.class),
            _ => self.redacted(text),
        };
        Scalar::visit(value, |scalar| match (scalar, known) {
            (Scalar::Null | Scalar::Bool(_), _) => None,
            (Scalar::Text(value), _) => text(value),
            (Scalar::Other(value), _) => text(&user_code::display(value)),
            (_, Some(known)) => {
                let number = value.to_string();
                innocent::hides(&number, &[], known, Manner::TYPED)
                    .then(|| hide(known.class))
                    .flatten()
            }
            (_, None) => None,
        })
    }
}

fn find_pattern(pattern: &Pattern, text: &str, spans: &mut Spans) {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(found) = pattern(rest).filter(|found| !found.is_empty()) else {
            return;
        };
        let (start, end) = (at + found.start, at + found.end);
        // Not on the borders of characters, or outside of the text.
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
            .field("vendor_tokens", &self.finder.has_shapes())
            .field("personal_data", &self.personal.is_some())
            .field("found", &self.found)
            .finish_non_exhaustive()
    }
}
