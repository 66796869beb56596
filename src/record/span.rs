//! Units of work that records are logged in: [`Span`].

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use arc_swap::ArcSwap;

use crate::record::key_values::{Context, ContextKey};
use crate::record::owner::Owner;
#[cfg(feature = "tracing")]
use crate::record::span_times::SpanTimes;
use crate::record::value::OwnedValue;
use crate::sys::sync::{Arc, OnceCell};
#[cfg(feature = "tracing")]
use crate::sys::sync::{AtomicU64, Ordering};

/// What is between two names of a path that is kept. A name that has it is shown as two.
const SEPARATOR: char = '\0';

/// How many bytes of names a path has: those of the innermost spans, after [`LEFT_OUT`].
const MAX_PATH: usize = 4096;
const LEFT_OUT: &str = "...";

/// A named unit of work, inside another one or not.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "only the bridge opens spans")
)]
pub(crate) struct Span {
    /// Never given twice.
    number: u64,
    name: &'static str,
    parent: Option<Arc<Span>>,
    owner: Option<Owner>,
    /// Its key-values, after those of the spans around it that it does not hide.
    first: First,
    /// These and those that were recorded later, in place of the first; once there are any, as the
    /// end of such a cell costs a walk over all threads.
    later: OnceCell<ArcSwap<Vec<(ContextKey, OwnedValue)>>>,
    #[cfg(feature = "tracing")]
    times: SpanTimes,
}

/// The key-values with which a span begins: most spans never have others.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "only the bridge opens spans")
)]
enum First {
    Own(Vec<(ContextKey, OwnedValue)>),
    /// Those with which another span began, which has them itself.
    Of(Arc<Span>),
    /// Those that the span around it had.
    Around(Arc<Vec<(ContextKey, OwnedValue)>>),
}

/// The key-values of a span at one time.
pub(crate) enum SpanValues<'s> {
    First(&'s Context),
    Later(Arc<Vec<(ContextKey, OwnedValue)>>),
}

impl Deref for SpanValues<'_> {
    type Target = Context;

    fn deref(&self) -> &Context {
        match self {
            Self::First(values) => values,
            Self::Later(values) => values,
        }
    }
}

impl Span {
    pub(crate) fn values(&self) -> SpanValues<'_> {
        match self.later.get() {
            Some(later) => SpanValues::Later(later.load_full()),
            None => SpanValues::First(self.first()),
        }
    }

    fn first(&self) -> &Context {
        match &self.first {
            First::Own(values) => values,
            First::Of(span) => span.first(),
            First::Around(values) => values,
        }
    }

    /// Returns what owns the records in it.
    pub(crate) fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }
}

#[cfg(feature = "tracing")]
impl Span {
    pub(crate) fn new(
        name: &'static str,
        parent: Option<Arc<Self>>,
        own: Vec<(ContextKey, OwnedValue)>,
        owner: Option<Owner>,
    ) -> Arc<Self> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let first = match &parent {
            Some(parent) if own.is_empty() => Self::as_first(parent),
            Some(parent) => First::Own(within(&parent.values(), own)),
            None => First::Own(own),
        };
        Arc::new(Self {
            number: LAST.fetch_add(1, Ordering::Relaxed) + 1,
            name,
            parent,
            owner,
            first,
            later: OnceCell::new(),
            times: SpanTimes::default(),
        })
    }

    /// Returns a span's key-values, for one within that adds none.
    fn as_first(span: &Arc<Self>) -> First {
        match (span.later.get(), &span.first) {
            (Some(later), _) => First::Around(later.load_full()),
            (None, First::Own(_)) => First::Of(Arc::clone(span)),
            (None, First::Of(other)) => First::Of(Arc::clone(other)),
            (None, First::Around(values)) => First::Around(Arc::clone(values)),
        }
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn times(&self) -> &SpanTimes {
        &self.times
    }

    /// Sets key-values, in place of those with the same keys. Records that were made keep theirs.
    pub(crate) fn set(&self, own: &[(ContextKey, OwnedValue)]) {
        let later = || ArcSwap::from_pointee(self.first().to_vec());
        let later = self.later.get_or_init(later);
        later.rcu(|values| within(values, own.to_vec()));
    }
}

/// Returns key-values after those around them, or in place of one of the same key; in the memory
/// that they have, if there is room.
#[cfg(feature = "tracing")]
fn within(
    around: &Context,
    mut own: Vec<(ContextKey, OwnedValue)>,
) -> Vec<(ContextKey, OwnedValue)> {
    own.reserve(around.len());
    for (at, (key, value)) in around.iter().enumerate() {
        match own[at..].iter().position(|(known, _)| known == key) {
            Some(found) => own[at..=at + found].rotate_right(1),
            None => own.insert(at, (key.clone(), value.clone())),
        }
    }
    own
}

impl Drop for Span {
    /// Ends its ancestors one by one, as there can be more of them than the stack has room for.
    fn drop(&mut self) {
        let mut next = self.parent.take();
        while let Some(mut span) = next.and_then(Arc::into_inner) {
            next = span.parent.take();
        }
    }
}

/// The spans that a record was logged in.
#[derive(Clone)]
pub(crate) enum SpanPath<'a> {
    Open(&'a Span),
    /// The names from the outermost on, after the record was kept.
    Kept(Cow<'a, str>),
}

impl SpanPath<'_> {
    /// Returns the name of the innermost span.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Open(span) => span.name,
            Self::Kept(names) => names.rsplit(SEPARATOR).next().unwrap_or_default(),
        }
    }

    /// Calls `visit` with the names of the innermost spans, from the outermost on, without an
    /// allocation.
    #[cfg(feature = "pretty")]
    pub(crate) fn for_each_name(&self, mut visit: impl FnMut(&str)) {
        const MOST: usize = 16;
        match self {
            Self::Open(innermost) => {
                let spans =
                    || std::iter::successors(Some(*innermost), |span| span.parent.as_deref());
                for at in (0..spans().take(MOST).count()).rev() {
                    if let Some(span) = spans().nth(at) {
                        visit(span.name);
                    }
                }
            }
            Self::Kept(names) => {
                let left_out = names.split(SEPARATOR).count().saturating_sub(MOST);
                names.split(SEPARATOR).skip(left_out).for_each(visit);
            }
        }
    }

    /// Returns about how many bytes it takes in what keeps it.
    #[cfg(feature = "control")]
    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::Open(_) => 0,
            Self::Kept(names) => names.len(),
        }
    }

    /// Returns the names as they are kept.
    pub(crate) fn kept(&self) -> Cow<'_, str> {
        match self {
            Self::Open(innermost) => {
                let spans = std::iter::successors(Some(*innermost), |span| span.parent.as_deref());
                let mut names = Vec::new();
                let mut bytes = 0;
                for span in spans {
                    bytes += span.name.len() + 1;
                    if bytes > MAX_PATH && !names.is_empty() {
                        names.push(LEFT_OUT);
                        break;
                    }
                    names.push(span.name);
                }
                names.reverse();
                Cow::Owned(names.join(&String::from(SEPARATOR)))
            }
            Self::Kept(names) => Cow::Borrowed(names),
        }
    }
}

/// All names, from the outermost on: `outer:inner`.
impl fmt::Display for SpanPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.kept().split(SEPARATOR).enumerate() {
            f.write_str(if at == 0 { "" } else { ":" })?;
            f.write_str(name)?;
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "tracing"))]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_innermost_names_that_there_is_room_for() {
        let spans = |count: usize, name| {
            let nest = |parent, _| Some(Span::new(name, parent, Vec::new(), None));
            (0..count).fold(None, nest).unwrap()
        };
        let path = |span: &Span| SpanPath::Open(span).to_string();
        assert_eq!(path(&spans(3, "deep")), "deep:deep:deep");
        let whole = MAX_PATH / "deep:".len();
        assert_eq!(path(&spans(whole, "deep")).len(), whole * 5 - 1);
        let cut = path(&spans(10_000, "deep"));
        assert!(cut.starts_with("...:deep:") && cut.ends_with(":deep"));
        assert_eq!(cut.len(), whole * 5 + 3);
        let long: &'static str = "long ".repeat(MAX_PATH).leak();
        assert_eq!(path(&spans(2, long)), format!("...:{long}"));
    }
}
