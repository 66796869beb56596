//! Records of other programs: [`SocketReceiver`].
//!
//! It [listens](listen) on an address, and [serves](serving) what connects. A connection's
//! [`frames`] hold pickles or JSON of the attributes of Python's records, which become
//! [records](record) of the tree, on a thread that [logs] them.

mod frames;
mod listen;
mod logs;
mod record;
mod serving;
mod socket_receiver;

pub use self::socket_receiver::{SocketReceiver, SocketReceiverBuilder};

/// What the fuzz target calls.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing {
    use crate::receiver::record;
    use crate::registry::Registry;

    /// Takes a frame as a receiver does, and reports whether it holds a record.
    pub fn deliver(registry: &Registry, frame: &[u8]) -> bool {
        record::deliver(registry, frame).is_ok()
    }
}
