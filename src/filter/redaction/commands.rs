//! Command lines, statements and protocol lines, where a secret is known by its position.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::argument_near;
use crate::filter::redaction::innocents::MECHANISMS;
use crate::filter::redaction::places::{PROGRAMS, READERS};
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text::{self, LINE, is_word, line_before};
use crate::filter::redaction::{logons, look, placeholder, statements};

/// Looks at the option or statement at a place.
pub(super) fn at(text: &str, at: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    for place in at..at + 2 {
        if bytes.get(place) == Some(&b'-') && place > 0 {
            option(text, place, spans);
        }
    }
    let near = bytes[at.saturating_sub(12)..]
        .get(..40)
        .unwrap_or(&bytes[at.saturating_sub(12)..]);
    logons::at(text, at, spans);
    if let Some(found) = text::find(near, b"identified") {
        statements::identified(text, at.saturating_sub(12) + found + 10, spans);
    }
    // What SMTP asks for in Base64, `Password:` say, and the answer on the next line.
    if let Some(asked) = challenge(&bytes[at..]) {
        let from = at + asked;
        let next = bytes[from..].iter().take(16);
        let next = next
            .take_while(|byte| b"\r\n\"' >-<C:\\".contains(byte))
            .count();
        push_word(text, from + next, spans);
    }
    // `ACL SETUSER ann on >…`
    // `ACL SETUSER ann on >…`, `user ann on >…`
    let rules = text::find(near, b"setuser ").map(|found| at.saturating_sub(12) + found + 8);
    let is_user = || text::find(line_before(bytes, at), b"user ").is_some();
    let rules = rules.or_else(|| (bytes[at..].starts_with(b"on >") && is_user()).then_some(at + 3));
    if let Some(rules) = rules {
        for word in logons::rest_of_line(text, rules).take(12) {
            if word.1.starts_with(['>', '<', '#']) {
                push_word(text, word.0 + 1, spans);
            }
        }
    }
    // `ann:500:aad3b435…:e4c4847f…:::`
    if bytes[at + 1..].starts_with(b":::") {
        let is_hash = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':';
        let from = at + 1 - text::run_before_in(&bytes[..=at], 65, is_hash);
        let hashes = text
            .get(from..=at)
            .and_then(|hashes| hashes.split_once(':'));
        if hashes.is_some_and(|(first, second)| first.len() == 32 && second.len() == 32) {
            spans.push(Span::new(from, at + 1, SecretClass::Password));
        }
    }
    let is_in_word = at > 0 && is_word(bytes[at - 1]);
    if [&b"echo "[..], b"ntf ", b"yes ", b" <<<"]
        .iter()
        .any(|word| text::starts_with(&bytes[at..], word))
        && !(is_in_word && text::starts_with(&bytes[at..], b"yes "))
    {
        fed(text, at, spans);
    }
    for word in ["LOGIN ", "AUTHENTICATE ", "XOAUTH2 "] {
        let found = near
            .windows(word.len())
            .position(|window| window == word.as_bytes());
        if let Some(found) = found {
            let start = at.saturating_sub(12) + found;
            protocol(text, start, start + word.len() - 1, spans);
        }
    }
}

/// How long a challenge is: `334 PDE4OTYu…`, or `Password:` alone. A user is none.
fn challenge(rest: &[u8]) -> Option<usize> {
    const USERS: [&[u8]; 2] = [b"VXNlcm5hbWU6", b"VXNlciBOYW1l"];
    let start = if rest.starts_with(b"334 ") { 4 } else { 0 };
    let is_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let word = &rest[start..];
    let word = &word[..word.iter().take_while(is_base64).count()];
    let is_one =
        word.starts_with(b"UGFzc3dvcmQ6") || start > 0 && word.len() >= 8 && word.len() % 4 == 0;
    let ends = matches!(
        rest.get(start + word.len()),
        Some(b'\r' | b'\n' | b'\\' | b'"')
    );
    (is_one && ends && !USERS.contains(&word)).then_some(start + word.len())
}

/// What is written to a program that reads a secret: `echo … | kinit`, `kinit <<< …`,
/// `--password-file=<(echo …)`.
fn fed(text: &str, at: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let before = line_before(bytes, at);
    let reads = |part: &[u8]| {
        READERS
            .iter()
            .any(|known| text::find(part, known.as_bytes()).is_some())
    };
    let mut from = at + 4;
    let is_file = before.ends_with(b"<(");
    let reader = if is_file {
        // The last command of several: `su - ann -c 'diff <(echo …) b'`
        let mut commands = before.rsplit(|byte| b";|&'\"".contains(byte));
        commands.next().unwrap_or_default()
    } else if bytes[at..].starts_with(b" <<<") {
        before
    } else {
        let line = &bytes[from.min(bytes.len())..bytes.len().min(from + LINE)];
        let pipe = line.iter().position(|byte| matches!(byte, b'|' | b'\n'));
        pipe.map_or(&[][..], |pipe| &line[pipe..])
    };
    let reader = reader
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let is_named = || {
        [&b"pass"[..], b"secret", b"token"]
            .iter()
            .any(|word| text::find(reader, word).is_some())
    };
    // `echo … | base64 -d > auth`
    let is_decoded = || {
        let words = [&b"pass"[..], b"secret", b"token", b"auth", b"cred", b"key"];
        text::find(reader, b"base64 -").is_some()
            && words.iter().any(|word| text::find(reader, word).is_some())
    };
    if !(reads(reader) || is_file && is_named() || is_decoded()) {
        return;
    }
    for skipped in [
        &b" "[..],
        b"-n ",
        b"-e ",
        b"'%s' ",
        b"'%s\\n' ",
        b"\"%s\" ",
        b"%s ",
        b"\"%s\\n\" ",
    ] {
        from += if text::starts_with(&bytes[from.min(bytes.len())..], skipped) {
            skipped.len()
        } else {
            0
        };
    }
    let (start, end) = argument_near(text, from.min(bytes.len()));
    // `ann:…`
    let user = bytes[start..end].iter().position(|byte| *byte == b':');
    let is_pair = text::find(reader, b"chpasswd").is_some();
    let start = start + user.filter(|_| is_pair).map_or(0, |user| user + 1);
    push(text, start, end, spans);
}

/// Hides the argument at a place.
fn push_word(text: &str, at: usize, spans: &mut Spans) {
    let (from, end) = argument_near(text, at);
    push(text, from, end, spans);
}

fn push(text: &str, from: usize, end: usize, spans: &mut Spans) {
    if text
        .get(from..end)
        .is_some_and(|word| !placeholder::is_nothing(word))
    {
        spans.push(Span::new(from, end, SecretClass::Password));
    }
}

/// `-p…`, `-u user:…`, of a program that takes them.
fn option(text: &str, dash: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    // `-su ann:…`: other options may be before one that stands apart from its argument.
    let letters = bytes[dash + 1..].iter().take(6);
    let letters = letters
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let is_apart = matches!(bytes.get(dash + 1 + letters), Some(b' ' | b'"' | b'\'' | 0));
    let is_last = letters < 6 && is_apart && bytes[dash + letters] == b'u';
    let place = dash + if is_last { letters } else { 1 };
    let Some(letter) = bytes.get(place).copied() else {
        return;
    };
    if is_word(bytes[dash - 1]) || bytes[dash - 1] == b'-' {
        return;
    }
    let line: Vec<u8> = line_before(bytes, dash)
        .iter()
        .map(|byte| {
            if b"\"',[]()\0".contains(byte) {
                b' '
            } else {
                *byte
            }
        })
        .collect();
    let words: Vec<&[u8]> = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .collect();
    let runs = |program: &str| {
        let parts: Vec<&[u8]> = program.split(' ').map(str::as_bytes).collect();
        let is_part = |word: &[u8], part: &[u8]| {
            word == part || word.rsplit(|byte| b"/_".contains(byte)).next() == Some(part)
        };
        words.windows(parts.len()).any(|window| {
            window
                .iter()
                .zip(&parts)
                .all(|(word, part)| is_part(word, part))
        })
    };
    let found = PROGRAMS.iter().find_map(|(program, options)| {
        let place = options.bytes().position(|option| option == letter)?;
        let after = options.as_bytes().get(place + 1).copied();
        runs(program).then(|| after.filter(|after| b":%,.".contains(after)))
    });
    // Another program's, beside a user.
    let mut users = vec![&b"-u"[..], b"--user", b"-l", b"/u"];
    if letter == b'w' {
        users.extend([&b"-p"[..], b"-d"]);
    }
    let has_user = || {
        words
            .iter()
            .any(|word| users.iter().any(|user| text::starts_with(word, user)))
    };
    // `-A … -X … -u ann`: SNMP's, in any order.
    let is_beside = || {
        let line = logons::rest_of_line(text, dash).take(8);
        b"AX".contains(&letter) && (has_user() || line.skip(1).any(|word| word.1 == "-u"))
    };
    let sign = found
        .or_else(|| (b"pPw".contains(&letter) && has_user()).then_some(Some(b'.')))
        .or_else(|| is_beside().then_some(Some(b'.')))
        .or_else(|| {
            // `docker run -u user:group`
            let names_group = || {
                ["docker", "podman", "nerdctl", "chown"]
                    .into_iter()
                    .any(runs)
            };
            (letter == b'u' && place == dash + 1 && !names_group()).then_some(Some(b':'))
        });
    let Some(sign) = sign else {
        return;
    };
    // It may have no value, or another meaning.
    let is_doubtful = sign == Some(b':') && found.is_none()
        || sign == Some(b'.')
            && !bytes
                .get(place + 1)
                .is_some_and(|byte| found.is_some() && is_word(*byte));
    let mut at = place + 1;
    let is_argument =
        matches!(bytes.get(at), Some(b'"' | b'\'')) && bytes.get(dash - 1) == bytes.get(at);
    at += if is_argument {
        1 + text::run(&bytes[at + 1..], |byte| b", \n".contains(byte))
    } else {
        text::run(&bytes[at..], |byte| b" =:\0".contains(byte))
    };
    let (from, end) = argument_near(text, at);
    let (from, end) = match (sign, bytes.get(end..end + 3)) {
        // `-u "ann":"…"`
        (Some(b':'), Some([b'"', b':', b'"'] | [b'\'', b':', b'\''])) => {
            argument_near(text, end + 2)
        }
        (Some(b'.') | None, _) => (from, end),
        (Some(sign), _) => match bytes[from..end].iter().position(|byte| *byte == sign) {
            Some(found) => (from + found + 1, end),
            None => return,
        },
    };
    let Some(value) = text.get(from..end) else {
        return;
    };
    let is_one =
        !placeholder::is_nothing(value) && !value.starts_with('-') && !look::is_path(value);
    if is_one && (!is_doubtful || look::looks_secret(value) && !value.contains([':', '/', '.'])) {
        spans.push(Span::new(from, end, SecretClass::Password));
    }
}

/// A line of a protocol: `PASS …`, `AUTH PLAIN …`, `LOGIN user …`. Reports whether it is one.
pub(super) fn protocol(text: &str, start: usize, end: usize, spans: &mut Spans) -> bool {
    let bytes = text.as_bytes();
    let Some(word) = text.get(start..end) else {
        return false;
    };
    let quotes = if bytes.get(end) == Some(&b'"') && bytes[..start].ends_with(b"\"") {
        1
    } else {
        0
    };
    if word == "AUTH" {
        if let Some((from, end)) = last_bulk(bytes, end + quotes) {
            push(text, from, end, spans);
            return true;
        }
    }
    if !matches!(word, "PASS" | "AUTH" | "LOGIN" | "AUTHENTICATE" | "XOAUTH2")
        || bytes.get(end + quotes) != Some(&b' ')
    {
        return false;
    }
    let mut rest = &bytes[end + quotes + 1..bytes.len().min(end + LINE)];
    rest = &rest[..rest
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len())];
    for mark in [&b"\\r"[..], b"\\n", b"<CR", b"\" (", b"\"}"] {
        if let Some(found) = rest.windows(mark.len()).position(|window| window == mark) {
            rest = &rest[..found];
        }
    }
    let mut words: Vec<(usize, &[u8])> = words(rest);
    // The quote of a text around it.
    if let Some((_, b"'" | b"'\"" | b"',")) = words.last() {
        words.pop();
    }
    let is_mechanism = |word: &[u8]| {
        MECHANISMS
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
            || word.contains(&b'-')
                && word
                    .iter()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    let before = line_before(bytes, start - quotes);
    let tag = before
        .iter()
        .rev()
        .position(|byte| *byte != b' ')
        .map(|blank| before[before.len() - 1 - blank]);
    let is_line = tag.is_none_or(|last| b">:\"'|]".contains(&last)) || before.ends_with(b"\\n");
    let is_hello = text::find(before, b"hello ").is_some();
    let secret = match (word, &words[..]) {
        ("XOAUTH2", [one]) => Some(*one),
        ("PASS", [one]) if is_line && !is_file(one.1) => Some(*one),
        ("AUTH" | "AUTHENTICATE", [first, second]) if is_mechanism(first.1) => {
            // `the AUTH TLS command.`
            (!is_mechanism(second.1) && !second.1.ends_with(b".")).then_some(*second)
        }
        ("AUTH", [one]) if is_line && !is_mechanism(one.1) && !text::starts_pair(one.1) => {
            Some(*one)
        }
        ("AUTHENTICATE", [one])
            if is_line && one.1.len() >= 12 && text::is_mixed(one.1) && !is_mechanism(one.1) =>
        {
            Some(*one)
        }
        ("AUTH", [_, second, ..]) if words.len() == 2 && is_line || is_hello => {
            (!is_mechanism(second.1)).then_some(*second)
        }
        ("AUTH", [one, ..]) if std::str::from_utf8(one.1).is_ok_and(text::is_random) => Some(*one),
        // A tag is before the command.
        ("LOGIN", [_, second]) if before.len() < 60 => Some(*second),
        _ => None,
    };
    let Some((offset, value)) = secret else {
        return false;
    };
    let from = end + quotes + 1 + offset;
    let len = value
        .iter()
        .rev()
        .skip_while(|byte| b"\"'>]),".contains(byte))
        .count();
    let inner = text::run(&value[..len], |byte| b"\"'".contains(byte));
    let Some(shown) = text.get(from + inner..from + len) else {
        return false;
    };
    let is_one = !placeholder::is_nothing(shown)
        && !is_mechanism(shown.as_bytes())
        && (shown.len() >= 8 || word != "AUTHENTICATE");
    if is_one {
        spans.push(Span::new(from + inner, from + len, SecretClass::Password));
    }
    is_one
}

/// The last of the strings after a command, as Redis has them on its wire: `AUTH`, `$7`, `default`,
/// `$12`, `…`, each on a line.
fn last_bulk(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let (mut at, mut last) = (at, None);
    for _ in 0..2 {
        let line = at + text::blank(&bytes[at..]);
        let Some(rest) = bytes[line..].strip_prefix(b"$").filter(|_| line > at) else {
            break;
        };
        let digits = text::run_in(rest, 6, u8::is_ascii_digit);
        let from = line + 1 + digits;
        let gap = text::blank(&bytes[from..]);
        let Some(Ok(len)) = std::str::from_utf8(&rest[..digits])
            .ok()
            .map(str::parse::<usize>)
        else {
            break;
        };
        let from = from + gap;
        if gap == 0 || bytes.len() < from + len {
            break;
        }
        at = from + len;
        last = Some((from, at));
    }
    last
}

/// The words of a line, and where they are; what is quoted is one.
fn words(line: &[u8]) -> Vec<(usize, &[u8])> {
    let (mut words, mut at) = (Vec::new(), 0);
    while at < line.len() && words.len() < 4 {
        if line[at] == b' ' {
            at += 1;
            continue;
        }
        let len = match line[at] {
            b'"' => line[at + 1..]
                .iter()
                .position(|byte| *byte == b'"')
                .map_or(line.len() - at, |close| close + 2),
            _ => line[at..]
                .iter()
                .position(|byte| *byte == b' ')
                .unwrap_or(line.len() - at),
        };
        words.push((at, &line[at..at + len]));
        at += len;
    }
    words
}

/// A test's file, as some runners of tests write it after `PASS`.
fn is_file(word: &[u8]) -> bool {
    word.contains(&b'/')
        || word.contains(&b':')
        || word.rsplit(|byte| *byte == b'.').next().is_some_and(|end| {
            matches!(
                end,
                b"js" | b"ts" | b"py" | b"tsx" | b"jsx" | b"rb" | b"go" | b"sh" | b"c" | b"rs"
            )
        })
        || text::starts_with(word, b"test")
}
