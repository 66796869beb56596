//! The endpoint of a control, by real connections.
#![cfg(unix)]

mod envoy;
mod http;
mod native;
mod refusals;
mod spring;
mod zap;
