//! Filters that limit how many records pass, and are never silent about it.

mod bucket;
mod buckets;
mod dedup;
mod key;
mod key_table;
mod limit;
mod limiter;
mod outlet;
mod rate_limit;
mod repeats;
mod rule;
mod run;
mod sample;
mod summary;

pub use self::dedup::DedupFilter;
pub use self::key::Key;
pub use self::rate_limit::RateLimitFilter;
pub use self::sample::SampleFilter;

pub(crate) use self::limit::{Limit, Limited, settle_all};
pub(crate) use self::outlet::Outlet;
