//! Filters that limit how many records pass.

mod rate_limit;
mod sample;
