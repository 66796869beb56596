//! Filters and macros that limit how many records pass.

mod counters;
mod dedup;
mod macros;
mod rate_limit;
mod sample;
