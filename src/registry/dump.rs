//! The tree as text.

use std::fmt::{self, Write};

use crate::context::RegistryContext;
use crate::handler::Handler;
use crate::level::Level;
use crate::registry::node::NodeId;
use crate::registry::tree::Tree;

/// A snapshot of a registry's tree as text for people. Made by
/// [`Registry::dump`](crate::Registry::dump), written by `Display`.
///
/// ```text
/// <--"root"
///    level WARNING
///    handler <StreamHandler <stderr> (NOTSET)>
///    |
///    o<--"boto3"
///    |   level DEBUG
///    |
///    o<--"botocore" (propagate off)
///        level NOTSET, so WARNING
/// ```
///
/// A logger is listed below its nearest ancestor that is a logger; `o` marks that it propagates.
/// `level DEBUG, handlers from INFO` means that the levels of all its handlers hide what its own
/// level asks for; targets of queues and buffers are not considered.
#[derive(Clone, Debug)]
pub struct TreeDump {
    text: String,
}

impl TreeDump {
    /// Read under the tree's lock, but formatted outside of it, as handlers describe themselves by
    /// user code.
    pub(super) fn of(parts: Vec<Part>) -> Self {
        let mut text = String::new();
        for part in parts {
            let _ = match part {
                Part::Text(part) => text.write_str(&part),
                Part::Handler(handler) => write!(text, "{handler:?}"),
            };
        }
        Self { text }
    }
}

/// A part of the text: literal, or a handler to be described.
pub(super) enum Part {
    Text(String),
    Handler(Handler),
}

impl Part {
    pub(super) fn of(tree: &Tree, environment: &RegistryContext) -> Vec<Self> {
        let mut dump = Dump {
            tree,
            environment,
            text: String::new(),
            parts: Vec::new(),
        };
        dump.write();
        dump.parts.push(Self::Text(dump.text));
        dump.parts
    }
}

impl fmt::Display for TreeDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

struct Dump<'d> {
    tree: &'d Tree,
    environment: &'d RegistryContext,
    text: String,
    parts: Vec<Part>,
}

/// A line to be written, or a logger with its descendants.
enum Task {
    Line(String),
    Logger {
        id: NodeId,
        indent: String,
        is_last: bool,
    },
}

impl Dump<'_> {
    /// With a list of tasks instead of recursion, as names can be deep.
    fn write(&mut self) {
        let mut tasks = Vec::new();
        self.logger(NodeId::ROOT, "", "", &mut tasks);
        while let Some(task) = tasks.pop() {
            match task {
                Task::Line(line) => {
                    let _ = writeln!(self.text, "{line}");
                }
                Task::Logger {
                    id,
                    indent,
                    is_last,
                } => {
                    let below = if is_last {
                        format!("{indent}    ")
                    } else {
                        format!("{indent}|   ")
                    };
                    self.logger(id, &indent, &below, &mut tasks);
                }
            }
        }
    }

    fn logger(&mut self, id: NodeId, indent: &str, below: &str, tasks: &mut Vec<Task>) {
        let node = self.tree.slot_node(id);
        let mark = match (id == NodeId::ROOT, node.propagates()) {
            (true, _) => "<--",
            (false, true) => "o<--",
            (false, false) => " <--",
        };
        let mut notes = String::new();
        if !node.propagates() && id != NodeId::ROOT {
            notes.push_str(" (propagate off)");
        }
        if node.is_disabled() {
            notes.push_str(" (disabled)");
        }
        let pad = if id == NodeId::ROOT { "   " } else { "" };
        let _ = writeln!(
            self.text,
            "{indent}{mark}\"{}\"{notes}",
            node.name().escape_debug()
        );
        let inner = format!("{below}{pad}");
        let level = self.level(node.level());
        let effective = self.level(node.effective_level());
        let mut levels = format!("level {level}");
        if node.level() == Level::NOTSET && id != NodeId::ROOT {
            let _ = write!(levels, ", so {effective}");
        }
        // What hides some of it.
        if let Some(from) = node.route().shown_from() {
            if from > node.effective_level() {
                let _ = write!(levels, ", handlers from {}", self.level(from));
            }
        }
        let _ = writeln!(self.text, "{inner}{levels}");
        for filter in self.tree.filters(id) {
            let _ = writeln!(self.text, "{inner}filter {filter:?}");
        }
        for handler in self.tree.handlers(id) {
            let _ = write!(self.text, "{inner}handler ");
            let before = std::mem::replace(&mut self.text, "\n".to_owned());
            self.parts
                .extend([Part::Text(before), Part::Handler(handler.clone())]);
        }
        let children = self.tree.loggers_below(id);
        let last = children.last().copied();
        for child in children.iter().rev() {
            tasks.push(Task::Logger {
                id: *child,
                indent: inner.clone(),
                is_last: Some(*child) == last,
            });
            tasks.push(Task::Line(format!("{inner}|")));
        }
    }

    fn level(&self, level: Level) -> String {
        self.environment.level_names.name(level).to_string()
    }
}
