//! Who sent a request: [`Peer`].

use std::fmt;
use std::net::SocketAddr;

/// The other end of a connection; displayed, it is the origin of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    #[cfg(unix)]
    Unix {
        user: u32,
        process: Option<i32>,
    },
    Tcp(SocketAddr),
}

impl Peer {
    /// Whether it has come by TCP, where it must prove itself.
    pub(super) fn is_remote(&self) -> bool {
        matches!(self, Self::Tcp(_))
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(unix)]
            Self::Unix {
                user,
                process: Some(process),
            } => write!(f, "http:unix:{user}:{process}"),
            #[cfg(unix)]
            Self::Unix {
                user,
                process: None,
            } => write!(f, "http:unix:{user}"),
            Self::Tcp(address) => write!(f, "http:tcp:{address}"),
        }
    }
}
