//! `logtree tail`.

mod feed;
mod merge;
mod tail;

pub(crate) use self::tail::tail;
