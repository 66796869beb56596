//! Records as Python's handlers for sockets send them: [`SocketHandler`], [`DatagramHandler`].
//!
//! A [`wire`] writes a record as a dictionary; what is too long is shortened after it was read back
//! ([`unpickle`]). Both handlers have the same [`transport`].

mod datagram_handler;
mod options;
mod socket_handler;
mod transport;
pub(crate) mod unpickle;
mod wire;

pub use self::datagram_handler::{DatagramHandler, DatagramHandlerBuilder};
pub use self::socket_handler::{SocketHandler, SocketHandlerBuilder};
pub use self::wire::Wire;
