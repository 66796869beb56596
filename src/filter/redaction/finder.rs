//! The search for credentials in a string: [`Finder`].

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::names::{Known, LONGEST, Names};
use crate::filter::redaction::places::BESIDE;
use crate::filter::redaction::prefilter::{self, Kinds, Prefilter};
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text::{self, ends_escape, is_name};

use crate::filter::redaction::views::{Decoded, View};
use crate::filter::redaction::{
    ahead, bindings, commands, keys, lines, logons, place, rows, separator, shapes, statements,
    urls,
};

/// How often a text may have been encoded.
const DEEPEST: usize = 3;

/// How many options and statements of one text are looked at: each costs a look at its line.
const MOST_COMMANDS: usize = 1000;

/// How many names are looked at as columns of statements, in a text.
const MOST_BINDINGS: usize = 200;

/// Finds names with values, tokens, URLs, keys and statements.
#[derive(Clone)]
pub(super) struct Finder {
    prefilter: Prefilter,
    names: Names,
    shapes: bool,
}

impl Finder {
    pub(super) fn new() -> Self {
        Self {
            prefilter: Prefilter::new(),
            names: Names::default(),
            shapes: true,
        }
    }

    pub(super) fn add_name(&mut self, name: &str) {
        let part = name.split(['-', '_']).max_by_key(|part| part.len());
        if let Some(part) = part.filter(|part| part.len() >= 3) {
            self.names.add(name);
            self.prefilter.add_name(part.as_bytes());
            self.prefilter.add_name(part.to_uppercase().as_bytes());
        }
    }

    pub(super) fn allow_name(&mut self, name: &str) {
        self.names.allow(name);
    }

    pub(super) fn forget_shapes(&mut self) {
        self.shapes = false;
    }

    pub(super) fn has_shapes(&self) -> bool {
        self.shapes
    }

    /// What is known of a name.
    pub(super) fn known(&self, name: &str) -> Option<Known> {
        let known = self.names.known(name.as_bytes());
        known.filter(|known| known.need != Need::Query)
    }

    /// Reports whether nothing in a text needs a closer look.
    pub(super) fn is_clean(&self, text: &[u8]) -> bool {
        self.prefilter.start(text).is_none() && self.prefilter.next(text, 0).is_none()
    }

    /// Reports whether texts that are clean for another one are clean for it.
    pub(super) fn looks_as(&self, other: &Self) -> bool {
        self.names == other.names
    }

    /// Adds what is found in a text.
    pub(super) fn find(&self, text: &str, spans: &mut Spans) {
        self.find_in(text, 0, 0, spans);
    }

    /// The same in a text that was encoded in some views, and will not be in those of `done` once
    /// more.
    fn find_in(&self, text: &str, depth: usize, done: u8, spans: &mut Spans) {
        let bytes = text.as_bytes();
        let mut looks = Looks::default();
        let mut at = 0;
        if let Some(kinds) = self.prefilter.start(bytes) {
            at = self.look(text, 0, kinds, &mut looks, spans);
        }
        while let Some((place, kinds)) = self.prefilter.next(bytes, at) {
            at = self
                .look(text, place, kinds, &mut looks, spans)
                .max(place + 1);
        }
        for (_, keys) in BESIDE
            .iter()
            .filter(|(word, _)| looks.beside.contains(word))
        {
            self.values_beside(text, keys, spans);
        }
        let views = looks.views & !done;
        if depth == DEEPEST || views == 0 {
            return;
        }
        for view in View::ALL.into_iter().filter(|view| views & view.bit() != 0) {
            let decoded = Decoded::new(text, view);
            let mut found = Spans::default();
            let done = done | if view.is_once() { view.bit() } else { 0 };
            self.find_in(&decoded.text, depth + 1, done, &mut found);
            found.each(|span| {
                let (start, end) = decoded.source(span.start, span.end);
                spans.push(Span::new(start, end, span.class));
            });
        }
    }

    /// Looks closer at a place that the prefilter found. Returns where to look on.
    fn look(
        &self,
        text: &str,
        at: usize,
        kinds: Kinds,
        looks: &mut Looks,
        spans: &mut Spans,
    ) -> usize {
        let bytes = text.as_bytes();
        if kinds & prefilter::COMMAND != 0 && looks.commands < MOST_COMMANDS {
            looks.commands += 1;
            commands::at(text, at, spans);
        }
        if kinds & (prefilter::LOGON | prefilter::PROGRAM) != 0 && looks.commands < MOST_COMMANDS {
            looks.commands += 1;
            if kinds & prefilter::LOGON != 0 {
                place::at(text, at, spans);
            }
            if kinds & prefilter::PROGRAM != 0 {
                logons::program(text, at, spans);
            }
        }
        if kinds & prefilter::URL != 0 {
            if let Some(next) = urls::at(text, at, spans) {
                return next;
            }
        }
        if kinds & prefilter::PEM != 0 {
            return shapes::pem(text, at, spans);
        }
        if kinds & prefilter::SHAPE != 0 {
            if let Some(next) = shapes::at(text, at, self.shapes, spans) {
                return next;
            }
        }
        if kinds & prefilter::ESCAPE != 0 {
            for place in at.saturating_sub(1)..at + 2 {
                looks.view(View::of(bytes.get(place..).unwrap_or_default()));
            }
        }
        if kinds & prefilter::NAME != 0 {
            return self.name(text, at, looks, spans);
        }
        at + 1
    }

    /// Looks at the name around a place, and at its value.
    fn name(&self, text: &str, at: usize, looks: &mut Looks, spans: &mut Spans) -> usize {
        let bytes = text.as_bytes();
        // The place may be that of the character before the name.
        let at = at + usize::from(bytes[at].is_ascii() && !is_name(bytes[at]));
        if is_spelled(bytes, at) {
            return self.spelled(text, at, looks, spans);
        }
        let Some(at) = (at.saturating_sub(3)..=at).rfind(|at| text.is_char_boundary(*at)) else {
            return at + 1;
        };
        let end = text::name_end(text, at, LONGEST);
        if !may_separate(&bytes[end..]) {
            return at + 1;
        }
        let mut start = text::name_start(text, at, LONGEST);
        // The last letters of an escape before it are none of its own.
        start += (1..=5.min(end - start))
            .find(|cut| ends_escape(&bytes[..start + cut]) && !ends_escape(&bytes[..start]))
            .filter(|cut| start + cut < end)
            .unwrap_or(0);
        let Some(found) = text.get(start..end).filter(|found| !found.is_empty()) else {
            return end;
        };
        looks.view(View::of(&bytes[end..]));
        if let Some((word, _)) = BESIDE.iter().find(|(word, _)| *word == found) {
            looks.beside.push(word);
        }
        if commands::protocol(text, start, end, spans) || statements::word(text, start, end, spans)
        {
            return end;
        }
        let Some((start, end, known)) = self.known_at(text, at, start, end) else {
            return at + 1;
        };
        let signs = text::run_in(&bytes[end..], 4, |byte| b" =:>+\\".contains(byte));
        looks.view(View::of(&bytes[end + signs..]));
        let name = Name {
            text,
            start,
            end,
            known,
        };
        let next = separator::after(name, spans);
        if next.is_none()
            && looks.bindings < MOST_BINDINGS
            && bytes
                .get(end)
                .is_some_and(|next| b",)\"'` =]:".contains(next))
        {
            looks.bindings += usize::from(bindings::of(name, spans));
        }
        if next.is_none()
            && matches!(
                bytes.get(end),
                Some(b',' | b'"' | b'|' | b';' | b' ' | b'\t' | b'\r' | b'\n' | b'>' | b']')
            )
        {
            let is_section = bytes.get(end) == Some(&b']');
            if !is_section || lines::section(name, spans).is_none() {
                rows::below(name, spans);
            }
        }
        if next.is_none() && matches!(bytes[..start].last(), Some(b' ' | b'(')) {
            ahead::of(name, spans);
        }
        next.unwrap_or(end)
    }

    /// What is known of the name at a place, and where it is: as a whole, with words before it, or
    /// without letters of another script that it stands among.
    fn known_at(
        &self,
        text: &str,
        at: usize,
        start: usize,
        end: usize,
    ) -> Option<(usize, usize, Known)> {
        let name = &text.as_bytes()[start..end];
        let known = self.names.known(name).or_else(|| {
            let is_short = end - start == 1;
            is_short.then(|| keys::short(text, start, end))?
        });
        if let Some(known) = known.filter(|known| known.need == Need::Query) {
            let found = self.loose(text, start, end);
            return found.or_else(|| Some((start, end, keys::key(text, start, end, known)?)));
        }
        if let Some(known) = known {
            if let Some(end) = keys::pass_word(text.as_bytes(), start, end) {
                let need = Need::Any;
                return Some((start, end, Known { need, ..known }));
            }
            // `code` is one of many words, `one-time code` is not; `mfa token` is another one.
            let is_short = known.need == Need::Long || name.eq_ignore_ascii_case(b"token");
            let longer = is_short.then(|| self.loose(text, start, end));
            let longer = longer.map(|found| found.filter(|(.., found)| found.need != known.need));
            return longer.flatten().or(Some((start, end, known)));
        }
        if name.is_ascii() {
            return self.loose(text, start, end);
        }
        let is_part = |byte: &u8| is_name(*byte);
        let bytes = text.as_bytes();
        // An escape may have taken the first letters.
        let at = at.max(start);
        let from = at - text::run_before(&bytes[start..at], is_part);
        let to = at + text::run(&bytes[at..end], is_part);
        match self.names.known(&bytes[from..to]) {
            Some(known) => Some((from, to, known)),
            None => self.loose(text, start, end),
        }
    }

    /// A name of two or three words: `API key`, `mot de passe`.
    fn loose(&self, text: &str, start: usize, end: usize) -> Option<(usize, usize, Known)> {
        let bytes = text.as_bytes();
        if end - start > 8 && bytes[end - 1].is_ascii() {
            return None;
        }
        let mut from = start;
        for _ in 0..2 {
            let before = from
                .checked_sub(1)
                .filter(|before| matches!(bytes[*before], b' ' | b'.'))?;
            from = text::name_start(text, before, 16);
            if before - from < 2 {
                return None;
            }
            let known = self.names.known(&bytes[from..end]);
            if let Some(known) = known.filter(|known| known.need != Need::Query) {
                return Some((from, end, known));
            }
        }
        None
    }

    /// A name whose letters are apart: `p_a_s_s_w_o_r_d`.
    fn spelled(&self, text: &str, at: usize, looks: &mut Looks, spans: &mut Spans) -> usize {
        let bytes = text.as_bytes();
        let joint = bytes[at + 1];
        let is_part = |two: &[u8]| two[0] == joint && two[1].is_ascii_alphanumeric();
        let more = bytes[at + 1..]
            .chunks_exact(2)
            .take(LONGEST)
            .take_while(|two| is_part(two));
        let end = at + 1 + more.count() * 2;
        let before = bytes[..at].rchunks_exact(2).take(LONGEST);
        let start = at - before.take_while(|two| is_part(&[two[1], two[0]])).count() * 2;
        let before = &bytes[..start];
        let is_whole = !bytes.get(end).is_some_and(|byte| is_name(*byte))
            && (!before.last().is_some_and(u8::is_ascii_alphanumeric) || ends_escape(before));
        let letters: Vec<u8> = bytes[start..end].iter().step_by(2).copied().collect();
        let Some(known) = self.names.known(&letters).filter(|_| is_whole) else {
            return at + 1;
        };
        looks.view(View::of(&bytes[end..]));
        // An option's.
        let start = before.len() - text::run_before(before, |byte| *byte == b'-');
        let name = Name {
            text,
            start,
            end,
            known,
        };
        separator::after(name, spans).unwrap_or(end)
    }

    /// The values of keys that are secret where a text has some other word, as `Value` beside
    /// `SecureString` is.
    fn values_beside(&self, text: &str, keys: &[&str], spans: &mut Spans) {
        let known = Known {
            class: SecretClass::SecretKey,
            need: Need::Any,
            is_plural: false,
        };
        for key in keys {
            for (start, _) in text.match_indices(key) {
                let end = start + key.len();
                let is_part = |at: Option<&u8>| at.is_some_and(|byte| is_name(*byte));
                let bytes = text.as_bytes();
                if is_part(bytes[..start].last()) || is_part(bytes.get(end)) {
                    continue;
                }
                let name = Name {
                    text,
                    start,
                    end,
                    known,
                };
                separator::after(name, spans);
            }
        }
    }
}

/// What a text has to be looked at for once more.
#[derive(Default)]
struct Looks {
    /// The bits of the views.
    views: u8,
    /// The words beside which keys have secrets.
    beside: Vec<&'static str>,
    commands: usize,
    bindings: usize,
}

impl Looks {
    fn view(&mut self, view: Option<View>) {
        if let Some(view) = view {
            self.views |= view.bit();
        }
    }
}

/// Whether a letter, a sign, another letter and the same sign are at a place: `p_a_`.
fn is_spelled(bytes: &[u8], at: usize) -> bool {
    match bytes[at..] {
        [a, sign @ (b'_' | b'-' | b'.' | b' '), b, next, ..] => {
            next == sign && a.is_ascii_alphabetic() && b.is_ascii_alphabetic()
        }
        _ => false,
    }
}

/// Whether something can follow a name that separates it from a value.
fn may_separate(rest: &[u8]) -> bool {
    const SIGNS: &[u8] = b"{\0=:\"'`\\%>,([]/<&;*?~+|.})#^ \n\r\t\x1b\xc2\xe2\xe3\xef";
    rest.first().is_none_or(|byte| SIGNS.contains(byte))
}
