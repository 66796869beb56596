//! Text that is the same in each run of a test: [`normalized`].

/// Replaces what differs between runs of a program: times, addresses, ids of processes and threads.
pub(super) fn normalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let begins = !out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let found = begins.then(|| changing(rest, &out)).flatten();
        let taken = match found {
            Some((length, word)) => {
                out += word;
                length
            }
            None => {
                out.push(character);
                character.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    out
}

/// Returns the length of what changes at the beginning of a text, and the word for it.
fn changing(text: &str, before: &str) -> Option<(usize, &'static str)> {
    let bytes = text.as_bytes();
    if let Some(length) = time(bytes) {
        return Some((length, "<time>"));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        let length = span(digits.as_bytes(), |byte| byte.is_ascii_hexdigit());
        return (length >= SHORTEST_ADDRESS).then_some((2 + length, "<address>"));
    }
    if let Some(number) = text.strip_prefix("ThreadId(") {
        let length = digits(number.as_bytes());
        let closes = number[length..].starts_with(')');
        return (length > 0 && closes).then_some(("ThreadId()".len() + length, "<thread>"));
    }
    let length = digits(bytes);
    (length > 0 && names_a_process(before)).then_some((length, "<pid>"))
}

/// Shorter numbers are flags, codes and the like; Windows has addresses from 0x10000 on.
const SHORTEST_ADDRESS: usize = 5;

/// Returns the length of a date, a time of day, or both, with a fraction and a zone.
fn time(text: &[u8]) -> Option<usize> {
    let has_date = fits(text, b"0000-00-00");
    let mut at = if has_date { 10 } else { 0 };
    let has_time = match text.get(at) {
        Some(b'T' | b' ') if has_date => fits(&text[at + 1..], b"00:00:00"),
        _ => !has_date && fits(text, b"00:00:00"),
    };
    if !has_time {
        return has_date.then_some(at);
    }
    at += usize::from(has_date) + 8;
    if let [b'.' | b',', fraction @ ..] = &text[at..] {
        let length = digits(fraction);
        at += if length > 0 { length + 1 } else { 0 };
    }
    at += match &text[at..] {
        [b'Z', ..] => 1,
        zone @ [b'+' | b'-', ..] if fits(&zone[1..], b"00:00") => 6,
        zone @ [b'+' | b'-', ..] if fits(&zone[1..], b"0000") => 5,
        _ => 0,
    };
    Some(at)
}

/// Reports whether a text begins like a shape, whose zeros are any digits.
fn fits(text: &[u8], shape: &[u8]) -> bool {
    let mut both = text.iter().zip(shape);
    text.len() >= shape.len()
        && both.all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            _ => byte == shape,
        })
}

/// Reports whether a number that follows a text is the id of a process.
fn names_a_process(before: &str) -> bool {
    let word = before.trim_end_matches(['=', ':', ' ', '#', '(', '[', '"']);
    let start = word.rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
    let word = start.map_or(word, |at| &word[at..]);
    let word = word.trim_start_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
    let names = ["pid", "process", "process_id"];
    word.len() < before.len() && names.iter().any(|name| word.eq_ignore_ascii_case(name))
}

fn digits(text: &[u8]) -> usize {
    span(text, |byte| byte.is_ascii_digit())
}

fn span(text: &[u8], is_in: impl Fn(&u8) -> bool) -> usize {
    text.iter().take_while(|byte| is_in(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_replaced() {
        for (text, expected) in [
            ("at 2026-11-27 23:24:47,123 done", "at <time> done"),
            ("2026-11-27T23:24:47.123456789Z", "<time>"),
            ("2026-11-27T23:24:47+01:00 a", "<time> a"),
            ("2026-11-27T23:24:47-0130.", "<time>."),
            ("(2026-11-27) 01:02:03.", "(<time>) <time>."),
            ("0x7ffd12345678 0xdeadbeef,", "<address> <address>,"),
            (
                "pid=41 pid: 41, PID 41 process [41]",
                "pid=<pid> pid: <pid>, PID <pid> process [<pid>]",
            ),
            (
                "process_id=7 é pid=\"7\"",
                "process_id=<pid> é pid=\"<pid>\"",
            ),
            ("on ThreadId(12)", "on <thread>"),
        ] {
            assert_eq!(normalized(text), expected);
        }
    }

    #[test]
    fn all_else_stays() {
        for text in [
            "",
            "rows=41 of 1000",
            "0xff 0x 0x1234 a0x7ffd12345678",
            "v2026-11-27",
            "1.2.3 2026-11 23:24 stupid=4 pid=x pid41 process_ids=4",
            "ThreadId(x) ThreadId(1 ThreadId()",
            "a 日本 😀\n\tb",
        ] {
            assert_eq!(normalized(text), text);
        }
    }
}
