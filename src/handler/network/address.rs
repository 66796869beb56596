//! Where a receiver is: [`Address`].

use std::fmt;
use std::path::PathBuf;

use crate::error::{Error, ErrorKind};

/// Where a receiver is, and by what it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::handler) enum Address {
    /// A socket in the file system. Without a kind, datagrams are tried first.
    Unix { path: PathBuf, kind: Option<Kind> },
    /// A port of a host.
    Inet {
        protocol: Protocol,
        host: String,
        port: u16,
    },
}

/// The kind of a Unix socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::handler) enum Kind {
    Datagram,
    Stream,
}

/// What is spoken below a handler's own protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::handler) enum Protocol {
    Udp,
    Tcp,
    Tls,
}

impl Protocol {
    fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }
}

impl Address {
    /// Reads `unix:PATH`, `udp:HOST:PORT`, `tcp:HOST:PORT`, `tls:HOST:PORT`, a path that begins
    /// with a slash, or `HOST:PORT` with the given protocol. A port that is missing is the
    /// protocol's.
    ///
    /// # Errors
    /// Where it is none of these, or has a user's name. The text is not shown then: it could be a
    /// URL with a password.
    pub(in crate::handler) fn parse(
        text: &str,
        protocol: Protocol,
        port: impl Fn(Protocol) -> u16,
    ) -> Result<Self, Error> {
        let path = text.strip_prefix("unix:").map(|path| {
            let is_url = path.starts_with("///");
            if is_url { &path[2..] } else { path }
        });
        if path.is_some_and(|path| path.starts_with("//") && path.contains('@')) {
            return Err(invalid("expected a path, found the address of a host"));
        }
        if let Some(path) = path.or_else(|| text.starts_with('/').then_some(text)) {
            return Self::unix(path, None);
        }
        if text.contains(['@', '?', '#']) {
            return Err(invalid(
                "expected an address without a user's name and a query",
            ));
        }
        let all = [Protocol::Udp, Protocol::Tcp, Protocol::Tls];
        let named = all.into_iter().find_map(|protocol| {
            let rest = text.strip_prefix(protocol.name())?.strip_prefix(':')?;
            Some((protocol, rest.strip_prefix("//").unwrap_or(rest)))
        });
        let (protocol, rest) = named.unwrap_or((protocol, text));
        let (host, given) = split(rest).ok_or_else(|| {
            let expected = "expected unix:PATH, or HOST:PORT with udp:, tcp: or tls: in front";
            // What has a slash may be a URL, whose path may be a token.
            invalid(match text.contains('/') {
                true => format!("{expected}, found a URL"),
                false => format!("{expected}, found {text:?}"),
            })
        })?;
        let port = match given {
            None => port(protocol),
            Some(digits) => digits.parse().unwrap_or(0),
        };
        Self::inet(protocol, host, port)
    }

    /// # Errors
    /// Where there is no host, or the port is 0.
    pub(in crate::handler) fn inet(
        protocol: Protocol,
        host: &str,
        port: u16,
    ) -> Result<Self, Error> {
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(invalid(format!(
                "expected the name of a host, found {host:?}"
            )));
        }
        if port == 0 {
            return Err(invalid("expected a port from 1 to 65535"));
        }
        Ok(Self::Inet {
            protocol,
            host: host.to_owned(),
            port,
        })
    }

    /// # Errors
    /// Where there is no path, or the system has no such sockets.
    pub(in crate::handler) fn unix(path: &str, kind: Option<Kind>) -> Result<Self, Error> {
        if path.is_empty() || path.contains('\0') {
            return Err(invalid("expected the path of a Unix socket"));
        }
        if cfg!(not(unix)) {
            return Err(invalid("Unix sockets are not available on this system"));
        }
        Ok(Self::Unix {
            path: path.into(),
            kind,
        })
    }

    /// Returns the same address, as one for streams (`true`) or for datagrams.
    ///
    /// # Errors
    /// Where TLS is spoken, and datagrams are asked for.
    pub(in crate::handler) fn with_stream(mut self, stream: bool) -> Result<Self, Error> {
        match &mut self {
            Self::Unix { kind, .. } => {
                *kind = Some(if stream { Kind::Stream } else { Kind::Datagram });
            }
            Self::Inet { protocol, .. } => match (*protocol, stream) {
                (Protocol::Udp | Protocol::Tcp, true) => *protocol = Protocol::Tcp,
                (Protocol::Udp | Protocol::Tcp, false) => *protocol = Protocol::Udp,
                (Protocol::Tls, true) => {}
                (Protocol::Tls, false) => return Err(invalid("TLS has no datagrams here")),
            },
        }
        Ok(self)
    }

    /// Returns the protocol; `None` for a Unix socket.
    pub(in crate::handler) fn protocol(&self) -> Option<Protocol> {
        match self {
            Self::Unix { .. } => None,
            Self::Inet { protocol, .. } => Some(*protocol),
        }
    }
}

/// Splits a host from its port: `host`, `host:1`, `1.2.3.4:1`, `::1`, `[::1]`, `[::1]:1`.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None => rest.is_empty().then_some((host, None)),
        };
    }
    if text.contains('/') {
        return None;
    }
    match text.split_once(':') {
        Some((_, port)) if port.contains(':') => Some((text, None)),
        Some((host, port)) => Some((host, Some(port))),
        None => Some((text, None)),
    }
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidConfig, message)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix { path, .. } => write!(f, "unix:{}", path.display()),
            Self::Inet {
                protocol,
                host,
                port,
            } => {
                let name = protocol.name();
                if host.contains(':') {
                    write!(f, "{name}:[{host}]:{port}")
                } else {
                    write!(f, "{name}:{host}:{port}")
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, Error> {
        Address::parse(text, Protocol::Udp, |protocol| match protocol {
            Protocol::Udp => 514,
            Protocol::Tcp => 601,
            Protocol::Tls => 6514,
        })
    }

    #[test]
    fn addresses_of_hosts_print_as_they_are_read() {
        for (text, shown) in [
            ("localhost", "udp:localhost:514"),
            ("localhost:1514", "udp:localhost:1514"),
            ("udp:10.0.0.1", "udp:10.0.0.1:514"),
            ("tcp:logs.example.com", "tcp:logs.example.com:601"),
            ("tcp://logs.example.com:1", "tcp:logs.example.com:1"),
            ("tls:logs.example.com", "tls:logs.example.com:6514"),
            ("tls:[::1]", "tls:[::1]:6514"),
            ("[::1]:65535", "udp:[::1]:65535"),
            ("fe80::1", "udp:[fe80::1]:514"),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.to_string(), shown, "{text}");
            assert_eq!(parse(shown).unwrap(), address);
        }
    }

    #[cfg(unix)]
    #[test]
    fn addresses_of_files_print_as_they_are_read() {
        for text in ["/dev/log", "unix:/dev/log", "unix:///dev/log"] {
            assert_eq!(parse(text).unwrap().to_string(), "unix:/dev/log");
        }
        assert_eq!(parse("unix:a.sock").unwrap().to_string(), "unix:a.sock");
    }

    #[test]
    fn what_is_no_address_is_an_error() {
        for text in [
            "",
            "udp:",
            ":514",
            "host:",
            "host:0",
            "host:65536",
            "host:x",
            "http://host/path",
            "[::1",
            "[::1]x",
            "a b:514",
            "unix:",
            "tcp:host/path",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_error_shows_a_password() {
        for text in [
            "tcp://ann:hunter2@host:1",
            "ann:hunter2@host",
            "host:1?token=hunter2",
        ] {
            let error = parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
