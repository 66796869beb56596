//! Where key-values are in an object: [`Placement`].

use crate::text::line_buf::LineBuf;

/// Under which names, and in which form, key-values are written.
#[derive(Clone, Debug)]
pub(super) enum Placement {
    /// Under their own, as they are.
    Plain,
    /// By the rules of ECS: a key with a dot is a field's name. Any other is a label, whose value
    /// is text, or a custom field with a prefix.
    Ecs { prefix: Option<String> },
}

const LABELS: &str = "labels.";

impl Placement {
    /// Lends the name of a key-value.
    pub(super) fn with_name(&self, key: &str, read: impl FnOnce(&str)) {
        match self {
            Self::Ecs { prefix } if !key.contains('.') => LineBuf::with(|name| {
                match prefix {
                    Some(prefix) => name.extend(prefix.chars().chain(['.'])),
                    None => name.push_str(LABELS),
                }
                // As `spec.json` has it, where the third is the dot.
                let sanitized = |c| if matches!(c, '*' | '\\') { '_' } else { c };
                name.extend(key.chars().map(sanitized));
                read(name.as_str());
            }),
            _ => read(key),
        }
    }

    /// Reports whether values are text under a name.
    pub(super) fn is_text(&self, name: &str) -> bool {
        matches!(self, Self::Ecs { .. }) && name.starts_with(LABELS)
    }
}
