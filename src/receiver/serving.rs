//! The tasks of a receiver: [`serve`].

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, BufReader, ReadBuf};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::level::Level;
use crate::receiver::frames::{self, TOO_LONG};
use crate::receiver::listen::Listener;
use crate::receiver::record::deliver;
use crate::registry::Registry;
use crate::sys::fork::InLock;
use crate::sys::not_forked::NotForked;
use crate::sys::sync::{Arc, AtomicU64, Ordering};
use crate::sys::throttle::{INTERVAL, Throttle};

/// The logger of what is refused.
const LOGGER: &str = "logging.receiver";

/// How long nothing is accepted after a failure: descriptors may be exhausted.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a datagram of UDP can be.
const UDP_BYTES: usize = 65_536;

/// What the tasks of a receiver share.
pub(super) struct Serving {
    registry: Registry,
    max_connections: usize,
    max_record_bytes: usize,
    pub(super) received: AtomicU64,
    pub(super) refused: AtomicU64,
    reports: Throttle<&'static str>,
}

impl Serving {
    pub(super) fn new(registry: Registry, max_connections: usize, max_record_bytes: usize) -> Self {
        Self {
            registry,
            max_connections: max_connections.min(Semaphore::MAX_PERMITS),
            max_record_bytes,
            received: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            reports: Throttle::default(),
        }
    }

    /// Logs a frame, where handlers may wait or run a runtime themselves.
    async fn take(self: &Arc<Self>, frame: Result<Vec<u8>, &'static str>, from: &Arc<str>) {
        let (serving, from) = (Arc::clone(self), Arc::clone(from));
        let logged = spawn_blocking(move || {
            let taken = frame.and_then(|frame| deliver(&serving.registry, &frame));
            match taken {
                Ok(()) => drop(serving.received.fetch_add(1, Ordering::Relaxed)),
                Err(why) => serving.refuse(&from, why),
            }
        });
        // It does not panic, and is not cancelled.
        let _ = logged.await;
    }

    /// Counts what is not taken, and reports it from time to time.
    fn refuse(&self, from: &str, why: &'static str) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let Some(suppressed) = self.reports.due(why, INTERVAL) else {
            return;
        };
        let end = if why == TOO_LONG {
            ": expected up to "
        } else {
            ""
        };
        let most = match why {
            TOO_LONG => format!("{} bytes", self.max_record_bytes),
            _ => String::new(),
        };
        let logger = self.registry.get_logger(LOGGER);
        if logger.is_enabled_for(Level::WARNING) {
            let message = format!("refused what {from} sent: {why}{end}{most}{suppressed}");
            let record = logger.record_builder(Level::WARNING).message(message);
            logger.handle(&record.build());
        }
    }
}

/// Spawns the task of a socket.
///
/// # Errors
/// Where the runtime does not take the socket.
pub(super) fn serve(listener: Listener, serving: Arc<Serving>) -> io::Result<()> {
    match listener {
        Listener::Tcp(listener) => {
            let listener = listener.try_map(tokio::net::TcpListener::from_std)?;
            tokio::spawn(streams(serving, move |context| {
                let accepted = listener.poll_accept(context);
                accepted.map_ok(|(stream, from)| (NotForked::from(stream), from.to_string()))
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
            let longest = serving.max_record_bytes.saturating_add(4);
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
    let places = Arc::new(Semaphore::new(serving.max_connections));
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

/// Logs what comes on a connection, until it ends.
async fn stream_of<S: AsyncRead + Unpin>(
    serving: &Arc<Serving>,
    mut stream: NotForked<S>,
    from: String,
) {
    let from: Arc<str> = from.into();
    let mut stream = BufReader::new(&mut *stream);
    loop {
        let frame = frames::next(&mut stream, serving.max_record_bytes).await;
        let frame = match frame {
            Ok(None) => return,
            Ok(Some(frame)) => Ok(frame),
            Err(why) => Err(why),
        };
        let is_over = frame.is_err();
        serving.take(frame, &from).await;
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
                serving.take(frame.map(<[u8]>::to_vec), &from.into()).await;
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}
