//! The options of both handlers: [`SocketOptions`].

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::options::DeliveryOptions;
use crate::handler::network::address::{Address, Protocol};
use crate::handler::network::dialer::Dialer;
use crate::handler::network::session::{RESEND_BYTES, Receiver};
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;
use crate::handler::options::HandlerOptions;
use crate::handler::socket::transport::Dictionaries;
use crate::handler::socket::wire::Wire;
use crate::sys::sync::Arc;

/// Where a handler sends, and how.
#[derive(Clone)]
pub(super) struct SocketOptions {
    address: String,
    pub(super) wire: Wire,
    pub(super) resend_bytes: usize,
    #[cfg(feature = "tls")]
    pub(super) tls: Tls,
    pub(super) delivery: DeliveryOptions,
    pub(super) handler: HandlerOptions,
}

impl SocketOptions {
    pub(super) fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            wire: Wire::default(),
            resend_bytes: RESEND_BYTES,
            #[cfg(feature = "tls")]
            tls: Tls::default(),
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }

    /// # Errors
    /// Where the address cannot be used, or the system has no thread left.
    pub(super) fn start(self, is_stream: bool) -> Result<DeliveryHandler, Error> {
        // The ports are Python's.
        let (kind, usual, port) = if is_stream {
            ("SocketHandler", Protocol::Tcp, 9_020)
        } else {
            ("DatagramHandler", Protocol::Udp, 9_021)
        };
        let address = Address::parse(&self.address, usual, |_| port)?;
        if address
            .protocol()
            .is_some_and(|it| (it == Protocol::Udp) == is_stream)
        {
            let expected = if is_stream { "tcp: or tls:" } else { "udp:" };
            let message = format!("expected the address of a {kind}, {expected}, found {address}");
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        let dialer = Dialer::new(address.with_stream(is_stream)?);
        #[cfg(feature = "tls")]
        let dialer = dialer.with_tls(self.tls);
        dialer.check()?;
        let transport = Dictionaries {
            kind,
            is_stream,
            wire: self.wire,
            address: dialer.address().to_string(),
            receiver: Arc::new(Receiver::new(vec![dialer], self.resend_bytes)),
        };
        DeliveryHandler::with(Box::new(transport), self.delivery, self.handler)
    }
}

impl fmt::Debug for SocketOptions {
    /// Without the address, which may have a password in it by mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = f.debug_struct("SocketOptions");
        options
            .field("wire", &self.wire)
            .field("resend_bytes", &self.resend_bytes);
        #[cfg(feature = "tls")]
        options.field("tls", &self.tls);
        options
            .field("delivery", &self.delivery)
            .field("handler", &self.handler)
            .finish_non_exhaustive()
    }
}

/// The methods of both builders.
macro_rules! socket_options {
    ($type:ident) => {
        handler_options!($type, options.handler);
        delivery_options!($type, options.delivery);

        impl $type {
            /// Sets how records are written; [as Python does](Wire::Pickle) by default.
            pub fn wire(mut self, wire: Wire) -> Self {
                self.options.wire = wire;
                self
            }

            /// Has it wait as long as Python's handlers before it connects again: 1, 2, 4, 8, 16,
            /// 30, 30 … seconds.
            ///
            /// # Python
            /// The attributes `retryStart`, `retryFactor` and `retryMax`. Python drops what is
            /// logged in between.
            pub fn python_backoff(self) -> Self {
                self.backoff(crate::handler::delivery::Backoff::python())
            }
        }
    };
}
pub(super) use socket_options;
