//! Dotted logger names: what is an ancestor of what.

use std::borrow::Cow;
use std::fmt;

use crate::sys::sync::Arc;

/// The name of the root logger.
pub(crate) const ROOT: &str = "root";

/// Whether a name means the root.
pub(crate) fn is_root(name: &str) -> bool {
    name.is_empty() || name == ROOT
}

/// A module path's `::` is a dot, so that `get_logger(module_path!())` and a facade target meet in
/// one node.
pub(crate) fn dotted(name: &str) -> Cow<'_, str> {
    if name.contains("::") {
        Cow::Owned(name.replace("::", "."))
    } else {
        Cow::Borrowed(name)
    }
}

/// Returns the first segment of a target of `tracing`.
#[cfg(feature = "tracing")]
pub(crate) fn first_segment(target: &str) -> &str {
    target.split([':', '.']).next().unwrap_or_default()
}

/// Whether `name` is `ancestor` or lies below it, by whole segments: `A.B` covers `A.B.C` but not
/// `A.BB`.
pub(crate) fn covers(ancestor: &str, name: &str) -> bool {
    ancestor.is_empty()
        || name
            .strip_prefix(ancestor)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The length of the nearest ancestor's name of a *logger* of this name; `None` where that is the
/// root.
pub(crate) fn parent_of_logger(name: &str) -> Option<usize> {
    last_dot(name)
}

/// The length of the next ancestor above `prefix`, where `prefix` was itself found as an ancestor
/// of a longer name.
///
/// CPython's scan goes on *before* the character in front of the dot it found, so `b..c` has the
/// ancestor `b.` but not `b`, although a logger named `b.` has `b` for its parent.
pub(crate) fn parent_of_prefix(prefix: &str) -> Option<usize> {
    let mut shorter = prefix.len().saturating_sub(1);
    while !prefix.is_char_boundary(shorter) {
        shorter -= 1;
    }
    last_dot(&prefix[..shorter])
}

fn last_dot(name: &str) -> Option<usize> {
    name.rfind('.').filter(|&dot| dot > 0)
}

/// The lengths of all ancestors of a logger of this name, nearest first.
pub(crate) fn ancestors(name: &str) -> impl Iterator<Item = usize> + '_ {
    std::iter::successors(parent_of_logger(name), |&len| {
        parent_of_prefix(&name[..len])
    })
}

/// A name that may be the front part of a longer one: the placeholders above a logger share its
/// text, so that a name of 100 dots costs its length once and not 100 times.
#[derive(Clone)]
pub(crate) struct Name {
    text: Arc<str>,
    len: u32,
}

impl Name {
    /// The longest name in bytes.
    ///
    /// With [`MAX_SEGMENTS`](Self::MAX_SEGMENTS) it bounds what one look-up, or the making of one
    /// logger, can cost: as many prefixes are hashed whole, 256 KiB at most.
    pub(crate) const MAX_LEN: usize = 4096;

    /// The most parts between dots, which is how many nodes one name makes.
    pub(crate) const MAX_SEGMENTS: usize = 128;

    /// As much of a text as a name can hold: cut at a character, or in front of a dot.
    pub(crate) fn cut(text: &str) -> &str {
        // Each part but the first takes its dot.
        if text.len() < Self::MAX_SEGMENTS {
            return text;
        }
        let mut len = text.len().min(Self::MAX_LEN);
        while !text.is_char_boundary(len) {
            len -= 1;
        }
        let text = &text[..len];
        let end = text.match_indices('.').nth(Self::MAX_SEGMENTS - 1);
        end.map_or(text, |(dot, _)| &text[..dot])
    }

    pub(crate) fn new(text: &str) -> Self {
        let text = Self::cut(text);
        Self {
            text: Arc::from(text),
            len: u32::try_from(text.len()).unwrap_or(u32::MAX),
        }
    }

    pub(crate) fn prefix(&self, len: usize) -> Self {
        Self {
            text: Arc::clone(&self.text),
            len: u32::try_from(len).unwrap_or(self.len),
        }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        let len = self.len as usize;
        // That of a logger is whole, and found in fewer steps.
        if len == self.text.len() {
            return &self.text;
        }
        &self.text[..len]
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str) -> Vec<&str> {
        ancestors(name).map(|len| &name[..len]).collect()
    }

    /// Statements 4, 8, 9: the ancestors that CPython's scan finds.
    #[test]
    fn ancestors_are_those_of_cpython() {
        assert_eq!(names("a.b.c"), ["a.b", "a"]);
        assert_eq!(names("a"), [""; 0]);
        assert_eq!(names("b..c"), ["b."]);
        assert_eq!(names("a...b"), ["a..", "a"]);
        assert_eq!(names("a."), ["a"]);
        assert_eq!(names(".a"), [""; 0]);
        assert_eq!(names(".q.r"), [".q"]);
        assert_eq!(names("..."), [".."]);
        assert_eq!(names("é.b.c"), ["é.b", "é"]);
        assert_eq!(names("a.é.c"), ["a.é", "a"]);
    }

    #[test]
    fn whole_segments_only() {
        assert!(covers("foo", "foo.bar") && covers("foo", "foo") && covers("", "x"));
        assert!(!covers("foo", "foobar") && !covers("foo.bar", "foo"));
    }

    #[test]
    fn names_are_cut_at_their_limits() {
        let longest = "é".repeat(Name::MAX_LEN / 2);
        assert_eq!(Name::cut(&longest), longest);
        assert_eq!(Name::cut(&format!("{longest}x")), longest);
        assert_eq!(Name::cut(&format!("x{longest}")).len(), Name::MAX_LEN - 1);
        let deepest = vec!["x"; Name::MAX_SEGMENTS].join(".");
        assert_eq!(Name::cut(&deepest), deepest);
        assert_eq!(Name::cut(&format!("{deepest}.y.z")), deepest);
        assert_eq!(
            Name::cut(&".".repeat(1000)),
            ".".repeat(Name::MAX_SEGMENTS - 1)
        );
        assert_eq!(Name::cut(&"a".repeat(200)).len(), 200);
    }

    #[test]
    fn double_colons_are_dots() {
        assert_eq!(dotted("a::b::c"), "a.b.c");
        assert_eq!(dotted("a:b"), "a:b");
    }
}
