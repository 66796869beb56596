//! The sections of an INI file, by the rules of Python's `configparser`: [`Sections`].

use std::collections::{BTreeMap, HashMap, hash_map};

use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;

/// Values by name, for `%(name)s`.
pub(in crate::config) type Defaults = BTreeMap<String, String>;

/// The section whose values apply in all others.
const DEFAULT: &str = "DEFAULT";

/// Returns the name in a line `[name]`; text after the last bracket is ignored.
fn section_name(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

/// A string and where it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) at: usize,
}

#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) at: usize,
    /// By key, in lower case.
    pub(super) entries: HashMap<String, Entry>,
}

/// The sections of a file, by the rules of Python's `configparser`.
#[derive(Debug, Default)]
pub(super) struct Sections {
    pub(super) by_name: HashMap<String, Section>,
}

impl Sections {
    pub(super) fn parse(text: &str) -> Result<Self, RawProblem> {
        let mut sections = Self::default();
        // The section and the key of the previous line.
        let mut section: Option<String> = None;
        let mut key: Option<String> = None;
        let mut indent = 0;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let content = line.trim();
            let own_indent = line.len() - line.trim_start().len();
            if content.starts_with(['#', ';']) {
                continue;
            }
            let place = start + own_indent;
            if content.is_empty() || own_indent > indent {
                // A line with a deeper indent continues the previous value, as does an empty one.
                let above = section.as_ref().zip(key.as_ref());
                let entry = above.and_then(|(section, key)| sections.entry_mut(section, key));
                if let Some(entry) = entry {
                    entry.text.push('\n');
                    entry.text.push_str(content);
                    continue;
                }
            }
            if content.is_empty() {
                continue;
            }
            indent = own_indent;
            if let Some(name) = section_name(content) {
                sections.open(name, place)?;
                section = Some(name.to_owned());
                key = None;
                continue;
            }
            let Some(name) = &section else {
                return Err(RawProblem::new(
                    Place::Byte(place),
                    "expected a section header such as [loggers]",
                ));
            };
            let Some(split) = content.find(['=', ':']) else {
                return Err(RawProblem::new(
                    Place::Byte(place),
                    "expected `key = value`",
                ));
            };
            let own_key = content[..split].trim().to_lowercase();
            let value = content[split + 1..].trim_start();
            let entry = Entry {
                text: value.to_owned(),
                at: place + content.len() - value.len(),
            };
            let entries = &mut sections.by_name.entry(name.clone()).or_default().entries;
            if own_key.is_empty() || entries.insert(own_key.clone(), entry).is_some() {
                let message = format!("empty or duplicate key {own_key:?}");
                return Err(RawProblem::new(Place::Byte(place), message));
            }
            key = Some(own_key);
        }
        sections.trim();
        Ok(sections)
    }

    /// Starts a section. `[DEFAULT]` may occur more than once.
    fn open(&mut self, name: &str, at: usize) -> Result<(), RawProblem> {
        let entries = HashMap::new();
        let is_new = match self.by_name.entry(name.to_owned()) {
            hash_map::Entry::Vacant(vacant) => {
                vacant.insert(Section { at, entries });
                true
            }
            hash_map::Entry::Occupied(_) => name == DEFAULT,
        };
        if is_new {
            Ok(())
        } else {
            let message = format!("duplicate section [{name}]");
            Err(RawProblem::new(Place::Byte(at), message))
        }
    }

    fn entry_mut(&mut self, section: &str, key: &str) -> Option<&mut Entry> {
        self.by_name.get_mut(section)?.entries.get_mut(key)
    }

    /// Removes the empty lines that follow a value.
    fn trim(&mut self) {
        let sections = self.by_name.values_mut();
        for entry in sections.flat_map(|section| section.entries.values_mut()) {
            entry.text.truncate(entry.text.trim_end().len());
        }
    }

    /// Adds values that the file's own `[DEFAULT]` lacks.
    pub(super) fn add_defaults(&mut self, defaults: &Defaults) {
        let section = self.by_name.entry(DEFAULT.to_owned()).or_default();
        for (key, text) in defaults {
            // The value is taken literally.
            let text = text.replace('%', "%%");
            let entry = section.entries.entry(key.to_lowercase());
            entry.or_insert(Entry { text, at: 0 });
        }
    }

    /// Returns a value of a section, or of `[DEFAULT]`, as written.
    pub(super) fn raw(&self, section: &str, key: &str) -> Option<&Entry> {
        let own = self.by_name.get(section)?.entries.get(key);
        own.or_else(|| self.by_name.get(DEFAULT)?.entries.get(key))
    }

    /// Returns a value with each `%(name)s` replaced by the value of that name.
    pub(super) fn value(&self, section: &str, key: &str) -> Result<Option<Entry>, RawProblem> {
        let Some(raw) = self.raw(section, key) else {
            return Ok(None);
        };
        let mut text = String::new();
        self.interpolate(section, raw, &mut Interpolation::default(), &mut text)?;
        Ok(Some(Entry { text, at: raw.at }))
    }

    fn interpolate(
        &self,
        section: &str,
        entry: &Entry,
        so_far: &mut Interpolation,
        text: &mut String,
    ) -> Result<(), RawProblem> {
        let wrong = |message: String| RawProblem::new(Place::Byte(entry.at), message);
        let mut rest = &*entry.text;
        while let Some(percent) = rest.find('%') {
            text.push_str(&rest[..percent]);
            rest = &rest[percent + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                text.push('%');
                rest = after;
                continue;
            }
            let reference = rest
                .strip_prefix('(')
                .and_then(|rest| rest.split_once(")s"));
            let Some((name, after)) = reference else {
                return Err(wrong(
                    "expected `%%` or `%(name)s` at a percent sign".to_owned(),
                ));
            };
            let Some(value) = self.raw(section, &name.to_lowercase()) else {
                let message =
                    format!("no value for %({name})s; DictConfig::from_ini_with can supply it");
                return Err(wrong(message));
            };
            so_far.depth += 1;
            so_far.values += 1;
            if so_far.depth > Interpolation::DEEPEST
                || so_far.values > Interpolation::MOST
                || text.len() > Interpolation::LONGEST
            {
                return Err(wrong(format!(
                    "%({name})s expands to too many or too long values"
                )));
            }
            self.interpolate(section, value, so_far, text)?;
            so_far.depth -= 1;
            rest = after;
        }
        text.push_str(rest);
        Ok(())
    }
}

/// How much one value has expanded to.
#[derive(Default)]
struct Interpolation {
    depth: usize,
    values: usize,
}

impl Interpolation {
    /// As in Python.
    const DEEPEST: usize = 10;
    const MOST: usize = 1_000;
    const LONGEST: usize = 64 * 1024;
}
