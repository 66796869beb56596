//! Accepting connections: [`tcp`], [`unix`].

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::control::endpoint::connection::{self, Connection};
use crate::control::endpoint::exchange::{Exchange, Served};
use crate::control::endpoint::peer::Peer;
use crate::control::endpoint::rules::{Hosts, Place};
use crate::sys::fork::InLock;
use crate::sys::not_forked::NotForked;
use crate::sys::sync::Arc;

/// How many connections of each listener are served at a time; others wait to be accepted.
pub(super) const MAX_CONNECTIONS: usize = 32;

/// How many more there are for endless responses, so that tails keep no place from other requests:
/// as many as there may be tails.
const MAX_ENDLESS: usize = 64;

/// How long nothing is accepted after a failure: descriptors may be exhausted.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves the clients of a TCP listener.
pub(super) async fn tcp(listener: NotForked<TcpListener>, served: Arc<Served>, hosts: Vec<String>) {
    let accept =
        |context: &mut Context<'_>| listener.poll_accept(context).map_ok(|(stream, _)| stream);
    each(accept, |connection| {
        let stream = connection.stream();
        let peer = Peer::Tcp(as_written(stream.peer_addr().ok()?));
        let place = Place::Tcp(Hosts::new(as_written(stream.local_addr().ok()?), &hosts));
        Some(Exchange::new(&served, peer, place))
    })
    .await;
}

/// Returns an address as clients write it: one of IPv4 as such, which a listener of IPv6 has in
/// another form, and without the number of an interface.
fn as_written(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Serves the clients of a Unix socket: the user and root.
#[cfg(unix)]
pub(super) async fn unix(listener: NotForked<tokio::net::UnixListener>, served: Arc<Served>) {
    let accept =
        |context: &mut Context<'_>| listener.poll_accept(context).map_ok(|(stream, _)| stream);
    each(accept, |connection| {
        let credentials = connection.stream().peer_cred().ok()?;
        let user = credentials.uid();
        let peer = Peer::Unix {
            user,
            process: credentials.pid(),
        };
        let is_allowed = user == 0 || user == rustix::process::geteuid().as_raw();
        is_allowed.then(|| Exchange::new(&served, peer, Place::Unix))
    })
    .await;
}

/// Serves each connection that is accepted, on a task of its own; one without an exchange is
/// closed.
async fn each<S>(
    mut accept: impl FnMut(&mut Context<'_>) -> Poll<io::Result<S>>,
    exchange: impl Fn(&Connection<S>) -> Option<Exchange>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    Connection<S>: From<S>,
{
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let endless = Arc::new(Semaphore::new(MAX_ENDLESS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = std::future::poll_fn(|context| {
            // No fork in between, or the child would keep a copy.
            let _inside = InLock::enter();
            accept(context).map_ok(Connection::from)
        });
        let Ok(connection) = accepted.await else {
            drop(place);
            sleep(PAUSE).await;
            continue;
        };
        if let Some(exchange) = exchange(&connection) {
            let endless = Arc::clone(&endless);
            tokio::spawn(connection::serve(connection, exchange, place, endless));
        }
    }
}
