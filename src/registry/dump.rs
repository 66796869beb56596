//! The tree in words.

use std::fmt::{self, Write};

use super::tree::{NodeId, Tree};
use crate::Level;
use crate::environment::Environment;

/// The tree of a registry at one moment, in words for people; made by [`Registry::dump`](crate::Registry::dump), shown by
/// `Display`.
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
/// A logger stands below its nearest ancestor that is a logger; `o` marks that its records go on to it. It is a copy: the tree
/// may change while it is read.
#[derive(Clone, Debug)]
pub struct TreeDump {
    text: String,
}

impl TreeDump {
    pub(super) fn new(tree: &Tree, environment: &Environment) -> Self {
        let mut dump = Dump {
            tree,
            environment,
            text: String::new(),
        };
        dump.write();
        Self { text: dump.text }
    }
}

impl fmt::Display for TreeDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

struct Dump<'d> {
    tree: &'d Tree,
    environment: &'d Environment,
    text: String,
}

/// A line still to be written, or a logger with all below it.
enum Task {
    Line(String),
    Logger {
        id: NodeId,
        indent: String,
        is_last: bool,
    },
}

impl Dump<'_> {
    /// With a list of tasks, not by recursion: names can be deep.
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
        let _ = if node.level() == Level::NOTSET && id != NodeId::ROOT {
            writeln!(self.text, "{inner}level {level}, so {effective}")
        } else {
            writeln!(self.text, "{inner}level {level}")
        };
        for filter in self.tree.filters(id) {
            let _ = writeln!(self.text, "{inner}filter {filter:?}");
        }
        for handler in self.tree.handlers(id) {
            let _ = writeln!(self.text, "{inner}handler {handler:?}");
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
