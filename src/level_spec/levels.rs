//! The iterator over the levels of a specification: [`Levels`].

use std::iter::FusedIterator;
use std::slice;

use crate::level::Level;

/// An iterator over loggers' names and levels; see [`LevelSpec::levels`](crate::LevelSpec::levels).
#[derive(Clone, Debug)]
pub struct Levels<'s>(pub(super) slice::Iter<'s, (String, Level)>);

impl<'s> Iterator for Levels<'s> {
    type Item = (&'s str, Level);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, level)| (&**name, *level))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Levels<'_> {}

impl FusedIterator for Levels<'_> {}
