//! A running endpoint: [`Server`].

use std::fmt;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::control::control::Control;
use crate::control::endpoint::accept;
use crate::control::endpoint::access::Shared;
use crate::control::endpoint::auth::Auth;
use crate::control::endpoint::endpoint::{self, Endpoint};
use crate::control::endpoint::exchange::Served;
#[cfg(unix)]
use crate::control::endpoint::socket::Socket;
use crate::control::endpoint::token::Token;
use crate::control::error_codes::invalid;
use crate::control::subscription::Subscription;
use crate::control::tail::Tails;
use crate::error::Error;
use crate::sys::process;
use crate::sys::sync::Arc;

impl Control {
    /// Serves this control to other programs: the command line `logtree`, a browser, `curl`, the
    /// AWS command line. The server ends when it is dropped.
    ///
    /// It runs on a thread of its own, and nothing of it is done by threads that log. Changes have
    /// the origin `http:unix:UID:PID` or `http:tcp:ADDRESS`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot listen, or a file cannot be written or
    /// read; [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a directory that
    /// other users can write, a path that is too long or in use, a file without a proper token, and
    /// an address that is neither of the loopback interface nor
    /// [allowed](Endpoint::allow_remote).
    ///
    /// # Examples
    /// ```
    /// # #[cfg(unix)] {
    /// use logtree::Registry;
    /// use logtree::control::{Control, Endpoint};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("log.sock");
    /// let control = Control::new(&Registry::new());
    /// let server = control.serve(Endpoint::new().socket(&path))?;
    /// assert_eq!(server.addresses()[0].to_string(), format!("unix:{}", path.display()));
    /// drop(server);
    /// assert!(!path.exists());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn serve(&self, endpoint: Endpoint) -> Result<Server, Error> {
        Server::start(self, endpoint)
    }
}

/// A running endpoint; it ends when this is dropped. See [`Control::serve`].
///
/// Requests that are being answered are abandoned, but a change that has begun is made.
#[must_use = "the endpoint ends when this is dropped"]
pub struct Server {
    addresses: Vec<Address>,
    token: Option<Token>,
    console: bool,
    running: Option<Running>,
}

/// Where a [`Server`] listens.
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

impl Server {
    /// Returns where it listens: the Unix socket first.
    #[must_use]
    pub fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// Returns the token of TCP clients: `Authorization: Bearer TOKEN`, or the secret access key of
    /// the AWS command line, with the access key `logtree`. `None` without TCP.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(Token::as_str)
    }

    /// Returns the address of the console for a browser, with the token, which the browser does not
    /// send as part of the address; `None` without a [console](Endpoint::console) or TCP.
    #[must_use]
    pub fn console_url(&self) -> Option<String> {
        let mut tcp = self.addresses.iter();
        let address = tcp.find(|address| matches!(address, Address::Tcp(_)))?;
        let token = self.token.as_ref().filter(|_| self.console)?;
        Some(console_url(address, token))
    }

    fn start(control: &Control, endpoint: Endpoint) -> Result<Self, Error> {
        let cannot = |error| Error::io("cannot start the endpoint", error);
        let mut addresses = Vec::new();
        let name = endpoint.process_name();
        #[cfg(unix)]
        let socket = match &endpoint.socket {
            endpoint::Socket::None => None,
            endpoint::Socket::Default => Some(Socket::bind_default(&name)?),
            endpoint::Socket::Path(path) => Some(Socket::bind_path(path)?),
        };
        #[cfg(unix)]
        if let Some((_, socket)) = &socket {
            addresses.push(Address::Unix(socket.path().to_owned()));
        }
        #[cfg(not(unix))]
        if matches!(endpoint.socket, endpoint::Socket::Path(_)) {
            return Err(invalid("cannot listen on a Unix socket on this platform"));
        }
        let tcp = endpoint.tcp.as_deref();
        let tcp = tcp
            .map(|address| bind_tcp(address, &endpoint))
            .transpose()?;
        let mut token = None;
        if let Some((_, address)) = &tcp {
            addresses.push(Address::Tcp(*address));
            token = Some(match &endpoint.token_file {
                Some(path) => Token::of_file(path)?,
                None => Token::random()?,
            });
        }
        let tcp_address = addresses.last();
        let parts = (endpoint.console).then_some(tcp_address.zip(token.as_ref()));
        let url = parts
            .flatten()
            .map(|(address, token)| console_url(address, token));
        let tails = Tails::new(control.registry(), endpoint.tails);
        let mut shared = Shared::new(name, tails, endpoint.allow_sensitive, url);
        shared.strict_aws = endpoint.strict_aws;
        let shared = Arc::new(shared);
        let audited = Arc::clone(&shared);
        let audit = control.on_change(move |changed| audited.audit.add(changed));
        let served = Arc::new(Served {
            control: control.clone(),
            shared,
            auth: token
                .clone()
                .map(|token| Auth::new(token, endpoint.unsigned_reads)),
            console: endpoint.console,
        });
        // Each connection may wait for a change, and none for another's.
        let runtime = Builder::new_current_thread()
            .enable_all()
            .thread_name("logtree-endpoint-change")
            .max_blocking_threads(accept::MAX_CONNECTIONS)
            .build()
            .map_err(cannot)?;
        let inside = runtime.enter();
        #[cfg(unix)]
        if let Some((listener, _)) = &socket {
            let listener = listener.try_clone().map_err(cannot)?;
            let listener = tokio::net::UnixListener::from_std(listener).map_err(cannot)?;
            tokio::spawn(accept::unix(listener, Arc::clone(&served)));
        }
        if let Some((listener, _)) = tcp {
            let listener = tokio::net::TcpListener::from_std(listener).map_err(cannot)?;
            let hosts = endpoint.hosts.clone();
            tokio::spawn(accept::tcp(listener, Arc::clone(&served), hosts));
        }
        drop(inside);
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("logtree-endpoint".to_owned());
        let thread = thread
            .spawn(move || run(runtime, stopped))
            .map_err(cannot)?;
        Ok(Self {
            addresses,
            token,
            console: endpoint.console,
            running: Some(Running {
                _audit: audit,
                stop,
                thread,
                #[cfg(unix)]
                socket: socket.map(|(_, socket)| socket),
                generation: process::generation(),
            }),
        })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }
}

/// The thread of a server, and what it leaves.
struct Running {
    /// Notes the changes as long as the server runs.
    _audit: Subscription,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
    #[cfg(unix)]
    socket: Option<Socket>,
    generation: u32,
}

impl Running {
    fn end(self) {
        if self.generation != process::generation() {
            // The thread is the parent's, and in its runtime nothing may be touched here.
            std::mem::forget(self);
            return;
        }
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

/// The token is in the fragment, which a browser does not send.
fn console_url(address: &Address, token: &Token) -> String {
    format!("{address}/#token={}", token.as_str())
}

fn run(runtime: Runtime, stopped: oneshot::Receiver<()>) {
    let _ = runtime.block_on(stopped);
    // A hook of the user that does not return must not keep it.
    runtime.shutdown_background();
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
