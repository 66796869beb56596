//! What connects to a receiver: [`Dialer`].

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
#[cfg(unix)]
use std::os::unix::net::{UnixDatagram, UnixStream};
#[cfg(unix)]
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
#[cfg(unix)]
use crate::handler::network::address::Kind;
use crate::handler::network::address::{Address, Protocol};
use crate::handler::network::datagram::Datagrams;
use crate::handler::network::lookup::Lookup;
use crate::handler::network::socket::{Socket, timed_out};
use crate::handler::network::stream::Stream;
#[cfg(feature = "tls")]
use crate::handler::network::tls::{Tls, TlsStream};
use crate::sys::host::Instant;
use crate::sys::keep_alive::keep_alive;
use crate::sys::sync::{Arc, AtomicUsize, Ordering};

/// How long looking up a host may take, connecting to all of its addresses, and the beginning of
/// TLS: each of the three.
pub(in crate::handler) const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long sending may take that a receiver reads at once.
pub(in crate::handler) const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// Connects to one address, as often as needed.
#[derive(Debug)]
pub(in crate::handler) struct Dialer {
    address: Address,
    lookup: Lookup,
    /// How many sockets for datagrams were made: each uses the next address of the host.
    turn: AtomicUsize,
    #[cfg(feature = "tls")]
    tls: Tls,
}

/// What a dialer has connected.
#[derive(Debug)]
pub(in crate::handler) enum Link {
    Datagrams(Datagrams),
    Stream(Stream),
}

impl Dialer {
    pub(in crate::handler) fn new(address: Address) -> Self {
        Self {
            address,
            lookup: Lookup::default(),
            turn: AtomicUsize::new(0),
            #[cfg(feature = "tls")]
            tls: Tls::default(),
        }
    }

    /// Sets how TLS is spoken.
    #[cfg(feature = "tls")]
    pub(in crate::handler) fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    pub(in crate::handler) fn address(&self) -> &Address {
        &self.address
    }

    /// Finds out, without the network, whether connecting can succeed at all.
    ///
    /// # Errors
    /// Where certificates cannot be read, or the build has no TLS.
    pub(in crate::handler) fn check(&self) -> Result<(), Error> {
        match self.address.protocol() {
            Some(Protocol::Tls) => self.check_tls(),
            _ => Ok(()),
        }
    }

    /// The same for TLS on a connection that begins without it.
    ///
    /// # Errors
    /// As there.
    pub(in crate::handler) fn check_tls(&self) -> Result<(), Error> {
        #[cfg(feature = "tls")]
        return self.tls.check();
        #[cfg(not(feature = "tls"))]
        Err(Error::new(
            ErrorKind::InvalidConfig,
            format!(
                "cannot connect to {}: TLS is not in this build: it needs the feature `tls`",
                self.address
            ),
        ))
    }

    /// Begins TLS on a connection to the address that is not encrypted yet.
    ///
    /// # Errors
    /// Where the receiver does not prove that it is the host.
    pub(in crate::handler) fn encrypt(&self, stream: &mut Stream) -> io::Result<()> {
        #[cfg(feature = "tls")]
        if let Address::Inet { host, .. } = &self.address {
            return stream.encrypt(host, &self.tls, CONNECT_WITHIN);
        }
        let _ = stream;
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Connects, waiting for as long as the deadlines say.
    ///
    /// # Errors
    /// Where no address accepts it.
    pub(in crate::handler) fn connect(&self) -> Result<Link, Error> {
        self.dial().map_err(|error| {
            let message = format!("cannot connect to {}", self.address);
            Error::new(ErrorKind::Io, message).with_source(error)
        })
    }

    fn dial(&self) -> io::Result<Link> {
        match &self.address {
            #[cfg(unix)]
            Address::Unix { path, kind } => dial_unix(path, *kind),
            #[cfg(not(unix))]
            Address::Unix { .. } => Err(io::ErrorKind::Unsupported.into()),
            Address::Inet {
                protocol,
                host,
                port,
            } => {
                let addresses = self.lookup.find(host, *port, CONNECT_WITHIN)?;
                match protocol {
                    Protocol::Udp => self.bind(&addresses).map(Link::Datagrams),
                    Protocol::Tcp => {
                        let socket = Socket::Tcp(dial_tcp(&addresses)?);
                        Ok(Link::Stream(Stream::Plain(Arc::new(socket))))
                    }
                    #[cfg(feature = "tls")]
                    Protocol::Tls => {
                        let socket = Arc::new(Socket::Tcp(dial_tcp(&addresses)?));
                        let stream = TlsStream::begin(socket, host, &self.tls, CONNECT_WITHIN)?;
                        Ok(Link::Stream(Stream::Tls(Box::new(stream))))
                    }
                    #[cfg(not(feature = "tls"))]
                    Protocol::Tls => Err(io::ErrorKind::Unsupported.into()),
                }
            }
        }
    }

    fn bind(&self, addresses: &[SocketAddr]) -> io::Result<Datagrams> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let in_turn = addresses.iter().cycle().skip(turn % addresses.len());
        let mut failed = None;
        for address in in_turn.take(addresses.len()) {
            let own: SocketAddr = match address {
                SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
                SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
            };
            let bound = UdpSocket::bind(own).and_then(|socket| {
                socket.connect(address)?;
                let datagrams = Datagrams::Udp(socket);
                datagrams.set_write_timeout(WRITE_WITHIN)?;
                Ok(datagrams)
            });
            match bound {
                Ok(datagrams) => return Ok(datagrams),
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.unwrap_or_else(timed_out))
    }
}

/// Connects to the first address that accepts it. One that does not answer leaves time for the
/// others.
fn dial_tcp(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let start = Instant::now();
    let mut failed = None;
    for (at, address) in addresses.iter().enumerate() {
        let left = CONNECT_WITHIN.saturating_sub(start.elapsed());
        let others = u32::try_from(addresses.len() - at).unwrap_or(u32::MAX);
        let share = left / others;
        if share.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(address, share) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                keep_alive(&socket);
                return Ok(socket);
            }
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(timed_out))
}

#[cfg(unix)]
fn dial_unix(path: &Path, kind: Option<Kind>) -> io::Result<Link> {
    let datagrams = || {
        let socket = UnixDatagram::unbound()?;
        socket.connect(path)?;
        let datagrams = Datagrams::Unix(socket);
        datagrams.set_write_timeout(WRITE_WITHIN)?;
        Ok(Link::Datagrams(datagrams))
    };
    let stream = || {
        let socket = dial_unix_stream(path)?;
        Ok(Link::Stream(Stream::Plain(Arc::new(Socket::Unix(socket)))))
    };
    match kind {
        Some(Kind::Datagram) => datagrams(),
        Some(Kind::Stream) => stream(),
        None => datagrams().or_else(|error| match error.raw_os_error() {
            Some(libc::EPROTOTYPE) => stream(),
            _ => Err(error),
        }),
    }
}

/// Connects to a stream socket. Where its queue is full, Linux waits, as long as a write would.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn dial_unix_stream(path: &Path) -> io::Result<UnixStream> {
    use rustix::net::sockopt::{Timeout, set_socket_timeout};
    use rustix::net::{
        AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with,
    };

    let flags = SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    set_socket_timeout(&socket, Timeout::Send, Some(CONNECT_WITHIN))?;
    connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket.into())
}

/// Connects to a stream socket. Where its queue is full, the system refuses at once.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn dial_unix_stream(path: &Path) -> io::Result<UnixStream> {
    UnixStream::connect(path)
}
