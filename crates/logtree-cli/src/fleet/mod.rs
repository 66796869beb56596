//! All processes at once: a response or a failure for each.

mod fleet;
mod reply;

pub(crate) use self::fleet::Fleet;
pub(crate) use self::reply::Reply;
