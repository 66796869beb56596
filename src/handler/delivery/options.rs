//! How a delivery handler deals with a receiver that is slow or away: [`DeliveryOptions`].

use std::time::Duration;

use crate::handler::delivery::backoff::Backoff;
use crate::handler::delivery::spool::Spool;
use crate::handler::handler::Handler;
use crate::handler::queue::Overflow;

#[derive(Clone, Debug)]
pub(crate) struct DeliveryOptions {
    pub(super) max_records: usize,
    pub(super) max_bytes: usize,
    pub(super) overflow: Overflow,
    pub(super) block_at_most: Duration,
    pub(super) backoff: Backoff,
    pub(super) close_within: Duration,
    pub(super) linger: Option<Duration>,
    pub(super) batch_records: Option<usize>,
    pub(super) spool: Option<Spool>,
    pub(super) dead_letters: Option<Handler>,
}

impl Default for DeliveryOptions {
    fn default() -> Self {
        Self {
            max_records: 10_000,
            max_bytes: 16 * 1024 * 1024,
            overflow: Overflow::BySeverity,
            block_at_most: Duration::from_secs(10),
            backoff: Backoff::default(),
            close_within: Duration::from_secs(5),
            linger: None,
            batch_records: None,
            spool: None,
            dead_letters: None,
        }
    }
}

impl DeliveryOptions {
    pub(crate) fn set_max_records(&mut self, records: usize) {
        self.max_records = records.max(1);
    }

    /// Sets how many records wait, unless another number than the default was set.
    #[cfg(feature = "otlp")]
    pub(in crate::handler) fn set_default_max_records(&mut self, records: usize) {
        if self.max_records == Self::default().max_records {
            self.set_max_records(records);
        }
    }

    pub(crate) fn set_max_bytes(&mut self, bytes: usize) {
        self.max_bytes = bytes;
    }

    pub(crate) fn set_overflow(&mut self, overflow: Overflow) {
        self.overflow = overflow;
    }

    pub(crate) fn set_block_at_most(&mut self, time: Duration) {
        self.block_at_most = time;
    }

    pub(crate) fn set_backoff(&mut self, backoff: Backoff) {
        self.backoff = backoff;
    }

    pub(crate) fn set_close_within(&mut self, time: Duration) {
        self.close_within = time;
    }

    pub(crate) fn set_linger(&mut self, time: Duration) {
        self.linger = Some(time);
    }

    pub(crate) fn set_batch_records(&mut self, records: usize) {
        self.batch_records = Some(records.max(1));
    }

    pub(crate) fn set_spool(&mut self, spool: Spool) {
        self.spool = Some(spool);
    }

    pub(crate) fn set_dead_letters(&mut self, handler: Handler) {
        self.dead_letters = Some(handler);
    }
}

/// The methods that the builders of all handlers which deliver have.
macro_rules! delivery_options {
    ($builder:ident, $($options:ident).+) => {
        impl $builder {
            /// Sets all that is the same for all handlers which deliver.
            #[cfg(feature = "config")]
            #[allow(dead_code, reason = "not all of them have a kind in configurations")]
            pub(crate) fn delivery(
                mut self,
                options: crate::handler::delivery::options::DeliveryOptions,
            ) -> Self {
                self.$($options).+ = options;
                self
            }

            /// Sets how many records wait in memory at most; 10,000 by default, 1 at least.
            pub fn max_records(mut self, records: usize) -> Self {
                self.$($options).+.set_max_records(records);
                self
            }

            /// Sets how many bytes the records in memory take at most; 16 MiB by default. One
            /// record is taken whatever its size.
            pub fn max_bytes(mut self, bytes: usize) -> Self {
                self.$($options).+.set_max_bytes(bytes);
                self
            }

            /// Sets what is done with a record for which memory and spool have no room. By default
            /// ([`BySeverity`](crate::handler::Overflow::BySeverity)), the oldest of the least
            /// severe records goes, which may be the new one.
            pub fn overflow(mut self, overflow: crate::handler::queue::Overflow) -> Self {
                self.$($options).+.set_overflow(overflow);
                self
            }

            /// Sets how long a caller waits for room, where the overflow says
            /// [`Block`](crate::handler::Overflow::Block); 10 seconds by default.
            pub fn block_at_most(mut self, time: std::time::Duration) -> Self {
                self.$($options).+.set_block_at_most(time);
                self
            }

            /// Sets how long it waits between attempts while the receiver is away.
            pub fn backoff(mut self, backoff: crate::handler::delivery::backoff::Backoff) -> Self {
                self.$($options).+.set_backoff(backoff);
                self
            }

            /// Sets how long a close waits for records to be sent, which the end of the process
            /// does as well; 5 seconds by default. What is left then goes to the spool, or is
            /// dropped and counted.
            pub fn close_within(mut self, time: std::time::Duration) -> Self {
                self.$($options).+.set_close_within(time);
                self
            }

            /// Sets how long a record waits for others, so that they are sent together; the
            /// default depends on the receiver.
            pub fn linger(mut self, time: std::time::Duration) -> Self {
                self.$($options).+.set_linger(time);
                self
            }

            /// Sets how many records are sent at once at most; the default depends on the receiver.
            pub fn batch_records(mut self, records: usize) -> Self {
                self.$($options).+.set_batch_records(records);
                self
            }

            /// Sets a directory for records that memory has no room for, and for those that are
            /// left at the end of the process; none by default.
            pub fn spool(mut self, spool: crate::handler::delivery::spool::Spool) -> Self {
                self.$($options).+.set_spool(spool);
                self
            }

            /// Sets a handler for records that the receiver refuses for good. It gets them as they
            /// were encoded, with their logger, level and time. Without one, which is the
            /// default, they are dropped, counted and reported.
            pub fn dead_letters(mut self, handler: impl Into<crate::handler::handler::Handler>) -> Self {
                self.$($options).+.set_dead_letters(handler.into());
                self
            }
        }
    };
}
pub(in crate::handler) use delivery_options;
