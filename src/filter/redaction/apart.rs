//! Values that follow their names without a separator: of options, arguments and sentences.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around, Quote};
use crate::filter::redaction::innocent::Manner;
use crate::filter::redaction::look;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::places::{AFTER_OPTIONS, FIELDS, FOR, LINKS};
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::Spans;
use crate::filter::redaction::value;

use crate::filter::redaction::text::line_before;
use crate::filter::redaction::{container, names, record, text};

/// How many arguments of a call are looked at after the first one.
const MOST: usize = 4;

/// Whether a word goes somewhere: `flags2 to the linker`.
fn is_passed_on(rest: &[u8]) -> bool {
    let word = text::run_in(rest, 96, |byte| !byte.is_ascii_whitespace());
    let next = rest[word..].strip_prefix(b" ").unwrap_or_default();
    [
        &b"to "[..],
        b"into ",
        b"through ",
        b"along ",
        b"as ",
        b"via ",
    ]
    .iter()
    .any(|link| next.starts_with(link))
}

/// A value that no sign separates from its name: an option's, an argument's, one of a sentence.
pub(super) fn after(
    name: Name<'_>,
    closed: Option<Quote>,
    tight: usize,
    at: usize,
    spans: &mut Spans,
) -> Option<usize> {
    let (bytes, text) = (name.text.as_bytes(), name.text);
    let known = name.known;
    let is_password = known.class == SecretClass::Password;
    let doubtful = Manner {
        is_doubtful: true,
        ..Manner::default()
    };
    let rest = &bytes[at..];
    if let Some(value) = got(bytes, tight) {
        return value::at_place(name, value, doubtful, Around::default(), spans);
    }
    if let Some(value) = typed_in(bytes, name, at) {
        let (from, end) = extent::argument(bytes, value);
        let manner = if is_password { Manner::TYPED } else { doubtful };
        return name.hide(from, end, manner, spans);
    }
    // `the passphrase is rose amber stone`, `mnemonic rose amber …`
    let is_spoken = text::starts_with(rest, b"is ");
    let is_seed = || known.class == SecretClass::EncryptionKey;
    if closed.is_none() && at > tight && known.need != Need::Short && (is_spoken || is_seed()) {
        let place = at + if is_spoken { 3 } else { 0 };
        let phrase = value::phrase(name, place, true);
        let is_one = |end: &usize| place > at || look::is_material(&text[place..*end]);
        if let Some(end) = phrase.filter(is_one) {
            return name.hide(place, end, Manner::TYPED, spans);
        }
    }
    // `Password("…")`, `set_password("…")`, `Token { raw: "…" }`
    if at == tight && matches!(rest.first(), Some(b'('))
        || [
            &b"::new("[..],
            b"::from(",
            b".of(",
            b".from(",
            b".new(",
            b".equals(",
            b".set(",
            b".put(",
            b".fill(",
            b".type(",
            b".sendkeys(",
            b".send_keys(",
        ]
        .iter()
        .any(|call| text::starts_with(rest, call))
    {
        let open = rest.iter().position(|byte| *byte == b'(')?;
        let inner = at + open + 1;
        let value = inner + text::blank(&bytes[inner..]);
        if extent::quote_at(bytes, value).is_some() || value::wrapper(bytes, value) > 0 {
            // `changeUserPassword("ann", "…")`, `changePassword("…", "…")`
            let (from, mut end) = extent::argument_near(text, value);
            let first = (from, end);
            // `UsernamePasswordToken("ann", "…")`
            let has_user = text::find(name.as_str().as_bytes(), b"user").is_some();
            let mut others = Vec::new();
            while bytes.get(end + 1..).unwrap_or_default().starts_with(b", ")
                && extent::quote_at(bytes, end + 3).is_some()
                && others.len() < MOST
            {
                let (from, stop) = extent::argument_near(text, end + 3);
                others.push((from, stop));
                end = stop;
            }
            let (mut last, is_several) = (None, !others.is_empty());
            if is_several {
                last = name.hide(first.0, first.1, doubtful, spans);
            }
            // `resetUserPassword("ann", "email")` has a word there.
            let is_pair = has_user
                && others.len() == 1
                && bytes.get(end + 1) != Some(&b',')
                && !text.get(first.0..first.1).is_some_and(look::looks_secret);
            for (from, stop) in others {
                let is_word = bytes[from..stop].iter().all(u8::is_ascii_lowercase);
                let manner = if is_pair && !is_word {
                    Manner::TYPED
                } else {
                    doubtful
                };
                last = name.hide(from, stop, manner, spans).or(last);
            }
            // `token.put("scope", "read")`
            if end > first.1
                && [&b".set("[..], b".put("]
                    .iter()
                    .any(|call| text::starts_with(rest, call))
            {
                return last;
            }
            // The first one is a user.
            if has_user && is_several {
                return last;
            }
            return last.or_else(|| {
                value::at_place(name, value, Manner::default(), Around::default(), spans)
            });
        }
        let end = extent::bare(bytes, value, Around::default());
        // `PrivateKey(9f86d081…)`
        let is_quoted = end - value >= 32 && bytes.get(end) == Some(&b')');
        let manner = Manner {
            is_quoted,
            ..doubtful
        };
        return name.hide(value, end, manner, spans);
    }
    if rest.first() == Some(&b'{') {
        return container::at(name, at, spans);
    }
    // `user[ann] password[…]`
    if at == tight && closed.is_none() && rest.first() == Some(&b'[') {
        let len = rest.iter().take(96).position(|byte| *byte == b']')?;
        return name.hide(at + 1, at + len, doubtful, spans);
    }
    // `password 7 …`: how it is written, as routers have it.
    if let [b'0' | b'4'..=b'9', b' ', ..] = rest {
        let end = extent::bare(bytes, at + 2, Around::default());
        let value = text.get(at + 2..end)?;
        let is_one = value.len() >= 6 && text::is_mixed(value.as_bytes());
        if is_one && !value.contains([':', '(']) && at > tight {
            return name.hide(at + 2, end, Manner::TYPED, spans);
        }
    }
    // `[--password, …]`
    if closed.is_none() && name.as_str().starts_with('-') && rest.starts_with(b", ") {
        return value::at_place(name, at + 2, doubtful, Around::default(), spans);
    }
    if at == tight && closed.is_none() && record::is_sign(rest) {
        return record::after(name, at, spans);
    }
    // `"password" has the value "…"`, `"password" "…"`, `パスワード「…」`
    let is_linked = closed.is_some() && linking(rest) > 0;
    let is_print = rest.first().is_some_and(|byte| !byte.is_ascii());
    let is_beside = closed.is_some() && at > tight || is_print && at == tight;
    if is_beside && !is_linked && extent::quote_at(bytes, at).is_some() {
        let quoted = Manner {
            is_quoted: true,
            ..doubtful
        };
        let (from, end) = extent::argument(bytes, at);
        return name.hide(from, end, quoted, spans);
    }
    if at == tight || closed.is_some() && !is_linked {
        return None;
    }
    // `password (…)`, `password […]`, `token <…>`
    // `acl token 3c9d7a51-…`, but not `idempotency token 3c9d7a51-…`
    let is_open = || {
        let is_second = bytes[..name.start].ends_with(b" ");
        let two = text::name_start(text, name.start - usize::from(is_second), 24);
        names::is_open(&bytes[two..name.end])
    };
    let is_bracket = !matches!(rest, [b'<', next, ..] if !next.is_ascii_alphanumeric());
    if let ([open @ (b'(' | b'[' | b'<'), inner @ ..], true) = (rest, is_bracket) {
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            _ => b'>',
        };
        let is_end = |byte: &u8| *byte == close || *byte == b' ';
        let len = inner.iter().take(96).position(is_end)?;
        // `token [http-nio-8080-exec-3]`: a thread.
        let inside = text.get(at + 1..at + 1 + len)?;
        let is_value =
            inner[len] == close && !((*open == b'[' || !is_password) && look::is_label(inside));
        let manner = Manner {
            is_quoted: len >= 32 && !is_open(),
            ..doubtful
        };
        return is_value.then(|| name.hide(at + 1, at + 1 + len, manner, spans))?;
    }
    // `… the following password to proceed:`, an empty line, and the password.
    // `Password for the elastic user (…):`, and the password deeper on the next line.
    let line = text::run_in(rest, 96, |byte| *byte != b'\n');
    let next = &rest[line..];
    let is_next = next.starts_with(b"\n\n") || next.starts_with(b"\n  ");
    if is_password && is_next && rest[..line].ends_with(b":") {
        let from = at + line + text::blank(next);
        let end = from + text::run(&bytes[from..], |byte| !b"\r\n".contains(byte));
        let is_word = !text.get(from..end)?.contains(' ');
        return is_word.then(|| name.hide(from, end, doubtful, spans))?;
    }
    let may_be_verb = name.as_str() == "Pass"
        || name.as_str() == "pass" && bytes[..name.start].ends_with(b" to ");
    if may_be_verb && closed.is_none() && is_passed_on(rest) {
        return None;
    }
    // `--password …`
    if name.as_str().starts_with('-') && !bytes[at..].starts_with(b"-") {
        let end = extent::bare(bytes, at, Around::default());
        // `--token     API token`: help.
        let is_help =
            |word: &str| at > tight + 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_none = |word: &str| AFTER_OPTIONS.contains(&word) || is_help(word);
        if text.get(at..end).is_some_and(is_none) {
            return None;
        }
        return value::at_place(name, at, Manner::default(), Around::default(), spans);
    }
    // `requirepass foobared`
    let is_key = [&b"isakmp key"[..], b"-server key"]
        .iter()
        .any(|known| text::ends_with(name.as_str().as_bytes(), known));
    if is_key || matches!(name.as_str(), "requirepass" | "masterauth" | "_authToken") {
        return value::at_place(name, at, Manner::default(), Around::default(), spans);
    }
    // `PASSWORD '…'`, `password for ann is …`, `login ann password …`
    let place = at + linking(&bytes[at..]);
    let place = place + text::spaces(&bytes[place..]);
    // Quotes of `PostgreSQL`: `PASSWORD $$…$$`
    if let Some(quoted) = bytes[place..].strip_prefix(b"$$") {
        let len = quoted.windows(2).take(96).position(|two| two == b"$$")?;
        return name.hide(place + 2, place + 2 + len, Manner::TYPED, spans);
    }
    if let Some((quote, len)) = extent::quote_at(bytes, place) {
        // "unexpected token `done'"
        if is_open() {
            return None;
        }
        let from = place + len;
        let end = extent::closing(bytes, from, quote);
        // `#define API_KEY "…"`, `{:api-key "…"}`
        let before = line_before(bytes, name.start);
        let is_sure = before.ends_with(b"#define ")
            || matches!(before, [.., b' ' | b'{' | b'(' | b',', b':'] | [b':']);
        let manner = Manner {
            is_quoted: true,
            is_doubtful: closed.is_some() && bytes[at..].starts_with(b"to ")
                || !is_sure && (!is_password || known.need == Need::Short || bytes[place] == b'`'),
            is_prose: false,
        };
        return name.hide_changed(from, end, len, manner, spans);
    }
    let is_netrc = is_password
        && place == at
        && bytes.get(at) != Some(&b'[')
        && follows_login(&bytes[..name.start]);
    if is_netrc {
        return value::at_place(name, at, Manner::default(), Around::default(), spans);
    }
    let end = extent::bare(bytes, place, Around::default());
    let is_scheme = ["bearer", "basic"]
        .iter()
        .any(|word| name.as_str().eq_ignore_ascii_case(word));
    let before = line_before(bytes, name.start);
    // `set -gx NAME …`
    let flags = text::run_before_in(before, 5, |byte| byte.is_ascii_lowercase() || *byte == b' ');
    let before_flags = before[..before.len() - flags].strip_suffix(b"-");
    let before_set = before_flags.filter(|rest| rest.ends_with(b"set "));
    let before = before_set.unwrap_or(before);
    // `kv put app/token …`
    let path = text::run_before_in(before, 64, |byte| {
        text::is_name(*byte) || b"/.".contains(byte)
    });
    let path = match before.last() {
        Some(b'/' | b'.') => path,
        _ => 0,
    };
    let (before, before_path) = before.split_at(before.len() - path);
    let is_label = text.get(place..end).is_some_and(look::is_label);
    let is_put = !is_label
        && !before_path.starts_with(b"/")
        && [&b"put "[..], b"create "].iter().any(|word| {
            before.ends_with(word) && !before[..before.len() - word.len()].ends_with(b"_")
        });
    let is_set = is_put
        || [&b"set "[..], b"setx ", b"setenv "].iter().any(|word| {
            let rest = before
                .len()
                .checked_sub(word.len())
                .map(|at| before.split_at(at));
            rest.is_some_and(|(rest, end)| {
                end.eq_ignore_ascii_case(word)
                    && !rest.ends_with(b"_")
                    && !rest.last().is_some_and(u8::is_ascii_alphanumeric)
            })
        });
    let is_row = before.trim_ascii().is_empty()
        && at > tight + 1
        && !matches!(bytes[place..end].last(), Some(b':' | b'.'))
        && !is_label
        && !look::is_numbered(&bytes[place..end])
        && matches!(bytes.get(end), None | Some(b'\n' | b'\r'));
    let least = match known.need {
        _ if is_scheme && bytes.get(end) == Some(&b' ') => 10,
        _ if is_scheme => 8,
        // A name that is no word of prose.
        Need::Any if name.as_str().contains('-') || name.is_identifier() => 6,
        Need::Any if is_set => 8,
        // A row of names and values.
        Need::Any if is_row => 8,
        Need::Any if is_tight(&bytes[place..end]) => 12,
        Need::Any => 20,
        Need::Material => 32,
        // `secret_id    3c9d7a51-…`
        Need::Random if is_row => 32,
        _ => usize::MAX,
    };
    // A long one needs no sign: `aws configure set NAME VALUE`.
    let is_next = (at == tight + 1
        || bytes[tight] == b'\t'
        || bytes[tight..].starts_with(b"\\t")
        || matches!(bytes.get(at), Some(b'|' | 0xe2))
        || text::starts_with(&bytes[at..], b"reg_sz ")
        || before.trim_ascii().is_empty())
        && (!text::starts_pair(&bytes[place..])
            || bytes[..end].ends_with(b"=") && extent::quote_at(bytes, end).is_none()
            || text::ends_with(&bytes[..name.start], b"label="))
        && bytes.get(place).is_some_and(|byte| {
            text::is_word(*byte)
                || *byte == b'-' && place > at
                || b"+/".contains(byte) && bytes[..end].ends_with(b"=")
        });
    let is_key = matches!(
        known.class,
        SecretClass::SecretKey | SecretClass::EncryptionKey
    );
    let is_material = || text.get(place..end).is_some_and(look::is_material);
    let is_named = known.class == SecretClass::Token
        || is_key && (name.is_identifier() || place > at || is_material());
    let is_long = is_named && end - place >= 32 && !is_open();
    if is_next && (place > at || is_password || end - place >= least) {
        // `passcode 80412`
        let is_code = [&b"code"[..], b"token"]
            .iter()
            .any(|end| text::ends_with(name.as_str().as_bytes(), end))
            && text.get(place..end).is_some_and(look::is_code);
        if is_code && is_password {
            return name.hide(place, end, Manner::TYPED, spans);
        }
        let manner = Manner {
            is_quoted: is_scheme && end - place >= 20 || is_long || is_set,
            is_doubtful: known.need != Need::Random,
            is_prose: false,
        };
        return name.hide_changed(place, end, 0, manner, spans);
    }
    None
}

/// Where a value is that a call gave: `getPassword() = …`, `password.getValue() returned …`.
fn got(bytes: &[u8], at: usize) -> Option<usize> {
    let method = match bytes.get(at) {
        Some(b'.') => 1 + text::run_in(&bytes[at + 1..], 24, |byte| text::is_word(*byte)),
        _ => 0,
    };
    let rest = bytes[at + method..].strip_prefix(b"()")?;
    let mut signs =
        b" = |=|: | : | -> | => | returned | returns | was | is ".split(|byte| *byte == b'|');
    let sign = signs.find(|sign| rest.starts_with(sign))?;
    Some(at + method + 2 + sign.len())
}

/// What is typed into a field, as programs that drive a browser have it: `('#password').type('…')`,
/// `fill('input[name=password]', '…')`, `fill_in 'Password', with: '…'`.
fn typed_in(bytes: &[u8], name: Name<'_>, at: usize) -> Option<usize> {
    let is_call = |word: &[u8]| {
        let mut calls = FIELDS.iter();
        calls.any(|call| word.eq_ignore_ascii_case(call.as_bytes()))
    };
    let closes = text::run_in(&bytes[at..], 3, |byte| b"]\"'`)".contains(byte));
    let at = at + closes;
    let value = match &bytes[at..] {
        [b'.', rest @ ..] if bytes[..at].ends_with(b")") => {
            let len = text::run_in(rest, 20, |byte| text::is_word(*byte));
            (is_call(&rest[..len]) && rest.get(len) == Some(&b'(')).then_some(at + len + 2)?
        }
        [b',', b' ', rest @ ..] => {
            let with = rest.strip_prefix(b"with: ").map_or(0, |_| 6);
            let line = line_before(bytes, name.start);
            let call = line.iter().rposition(|byte| *byte == b'(').unwrap_or(0);
            let word = text::run_before_in(&line[..call], 20, |byte| text::is_word(*byte));
            (with > 0 || is_call(&line[call - word..call])).then_some(at + 2 + with)?
        }
        _ => return None,
    };
    extent::quote_at(bytes, value).map(|_| value)
}

/// Whether a word is of letters and some digits, and nothing else; `-` and `_` among many.
fn is_tight(word: &[u8]) -> bool {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic());
    digits >= 2 && digits < word.len() && digits + letters.clone().count() == word.len()
        || digits >= 4 && letters.count() >= 4 && word.iter().all(|byte| text::is_name(*byte))
}

/// `machine … login … password`
fn follows_login(before: &[u8]) -> bool {
    let line = &before[before.len().saturating_sub(160)..];
    let mut words = line
        .rsplit(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    words
        .nth(1)
        .is_some_and(|word| matches!(word, b"login" | b"user" | b"account"))
}

/// Words of what was done with a secret, beside those in `ed`.
const DONE: &[&[u8]] = &[
    b"is", b"was", b"has", b"been", b"set", b"reset", b"now", b"sent", b"to", b"as", b"from",
    b"will", b"be", b"IS", b"WAS",
];

/// How long the words are that link a name with its value: `is`, `for ann: `, `changed to`.
pub(super) fn linking(rest: &[u8]) -> usize {
    let len = text::run_in(rest, 96, |byte| *byte != b'\n');
    let line = &rest[..len];
    let dots = text::run(line, |byte| *byte == b'.');
    if dots >= 2 && line.get(dots) == Some(&b' ') {
        return dots + 1;
    }
    // What was done, if that is followed by something.
    let mut at = 0;
    for _ in 0..4 {
        let word = text::run(&line[at..], u8::is_ascii_alphabetic);
        let done = &line[at..at + word];
        let is_done = done.ends_with(b"ed") || DONE.contains(&done);
        if !is_done || line.get(at + word) != Some(&b' ') {
            break;
        }
        at += word + 1;
    }
    let next = &line[at..];
    if FOR
        .iter()
        .any(|word| text::starts_with(next, word.as_bytes()))
    {
        for sign in [&b" is "[..], b": ", b" = ", b"=", b" to ", b" was "] {
            if let Some(found) = text::find(next, sign) {
                let now = next[found + sign.len()..].starts_with(b"now ");
                return at + found + sign.len() + if now { 4 } else { 0 };
            }
        }
    }
    // `updated: `
    let word = text::run(next, |byte| byte.is_ascii_lowercase());
    if matches!(
        &next[..word],
        [.., b'e', b'd'] | b"is" | b"sent" | b"set" | b"reset" | b"to"
    ) && next[word..].starts_with(b": ")
    {
        return at + word + 2;
    }
    let found = LINKS
        .iter()
        .find(|words| text::starts_with(next, words.as_bytes()));
    match found {
        Some(words) => at + words.len(),
        None => at,
    }
}
