//! Where a process is reached: [`Address`].

use std::fmt;
use std::path::PathBuf;

use crate::failure::Failure;

/// Where a process is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Socket(PathBuf),
    /// TCP.
    Tcp {
        /// `HOST:PORT`, also the `Host` of requests.
        authority: String,
        /// What paths are appended to; empty, or `/…` without a slash at the end.
        prefix: String,
    },
}

impl Address {
    /// Reads a URL: `http://HOST:PORT` or with a path, as a proxy has one.
    ///
    /// # Errors
    /// If it is none, or one of `https`, which is a matter of a proxy.
    pub fn of_url(url: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| Failure::usage(format!("invalid URL {url:?}: {why}"));
        if url.starts_with("https:") {
            return Err(wrong(
                "https is not supported; reach the endpoint through a tunnel",
            ));
        }
        let rest = url
            .strip_prefix("http://")
            .ok_or_else(|| wrong("expected http://HOST:PORT"))?;
        // The console's address has the token in its fragment.
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, prefix) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if authority.is_empty() || !authority.chars().all(is_part) {
            return Err(wrong("expected http://HOST:PORT"));
        }
        let port = authority
            .rsplit(':')
            .next()
            .filter(|port| !port.contains(']'));
        let has_port =
            authority.contains(':') && port.is_some_and(|port| port.parse::<u16>().is_ok());
        Ok(Self::Tcp {
            authority: match has_port {
                true => authority.to_owned(),
                false => format!("{authority}:80"),
            },
            prefix: prefix.trim_end_matches('/').to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Tcp { authority, prefix } => write!(f, "http://{authority}{prefix}"),
        }
    }
}
