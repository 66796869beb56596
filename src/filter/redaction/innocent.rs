//! Values that are not secret although their names suggest it: empty ones, masks,
//! placeholders, types, prose.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::innocents::{
    MECHANISMS, OBJECTS, READERS, REFERENCES, SOURCES, STORES, TYPES, WORDS,
};
use crate::filter::redaction::names::{self, Known};
use crate::filter::redaction::placeholder::is_nothing;
use crate::filter::redaction::places::GRAMMAR;
use crate::filter::redaction::rules::{ABOUT, Need};
use crate::filter::redaction::{look, plain, text};

/// How a value is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Manner {
    /// In quotes, or between tags.
    pub(super) is_quoted: bool,
    /// After a colon and a space, with a name without quotes: this may be a sentence.
    pub(super) is_prose: bool,
    /// After something that seldom is a separator.
    pub(super) is_doubtful: bool,
}

impl Manner {
    /// The value of a key.
    pub(super) const TYPED: Self = Self {
        is_quoted: true,
        is_prose: false,
        is_doubtful: false,
    };
}

/// What is longer is no word, number or sentence.
const LONGEST: usize = 512;

/// Whether a value has to be hidden. `after` is what follows it.
pub(super) fn hides(value: &str, after: &[u8], known: Known, manner: Manner) -> bool {
    let value = value.trim();
    // What is compared with many words comes last: most values are none before.
    is_secret(value, after, known, manner)
        && (known.class == SecretClass::Custom || !is_public(value, after, known, manner))
}

/// Whether a value is a number beside others: `pass=12 fail=0`.
fn is_count(value: &str, after: &[u8]) -> bool {
    let next = &after[text::run(after, |byte| b" ,".contains(byte))..];
    let word = text::run(next, |byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let is_other = [&b"fail"[..], b"skip", b"error", b"total", b"warn"]
        .iter()
        .any(|other| text::starts_with(next, other));
    value.len() <= 4
        && value.bytes().all(|byte| byte.is_ascii_digit())
        && next.len() < after.len()
        && is_other
        && matches!(
            next[word..],
            [b'=' | b':', b'0'..=b'9', ..] | [b':', b' ', b'0'..=b'9', ..]
        )
}

/// Whether a value is plainly something else, says where a secret is kept, or is a word where no
/// secret is one.
fn is_public(value: &str, after: &[u8], known: Known, manner: Manner) -> bool {
    let bare = value.trim_end_matches(['.', ',', ';', ':', '!']);
    let is_start = |start: &&str| text::starts_with(value.as_bytes(), start.as_bytes());
    plain::is_known(bare)
        || REFERENCES.iter().any(is_start)
        || STORES.iter().any(|store| bare.eq_ignore_ascii_case(store))
        || known.class != SecretClass::Password && known.need == Need::Any && is_lone_word(bare)
        || known.class != SecretClass::Password && plain::is_class(bare, 2)
        || known.class == SecretClass::SecretKey && is_object(bare)
        || is_measured(bare, after)
        || manner.is_quoted && is_code_in_quotes(bare)
}

/// `header`, `MISS`, `loading`: a word that says where a token is, of what kind, or what it does.
fn is_lone_word(value: &str) -> bool {
    WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// `metrics-tls`, `db-credentials`, `default-token-x7k2p`: what a secret of Kubernetes is called.
fn is_object(value: &str) -> bool {
    let mut parts = value.rsplit(['-', '/', '.']);
    let last = parts.next().unwrap_or_default();
    let is_generated = last.len() == 5 && parts.next() == Some("token");
    look::is_label(value) && (OBJECTS.contains(&last) || is_generated)
}

/// `12 characters`: a number before its unit.
fn is_measured(value: &str, after: &[u8]) -> bool {
    let next = after.strip_prefix(b" ").unwrap_or_default();
    let unit = text::run_in(next, 16, u8::is_ascii_alphabetic);
    value.len() <= 5
        && value.bytes().all(|byte| byte.is_ascii_digit())
        && unit > 1
        && !text::starts_pair(next)
        && !matches!(next.get(unit), Some(b'_' | b'-'))
        && std::str::from_utf8(&next[..unit]).is_ok_and(plain::is_unit)
}

/// `"os.getenv('TOKEN')"`, `"var.db_password"`: code in a string of another language.
fn is_code_in_quotes(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphabetic() || b"._[]()'\"".contains(&byte);
    (is_from(value) || is_call(value)) && value.bytes().all(is_part)
}

fn is_secret(value: &str, after: &[u8], known: Known, manner: Manner) -> bool {
    if value.len() > LONGEST {
        return value.bytes().any(|byte| byte.is_ascii_alphanumeric());
    }
    let bare = value.trim_end_matches(['.', ',', ';', ':', '!']);
    if is_nothing(value) || bare.len() < value.len() && is_nothing(bare) || is_type(bare) {
        return false;
    }
    if plain::is_account(bare) || plain::is_instance(bare) || plain::is_position(bare) {
        return false;
    }
    // A single sign opens what follows; what is secret in a URL is found there.
    let is_sign = value.len() == 1 && !value.as_bytes()[0].is_ascii_alphanumeric();
    let is_url = value.starts_with("https://") || value.starts_with("http://");
    let is_open = value.starts_with('(') && !value.contains(')');
    // `tokens = quote! {`
    let is_macro = value.ends_with('!') && after.starts_with(b" {");
    // `"password": "Passwort"` is a label.
    let is_caption = known.class != SecretClass::Custom
        && (names::is_name_of_one(bare) || !manner.is_quoted && names::is_variable_of_one(bare));
    let is_kind = known.class == SecretClass::Token && is_grammar(bare.as_bytes());
    // `Secret: ResourceNotFoundException`
    let is_kind = is_kind
        || !manner.is_quoted
            && known.class != SecretClass::Password
            && ["Exception", "Error"].iter().any(|end| bare.ends_with(end))
            && bare
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'.');
    // `const selectToken = (state) => …`
    let is_function = value.starts_with('(') && after.trim_ascii_start().starts_with(b"=>");
    // What a model of language is made of: `{"token": "hello", "logprob": …}`
    let is_word = known.class == SecretClass::Token
        && value.bytes().all(|byte| byte.is_ascii_alphabetic())
        && text::find(&after[..after.len().min(48)], b"logprob").is_some();
    // `--secret id=npm,src=.npmrc`
    let is_about = !manner.is_quoted
        && value
            .split_once('=')
            .is_some_and(|(key, _)| ABOUT.contains(&key));
    if is_macro
        || is_function
        || is_word
        || is_about
        || is_kind
        || is_caption
        || is_sign
        || is_open
        || is_url && known.class != SecretClass::Custom
    {
        return false;
    }
    if known.need == Need::Short && !manner.is_quoted && is_count(value, after) {
        return false;
    }
    let is_item = || known.class != SecretClass::Password && is_item(value);
    if !manner.is_quoted && (is_source(value) || is_call(value) || is_item()) {
        return false;
    }
    if is_rule(bare) || is_counter(bare, known) || is_sentence(value) {
        return false;
    }
    if known.need == Need::Material {
        return look::is_material(bare);
    }
    if manner.is_doubtful && matches!(known.need, Need::Digits | Need::Code) {
        // `pins 12-40`
        return is_code(bare, known) && !known.is_plural;
    }
    if manner.is_doubtful {
        // `token sk-ant-api03-`: how one begins.
        if bare.ends_with(['-', '_', '$'])
            && !manner.is_quoted
            && bare.len() < 24
            && known.class != SecretClass::Password
        {
            return false;
        }
        let least = if known.class == SecretClass::Password {
            6
        } else {
            8
        };
        // `token "3c9d7a51-…"`, `initialAdminPassword 0f1e2d…`: names that have no other meaning.
        let is_sure = known.need == Need::Any
            && match known.class {
                SecretClass::Token => manner.is_quoted && bare.len() >= 20,
                SecretClass::SecretKey | SecretClass::EncryptionKey => {
                    manner.is_quoted && bare.len() >= 32
                }
                SecretClass::Password => bare.len() >= 20,
                _ => false,
            };
        // `secret "token-x7k2p"` names one.
        let is_label =
            |part: &str| part.bytes().all(|b| b.is_ascii_lowercase()) || look::is_label(part);
        if known.class == SecretClass::SecretKey && bare.split('/').all(is_label) {
            return false;
        }
        return look::looks_secret(bare) && (is_sure || !look::is_id(bare)) && bare.len() >= least;
    }
    if manner.is_prose && known.class != SecretClass::Custom {
        return hides_in_prose(bare, after, known);
    }
    match known.need {
        Need::Any => match known.class {
            SecretClass::Signature => {
                let least = if look::looks_secret(bare) { 10 } else { 16 };
                value.len() >= least && !value.contains(' ') && !look::is_path(bare)
            }
            SecretClass::SecretKey | SecretClass::EncryptionKey | SecretClass::Token => {
                !look::is_path(bare)
            }
            SecretClass::Password => !(look::is_path(bare) && bare.len() > 4),
            SecretClass::Cookie => bare.contains('=') || !bare.bytes().all(|b| b.is_ascii_digit()),
            _ => true,
        },
        Need::Short => {
            !look::is_path(bare)
                && (manner.is_quoted || bare.len() > 3 || !bare.bytes().all(|b| b.is_ascii_digit()))
        }
        Need::Random => is_random(bare, known),
        Need::Digits | Need::Code => {
            is_code(bare, known) || look::looks_secret(bare) && !look::is_constant(bare)
        }
        Need::Long | Need::Query | Need::Material => look::is_long_code(bare),
    }
}

/// A value that follows `name: `.
fn hides_in_prose(value: &str, after: &[u8], known: Known) -> bool {
    let spaces = text::spaces(after);
    let next: &[u8] = &after[spaces..];
    let next = &next[..next
        .iter()
        .take_while(|byte| !byte.is_ascii_whitespace())
        .count()];
    let is_plain = |word: &[u8]| {
        word.iter()
            .all(|b| b.is_ascii_alphabetic() || !b.is_ascii() || b"'-,.!".contains(b))
    };
    let goes_on = spaces > 0
        && !next.is_empty()
        && is_plain(next)
        && next.iter().any(|b| b.is_ascii_lowercase() || !b.is_ascii())
        && !after.starts_with(b",");
    // `jwt: alg=RS256`
    let key = value.split(['=', ':']).next().unwrap_or_default();
    let is_short = value.len() < 16 && key.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_pair = is_short && text::starts_pair(value.as_bytes());
    let is_about = known.class == SecretClass::Password && names::is_about(key.as_bytes(), ABOUT);
    if is_pair && (known.class == SecretClass::Token || known.need == Need::Random || is_about) {
        return false;
    }
    let is_word = is_plain(value.as_bytes());
    if goes_on && (is_word || value.bytes().all(|byte| byte.is_ascii_digit())) {
        // A sentence, unless the word is far too long for one.
        return is_word && value.len() >= 20;
    }
    match (known.class, known.need) {
        (SecretClass::Signature, Need::Any) => {
            value.len() >= 16 && text::is_mixed(value.as_bytes()) && !look::is_path(value)
        }
        (_, Need::Digits | Need::Code) => {
            let is_range = value.contains(['<', '>', '=']);
            is_code(value, known) || value.len() >= 8 && look::looks_secret(value) && !is_range
        }
        (_, Need::Long | Need::Query) => look::is_long_code(value),
        (_, Need::Short) => {
            look::looks_secret(value)
                && (!value.contains(['_', '/', '.'])
                    || value.contains(['!', '$', '&', '#', '@'])
                    || !value.contains(['/', '.']) && has_all_kinds(value))
        }
        (_, Need::Random) => is_random(value, known),
        (SecretClass::Password, _) => !look::is_path(value) && !is_counter(value, known),
        _ => is_random(value, known),
    }
}

/// Whether a value has small letters, capitals and digits.
fn has_all_kinds(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

/// A few digits, as many as the name asks for.
fn is_code(value: &str, known: Known) -> bool {
    let least = if known.need == Need::Code { 5 } else { 3 };
    look::is_code(value) && value.len() >= least
}

fn is_random(value: &str, known: Known) -> bool {
    let is_shouted = value.len() >= 5
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && !value.contains('_');
    let is_mechanism = MECHANISMS
        .iter()
        .any(|known| value.eq_ignore_ascii_case(known));
    let is_long = value.len() >= 20 && !value.contains([' ', '-', '_', '.', '/', ':']);
    let is_special = known.class == SecretClass::Authorization;
    let is_signal = value.starts_with("SIG");
    !is_mechanism
        && !is_signal
        && !value.contains('(')
        && !look::is_path(value)
        && (look::looks_secret(value) || is_shouted || is_long || is_special)
}

/// Whether a word is a kind of token of a grammar: `token=IDENT`.
pub(super) fn is_grammar(word: &[u8]) -> bool {
    GRAMMAR
        .iter()
        .any(|kind| word.eq_ignore_ascii_case(kind.as_bytes()))
}

pub(super) fn is_type(value: &str) -> bool {
    let head = value
        .split(['<', '(', '[', ' ', '|', ';'])
        .next()
        .unwrap_or_default();
    let has_more = head.len() < value.len();
    // `&Signature`, `Self::CargoToken`
    let is_letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_reference = value
        .strip_prefix('&')
        .and_then(|name| name.split('<').next())
        .is_some_and(|name| is_letters(name) && is_capitalized(name));
    if is_reference || value.contains("::") && value.split("::").all(is_letters) {
        return true;
    }
    let is_known = TYPES.iter().any(|known| {
        value.eq_ignore_ascii_case(known) || has_more && head.eq_ignore_ascii_case(known)
    });
    is_known && (!has_more || !value.contains('"'))
}

fn is_source(value: &str) -> bool {
    // `random_password.db.result`, `config['db']['password']`
    let is_lower = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let is_member = value.split('.').count() >= 3
        && value
            .split('.')
            .all(|part| part.len() > 1 && is_lower(part));
    let is_item = value
        .split_once("['")
        .or_else(|| value.split_once("[\""))
        .is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(text::is_word));
    if is_member || is_item {
        return true;
    }
    is_from(value)
}

/// Whether a value begins as one that is read from somewhere.
pub(super) fn is_from(value: &str) -> bool {
    SOURCES
        .iter()
        .any(|source| text::starts_with(value.as_bytes(), source.as_bytes()))
}

/// `tokens[i]`, `tokens[index]`, `token[i]`
fn is_item(value: &str) -> bool {
    let is_lower = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let inner = value
        .strip_suffix(']')
        .and_then(|rest| rest.split_once('['));
    inner.is_some_and(|(name, index)| {
        let is_list = name.ends_with('s') || !name.is_empty() && index.len() == 1;
        is_list && is_lower(name) && is_lower(index)
    })
}

/// Whether a function looks a value up, by the end of its name.
pub(super) fn reads(function: &[u8]) -> bool {
    READERS
        .iter()
        .any(|known| text::ends_with(function, known.as_bytes()))
}

/// `get_token()`, `Token(12)`, `z.string().min(8)`.
fn is_call(value: &str) -> bool {
    let value = value.trim_end_matches(['?', ';']);
    if value.contains("().") && value.ends_with(')') {
        return true;
    }
    let Some((name, rest)) = value.split_once('(') else {
        return false;
    };
    let arguments = rest.strip_suffix(')');
    // `CharField(max_length=128)`
    let is_plain = |part: &str| {
        let has = |is: fn(&u8) -> bool| part.bytes().any(|byte| is(&byte));
        !has(u8::is_ascii_digit) || !has(u8::is_ascii_alphabetic)
    };
    let is_nested = name.contains('.') || rest.contains('(');
    let is_typed = is_nested && rest.split([',', '=', '(', ')', ' ']).all(is_plain);
    // It was cut at a space.
    let is_cut = name.contains('.') && !rest.is_empty() && rest.bytes().all(text::is_word);
    if is_cut || reads(name.as_bytes()) && rest.starts_with(['"', '\'']) {
        return true;
    }
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| text::is_name(byte) || b".:".contains(&byte))
        && arguments
            .is_some_and(|inner| is_typed || inner.len() <= 24 && !look::looks_secret(inner))
}

/// Numbers, sizes and times are no tokens, and seldom keys.
fn is_counter(value: &str, known: Known) -> bool {
    let value = value.strip_prefix('-').unwrap_or(value);
    let digits = value
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || b".,_".contains(byte))
        .count();
    if digits == 0 {
        return false;
    }
    #[rustfmt::skip]
    const UNITS: &[&str] = &[
        "", "%", "b", "k", "m", "g", "s", "h", "d", "w", "x", "ms", "us", "ns", "kb", "mb", "gb",
        "kib", "mib", "gib", "min", "sec", "day", "bit", "th", "st", "nd", "rd", "tok", "px", "am", "pm",
    ];
    let unit = &value[digits..];
    let is_unit = UNITS.iter().any(|known| unit.eq_ignore_ascii_case(known));
    let is_whole = unit.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match known.class {
        SecretClass::Custom => false,
        // `pass=12ms`
        SecretClass::Password if known.need == Need::Short && !is_whole => {
            ["ms", "us", "ns", "s", "%"].contains(&unit)
        }
        SecretClass::Password => is_whole && digits == 1 && known.need == Need::Any,
        _ if known.is_plural => is_unit,
        SecretClass::Cookie | SecretClass::Authorization | SecretClass::Signature => is_unit,
        _ if known.need == Need::Random => is_unit,
        _ => digits < 6 && (is_whole || is_unit),
    }
}

/// `required|min:8`, what a value has to be.
fn is_rule(value: &str) -> bool {
    #[rustfmt::skip]
    const RULES: &[&str] = &[
        "required", "nullable", "min", "max", "string", "confirmed", "sometimes",
    ];
    let first = value.split(['|', ':']).next().unwrap_or_default();
    first.len() < value.len() && RULES.contains(&first)
}

/// `must be at least 8 characters`.
fn is_sentence(value: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "is", "must", "be", "required", "invalid", "please", "enter", "field", "this", "not",
        "characters", "should", "cannot", "can't", "does", "doesn't", "has", "was", "been",
        "your", "too", "are", "will", "least", "missing", "expired", "for", "failed", "error",
        "incorrect", "changed", "left", "ago", "to", "requires", "chars", "minimum", "maximum",
    ];
    if !value.contains(' ') || value.len() > 200 {
        return false;
    }
    let mut words = value
        .split(' ')
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '\''));
    let is_plain = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" .,'!-()\"?:".contains(&byte));
    is_plain
        && words
            .clone()
            .all(|word| !text::is_mixed(word.as_bytes()) || word.len() < 12 && is_capitalized(word))
        && words.any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

fn is_capitalized(word: &str) -> bool {
    word.len() > 1
        && word[1..].bytes().all(|byte| byte.is_ascii_lowercase())
        && word.as_bytes()[0].is_ascii_uppercase()
}
