//! Where the source of a record is: [`SourceRef`].

use crate::record::site::Site;
use crate::record::source::Source;

/// Where the source of a record is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SourceRef<'a> {
    /// In the call of a macro.
    Site(&'static Site),
    Own(Source<'a>),
}

impl<'a> SourceRef<'a> {
    #[inline]
    pub(crate) fn get(&self) -> &Source<'a> {
        match self {
            Self::Site(site) => site.source(),
            Self::Own(source) => source,
        }
    }
}

impl From<&'static Site> for SourceRef<'_> {
    #[inline]
    fn from(site: &'static Site) -> Self {
        Self::Site(site)
    }
}

impl<'a> From<&Source<'a>> for SourceRef<'a> {
    #[inline]
    fn from(source: &Source<'a>) -> Self {
        Self::Own(*source)
    }
}
