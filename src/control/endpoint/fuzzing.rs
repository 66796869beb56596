//! The parsers of requests, for the fuzz targets.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use http::request::Parts;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::control::control::Control;
use crate::control::endpoint::access::{Access, Shared};
use crate::control::endpoint::auth::Auth;
use crate::control::endpoint::connection::{self, Connection};
use crate::control::endpoint::exchange::{Exchange, Served};
use crate::control::endpoint::peer::Peer;
use crate::control::endpoint::request::Request;
use crate::control::endpoint::router;
use crate::control::endpoint::rules::{Hosts, Place};
use crate::control::endpoint::sigv4::{self, Key};
use crate::control::endpoint::slow::Slow;
use crate::control::endpoint::token::Token;
use crate::control::tail::{TailOptions, Tails};
use crate::sys::sync::Arc;
use crate::time::Timestamp;

/// How long a client reads, as a tail has no end. Longer than any deadline of the endpoint.
const PATIENCE: Duration = Duration::from_secs(90);

/// Its clock goes on when nothing else does, so that clients that stop in between cost no time.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build();
    runtime.expect("a runtime")
});

/// Returns what a client receives that sends `bytes`: by TCP to the host `logs.example.com` if
/// there is a token to be known, or by a Unix socket.
#[must_use]
pub fn exchange(control: &Control, bytes: &[u8], token: Option<&str>) -> Vec<u8> {
    let tails = Tails::new(control.registry(), TailOptions::default());
    let shared = Shared::new("test".to_owned(), tails, false, None);
    let served = Arc::new(Served {
        control: control.clone(),
        shared: Arc::new(shared),
        auth: token.map(|token| Auth::new(Token::new(token.to_owned()), false)),
        console: true,
        slow: Slow::default(),
    });
    let exchange = if token.is_some() {
        let local = SocketAddr::from(([127, 0, 0, 1], 7117));
        let hosts = Hosts::new(local, &["logs.example.com".to_owned()]);
        Exchange::new(&served, Peer::Tcp(local), Place::Tcp(hosts))
    } else {
        let (user, process) = (0, None);
        Exchange::new(&served, Peer::Unix { user, process }, Place::Unix)
    };
    RUNTIME.block_on(async {
        let (server, mut client) = UnixStream::pair().expect("a pair of sockets");
        let place = Arc::new(Semaphore::new(1)).acquire_owned().await;
        let place = place.expect("a place");
        let endless = Arc::new(Semaphore::new(1));
        let served = connection::serve(Connection::from(server), exchange, place, endless);
        let served = tokio::spawn(served);
        // The server may close before it has read all.
        let _ = client.write_all(bytes).await;
        let mut response = Vec::new();
        let _ = timeout(PATIENCE, client.read_to_end(&mut response)).await;
        drop(client);
        served.await.expect("no panic");
        response
    })
}

/// Returns the status of the response to a request that passed the rules of the endpoint; `None` if
/// `text` is no request.
#[must_use]
pub fn status(control: &Control, text: &str) -> Option<u16> {
    let (head, body) = read(text)?;
    let access = Access::new(control.clone(), true);
    let body = body.to_owned().into();
    let response = router::respond(&access, &Request { head, body }, true);
    Some(response.status().as_u16())
}

/// Reports whether a request is signed with a token; `None` if `text` is no request.
#[must_use]
pub fn is_signed(text: &str, token: &str, seconds: i64) -> Option<bool> {
    let (head, body) = read(text)?;
    let now = Timestamp::from_nanos(seconds.saturating_mul(1_000_000_000));
    let key = Key::of_token(token);
    Some(sigv4::verify(&head, body.as_bytes(), key, now).is_ok())
}

/// Reads a method and a target, lines of headers, an empty line, and the body.
fn read(text: &str) -> Option<(Parts, &str)> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let mut start = lines.next()?.split(' ');
    let mut request = http::Request::builder()
        .method(start.next()?)
        .uri(start.next()?);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim());
    }
    Some((request.body(()).ok()?.into_parts().0, body))
}
