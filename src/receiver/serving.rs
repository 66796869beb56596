//! The tasks of a receiver: [`serve`].

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::receiver::frames::{self, Next};
use crate::receiver::listen::Listener;
use crate::receiver::logs::Logs;
use crate::sys::fork::InLock;
use crate::sys::keep_alive::keep_alive;
use crate::sys::not_forked::NotForked;
use crate::sys::sync::Arc;

/// How long nothing is accepted after a failure: descriptors may be exhausted.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a datagram of UDP can be.
const UDP_BYTES: usize = 65_536;

/// What the tasks of a receiver share.
pub(super) struct Serving {
    pub(super) max_connections: usize,
    pub(super) max_record_bytes: usize,
    pub(super) logs: Logs,
}

/// Spawns the task of a socket.
///
/// # Errors
/// Where the runtime does not take the socket.
pub(super) fn serve(listener: Listener, serving: Serving) -> io::Result<()> {
    let serving = Arc::new(serving);
    match listener {
        Listener::Tcp(listener) => {
            let listener = listener.try_map(tokio::net::TcpListener::from_std)?;
            tokio::spawn(streams(serving, move |context| {
                let accepted = listener.poll_accept(context);
                accepted.map_ok(|(stream, from)| {
                    keep_alive(&stream);
                    (NotForked::from(stream), from.to_string())
                })
            }));
        }
        Listener::Udp(socket) => {
            let socket = socket.try_map(tokio::net::UdpSocket::from_std)?;
            tokio::spawn(datagrams(serving, UDP_BYTES, move |context, buffer| {
                let received = socket.poll_recv_from(context, buffer);
                received.map_ok(|from| from.to_string())
            }));
        }
        #[cfg(unix)]
        Listener::Unix(listener) => {
            let listener = listener.try_map(tokio::net::UnixListener::from_std)?;
            tokio::spawn(streams(serving, move |context| {
                let accepted = listener.poll_accept(context);
                accepted.map_ok(|(stream, _)| (NotForked::from(stream), here()))
            }));
        }
        #[cfg(unix)]
        Listener::UnixDatagrams(socket) => {
            let socket = socket.try_map(tokio::net::UnixDatagram::from_std)?;
            // A longer one is cut off, and so refused.
            let longest = serving.max_record_bytes + frames::LENGTH;
            tokio::spawn(datagrams(serving, longest, move |context, buffer| {
                socket.poll_recv(context, buffer).map_ok(|()| here())
            }));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn here() -> String {
    "a Unix socket".to_owned()
}

/// Serves each connection that is accepted, on a task of its own.
async fn streams<S>(
    serving: Arc<Serving>,
    mut accept: impl FnMut(&mut Context<'_>) -> Poll<io::Result<(NotForked<S>, String)>>,
) where
    S: AsyncRead + Unpin + Send + 'static,
{
    let places = Arc::new(Semaphore::new(
        serving.max_connections.min(Semaphore::MAX_PERMITS),
    ));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = poll_fn(|context| {
            // No fork in between, or the child would keep a copy.
            let _inside = InLock::enter();
            accept(context)
        });
        match accepted.await {
            Ok((stream, from)) => {
                let serving = Arc::clone(&serving);
                tokio::spawn(async move {
                    stream_of(&serving, stream, from).await;
                    drop(place);
                });
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Logs what comes on a connection, until it ends. No more is read than is logged: what is left at
/// the end of the receiver makes that a reset, after which a sender sends it again.
async fn stream_of<S: AsyncRead + Unpin>(
    serving: &Serving,
    mut stream: NotForked<S>,
    from: String,
) {
    let from: Arc<str> = from.into();
    loop {
        let next = frames::next(&mut *stream, serving.max_record_bytes).await;
        let is_over = matches!(next, Next::Broken(_));
        let frame = match next {
            Next::Frame(frame) => Ok(frame),
            Next::Refused(why) | Next::Broken(why) => Err(why),
            Next::End => return,
        };
        serving.logs.take(frame, &from).await;
        if is_over {
            return;
        }
    }
}

/// Logs what comes in datagrams.
async fn datagrams(
    serving: Arc<Serving>,
    longest: usize,
    mut receive: impl FnMut(&mut Context<'_>, &mut ReadBuf<'_>) -> Poll<io::Result<String>>,
) {
    let mut buffer = vec![0; longest];
    loop {
        let mut read = ReadBuf::new(&mut buffer);
        match poll_fn(|context| receive(context, &mut read)).await {
            Ok(from) => {
                let frame = frames::of_datagram(read.filled(), serving.max_record_bytes);
                let frame = frame.map(<[u8]>::to_vec);
                serving.logs.take(frame, &from.into()).await;
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}
