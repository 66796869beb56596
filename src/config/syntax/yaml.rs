//! YAML, by `saphyr-parser`. The document is built from its events here, to limit what aliases
//! expand to.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use crate::config::node::{Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;
use crate::config::syntax::limits::{MAX_DEPTH, too_deep};
use crate::config::syntax::map_builder::MapBuilder;

/// How many values all aliases together may expand to: without a limit, a few lines of them could
/// become billions of values.
const MAX_ALIASED: usize = 10_000;

/// How many values all anchors together may hold.
const MAX_ANCHORED: usize = 100_000;

pub(super) fn read(text: &str) -> Result<Node, RawProblem> {
    let mut parser = Parser::new_from_str(text);
    let mut reader = Reader::default();
    let mut documents = 0;
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let message = format!("not YAML: {}", error.info());
            RawProblem::new(place(*error.marker()), message)
        })?;
        let place = place(span.start);
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(RawProblem::new(
                        place,
                        "expected one document, found a second one",
                    ));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                // A logger may be named `on`, `null` or `007`.
                let value = if reader.expects_key() {
                    Value::Text(text.into_owned())
                } else {
                    scalar(&text, style, tag.as_deref())
                };
                reader.finish(Node::new(value, place), anchor, 1)?;
            }
            Event::SequenceStart(anchor, _) => reader.open(Open::list(place, anchor))?,
            Event::MappingStart(anchor, _) => reader.open(Open::map(place, anchor))?,
            Event::SequenceEnd | Event::MappingEnd => reader.close()?,
            Event::Alias(anchor) => reader.alias(anchor, place)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    Ok(reader.finish_document())
}

fn place(marker: Marker) -> Place {
    Place::Line(marker.line(), marker.col() + 1)
}

/// Reads a scalar by the core schema: quoted ones are strings, plain ones can be null, booleans and
/// numbers. Digits may be grouped by underscores, as in YAML 1.1.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style != ScalarStyle::Plain || is_text {
        return Value::Text(text.to_owned());
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    let is_grouped = unsigned.starts_with(|c: char| c.is_ascii_digit()) && text.contains('_');
    let ungrouped = if is_grouped {
        text.replace('_', "")
    } else {
        String::new()
    };
    let number = if is_grouped { &*ungrouped } else { text };
    let radix = |prefix: &str, radix| {
        let digits = number.strip_prefix(prefix)?;
        i64::from_str_radix(digits, radix).ok()
    };
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".inf" | ".Inf" | "+.inf" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" => Value::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" => Value::Float(f64::NAN),
        _ => {
            let whole = number
                .parse()
                .ok()
                .or_else(|| radix("0o", 8))
                .or_else(|| radix("0x", 16));
            if let Some(whole) = whole {
                return Value::Whole(whole);
            }
            // `inf` and `nan` are strings here.
            let is_number = number.bytes().any(|byte| byte.is_ascii_digit())
                && number
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
            match number.parse() {
                Ok(float) if is_number => Value::Float(float),
                _ => Value::Text(text.to_owned()),
            }
        }
    }
}

#[derive(Default)]
struct Reader {
    root: Option<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    /// How many values anchors hold so far, and aliases expand to.
    anchored: usize,
    aliased: usize,
    /// The top-level keys, each with the anchors below it, and the anchors that aliases use.
    anchors_of: Vec<(String, Vec<usize>)>,
    below: Vec<usize>,
    used: HashSet<usize>,
}

struct Anchored {
    node: Node,
    size: usize,
}

/// A list or section that is still open.
struct Open {
    place: Place,
    anchor: usize,
    kind: Kind,
    /// How many values it holds, including those of aliases.
    size: usize,
}

enum Kind {
    List(Vec<Node>),
    Map {
        entries: MapBuilder,
        key: Option<(String, Place)>,
        /// The sections that `<<` merges, which the section's own entries override.
        merged: Vec<Node>,
    },
}

impl Open {
    fn list(place: Place, anchor: usize) -> Self {
        let kind = Kind::List(Vec::new());
        Self {
            place,
            anchor,
            kind,
            size: 1,
        }
    }

    fn map(place: Place, anchor: usize) -> Self {
        let kind = Kind::Map {
            entries: MapBuilder::default(),
            key: None,
            merged: Vec::new(),
        };
        Self {
            place,
            anchor,
            kind,
            size: 1,
        }
    }
}

impl Reader {
    fn expects_key(&self) -> bool {
        let innermost = self.open.last().map(|open| &open.kind);
        matches!(innermost, Some(Kind::Map { key: None, .. }))
    }

    fn open(&mut self, open: Open) -> Result<(), RawProblem> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(open.place));
        }
        if self.expects_key() {
            return Err(RawProblem::new(
                open.place,
                "expected a string as a key, found a list or section",
            ));
        }
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) -> Result<(), RawProblem> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let value = match open.kind {
            Kind::List(list) => Value::List(list),
            Kind::Map {
                mut entries,
                merged,
                ..
            } => {
                for node in merged {
                    merge(&mut entries, node)?;
                }
                entries.finish()
            }
        };
        self.finish(Node::new(value, open.place), open.anchor, open.size)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), RawProblem> {
        // An anchor is known from the end of its value on, so it cannot contain itself.
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(RawProblem::new(place, "the alias is inside its own anchor"));
        };
        let size = anchored.size;
        self.used.insert(anchor);
        self.aliased = self.aliased.saturating_add(size);
        if self.aliased > MAX_ALIASED {
            let message = format!("expected aliases for at most {MAX_ALIASED} values in all");
            return Err(RawProblem::new(place, message));
        }
        let node = Node::new(anchored.node.value.clone(), place);
        self.finish(node, 0, size)
    }

    /// Returns the document. Top-level keys whose anchors are used are marked.
    fn finish_document(self) -> Node {
        let empty = || Node::new(Value::Null, Place::Byte(0));
        let mut root = self.root.unwrap_or_else(empty);
        let anchors = self.anchors_of.into_iter();
        let shared: HashSet<String> = anchors
            .filter(|(_, below)| below.iter().any(|anchor| self.used.contains(anchor)))
            .map(|(name, _)| name)
            .collect();
        if let Value::Map(map) = &mut root.value {
            for (key, _) in &mut map.0 {
                key.is_shared = shared.contains(&key.text);
            }
        }
        root
    }

    /// Adds a complete value to the innermost open list or section.
    fn finish(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), RawProblem> {
        if anchor != 0 {
            let node = node.clone();
            self.anchored = self.anchored.saturating_add(size);
            if self.anchored > MAX_ANCHORED {
                let message = format!("expected anchors for at most {MAX_ANCHORED} values in all");
                return Err(RawProblem::new(node.place, message));
            }
            self.anchors.insert(anchor, Anchored { node, size });
            self.below.push(anchor);
        }
        let is_top = self.open.len() == 1;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size = open.size.saturating_add(size);
        match &mut open.kind {
            Kind::List(list) => list.push(node),
            Kind::Map {
                entries,
                key,
                merged,
            } => match key.take() {
                None => *key = Some((key_text(&node)?, node.place)),
                Some((name, _)) if name == "<<" => match node.value {
                    Value::List(list) => merged.extend(list),
                    _ => merged.push(node),
                },
                Some((name, place)) => {
                    if is_top {
                        let below = std::mem::take(&mut self.below);
                        self.anchors_of.push((name.clone(), below));
                    }
                    entries.push(name, place, node)?;
                }
            },
        }
        Ok(())
    }
}

fn key_text(node: &Node) -> Result<String, RawProblem> {
    // Only an alias can be something else.
    node.text().map(str::to_owned).ok_or_else(|| {
        let message = format!("expected a string as a key, found {}", node.describe());
        RawProblem::new(node.place, message)
    })
}

/// Adds the entries that a section lacks.
fn merge(entries: &mut MapBuilder, node: Node) -> Result<(), RawProblem> {
    let Value::Map(map) = node.value else {
        let message = format!("expected a section to merge, found {}", node.describe());
        return Err(RawProblem::new(node.place, message));
    };
    for (key, value) in map.0 {
        if !entries.contains(&key.text) {
            entries.push(key.text, key.place, value)?;
        }
    }
    Ok(())
}
