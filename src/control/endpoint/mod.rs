//! The endpoint of a control: [`Endpoint`], [`Server`].
#![allow(dead_code, reason = "the frame: its parts are being filled in")]

mod accept;
mod access;
mod audit;
mod auth;
mod aws_iot;
mod connection;
mod console;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod endpoint;
mod envoy;
mod exchange;
#[cfg(fuzzing)]
pub mod fuzzing;
mod level_words;
mod native;
mod object;
mod peer;
mod rate;
mod request;
mod response;
mod router;
mod rules;
mod server;
mod sigv4;
#[cfg(unix)]
mod socket;
mod spring;
mod tail;
mod token;
mod zap;

pub use self::endpoint::Endpoint;
pub use self::server::{Address, Server};
