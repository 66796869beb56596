//! Filters decide which records are processed further: [`Filter`] and its implementations.

mod editing_filter;
mod filter;
mod level_range;
mod name_filter;
mod redaction;
mod shared_filter;
mod volume;

pub use self::editing_filter::EditingFilter;
pub use self::filter::{Filter, filter_fn};
pub use self::level_range::LevelRange;
pub use self::name_filter::NameFilter;
pub use self::redaction::{RedactingFilter, Secret, SecretClass};
pub use self::shared_filter::SharedFilter;
pub use self::volume::{DedupFilter, Key, RateLimitFilter, SampleFilter};

pub(crate) use self::volume::{Limit, Limited, Outlet, settle_all};
