//! The asynchronous path: records go through a queue to a thread of its own, which hands them to
//! handlers.
//!
//! A caller writes its record as bytes ([`codec`], [`usual`]) into a ring of its own thread
//! ([`lane`]), without a lock and without a call to the system ([`enqueue`]). The listener's thread
//! ([`thread`]) takes them out in the order in which they were put in ([`merge`]), and hands them
//! on ([`drain`]).

mod account;
mod budget;
mod channel;
mod codec;
mod core;
mod destinations;
mod drain;
mod encoded_message;
mod encoded_values;
mod enqueue;
mod environments;
mod flush;
mod handler;
mod head;
mod lane;
mod listener;
mod merge;
#[cfg(all(test, logtree_loom))]
mod models;
mod options;
mod overflow;
mod record_queue;
mod requests;
mod ring;
#[cfg(test)]
mod tests;
mod thread;
mod usual;
mod work;
mod worker;
mod written;

pub use self::handler::{QueueHandler, QueueHandlerBuilder};
pub use self::listener::QueueListener;
pub use self::overflow::Overflow;
pub use self::record_queue::{RecordQueue, RecordQueueBuilder};
