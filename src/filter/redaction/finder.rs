//! Finds credentials in a text: [`Finder`].

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::names::{Known, LONGEST, Names};
use crate::filter::redaction::prefilter::{self, Kinds, Prefilter};
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text::{ends_escape, is_name};
use crate::filter::redaction::value::{self, Name};
use crate::filter::redaction::views::{Decoded, View};
use crate::filter::redaction::{commands, shapes, urls};

/// How often a text may have been encoded.
const DEEPEST: usize = 3;

/// How many options and statements of one text are looked at: each costs a look at its line.
const MOST_COMMANDS: usize = 1000;

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
        self.names.known(name.as_bytes())
    }

    /// Adds what is found in a text.
    pub(super) fn find(&self, text: &str, spans: &mut Spans) {
        self.find_in(text, 0, spans);
    }

    fn find_in(&self, text: &str, depth: usize, spans: &mut Spans) {
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
        if looks.has_secure_string {
            self.secure_values(text, spans);
        }
        if depth == DEEPEST || looks.views == 0 {
            return;
        }
        for view in View::ALL
            .into_iter()
            .filter(|view| looks.views & view.bit() != 0)
        {
            let decoded = Decoded::new(text, view);
            let mut found = Spans::default();
            self.find_in(&decoded.text, depth + 1, &mut found);
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
        let at = at + usize::from(!is_name(bytes[at]));
        let len = |bytes: &mut dyn Iterator<Item = &u8>| {
            bytes
                .take(LONGEST)
                .take_while(|byte| is_name(**byte))
                .count()
        };
        let end = at + len(&mut bytes[at..].iter());
        if !may_separate(&bytes[end..]) {
            return at + 1;
        }
        let mut start = at - len(&mut bytes[..at].iter().rev());
        // The last letters of an escape before it are none of its own.
        start += (1..=5.min(end - start))
            .find(|cut| ends_escape(&bytes[..start + cut]) && !ends_escape(&bytes[..start]))
            .filter(|cut| start + cut < end)
            .unwrap_or(0);
        let Some(found) = text.get(start..end).filter(|found| !found.is_empty()) else {
            return end;
        };
        looks.view(View::of(&bytes[end..]));
        if found == "SecureString" {
            looks.has_secure_string = true;
            return end;
        }
        if commands::protocol(text, start, end, spans) {
            return end;
        }
        let (known, start) = match self.names.known(found.as_bytes()) {
            Some(known) => (Some(known), start),
            None => self.loose(bytes, start, end),
        };
        let Some(known) = known else {
            return at + 1;
        };
        let name = Name {
            text,
            start,
            end,
            known,
        };
        let next = value::after(name, spans);
        if next.is_none() && matches!(bytes.get(end), Some(b',' | b')' | b'"' | b'`' | b' ')) {
            commands::columns(text, start, end, known.class, spans);
        }
        next.unwrap_or(end)
    }

    /// A name of two words: `API key`.
    fn loose(&self, bytes: &[u8], start: usize, end: usize) -> (Option<Known>, usize) {
        let before = &bytes[..start];
        let Some(before) = before.strip_suffix(b" ") else {
            return (None, start);
        };
        let len = before
            .iter()
            .rev()
            .take(16)
            .take_while(|byte| is_name(**byte))
            .count();
        let from = before.len() - len;
        let is_short = end - start <= 6;
        let known = if len > 1 && is_short {
            self.names.known(&bytes[from..end])
        } else {
            None
        };
        match known {
            Some(known) => (Some(known), from),
            None => (None, start),
        }
    }

    /// The values of all `Value` keys of a text, which are secret where it speaks of a `SecureString`
    /// (AWS's parameter store).
    fn secure_values(&self, text: &str, spans: &mut Spans) {
        let known = Known {
            class: SecretClass::SecretKey,
            need: Need::Any,
            is_plural: false,
        };
        for (start, word) in text.match_indices("Value") {
            if text.as_bytes()[..start]
                .last()
                .is_some_and(|byte| is_name(*byte))
            {
                continue;
            }
            let name = Name {
                text,
                start,
                end: start + word.len(),
                known,
            };
            value::after(name, spans);
        }
    }
}

/// What a text has to be looked at for once more.
#[derive(Default)]
struct Looks {
    /// The bits of the views.
    views: u8,
    has_secure_string: bool,
    commands: usize,
}

impl Looks {
    fn view(&mut self, view: Option<View>) {
        if let Some(view) = view {
            self.views |= view.bit();
        }
    }
}

/// Whether something can follow a name that separates it from a value.
fn may_separate(rest: &[u8]) -> bool {
    const SIGNS: &[u8] = b"=:\"'`\\%>,([]/<&;*?~+) \n\r\t\x1b\xc2\xe2\xef";
    rest.first().is_some_and(|byte| SIGNS.contains(byte))
}
