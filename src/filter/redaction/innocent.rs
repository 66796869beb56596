//! Values that are not secret although their names suggest it: empty ones, masks,
//! placeholders, types, prose.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::names::{self, Known};
use crate::filter::redaction::placeholder::is_nothing;
use crate::filter::redaction::rules::{ABOUT, MECHANISMS, Need, READERS, SOURCES, TYPES};
use crate::filter::redaction::text;

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
    if value.len() > LONGEST {
        return value.bytes().any(|byte| byte.is_ascii_alphanumeric());
    }
    let bare = value.trim_end_matches(['.', ',', ';', ':', '!']);
    if is_nothing(value) || is_nothing(bare) || is_type(bare) {
        return false;
    }
    // An account of Windows: `S-1-5-21-…`
    let is_security_id = value.strip_prefix("S-1-").is_some_and(|rest| {
        rest.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
    });
    if is_security_id {
        return false;
    }
    // An object of Java: `android.os.BinderProxy@4af1c2`
    let is_object = bare.split_once('@').is_some_and(|(class, hash)| {
        let begins_with_capital = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase());
        class.split('.').count() >= 3
            && class.rsplit('.').next().is_some_and(begins_with_capital)
            && class
                .bytes()
                .all(|byte| text::is_word(byte) || b".$".contains(&byte))
            && (1..=8).contains(&hash.len())
            && hash
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    });
    if is_object || is_position(bare) {
        return false;
    }
    // A single sign opens what follows; what is secret in a URL is found there.
    let is_sign = value.len() == 1 && !value.as_bytes()[0].is_ascii_alphanumeric();
    let is_url = value.starts_with("https://") || value.starts_with("http://");
    let is_open = value.starts_with('(') && !value.contains(')');
    // `tokens = quote! {`
    let is_macro = value.ends_with('!') && after.starts_with(b" {");
    // `"password": "Passwort"` is a label.
    let is_caption = matches!(known.class, SecretClass::Password | SecretClass::Token)
        && names::is_name_of_one(bare)
        || !manner.is_quoted
            && known.class != SecretClass::Custom
            && names::is_variable_of_one(bare);
    if is_macro || is_caption || is_sign || is_open || is_url && known.class != SecretClass::Custom
    {
        return false;
    }
    if !manner.is_quoted && (is_source(value) || is_call(value)) {
        return false;
    }
    if is_rule(bare) || is_counter(bare, known) || is_sentence(value) || is_account(value) {
        return false;
    }
    if manner.is_doubtful && known.need == Need::Digits {
        return is_code(bare);
    }
    if manner.is_doubtful {
        let least = if known.class == SecretClass::Password {
            6
        } else {
            8
        };
        // `token "3c9d7a51-…"`, `initialAdminPassword 0f1e2d…`: names that have no other meaning.
        let is_sure = known.need == Need::Any
            && match known.class {
                SecretClass::Token => manner.is_quoted && bare.len() >= 20,
                SecretClass::SecretKey => manner.is_quoted && bare.len() >= 32,
                SecretClass::Password => bare.len() >= 20,
                _ => false,
            };
        // `secret "token-x7k2p"` names one.
        if known.class == SecretClass::SecretKey && is_label(bare) {
            return false;
        }
        return looks_secret(bare) && (is_sure || !is_id(bare)) && bare.len() >= least;
    }
    if manner.is_prose && known.class != SecretClass::Custom {
        return hides_in_prose(bare, after, known);
    }
    match known.need {
        Need::Any => match known.class {
            SecretClass::Signature => {
                let least = if looks_secret(bare) { 10 } else { 16 };
                value.len() >= least && !value.contains(' ') && !is_path(bare)
            }
            SecretClass::SecretKey | SecretClass::EncryptionKey => !is_path(bare),
            SecretClass::Password => !(is_path(bare) && bare.len() > 4),
            SecretClass::Cookie => bare.contains('=') || !bare.bytes().all(|b| b.is_ascii_digit()),
            _ => true,
        },
        Need::Short => {
            !is_path(bare)
                && (manner.is_quoted || bare.len() > 3 || !bare.bytes().all(|b| b.is_ascii_digit()))
        }
        Need::Random => is_random(bare, known),
        Need::Digits => is_code(bare) || looks_secret(bare),
        Need::Long | Need::Query => is_long_code(bare),
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
            value.len() >= 16 && text::is_mixed(value.as_bytes()) && !is_path(value)
        }
        (_, Need::Digits) => is_code(value) || value.len() >= 8 && looks_secret(value),
        (_, Need::Long | Need::Query) => is_long_code(value),
        (_, Need::Short) => looks_secret(value) && !value.contains(['_', '/', '.']),
        (SecretClass::Password, _) => !is_path(value) && !is_counter(value, known),
        _ => is_random(value, known),
    }
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
        && !is_path(value)
        && (looks_secret(value) || is_shouted || is_long || is_special)
}

/// What a server gives for a token: `4/0AX4XfWh…`, and no constant, time or hash.
fn is_long_code(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|byte| is(&byte));
    value.len() >= 16
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && looks_secret(value)
        && !value.contains([':', ' ', '('])
}

fn is_code(value: &str) -> bool {
    (3..=10).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
        && value.bytes().filter(u8::is_ascii_digit).count() >= 3
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
    SOURCES
        .iter()
        .any(|source| text::starts_with(value.as_bytes(), source.as_bytes()))
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
        && arguments.is_some_and(|inner| is_typed || inner.len() <= 24 && !looks_secret(inner))
}

/// A line of a source file: `Login.java:42`.
fn is_position(value: &str) -> bool {
    const ENDS: &[&str] = &[
        "java", "kt", "scala", "py", "js", "ts", "rb", "go", "rs", "cs", "cpp", "php", "swift",
        "ex",
    ];
    let mut parts = value.split(':');
    let file = parts.next().unwrap_or_default();
    let is_file = file
        .rsplit_once('.')
        .is_some_and(|(_, end)| ENDS.contains(&end));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    is_file && parts.clone().count() > 0 && parts.all(is_number)
}

/// Numbers, sizes and times are no tokens, and seldom keys.
fn is_counter(value: &str, known: Known) -> bool {
    let digits = value
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || b".,_".contains(byte))
        .count();
    if digits == 0 {
        return false;
    }
    let unit = &value[digits..];
    let is_unit = unit.len() <= 3
        && unit
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'%');
    let is_whole = unit.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match known.class {
        SecretClass::Custom => false,
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
        "incorrect", "changed", "left", "ago", "to",
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

/// A path of a file: lower case, or of words.
pub(super) fn is_path(value: &str) -> bool {
    let is_start = value.starts_with('/')
        || value.starts_with("~/")
        || value.starts_with("./")
        || value.starts_with("../")
        || value
            .as_bytes()
            .get(1..3)
            .is_some_and(|two| two == b":\\" || two == b":/");
    let parts = value.split(['/', '\\']).filter(|part| !part.is_empty());
    let is_plain = |part: &str| {
        part.bytes()
            .all(|byte| text::is_name(byte) || b".@:~".contains(&byte))
            && (part.len() < 16
                || !text::is_mixed(part.as_bytes())
                || part.contains(['-', '_', '.']))
    };
    // `/hunter22`
    let is_secret = |part: &str| {
        part.len() >= 8
            && text::is_mixed(part.as_bytes())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_one = value.starts_with('/')
        && parts.clone().count() == 1
        && parts.clone().all(is_secret)
        && value.bytes().any(|byte| byte.is_ascii_digit());
    is_start
        && !is_one
        && parts.clone().count() >= 1
        && parts.clone().all(is_plain)
        && value.bytes().filter(u8::is_ascii_uppercase).count() * 4 <= value.len()
}

/// `app-tls-7d9f8c`: words in lower case, with `-` or `.` between.
fn is_label(value: &str) -> bool {
    value.contains(['-', '.'])
        && value.starts_with(|c: char| c.is_ascii_lowercase())
        && value.split(['-', '.']).all(|part| part.len() <= 12)
        && value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
}

/// `root:x:0:0:root:/root:/bin/bash`
fn is_account(value: &str) -> bool {
    value.split(':').count() == 7 && value.contains(":x:")
}

/// A hash, a UUID, or the like: what distinguishes things and opens none.
pub(super) fn is_id(value: &str) -> bool {
    value.len() >= 7
        && value
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether a word is more likely a secret than a word, whatever it is called.
pub(super) fn looks_secret(value: &str) -> bool {
    const KNOWN: &[&str] = &[
        "sha256", "sha512", "sha1", "base64", "x86_64", "aes256", "rs256", "rs384", "rs512",
        "es256", "es384", "hs256", "hs384", "hs512", "oauth2", "latin1", "utf8", "utf-8",
        "ed25519", "pbkdf2", "argon2", "argon2id", "bcrypt", "http2", "ipv4", "ipv6", "aes128",
        "p256", "tls1.2", "tls1.3",
    ];
    let bytes = value.as_bytes();
    if bytes.len() < 6
        || is_path(value)
        || value.contains("://")
        || value.starts_with("HTTP/")
        || value.contains('(') && !value.contains(')')
        || KNOWN.iter().any(|known| value.eq_ignore_ascii_case(known))
        || is_nothing(value)
    {
        return false;
    }
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let (lower, upper, digit) = (
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
    );
    let is_letters = bytes.iter().all(u8::is_ascii_alphabetic);
    if digit && (lower || upper) {
        // `127.0.0.1:80`, `2026-11-21T01:58:11Z`, `v1.2.3-beta`
        let is_time = bytes[0].is_ascii_digit()
            && value.contains(':')
            && bytes.iter().filter(|b| b.is_ascii_alphabetic()).count() <= 2;
        let is_version = value.trim_start_matches('v').split('.').count() >= 3
            && value
                .trim_start_matches('v')
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_digit());
        return !is_time && !is_version;
    }
    if lower && upper && is_letters {
        // `PutObject` has few capitals, `wJalrXUtnFEMI` many.
        let humps = bytes
            .windows(2)
            .filter(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase())
            .count()
            + usize::from(bytes[0].is_ascii_uppercase());
        let capitals = bytes.iter().filter(|b| b.is_ascii_uppercase()).count();
        return bytes.len() >= 8
            && (humps * 4 > bytes.len() || capitals * 3 > bytes.len() && capitals < bytes.len());
    }
    if lower && upper && bytes.len() >= 20 && !value.contains([' ', ':', '.', '(', '\\']) {
        return true;
    }
    let is_special = |byte: &u8| b"!@#$%^&*+=~".contains(byte);
    if bytes.iter().any(is_special) && (lower || upper || digit) {
        return bytes.len() >= 6
            && !value.contains(' ')
            && !value.contains('=') | value.ends_with('=');
    }
    lower && upper && bytes.len() >= 16 && !value.contains([' ', '/', '.', ':'])
        || is_letters && bytes.len() >= 24
}
