//! What few records have.

use std::borrow::Cow;

use crate::record::value::OwnedValue;

/// What few records have: values set by filters, and what a record that was kept or made by hand brings along. Apart from the
/// record, so that the usual one is made, and dropped, in few steps.
#[derive(Clone)]
pub(crate) struct Details<'a> {
    /// Fixed where the record was kept or made by hand; else looked up when asked for (statement 21).
    pub(crate) level_name: Option<Cow<'a, str>>,
    pub(crate) process: Option<(u32, Cow<'a, str>)>,
    /// Key-values that filters set.
    pub(crate) set: Vec<(Cow<'a, str>, OwnedValue)>,
    /// The ready text of an error.
    pub(crate) error: Option<Cow<'a, str>>,
    /// The ready text of a stack of calls.
    pub(crate) stack: Option<Cow<'a, str>>,
}

/// Those of a record that has none.
static NONE: Details<'static> = Details::none();

impl<'a> Details<'a> {
    pub(crate) const fn none() -> Self {
        Self {
            level_name: None,
            process: None,
            set: Vec::new(),
            error: None,
            stack: None,
        }
    }

    pub(crate) fn set_value(&mut self, key: Cow<'a, str>, value: OwnedValue) {
        match self.set.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.set.push((key, value)),
        }
    }
}

/// How a record has its details.
#[derive(Clone)]
pub(crate) enum Extra<'a> {
    None,
    /// They lie beside the record, as those of one that was kept do.
    Lent(&'a Details<'a>),
    Own(Box<Details<'a>>),
}

impl<'a> Extra<'a> {
    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    #[inline]
    pub(super) fn lent(&self) -> Extra<'_> {
        match self {
            Self::None => Extra::None,
            Self::Lent(details) => Extra::Lent(details),
            Self::Own(details) => Extra::Lent(details),
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> &Details<'a> {
        match self {
            Self::None => &NONE,
            Self::Lent(details) => details,
            Self::Own(details) => details,
        }
    }

    /// To be changed: made the record's own first.
    pub(crate) fn get_mut(&mut self) -> &mut Details<'a> {
        if let Self::None | Self::Lent(_) = self {
            *self = Self::Own(Box::new(self.get().clone()));
        }
        match self {
            Self::Own(details) => details,
            _ => unreachable!("it was just made its own"),
        }
    }
}
