//! Sockets of handlers that send to a receiver: with deadlines for all they do.
//!
//! An [`address`] is what users write. A [`dialer`] connects to it, after a [`lookup`] of its name,
//! and returns a [`stream`] over a [`socket`], or one for [`datagram`]s. [`tls`] is what a stream
//! can be encrypted with. A [`session`] keeps what it has sent on a stream ([`frames`]) until the
//! receiver has read it, to [`resend`] it after a reset. All of it belongs on the thread of a
//! delivery: nothing here is called by one that logs.

#![allow(dead_code, reason = "which handlers use it depends on the features")]

pub(in crate::handler) mod address;
pub(in crate::handler) mod datagram;
pub(in crate::handler) mod dialer;
pub(in crate::handler) mod frames;
pub(in crate::handler) mod lookup;
mod resend;
pub(in crate::handler) mod session;
mod socket;
pub(in crate::handler) mod stream;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
pub(crate) mod tls;

#[cfg(feature = "tls")]
pub use self::tls::Tls;
