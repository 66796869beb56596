//! One process: requests and answers.
//!
//! [`Client`] is what verbs need of it; [`HttpClient`] reaches an endpoint over a Unix socket or
//! TCP.

mod address;
mod answer;
mod http_client;
mod request;
mod stream;

use std::io::BufRead;

use crate::failure::Failure;

pub use self::address::Address;
pub use self::answer::Answer;
pub use self::http_client::HttpClient;
pub use self::request::Request;

/// Asks one process.
pub trait Client: Send + Sync {
    /// Sends a request and returns the whole answer, whatever its status.
    ///
    /// # Errors
    /// If the process cannot be reached, or does not respond within ten seconds.
    fn call(&self, request: &Request) -> Result<Answer, Failure>;

    /// Sends a request and returns the body of its answer as it arrives.
    ///
    /// # Errors
    /// Those of [`call`](Self::call), and an answer that is no success.
    fn stream(&self, request: &Request) -> Result<Box<dyn BufRead + Send>, Failure>;
}
