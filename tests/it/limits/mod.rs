//! Filters and macros that limit how many records pass.

mod dedup;
mod macros;
mod rate_limit;
mod sample;
