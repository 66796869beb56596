//! Names whose values are secret.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::rules::{
    self, ABOUT, AFTER, Fit, INNER, KEEPERS, NAMES, Need, OPEN, TOPICS,
};
use crate::filter::redaction::text;
use crate::sys::sync::Lazy;

/// Longer names are none.
pub(super) const LONGEST: usize = 128;

/// What is known of a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) class: SecretClass,
    pub(super) need: Need,
    /// Whether it is that of several: `passwords`.
    pub(super) is_plural: bool,
}

/// Names of one's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    own: Vec<String>,
    open: Vec<String>,
}

impl Names {
    pub(super) fn add(&mut self, name: &str) {
        self.own.push(plain(name));
    }

    pub(super) fn allow(&mut self, name: &str) {
        self.open.push(plain(name));
    }

    /// What is known of a name, where its values are secret.
    pub(super) fn known(&self, name: &[u8]) -> Option<Known> {
        if name.len() > LONGEST {
            return None;
        }
        if name.is_ascii() {
            return self.known_in_lower(name);
        }
        let lower = std::str::from_utf8(name).ok()?.to_lowercase();
        self.known_in_lower(lower.as_bytes())
    }

    /// The same of a name whose letters beyond ASCII are in lower case.
    fn known_in_lower(&self, name: &[u8]) -> Option<Known> {
        if self.open.iter().any(|open| tail(name, open).is_some()) {
            return None;
        }
        if self.own.iter().any(|own| tail(name, own).is_some()) {
            return Some(Known {
                class: SecretClass::Custom,
                need: Need::Any,
                is_plural: false,
            });
        }
        let (mut rest, mut is_plural) = (name, false);
        for _ in 0..4 {
            if let Some((start, class, need)) = rule(rest) {
                // `X-Gotify-Key`
                let is_header = || text::starts_with(rest, b"x-");
                let need = if need == Need::Query && (is_keeper(rest) || is_header()) {
                    Need::Random
                } else {
                    need
                };
                return (!opens_from(rest, start)).then_some(Known {
                    class,
                    need,
                    is_plural,
                });
            }
            let Some(shorter) = shorter(rest) else {
                return inner(name);
            };
            (rest, is_plural) = (shorter, matches!(rest.last(), Some(b's' | b'S')));
        }
        None
    }
}

/// Words by their last two letters: most names have none of them, which has to be known fast.
struct ByLast<T: 'static>(Vec<Vec<(&'static str, T)>>);

impl<T> ByLast<T> {
    fn new(words: impl Iterator<Item = (&'static str, T)>) -> Self {
        let mut by_last: Vec<Vec<_>> = (0..1024).map(|_| Vec::new()).collect();
        for (word, what) in words {
            by_last[last_two(word.as_bytes())].push((word, what));
        }
        Self(by_last)
    }

    /// The words that a name ends with, and where they begin.
    fn of<'n>(&'n self, name: &'n [u8]) -> impl Iterator<Item = (usize, &'n T)> {
        let words = self.0[last_two(name)].iter();
        let words = words.filter(|(word, _)| word.len() <= name.len());
        words.filter_map(|(word, what)| Some((tail(name, word)?, what)))
    }
}

/// The last two letters of a name, in any case, as a number below 1024.
fn last_two(name: &[u8]) -> usize {
    let mut letters = name.iter().rev().filter(|byte| !is_joint(**byte));
    let mut next = || letters.next().map_or(0, |byte| usize::from(byte & 31));
    next() | next() << 5
}

/// The rule of a name, and where what fits it begins.
fn rule(name: &[u8]) -> Option<(usize, SecretClass, Need)> {
    static RULES: Lazy<ByLast<(Fit, SecretClass, Need)>> = Lazy::new(|| {
        let all = NAMES.iter().flat_map(|rule| {
            let what = (rule.fit, rule.class, rule.need);
            rule.names.iter().map(move |name| (*name, what))
        });
        ByLast::new(all)
    });
    let mut found = RULES.of(name);
    let found = found.find(|(start, (fit, ..))| *fit == Fit::End || is_word_start(name, *start));
    found.map(|(start, (_, class, need))| (start, *class, *need))
}

/// Whether a word, as a whole, is the name of a secret.
pub(super) fn is_name_of_one(word: &str) -> bool {
    let lower = plain(word.strip_prefix("X-").unwrap_or(word));
    let is = |rule: &rules::Names| rule.need == Need::Any && rule.names.contains(&&*lower);
    !word.is_empty() && NAMES.iter().any(is)
}

/// Whether a word is the name of a variable that has a secret: `dbPassword`.
pub(super) fn is_variable_of_one(word: &str) -> bool {
    let ends = [
        "Password",
        "Passwd",
        "Token",
        "ApiKey",
        "SecretKey",
        "AccessKey",
        "Secret",
    ];
    word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && ends.iter().any(|end| word.ends_with(end))
}

/// What is known of a name whose last word says whose secret it is: `password_db`, `tokenGithub`.
fn inner(name: &[u8]) -> Option<Known> {
    static WORDS: Lazy<ByLast<SecretClass>> = Lazy::new(|| ByLast::new(INNER.iter().copied()));
    let is_word_end = |at: &usize| {
        name[*at] == b'_'
            || name[*at] == b'-'
            || name[*at].is_ascii_uppercase() && name[at - 1].is_ascii_lowercase()
    };
    (3..name.len()).filter(is_word_end).find_map(|at| {
        let (head, rest) = name.split_at(at);
        let mut words = WORDS.of(head);
        let (_, class) = words.find(|(start, _)| is_word_start(head, *start))?;
        let is_none = is_open(head) || is_about(rest, ABOUT) || is_about(rest, TOPICS);
        (!is_none).then_some(Known {
            class: *class,
            need: Need::Random,
            is_plural: false,
        })
    })
}

/// Whether a key is that of a vendor or of a database: `stripe_key`.
fn is_keeper(name: &[u8]) -> bool {
    static WORDS: Lazy<ByLast<()>> =
        Lazy::new(|| ByLast::new(KEEPERS.iter().map(|word| (*word, ()))));
    let head = &name[..name.len().saturating_sub(3)];
    !head.is_empty() && WORDS.of(head).any(|(start, ())| is_word_start(head, start))
}

/// Whether a name ends like a secret's and is none.
pub(super) fn is_open(name: &[u8]) -> bool {
    opens_from(name, name.len())
}

/// The same of the words from a place on, or more: `encryption_primary_key` is a longer name than
/// `primary_key`.
fn opens_from(name: &[u8], at: usize) -> bool {
    static WORDS: Lazy<ByLast<()>> = Lazy::new(|| ByLast::new(OPEN.iter().map(|word| (*word, ()))));
    let mut starts = WORDS.of(name).map(|(start, ())| start);
    starts.any(|start| start <= at && is_word_start(name, start))
}

/// Whether the last word of a name is one of some: `password_length`.
pub(super) fn is_about(name: &[u8], words: &[&str]) -> bool {
    words.iter().any(|about| {
        tail(name, about).is_some_and(|start| start == 0 || is_word_start(name, start))
    })
}

/// A name without a number, a word of [`AFTER`] or a plural's `s` at its end.
fn shorter(name: &[u8]) -> Option<&[u8]> {
    static WORDS: Lazy<ByLast<()>> =
        Lazy::new(|| ByLast::new(AFTER.iter().map(|word| (*word, ()))));
    let words = WORDS.of(name).map(|(start, ())| start);
    if let Some(start) = words.filter(|start| *start > 2).min() {
        return Some(&name[..start]);
    }
    let digits = text::run_before(name, |byte| {
        byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
    });
    if digits > 0 {
        return Some(&name[..name.len() - digits]);
    }
    matches!(name, [.., b's' | b'S']).then(|| &name[..name.len() - 1])
}

/// Where the end of a name begins that is `end`, in lower case and without `_` and `-`.
fn tail(name: &[u8], end: &str) -> Option<usize> {
    let mut at = name.len();
    for want in end.bytes().rev() {
        at = at.checked_sub(1)?;
        while is_joint(name[at]) {
            at = at.checked_sub(1)?;
        }
        if name[at].to_ascii_lowercase() != want {
            return None;
        }
    }
    Some(at)
}

/// Whether a byte joins the words of a name.
fn is_joint(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b' ' | b'.')
}

/// Whether a word of a name begins there.
fn is_word_start(name: &[u8], start: usize) -> bool {
    start == 0
        || !name[start - 1].is_ascii_alphabetic()
        || name[start].is_ascii_uppercase() && name[start - 1].is_ascii_lowercase()
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '-' | '_'));
    letters.collect::<String>().to_lowercase()
}
