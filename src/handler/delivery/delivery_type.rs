//! What the types of handlers that deliver have in common.

/// The methods of a handler type over a `DeliveryHandler` in its field `delivery`.
macro_rules! delivery_type {
    ($type:ident) => {
        impl $type {
            pub(in crate::handler) fn over(delivery: DeliveryHandler) -> Self {
                Self {
                    handler: Handler::clone(&delivery),
                    delivery,
                }
            }

            /// Returns whether the receiver can be reached, and what waits for it; see
            /// [`DeliveryHandler::health`](crate::handler::DeliveryHandler::health).
            #[must_use]
            pub fn health(&self) -> crate::handler::delivery::health::Health {
                self.delivery.health()
            }

            /// Returns how many records were dropped, by level; see
            /// [`DeliveryHandler::drops`](crate::handler::DeliveryHandler::drops).
            #[must_use]
            pub fn drops(&self) -> crate::level::drop_counts::DropCounts {
                self.delivery.drops()
            }

            /// Waits until all that was logged before is with the receiver, at most so long; see
            /// [`DeliveryHandler::flush_within`](crate::handler::DeliveryHandler::flush_within).
            ///
            /// # Errors
            /// As there.
            pub fn flush_within(
                &self,
                timeout: std::time::Duration,
            ) -> Result<(), crate::error::Error> {
                self.delivery.flush_within(timeout)
            }
        }
    };
}
pub(in crate::handler) use delivery_type;
