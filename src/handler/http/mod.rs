//! Records sent by HTTP: [`HttpHandler`]; and the client of all handlers that send by it.

#[cfg(feature = "http-handler")]
mod body;
pub(in crate::handler) mod client;
#[cfg(feature = "http-handler")]
mod form;
#[cfg(feature = "http-handler")]
mod handler;
mod retry_after;
#[cfg(test)]
#[cfg(feature = "tls")]
mod tests;
#[cfg(feature = "http-handler")]
mod transport;

#[cfg(feature = "http-handler")]
pub use self::body::HttpBody;
#[cfg(feature = "http-handler")]
pub use self::handler::{HttpHandler, HttpHandlerBuilder};
