//! Where a receiver listens: [`Listener`].

use std::io;
use std::net::{TcpListener, ToSocketAddrs, UdpSocket};
#[cfg(unix)]
use std::os::unix::net::{UnixDatagram, UnixListener};

use crate::error::{Error, ErrorKind};
use crate::sys::fork::InLock;
use crate::sys::not_forked::NotForked;
#[cfg(unix)]
use crate::sys::own_file::OwnFile;
#[cfg(unix)]
use crate::sys::unix_socket::{bind_atomically, check_free};

/// A socket that takes connections or datagrams.
pub(super) enum Listener {
    Tcp(NotForked<TcpListener>),
    Udp(NotForked<UdpSocket>),
    #[cfg(unix)]
    Unix(NotForked<UnixListener>),
    #[cfg(unix)]
    UnixDatagrams(NotForked<UnixDatagram>),
}

/// A listener, and where it is.
pub(super) struct Listening {
    pub(super) listener: Listener,
    /// As a handler that sends there has it.
    pub(super) address: String,
    /// The file of a Unix socket.
    #[cfg(unix)]
    pub(super) file: Option<OwnFile>,
}

/// Listens on an address: `HOST:PORT` with `tcp:`, `udp:` or neither in front, or `unix:PATH`.
///
/// # Errors
/// Where it cannot, and where another machine could send without being allowed to.
pub(super) fn listen(text: &str, datagrams: bool, allow_remote: bool) -> Result<Listening, Error> {
    let path = text.strip_prefix("unix:");
    if let Some(path) = path.or_else(|| text.starts_with('/').then_some(text)) {
        return listen_unix(path, datagrams);
    }
    let (is_udp, host) = match text.strip_prefix("udp:") {
        Some(host) => (true, host),
        None => (datagrams, text.strip_prefix("tcp:").unwrap_or(text)),
    };
    let failed = |error| Error::io(format!("cannot listen on {text}"), error);
    let addresses: Vec<_> = host.to_socket_addrs().map_err(failed)?.collect();
    if let Some(remote) = addresses.iter().find(|address| !address.ip().is_loopback()) {
        if !allow_remote {
            let message = format!(
                "cannot listen on {text}: {remote} can be reached from other hosts, and nothing is \
                 encrypted: expected a loopback address, or allow_remote"
            );
            return Err(Error::new(ErrorKind::NotPermitted, message));
        }
    }
    let bind = || {
        // No fork in between, or the child would keep a copy.
        let _inside = InLock::enter();
        Ok(if is_udp {
            let socket = UdpSocket::bind(&*addresses)?;
            socket.set_nonblocking(true)?;
            let address = format!("udp:{}", socket.local_addr()?);
            (Listener::Udp(socket.into()), address)
        } else {
            let listener = TcpListener::bind(&*addresses)?;
            limit_unread(&listener);
            listener.set_nonblocking(true)?;
            let address = format!("tcp:{}", listener.local_addr()?);
            (Listener::Tcp(listener.into()), address)
        })
    };
    let (listener, address) = bind().map_err(failed)?;
    Ok(Listening {
        listener,
        address,
        #[cfg(unix)]
        file: None,
    })
}

/// Limits what the system keeps of a connection until it is read: that is lost at the end, and
/// Python's handlers send nothing again.
fn limit_unread(listener: &TcpListener) {
    #[cfg(unix)]
    let _ = rustix::net::sockopt::set_socket_recv_buffer_size(listener, 8 * 1024);
    #[cfg(not(unix))]
    let _ = listener;
}

#[cfg(unix)]
fn listen_unix(path: &str, datagrams: bool) -> Result<Listening, Error> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
    let shown = path.display();
    let what = || format!("cannot listen on {shown}");
    if let Err(why) = check_free(&path) {
        let message = format!("{}: {why}", what());
        return Err(Error::new(ErrorKind::Io, message).with_path(&path));
    }
    let inside = InLock::enter();
    let bound = bind_atomically(&path, |path| {
        Ok(if datagrams {
            let socket = UnixDatagram::bind(path)?;
            socket.set_nonblocking(true)?;
            Listener::UnixDatagrams(socket.into())
        } else {
            let listener = UnixListener::bind(path)?;
            listener.set_nonblocking(true)?;
            Listener::Unix(listener.into())
        })
    });
    drop(inside);
    let (listener, file) =
        bound.map_err(|error: io::Error| Error::io(what(), error).with_path(&path))?;
    Ok(Listening {
        listener,
        address: format!("unix:{shown}"),
        file: Some(file),
    })
}

#[cfg(not(unix))]
fn listen_unix(path: &str, _: bool) -> Result<Listening, Error> {
    let error = io::Error::from(io::ErrorKind::Unsupported);
    Err(Error::io(format!("cannot listen on {path}"), error))
}
