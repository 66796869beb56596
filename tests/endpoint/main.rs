//! The endpoint of a control, by real connections.
#![cfg(unix)]

mod http;
mod native;
mod refusals;
