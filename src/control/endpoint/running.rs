//! The thread of a server: [`Running`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};

use tokio::runtime::Builder;

use crate::control::control::Control;
use crate::control::endpoint::accept;
use crate::control::endpoint::access::Shared;
use crate::control::endpoint::address::Address;
use crate::control::endpoint::announce::{self, Announcer};
use crate::control::endpoint::auth::Auth;
use crate::control::endpoint::endpoint::{Endpoint, Socket};
use crate::control::endpoint::exchange::Served;
use crate::control::endpoint::slow::{self, Slow};
#[cfg(unix)]
use crate::control::endpoint::socket;
use crate::control::endpoint::token::Token;
use crate::control::error_codes::invalid;
use crate::control::subscription::Subscription;
use crate::control::tail::{Tails, become_own_thread};
use crate::error::Error;
use crate::sys::fork::InLock;
use crate::sys::not_forked::NotForked;
#[cfg(unix)]
use crate::sys::own_file::OwnFile;
use crate::sys::sync::Arc;
use crate::sys::task_thread::TaskThread;

/// A server that runs until this is dropped.
pub(super) struct Running {
    pub(super) addresses: Vec<Address>,
    pub(super) token: Option<Token>,
    pub(super) console_url: Option<String>,
    thread: Option<TaskThread>,
    /// The socket, and the token beside it.
    #[cfg(unix)]
    _files: Vec<OwnFile>,
    /// Notes the changes as long as the server runs.
    _audit: Subscription,
}

/// What is listened on.
#[derive(Default)]
struct Listeners {
    #[cfg(unix)]
    unix: Option<NotForked<std::os::unix::net::UnixListener>>,
    tcp: Option<NotForked<TcpListener>>,
}

impl Running {
    pub(super) fn start(control: &Control, endpoint: &Endpoint) -> Result<Self, Error> {
        let mut addresses = Vec::new();
        let mut listeners = Listeners::default();
        let name = endpoint.process_name();
        // No fork in between, or the child would keep a copy.
        let inside = InLock::enter();
        #[cfg(unix)]
        let mut files = Vec::new();
        #[cfg(unix)]
        if let Some((listener, file)) = bind_unix(endpoint, &name)? {
            addresses.push(Address::Unix(file.path().to_owned()));
            listeners.unix = Some(listener.into());
            files.push(file);
        }
        #[cfg(not(unix))]
        if endpoint.socket != Socket::None {
            return Err(invalid("cannot listen on a Unix socket on this platform"));
        }
        let (mut token, mut console_url, mut announcer) = (None, None, None);
        let registry = control.registry();
        if endpoint.announce_to.is_some() && endpoint.tcp.is_none() {
            let message = "cannot announce the process: expected an address for TCP as well";
            return Err(invalid(message));
        }
        if let Some(text) = &endpoint.tcp {
            let (listener, at) = bind_tcp(text, endpoint)?;
            listeners.tcp = Some(listener.into());
            let given = match &endpoint.token_file {
                Some(path) => Token::of_file(path)?,
                None => Token::random()?,
            };
            #[cfg(unix)]
            if let (None, Some(socket)) = (&endpoint.token_file, files.first()) {
                let path = socket.path().with_extension("token");
                files.push(given.write_beside(&path)?);
            }
            // The fragment is not sent by a browser.
            let url = format!("http://{}/#token={}", reachable(at), given.as_str());
            console_url = endpoint.console.then_some(url);
            if let Some(url) = &endpoint.announce_to {
                let (name, host) = (name.clone(), endpoint.hosts.first().cloned());
                let token = given.clone();
                announcer = Some(Announcer::new(url, name, at, host, token, registry)?);
            }
            addresses.push(Address::Tcp(at));
            token = Some(given);
        }
        drop(inside);
        let tails = Tails::new(registry, endpoint.tails);
        let mut shared = Shared::new(name, tails, endpoint.allow_sensitive, console_url.clone());
        shared.strict_aws = endpoint.strict_aws;
        let shared = Arc::new(shared);
        let audited = Arc::clone(&shared);
        let audit = control.on_change(move |changed| audited.audit.add(changed));
        let auth = token
            .clone()
            .map(|token| Auth::new(token, endpoint.unsigned_reads));
        let served = Served {
            control: control.clone(),
            shared,
            auth,
            console: endpoint.console,
            slow: Slow::default(),
        };
        let hosts = endpoint.hosts.clone();
        let thread = start_thread(listeners, Arc::new(served), hosts, announcer)
            .map_err(|error| Error::io("cannot start the endpoint", error))?;
        Ok(Self {
            addresses,
            token,
            console_url,
            thread: Some(thread),
            #[cfg(unix)]
            _files: files,
            _audit: audit,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.end();
        }
    }
}

/// Starts the thread, and what it does.
fn start_thread(
    listeners: Listeners,
    served: Arc<Served>,
    hosts: Vec<String>,
    announcer: Option<Announcer>,
) -> std::io::Result<TaskThread> {
    // Each connection may wait for a change, and none for another's.
    let runtime = Builder::new_current_thread()
        .enable_all()
        .thread_name("logtree-endpoint-change")
        .max_blocking_threads(2 * accept::MAX_CONNECTIONS + slow::MOST)
        .build()?;
    let spawn = || {
        #[cfg(unix)]
        if let Some(listener) = listeners.unix {
            let listener = listener.try_map(tokio::net::UnixListener::from_std)?;
            tokio::spawn(accept::unix(listener, Arc::clone(&served)));
        }
        if let Some(listener) = listeners.tcp {
            let listener = listener.try_map(tokio::net::TcpListener::from_std)?;
            tokio::spawn(accept::tcp(listener, Arc::clone(&served), hosts));
        }
        if let Some(announcer) = announcer {
            tokio::spawn(announcer.run(announce::PERIOD));
        }
        Ok(())
    };
    // A hook of the user that does not return does not keep it.
    TaskThread::start("logtree-endpoint", runtime, spawn, become_own_thread, || {})
}

/// Returns where a browser of this host connects to. An unspecified address is all of the host's.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

#[cfg(unix)]
type BoundUnix = (std::os::unix::net::UnixListener, OwnFile);

#[cfg(unix)]
fn bind_unix(endpoint: &Endpoint, name: &str) -> Result<Option<BoundUnix>, Error> {
    Ok(match &endpoint.socket {
        Socket::None => None,
        Socket::Default => Some(socket::bind_default(name)?),
        Socket::Path(path) => Some(socket::bind_path(&Endpoint::path_here(path))?),
    })
}

/// Listens on an address of the loopback interface, or on any if that is allowed.
fn bind_tcp(text: &str, endpoint: &Endpoint) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |error| Error::io(format!("cannot listen on {text}"), error);
    let addresses: Vec<_> = text.to_socket_addrs().map_err(failed)?.collect();
    if let Some(remote) = addresses.iter().find(|address| !address.ip().is_loopback()) {
        if !endpoint.allow_remote {
            return Err(invalid(format!(
                "cannot listen on {text}: {remote} can be reached from other hosts, and the \
                 endpoint does not encrypt: put a proxy with TLS in front of a loopback address, \
                 or set allow_remote"
            )));
        }
    }
    let listener = TcpListener::bind(&*addresses).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
