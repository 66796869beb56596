//! The members of an object, by choice: [`FieldMap`].

use crate::formatter::json::content::Content;
use crate::formatter::json::escape::push_escaped;
use crate::formatter::json::gcp;
use crate::formatter::json::key_value::{last_of, with_value};
use crate::formatter::json::object::{push_as_text, push_scalar};
use crate::formatter::json::own_names::OwnNames;
use crate::formatter::json::placement::Placement;
use crate::formatter::json::unique_names::UniqueNames;
use crate::formatter::line::Line;
use crate::formatter::time::TimeFormat;
use crate::record::call_key::KeptKey;
use crate::record::{KeptValue, KeyValues, Record, Scalar};
use crate::text::line_buf::LineBuf;

/// A member, as it is chosen.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The name that it is chosen and renamed by.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) content: Content,
    pub(super) is_written: bool,
    /// Whether it follows the key-values.
    pub(super) is_late: bool,
}

impl Member {
    /// Returns a member by its id, its name and its content.
    pub(super) fn new(
        (id, name, content): (&str, &str, Content),
        is_written: bool,
        is_late: bool,
    ) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            content,
            is_written,
            is_late,
        }
    }

    /// Makes the names of several members differ: one that an earlier member has gets underscores.
    pub(super) fn make_unique(members: &mut [Self]) {
        for at in 1..members.len() {
            let (earlier, rest) = members.split_at_mut(at);
            while earlier.iter().any(|other| other.name == rest[0].name) {
                rest[0].name.push('_');
            }
        }
    }
}

/// Which members objects have, in which order, under which names, and where key-values are.
#[derive(Clone, Debug)]
pub(super) struct FieldMap {
    /// The names of all members, and then those that nothing else gets.
    names: OwnNames,
    contents: Box<[Content]>,
    /// Which of the contents are written before the key-values, and which after them.
    early: Box<[usize]>,
    late: Box<[usize]>,
    placement: Placement,
    /// Whether members without a value are omitted, not null.
    is_sparse: bool,
    /// How `asctime` is written.
    time: TimeFormat,
    /// Keys of key-values that are not written.
    hidden: Vec<String>,
    /// The longest object: messages are cut to it.
    max_bytes: usize,
}

impl FieldMap {
    pub(super) fn new(
        members: Vec<Member>,
        reserved: &[&str],
        placement: Placement,
        is_sparse: bool,
        time: TimeFormat,
        hidden: Vec<String>,
    ) -> Self {
        let written = |is_late: bool| {
            let numbered = members.iter().enumerate();
            let written = numbered.filter(|(_, it)| it.is_written && it.is_late == is_late);
            written.map(|(at, _)| at).collect()
        };
        let names: Vec<_> = members.iter().map(|member| &*member.name).collect();
        let is_gcp = members
            .iter()
            .any(|it| matches!(it.content, Content::Gcp(_)));
        Self {
            names: OwnNames::new(&[&names, reserved].concat()),
            early: written(false),
            late: written(true),
            contents: members.into_iter().map(|member| member.content).collect(),
            placement,
            is_sparse,
            time,
            hidden,
            max_bytes: if is_gcp { gcp::MAX_BYTES } else { usize::MAX },
        }
    }

    /// Appends the object of a record.
    #[inline(never)]
    pub(super) fn push(&self, record: &Record<'_>, line: &mut Line) {
        let start = line.len();
        let message = record.message();
        self.push_with(record, message.len(), line);
        let excess = (line.len() - start).saturating_sub(self.max_bytes);
        if excess > 0 {
            line.truncate(start);
            // Each byte less takes at least one from the object; the label takes some.
            let mut end = message.len().saturating_sub(excess + gcp::CUT_LABEL_BYTES);
            while !message.is_char_boundary(end) {
                end -= 1;
            }
            self.push_with(record, end, line);
        }
    }

    /// Appends the object with the message up to a position.
    fn push_with(&self, record: &Record<'_>, message_end: usize, line: &mut Line) {
        line.push('{');
        let start = line.len();
        for &at in &self.early {
            self.push_member(at, record, message_end, start, line);
        }
        if record.key_values().has_source() {
            self.push_key_values(record.key_values(), start, line.text_mut());
        }
        for &at in &self.late {
            self.push_member(at, record, message_end, start, line);
        }
        line.push('}');
    }

    /// Writes the name of a member, and the comma before it.
    fn push_name(&self, at: usize, start: usize, out: &mut LineBuf) {
        out.push_str(if out.len() == start { "\"" } else { ",\"" });
        push_escaped(out, self.names.get(at));
        out.push_str("\":");
    }

    fn push_member(
        &self,
        at: usize,
        record: &Record<'_>,
        message_end: usize,
        start: usize,
        line: &mut Line,
    ) {
        let content = &self.contents[at];
        let out = line.text_mut();
        match content {
            Content::Message => {
                self.push_name(at, start, out);
                out.push('"');
                let (from, message) = (out.len(), record.message());
                let shown = message.get(..message_end).unwrap_or(message);
                if push_escaped(out, shown) && shown.len() == message.len() {
                    line.note_message(record, from);
                }
                line.push('"');
            }
            Content::Field(field) => {
                let written = field.read(record, &self.time, &[], |value| {
                    self.push_value(at, value, start, out);
                });
                if written.is_none() {
                    self.push_value(at, Scalar::Null, start, out);
                }
            }
            Content::OptionalThreadName => {
                let name = record.thread_name();
                let name = name.as_deref().map_or(Scalar::Null, Scalar::Text);
                self.push_value(at, name, start, out);
            }
            Content::FirstOf(keys) => {
                let key_values = record.key_values();
                let place = keys.iter().find_map(|key| last_of(key_values, key));
                if let Some(place) = place {
                    self.push_name(at, start, out);
                    with_value(key_values, place, &mut |value| push_as_text(out, value));
                }
            }
            Content::KeyValue { key, or_null } => {
                let key_values = record.key_values();
                match last_of(key_values, key) {
                    Some(place) => {
                        self.push_name(at, start, out);
                        with_value(key_values, place, &mut |value| push_scalar(out, value));
                    }
                    None if *or_null => self.push_value(at, Scalar::Null, start, out),
                    None => {}
                }
            }
            content if content.is_in(record) => {
                self.push_name(at, start, out);
                content.push(record, message_end, out);
            }
            _ => {}
        }
    }

    fn push_value(&self, at: usize, value: Scalar<'_>, start: usize, out: &mut LineBuf) {
        let is_nothing = match value {
            Scalar::Null | Scalar::Text("") | Scalar::Unsigned(0) => self.is_sparse,
            _ => false,
        };
        if !is_nothing {
            self.push_name(at, start, out);
            push_scalar(out, value);
        }
    }

    fn push_key_values(&self, key_values: KeyValues<'_>, start: usize, out: &mut LineBuf) {
        let mut names = UniqueNames::new(&self.names);
        self.for_each_other(key_values, &mut |name, value| {
            out.push_str(if out.len() == start { "\"" } else { ",\"" });
            if names.is_new(KeptKey::Text(name)) {
                push_escaped(out, name);
            } else {
                let others = |visit: &mut dyn FnMut(&str)| {
                    self.for_each_other(key_values, &mut |name, _| visit(name));
                };
                push_escaped(out, &names.free(name, &others));
            }
            out.push_str("\":");
            value.read(|value| match self.placement.is_text(name) {
                true => push_as_text(out, value),
                false => push_scalar(out, value),
            });
        });
    }

    /// Calls `visit` with each key-value that is not the value of a member, and its name.
    fn for_each_other(
        &self,
        key_values: KeyValues<'_>,
        visit: &mut dyn FnMut(&str, KeptValue<'_>),
    ) {
        let mut place = 0;
        key_values.for_each_kept(|key, value| {
            let key = key.as_str();
            let is_members =
                self.is_members(key, key_values) && last_of(key_values, key) == Some(place);
            place += 1;
            if !is_members && !self.hidden.iter().any(|hidden| hidden == key) {
                self.placement.with_name(key, |name| visit(name, value));
            }
        });
    }

    /// Reports whether a member has the last value of a key.
    fn is_members(&self, key: &str, key_values: KeyValues<'_>) -> bool {
        let mut written = self.early.iter().chain(&self.late);
        written.any(|&at| match &self.contents[at] {
            Content::FirstOf(keys) if keys.contains(&key) => {
                let mut present = keys.iter().filter(|key| last_of(key_values, key).is_some());
                present.next() == Some(&key)
            }
            Content::KeyValue { key: own, .. } => **own == *key,
            Content::Gcp(part) => part.key() == Some(key) && part.place(key_values).is_some(),
            _ => false,
        })
    }
}
