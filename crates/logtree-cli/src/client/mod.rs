//! One process: requests and responses.
//!
//! [`Client`] is what verbs need of it; [`HttpClient`] reaches an endpoint over a Unix socket or
//! TCP.

mod address;
mod http_client;
mod request;
mod response;
mod stream;

use std::io::BufRead;

use crate::failure::Failure;

pub use self::address::Address;
pub use self::http_client::HttpClient;
pub use self::request::Request;
pub use self::response::Response;

/// Asks one process.
pub trait Client: Send + Sync {
    /// Sends a request and returns the whole response, whatever its status.
    ///
    /// # Errors
    /// If the process cannot be reached, or does not respond within ten seconds.
    fn call(&self, request: &Request) -> Result<Response, Failure>;

    /// Sends a request and returns the body of its response as it arrives.
    ///
    /// # Errors
    /// Those of [`call`](Self::call), and a response that is no success.
    fn stream(&self, request: &Request) -> Result<Box<dyn BufRead + Send>, Failure>;
}
