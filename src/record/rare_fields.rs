//! The fields that few records have: [`RareFields`].

use std::borrow::Cow;

use crate::record::span::{Span, SpanPath};
use crate::record::value::OwnedValue;

/// The fields that few records have: values set by filters, and what a record that was kept or
/// built by hand brings along. They are apart from the record, so that the usual one is created and
/// dropped in few steps.
#[derive(Clone)]
pub(crate) struct RareFields<'a> {
    /// Fixed for a record that was kept or built by hand; else looked up on use.
    pub(crate) level_name: Option<Cow<'a, str>>,
    pub(crate) process: Option<(u32, Cow<'a, str>)>,
    /// Key-values set by filters.
    pub(crate) set: Vec<(Cow<'a, str>, OwnedValue)>,
    /// The error as text.
    pub(crate) error: Option<Cow<'a, str>>,
    /// The stack trace as text.
    pub(crate) stack: Option<Cow<'a, str>>,
    pub(crate) spans: Option<SpanPath<'a>>,
    /// Whether it is the bridge's record of a closed span, and so has the span's times.
    pub(crate) closes_span: bool,
    /// The name of the record's owner, for what taps the tree.
    pub(crate) owner: Option<Cow<'a, str>>,
}

static NONE: RareFields<'static> = RareFields::none();

impl<'a> RareFields<'a> {
    pub(crate) const fn none() -> Self {
        Self {
            level_name: None,
            process: None,
            set: Vec::new(),
            error: None,
            stack: None,
            spans: None,
            closes_span: false,
            owner: None,
        }
    }

    pub(crate) fn set_value(&mut self, key: Cow<'a, str>, value: OwnedValue) {
        match self.set.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.set.push((key, value)),
        }
    }
}

/// How a record refers to its rare fields.
#[derive(Clone)]
pub(crate) enum RareFieldsRef<'a> {
    None,
    /// Owned by something else, such as an [`OwnedRecord`](crate::record::OwnedRecord).
    Lent(&'a RareFields<'a>),
    Own(Box<RareFields<'a>>),
}

impl<'a> RareFieldsRef<'a> {
    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    #[inline]
    pub(super) fn lent(&self) -> RareFieldsRef<'_> {
        match self {
            Self::None => RareFieldsRef::None,
            Self::Lent(fields) => RareFieldsRef::Lent(fields),
            Self::Own(fields) => RareFieldsRef::Lent(fields),
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> &RareFields<'a> {
        match self {
            Self::None => &NONE,
            Self::Lent(fields) => fields,
            Self::Own(fields) => fields,
        }
    }

    /// Returns the fields of a record in a span, unless it was made in another one.
    pub(crate) fn in_span(&self, span: &'a Span) -> RareFields<'a> {
        let mut fields = self.copied();
        fields.spans.get_or_insert(SpanPath::Open(span));
        fields
    }

    /// Returns the fields of a record that belongs to an owner.
    pub(crate) fn owned_by(&self, name: &'a str) -> RareFields<'a> {
        let mut fields = self.copied();
        fields.owner = Some(Cow::Borrowed(name));
        fields
    }

    #[inline]
    fn copied(&self) -> RareFields<'a> {
        match self {
            // A copy of these costs several times as much.
            Self::None => RareFields::none(),
            _ => self.get().clone(),
        }
    }

    /// Returns the fields for a change, made the record's own first.
    pub(crate) fn get_mut(&mut self) -> &mut RareFields<'a> {
        if let Self::None | Self::Lent(_) = self {
            *self = Self::Own(Box::new(self.copied()));
        }
        match self {
            Self::Own(fields) => fields,
            _ => unreachable!("the line above made them its own"),
        }
    }
}
