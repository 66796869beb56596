//! A request or response as text: [`Dump`].

use std::fmt;

/// A request or response as it is sent; see
/// [`ClientLogger::request`](super::ClientLogger::request).
///
/// With the feature `http`, requests and responses of the `http` crate convert into it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Dump {
    head: String,
    body: Option<Vec<u8>>,
}

impl Dump {
    /// Returns a dump of the first line and the headers, with the empty line after them.
    pub fn new(head: impl Into<String>) -> Self {
        Self {
            head: head.into(),
            body: None,
        }
    }

    /// Returns the dump with a body.
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Returns the first line and the headers.
    #[must_use]
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Returns the dump without its body.
    pub(super) fn without_body(mut self) -> Self {
        self.body = None;
        self
    }
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)?;
        match &self.body {
            Some(body) => f.write_str(&String::from_utf8_lossy(body)),
            None => Ok(()),
        }
    }
}
