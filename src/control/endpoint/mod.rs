//! The endpoint of a control: [`Endpoint`], [`Server`].
#![allow(dead_code, reason = "the frame: its parts are being filled in")]

mod access;
mod aws_iot;
mod console;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod endpoint;
mod envoy;
mod native;
mod request;
mod response;
mod router;
mod server;
mod sigv4;
mod spring;
mod tail;
mod zap;

pub use self::endpoint::Endpoint;
pub use self::server::Server;
