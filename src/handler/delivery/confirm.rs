//! Whether the receiver has what was sent, where its protocol does not say so at once.

use crate::error::{Chain, Error, ErrorKind};
use crate::handler::delivery::outgoing::Outgoing;
use crate::handler::delivery::transport::Connection;
use crate::sys::user_code;

impl Outgoing {
    /// Notes how much of what was sent the receiver may not have.
    pub(super) fn note_unconfirmed(&self, epoch: u64, connection: Option<&dyn Connection>) {
        let Some(connection) = connection else {
            return;
        };
        // One that panics is not asked for more.
        let count = self.in_transport(|| connection.unconfirmed()).unwrap_or(0);
        let mut state = self.state.lock();
        if state.epoch == epoch {
            state.unconfirmed.set(count);
        }
    }

    /// Waits until the receiver has all that was sent, unless it never says so.
    pub(super) fn confirm(&self, epoch: u64, connection: &mut Option<Box<dyn Connection>>) {
        let confirmed = self.in_transport(|| {
            if connection.is_none() {
                *connection = Some(self.transport.connect()?);
            }
            connection.as_mut().map_or(Ok(true), |it| it.confirm())
        });
        let confirmed = confirmed.unwrap_or_else(|panic| {
            let message = format!("the transport panicked: {panic}");
            Err(Error::new(ErrorKind::Panicked, message))
        });
        if confirmed.is_err() {
            self.disconnect(connection);
        }
        let shown = confirmed
            .as_ref()
            .err()
            .map(|error| user_code::display(&Chain::one_line(error)));
        let mut state = self.state.lock();
        if state.epoch != epoch {
            return;
        }
        match shown {
            None => {
                match confirmed {
                    Ok(true) => state.unconfirmed.set(0),
                    _ => state.must_confirm = false,
                }
                state.link.succeeded();
            }
            Some(shown) => state.link.failed(&self.options.backoff, None, shown),
        }
        drop(state);
        if let Err(error) = confirmed {
            self.ledger.retries(error);
        }
    }
}
