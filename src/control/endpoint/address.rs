//! Where a server listens: [`Address`].

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where a [`Server`](super::Server) listens.
///
/// `Display` shows `unix:PATH` and `http://ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP port.
    Tcp(SocketAddr),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => write!(f, "http://{address}"),
        }
    }
}
