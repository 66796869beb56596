//! What the two ends of a queue share: [`QueueCore`].

use crate::handler::queue::channel::Channel;
use crate::handler::queue::options::Options;
use crate::handler::queue::work::Work;
use crate::handler::queue::worker::Worker;
use crate::sys::sync::Mutex;
use crate::sys::turn::Turn;

/// What the two ends of a queue share.
///
/// Locks are held for a moment only, and never while user code runs. Where several are held, the
/// order is: `work`, the list of lanes, a lane, the spare rings.
pub(super) struct QueueCore {
    pub(super) channel: Channel,
    pub(super) worker: Worker,
    /// Of the thread that hands records over: one at a time, so that they keep their order.
    pub(super) turn: Turn,
    pub(super) work: Mutex<Work>,
}

impl QueueCore {
    pub(super) fn new(options: Options) -> Self {
        Self {
            channel: Channel::new(options),
            worker: Worker::default(),
            turn: Turn::default(),
            work: Mutex::new(Work::default()),
        }
    }
}
