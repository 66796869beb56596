//! The crate's behaviour, each test on a registry of its own.

mod adapter;
mod capture;
mod concurrency;
mod handler;
mod macros;
mod presets;
mod regression;
mod support;
mod tree;
mod tree_model;
