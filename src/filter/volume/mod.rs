//! Filters that limit how many records pass, and are never silent about it.

mod bucket;
mod buckets;
mod key;
mod key_table;
mod limiter;
mod outlet;
mod rate_limit;
mod rule;
mod sample;

pub use self::key::Key;
pub use self::rate_limit::RateLimitFilter;
pub use self::sample::SampleFilter;

pub(crate) use self::limiter::{Limit, settle_all};
pub(crate) use self::outlet::Outlet;
