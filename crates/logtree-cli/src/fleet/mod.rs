//! All processes at once: an answer or a failure for each.

mod fleet;
mod reply;

pub(crate) use self::fleet::Fleet;
pub(crate) use self::reply::Reply;
