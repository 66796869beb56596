//! The endpoint of a control: [`Endpoint`], [`Server`].

mod accept;
mod access;
mod address;
mod announce;
mod audit;
mod auth;
mod aws_iot;
#[cfg(unix)]
mod children;
mod connection;
mod console;
#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod endpoint;
mod envoy;
mod exchange;
#[cfg(feature = "fleet")]
mod fleet_access;
#[cfg(fuzzing)]
pub mod fuzzing;
mod level_words;
mod native;
mod object;
mod paging;
mod peer;
mod rate;
mod request;
mod response;
mod router;
mod rules;
mod running;
mod server;
mod sigv4;
mod slow;
#[cfg(unix)]
mod socket;
mod spring;
mod standing;
mod tail;
mod token;
mod zap;

pub use self::address::Address;
pub use self::endpoint::Endpoint;
pub use self::server::Server;
pub(crate) use self::standing::{Asker, serve_standing};
