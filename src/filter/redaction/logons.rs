//! A user next to a password: `scott/tiger@db`, `--user ann:…`, `login as ann / …`.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, argument_near};
use crate::filter::redaction::places::{ORACLE, ORACLE_WORDS};
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text::{self, LINE, line_before};
use crate::filter::redaction::{look, placeholder};

/// Looks at the option or the sign at a place.
pub(super) fn at(text: &str, at: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    if bytes[at] == b'@' {
        data_source(text, at, spans);
    }
    let has_user = [&b"hin:"[..], b"sip:", b"pserver:"];
    if has_user
        .iter()
        .any(|word| text::starts_with(&bytes[at..], word))
    {
        let sign = bytes[at..].iter().take(80).position(|byte| *byte == b'@');
        sign.into_iter()
            .for_each(|sign| data_source(text, at + sign, spans));
    }
    if bytes[at..].starts_with(b":543") || bytes[at..].starts_with(b":*:*") {
        pgpass(text, at, spans);
    }
    for option in [&b"--user"[..], b"--proxy-user"] {
        if bytes[at..].starts_with(option) {
            user(text, at + option.len(), spans);
        }
    }
}

/// Looks at the program whose name is around a place.
pub(super) fn program(text: &str, at: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    // `connection` is frequent.
    if text::starts_with(&bytes[at..], b"necti") {
        return;
    }
    let Some(at) = (at.saturating_sub(3)..=at).rfind(|at| text.is_char_boundary(*at)) else {
        return;
    };
    let start = text::name_start(text, at, 16);
    let program = &bytes[start..text::name_end(text, at, 16)];
    let is = |known: &str| program.eq_ignore_ascii_case(known.as_bytes());
    if let Some(place) = ORACLE.iter().position(|known| is(known)) {
        let is_frequent = is("connect");
        let is_word = place < ORACLE_WORDS;
        oracle(text, start + program.len(), is_word, is_frequent, spans);
    }
    if program.eq_ignore_ascii_case(b"net") {
        net(text, start + program.len(), spans);
    }
}

/// The words of the rest of a line, and where they are.
pub(super) fn rest_of_line(text: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let end = (from + LINE).min(text.len());
    let end = (from..=end)
        .rfind(|end| text.is_char_boundary(*end))
        .unwrap_or(from);
    let line = text[from..end]
        .split(['\n', '\r', ';', '|'])
        .next()
        .unwrap_or_default();
    let words = line.split([' ', '\t']).filter(|word| !word.is_empty());
    words.map(move |word| (from + word.as_ptr().addr() - line.as_ptr().addr(), word))
}

/// `sqlplus scott/tiger@db`, `imp userid=scott/tiger`
fn oracle(text: &str, from: usize, is_word: bool, is_frequent: bool, spans: &mut Spans) {
    // Most lines have none, which is known fast.
    let near = &text.as_bytes()[from..text.len().min(from + LINE)];
    if !near.contains(&b'/') {
        return;
    }
    for (at, word) in rest_of_line(text, from).take(12) {
        let logon = word.trim_matches(['"', '\'', ',']);
        let named = logon.rsplit('=').next().unwrap_or_default();
        let Some((user, rest)) = named.split_once('/') else {
            continue;
        };
        let (password, target) = match rest.find("@//").or_else(|| rest.rfind('@')) {
            Some(sign) => rest.split_at(sign),
            None => (rest, ""),
        };
        let password = password.trim_matches(['"', '\\']);
        let is_user = user.starts_with(|c: char| c.is_ascii_alphabetic())
            && user
                .bytes()
                .all(|byte| text::is_name(byte) || b"$#[]".contains(&byte));
        // Without a database it may be a path.
        let is_one =
            !target.is_empty() || named.len() < logon.len() || !password.contains(['/', '.']);
        if !is_user
            || !is_one
            || placeholder::is_nothing(password)
            || is_word && target.is_empty() && !is_strong(password)
            || is_frequent && target.is_empty() && !is_usual(user)
            || password.contains('/') && target.is_empty()
        {
            continue;
        }
        let start = at + word.find(password).unwrap_or_default();
        let start = match word.find('/') {
            Some(slash) => at + slash + word[slash..].find(password).unwrap_or_default(),
            None => start,
        };
        spans.push(Span::new(
            start,
            start + password.len(),
            SecretClass::Password,
        ));
        return;
    }
}

/// Whether a user is one that databases have.
fn is_usual(user: &str) -> bool {
    ["ad", "ap", "hr", "ro", "sc", "sy", "us"]
        .iter()
        .any(|start| text::starts_with(user.as_bytes(), start.as_bytes()))
}

/// `net use x: \\\\host\\share … /user:ann`, `net user ann … /add`
fn net(text: &str, from: usize, spans: &mut Spans) {
    let words: Vec<(usize, &str)> = rest_of_line(text, from).take(8).collect();
    let Some(((_, what), rest)) = words.split_first() else {
        return;
    };
    let has = |start: &str| rest.iter().any(|(_, word)| word.starts_with(start));
    let is_one = |(_, word): &&(usize, &str)| {
        !word.starts_with(['/', '\\', '*', '-'])
            && !word.ends_with(':')
            && !placeholder::is_nothing(word)
    };
    let found = match what.to_ascii_lowercase().as_str() {
        "use" if has("\\\\") => rest.iter().find(is_one),
        "user" => rest
            .get(1)
            .filter(is_one)
            .filter(|(_, word)| has("/") || is_strong(word)),
        _ => None,
    };
    if let Some((at, word)) = found {
        spans.push(Span::new(*at, at + word.len(), SecretClass::Password));
    }
}

/// How much of a line of `.pgpass` is looked at after its port.
const LONGEST_ENTRY: usize = 4096;

/// `host:5432:database:ann:…`, a line of `.pgpass`.
fn pgpass(text: &str, at: usize, spans: &mut Spans) {
    let start = at - line_before(text.as_bytes(), at).len();
    let near = text::up_to(text, at + LONGEST_ENTRY);
    let Some(line) = near.get(start..).and_then(|rest| rest.lines().next()) else {
        return;
    };
    let fields: Vec<&str> = line.splitn(5, ':').collect();
    let [host, port, database, user, password] = fields[..] else {
        return;
    };
    let is_field = |field: &str| !field.is_empty() && !field.contains(['/', ' ', '"', '=', ',']);
    let is_port = port == "*" || port.bytes().all(|byte| byte.is_ascii_digit());
    if is_port
        && [host, database, user, password].into_iter().all(is_field)
        && !placeholder::is_nothing(password)
    {
        let end = start + line.len();
        spans.push(Span::new(end - password.len(), end, SecretClass::Password));
    }
}

/// `ann / …`, `ann:…`, `ann, …`; only the first two after a word of prose; and `ann …` if that is
/// random. What is a plain word is no password here. Words in lower case may be before them:
/// `for staging: `, `with `.
pub(super) fn pair(text: &str, from: usize, is_word: bool, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let mut at = from;
    for number in 0..4 {
        let signs = bytes[at..].iter().take(4);
        at += signs.take_while(|byte| b" :=([".contains(byte)).count();
        at += byte_string(&bytes[at..]);
        if pair_at(text, at, is_word || number > 0, number > 0, spans) {
            return;
        }
        let word = text::run_in(&bytes[at..], 16, |byte| byte.is_ascii_lowercase());
        let sign = usize::from(bytes.get(at + word) == Some(&b':'));
        if word == 0 || bytes.get(at + word + sign) != Some(&b' ') {
            return;
        }
        at += word + sign;
    }
}

/// How long the sign of a string of bytes is: `b'…'`.
fn byte_string(rest: &[u8]) -> usize {
    usize::from(matches!(rest, [b'b', b'\'' | b'"', ..]))
}

/// The same of those that begin at a place. Reports whether there are some. After further words
/// they may be something else: `login for user: ann/web-01`, `realm: example.com/host12`.
fn pair_at(text: &str, at: usize, is_word: bool, is_further: bool, spans: &mut Spans) -> bool {
    let (bytes, mut at) = (text.as_bytes(), at);
    let (user, end) = argument_near(text, at);
    // `Last login: 2026-11-27T09:00:01Z`, `login: 10.0.0.5:22`
    let is_time = bytes[user..end].first().is_some_and(u8::is_ascii_digit)
        && bytes[user..end]
            .iter()
            .take(16)
            .any(|byte| b"-.".contains(byte));
    if is_time {
        return false;
    }
    let is_quoted = user > at;
    let is_part = |byte: &u8| text::is_name(*byte) || b".@\\".contains(byte);
    let len = text::run(&bytes[user..end], is_part);
    at = user + len + usize::from(is_quoted);
    if len == 0 || at > bytes.len() {
        return false;
    }
    let signs = [
        &b" / "[..],
        b", ",
        b" : ",
        b" and ",
        b" with ",
        b"/",
        b":",
        b",",
        b" ",
    ];
    let Some(sign) = signs.iter().find(|sign| bytes[at..].starts_with(sign)) else {
        return false;
    };
    let next = at + sign.len();
    let (start, stop) = argument_near(text, next + byte_string(&bytes[next..]));
    let value = text.get(start..stop).unwrap_or_default();
    let is_one = match *sign {
        b" " => text::is_random(value),
        // `tuple ('ann', '…')`
        b", " if is_quoted && start > at + 2 => true,
        sign => !is_word || value.len() >= 6 && sign.contains(&b'/') | sign.contains(&b':'),
    };
    let is_one =
        is_one && is_strong(value) && !value.ends_with(':') && !(is_word && value.contains(':'));
    let is_host = || *sign == b"/" && text.get(user..user + len).is_some_and(look::is_label);
    let is_one = is_one && !(is_further && (look::is_label(value) || is_host()));
    if is_one {
        spans.push(Span::new(start, stop, SecretClass::Password));
    }
    is_one
}

/// Whether a password is more than a word or a number.
fn is_strong(password: &str) -> bool {
    let has = |is: fn(&u8) -> bool| password.bytes().any(|byte| is(&byte));
    has(u8::is_ascii_alphabetic)
        && (has(|byte| !byte.is_ascii_alphabetic() && !b"-_.".contains(byte))
            || text::is_random(password))
        && password.len() >= 4
        && !placeholder::is_nothing(password)
        && !look::is_path(password)
        && !password.contains("://")
}

/// `--user name:password`, as text or as arguments.
fn user(text: &str, end: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let between = text::run_in(&bytes[end..], 8, |byte| b" =\"',".contains(byte));
    let at = end + between.saturating_sub(1);
    if between == 0 {
        return;
    }
    let at = if extent::quote_at(bytes, at).is_some() {
        at
    } else {
        at + 1
    };
    let (from, stop) = argument_near(text, at);
    let Some((_, password)) = text.get(from..stop).and_then(|value| value.split_once(':')) else {
        return;
    };
    // `1000:1000` are ids.
    let is_id = password.bytes().all(|byte| byte.is_ascii_digit());
    if !is_id && !placeholder::is_nothing(password) && !password.starts_with('/') {
        spans.push(Span::new(
            stop - password.len(),
            stop,
            SecretClass::Password,
        ));
    }
}

/// `user:password@tcp(host)`, `user/password@//host`, and at other hosts where the password is no
/// word.
fn data_source(text: &str, sign: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let mut is_net = [&b"tcp("[..], b"tcp6(", b"unix(", b"udp(", b"//"]
        .iter()
        .any(|net| bytes[sign + 1..].starts_with(net));
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'=');
    let len = bytes[..sign]
        .iter()
        .rev()
        .take(256)
        .position(ends)
        .unwrap_or(sign.min(256));
    let start = sign - len;
    let start = start
        + bytes[start..sign]
            .windows(2)
            .rposition(|two| two == b"//")
            .map_or(0, |found| found + 2);
    // `jdbc:oracle:thin:`, `sip:`, `:pserver:`
    let start =
        [&b"thin:"[..], b"sip:", b"sips:", b"pserver:"]
            .iter()
            .fold(start, |start, scheme| {
                start
                    + text::find(&bytes[start..sign], scheme)
                        .map_or(0, |found| found + scheme.len())
            });
    // `sip:ann:…@host`
    is_net |= bytes[..start].ends_with(b"sip:") || bytes[..start].ends_with(b"sips:");
    let Some(user) = text.get(start..sign) else {
        return;
    };
    // `to:ann7@mail.example.org` is an address.
    let is_host = |byte: &&u8| text::is_name(**byte) || **byte == b'.';
    let host = &bytes[sign + 1..];
    let host = &host[..host.iter().take_while(is_host).count()];
    let is_address = host.contains(&b'.')
        && host.iter().any(u8::is_ascii_alphabetic)
        && !matches!(bytes.get(sign + 1 + host.len()), Some(b':' | b'/'));
    let of_user: &[char] = match (is_net, bytes[sign + 1..].starts_with(b"//")) {
        (true, true) => &['/'],
        (true, false) => &[':'],
        _ => &['/', ':'],
    };
    if let Some((name, password)) = user.split_once(of_user) {
        let is_name = !name.is_empty() && name.bytes().all(text::is_name);
        if !placeholder::is_nothing(password)
            && (is_net
                || is_name && is_strong(password) && (!is_address || text::is_random(password)))
        {
            spans.push(Span::new(
                sign - password.len(),
                sign,
                SecretClass::Password,
            ));
        }
    }
}
