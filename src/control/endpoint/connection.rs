//! One connection, and its one request: [`serve`].

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{io, mem};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep, timeout_at};

use crate::control::endpoint::exchange::Exchange;
use crate::control::endpoint::response::Endless;
use crate::sys::not_forked::NotForked;
use crate::sys::sync::{Arc, AtomicBool, Mutex, Ordering};

/// How long a client may take for its request, and then for the response, except a stream. The
/// time that the response takes to be made is not the client's.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long a response may take to be made, as a hook of the user may never return.
const MAKING: Duration = Duration::from_secs(60);
/// After which time a client that takes nothing is given up.
const STALLED: Duration = Duration::from_secs(30);
/// How long a client has at least to take the end of the response.
const SHORTEST_LINGER: Duration = Duration::from_secs(1);
/// How much of what a client still sends is read after the response, so that it sees that.
const MAX_LINGER: u64 = 256 * 1024;

/// The stream of a connection.
pub(super) struct Connection<S> {
    stream: NotForked<S>,
    stalled: Option<Pin<Box<Sleep>>>,
    /// Whether the end of what the client sends is kept from hyper, which takes it for the client's
    /// departure: some close their side once they have sent the request.
    hides_end: Arc<AtomicBool>,
    /// Whether that end was reached.
    has_ended: bool,
}

impl<S> From<S> for Connection<S>
where
    NotForked<S>: From<S>,
{
    fn from(stream: S) -> Self {
        Self {
            stream: stream.into(),
            stalled: None,
            hides_end: Arc::default(),
            has_ended: false,
        }
    }
}

impl<S> Connection<S> {
    pub(super) fn stream(&self) -> &S {
        &self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut *self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            return Poll::Ready(Ok(()));
        }
        if self.hides_end.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        // hyper looks for the end as soon as it has read a request, and before the request is
        // looked at, which may then hide it.
        if !mem::replace(&mut self.has_ended, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = Pin::new(&mut *self.stream).poll_write(context, bytes) {
            self.stalled = None;
            return Poll::Ready(written);
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(STALLED)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(context)
    }
}

/// Serves one request of a client, and closes the connection. An endless response moves
/// to one of the places for such, if any is free.
pub(super) async fn serve<S>(
    connection: Connection<S>,
    exchange: Exchange,
    place: OwnedSemaphorePermit,
    endless: Arc<Semaphore>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let hides_end = Arc::clone(&connection.hides_end);
    let place = Mutex::new(place);
    let deadline = Mutex::new(Some(Instant::now() + DEADLINE));
    let service = service_fn(|request: http::Request<Incoming>| {
        let (exchange, place, deadline, hides_end) = (&exchange, &place, &deadline, &hides_end);
        let endless = Arc::clone(&endless);
        Box::pin(async move {
            let request = exchange.checked(request).await;
            hides_end.store(true, Ordering::Relaxed);
            *deadline.lock() = Some(Instant::now() + MAKING);
            let response = exchange.respond(request).await;
            let is_endless = response.extensions().get::<Endless>().is_some();
            *deadline.lock() = (!is_endless).then(|| Instant::now() + DEADLINE);
            if is_endless {
                // A stream ends with its client, which may have gone.
                hides_end.store(false, Ordering::Relaxed);
                yield_now().await;
                if let Ok(other) = endless.try_acquire_owned() {
                    *place.lock() = other;
                }
            }
            Ok::<_, std::convert::Infallible>(response)
        })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(DEADLINE)
        .keep_alive(false)
        .max_headers(64)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(connection), service);
    let mut alarm = pin!(sleep(DEADLINE));
    let ended = poll_fn(|context| {
        if let Poll::Ready(ended) = connection.poll_without_shutdown(context) {
            return Poll::Ready(Some(ended));
        }
        // Only the connection moves the deadline, when it is polled.
        let Some(deadline) = *deadline.lock() else {
            return Poll::Pending;
        };
        if alarm.deadline() != deadline {
            alarm.as_mut().reset(deadline);
        }
        alarm.as_mut().poll(context).map(|()| None)
    });
    let ended = ended.await;
    hides_end.store(false, Ordering::Relaxed);
    // A client that is given up has been sent nothing to take.
    let is_over = |ended: &Result<(), hyper::Error>| !matches!(ended, Err(e) if e.is_timeout());
    if ended.is_some_and(|ended| is_over(&ended)) {
        let mut stream = connection.into_parts().io.into_inner();
        let until = Instant::now() + SHORTEST_LINGER;
        let until = deadline
            .lock()
            .map_or(until, |deadline| until.max(deadline));
        let _ = timeout_at(until, linger(&mut stream)).await;
    }
}

/// Closes the sending side, and waits for the client to do the same: what arrives at a closed
/// connection resets it, and the client may not see the response then.
async fn linger<S>(stream: &mut Connection<S>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.shutdown().await?;
    let mut rest = stream.take(MAX_LINGER);
    let mut buffer = [0; 4096];
    while rest.read(&mut buffer).await? > 0 {}
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use tokio::net::UnixStream;
    use tokio::runtime::Builder;
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, advance};

    use super::*;
    use crate::control::control::Control;
    use crate::control::endpoint::access::Shared;
    use crate::control::endpoint::exchange::Served;
    use crate::control::endpoint::peer::Peer;
    use crate::control::endpoint::rules::Place;
    use crate::control::endpoint::slow::Slow;
    use crate::control::tail::{TailOptions, Tails};
    use crate::level::Level;
    use crate::registry::Registry;

    /// With a clock that goes on when nothing else does.
    fn run(test: impl Future<Output = ()>) {
        let mut runtime = Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        runtime.block_on(test);
    }

    /// Writes until the client is given up; returns how long it took nothing.
    async fn write_to(connection: &mut Connection<UnixStream>) -> Duration {
        let mut last = Instant::now();
        loop {
            match connection.write(&[0; 4096]).await {
                Ok(_) => last = Instant::now(),
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
                    return last.elapsed();
                }
            }
        }
    }

    #[test]
    fn a_client_that_takes_nothing_is_given_up_in_time() {
        run(async {
            let (server, client) = UnixStream::pair().unwrap();
            let mut connection = Connection::from(server);
            let start = Instant::now();
            let waited = write_to(&mut connection).await;
            assert!(waited >= STALLED && waited < STALLED + Duration::from_secs(1));
            assert_eq!(start.elapsed().as_secs(), STALLED.as_secs());
            drop(client);
        });
    }

    #[test]
    fn a_slow_client_that_takes_something_is_not() {
        run(async {
            let (server, mut client) = UnixStream::pair().unwrap();
            let mut connection = Connection::from(server);
            let start = Instant::now();
            let reading = tokio::spawn(async move {
                // All there is, each time but the last shortly before the end.
                let mut buffer = vec![0; 1 << 20];
                for _ in 0..10 {
                    sleep(STALLED - Duration::from_secs(1)).await;
                    assert!(client.read(&mut buffer).await.unwrap() > 0);
                }
                client
            });
            let waited = write_to(&mut connection).await;
            assert!(waited >= STALLED);
            assert!(start.elapsed() > 10 * (STALLED - Duration::from_secs(1)));
            drop(reading.await.unwrap());
        });
    }

    /// Serves one request of a client that has sent it.
    async fn request(control: &Control, request: &[u8]) -> (UnixStream, JoinHandle<()>) {
        let tails = Tails::new(control.registry(), TailOptions::default());
        let served = Arc::new(Served {
            control: control.clone(),
            shared: Arc::new(Shared::new("test".to_owned(), tails, false, None)),
            auth: None,
            console: false,
            slow: Slow::default(),
        });
        let peer = Peer::Unix {
            user: 0,
            process: None,
        };
        let exchange = Exchange::new(&served, peer, Place::Unix);
        let (server, mut client) = UnixStream::pair().unwrap();
        client.write_all(request).await.unwrap();
        let places = Arc::new(Semaphore::new(1));
        let serving = serve(
            Connection::from(server),
            exchange,
            Arc::clone(&places).try_acquire_owned().unwrap(),
            places,
        );
        (client, tokio::spawn(serving))
    }

    const CHANGE: &[u8] = b"DELETE /v1/levels/LOGGER/a HTTP/1.1\r\nHost: test\r\n\r\n";

    /// Requests a change, for a response that takes `time` to be made; returns what has arrived.
    async fn response_after(time: Duration) -> String {
        let control = Control::new(&Registry::new());
        let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let released = Mutex::new(released);
        control.registry().get_logger("a").set_level(Level::INFO);
        let hook = control.on_change(move |_| {
            let _ = begun.send(());
            let _ = released.lock().recv();
        });
        let (mut client, serving) = request(&control, CHANGE).await;
        has_begun.recv().await.unwrap();
        // The clock does not go on by itself while the hook waits.
        advance(time).await;
        for _ in 0..100 {
            yield_now().await;
        }
        drop(release);
        let mut response = String::new();
        client.read_to_string(&mut response).await.unwrap();
        drop(client);
        serving.await.unwrap();
        drop(hook);
        response
    }

    #[test]
    fn a_response_has_time_to_be_made() {
        run(async {
            let response = response_after(MAKING - Duration::from_secs(1)).await;
            assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        });
    }

    #[test]
    fn a_response_that_is_not_made_in_time_is_given_up() {
        run(async {
            assert_eq!(response_after(MAKING + Duration::from_secs(1)).await, "");
        });
    }

    /// Where the request and the end of what the client sends are there at the same time.
    #[test]
    fn a_client_that_ends_with_its_request_gets_its_response() {
        run(async {
            let body = r#"{"changes": [{"target": "LOGGER/a", "level": "DEBUG"}]}"#;
            let length = body.len();
            let patch = format!(
                "PATCH /v1/levels HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            let tail = "GET /v1/tail?limit=x HTTP/1.1\r\nHost: test\r\n\r\n";
            for (text, expected) in [
                (&patch[..], "HTTP/1.1 200"),
                (tail, "HTTP/1.1 400"),
                (&patch[..patch.len() - 10], "HTTP/1.1 400"),
                (&tail[..tail.len() - 2], ""),
            ] {
                let control = Control::new(&Registry::new());
                let (mut client, serving) = request(&control, text.as_bytes()).await;
                client.shutdown().await.unwrap();
                let start = Instant::now();
                let mut response = String::new();
                client.read_to_string(&mut response).await.unwrap();
                serving.await.unwrap();
                let status = response.get(..12).unwrap_or_default();
                assert_eq!(
                    (status, start.elapsed()),
                    (expected, Duration::ZERO),
                    "{text}"
                );
            }
        });
    }

    #[test]
    fn a_client_that_does_not_take_its_response_is_given_up_in_time() {
        run(async {
            let registry = Registry::new();
            for i in 0..5_000 {
                registry.get_logger(format!("{i:0100}"));
            }
            let control = Control::new(&registry);
            let start = Instant::now();
            let get = b"GET /v1/loggers HTTP/1.1\r\nHost: test\r\n\r\n";
            let (client, serving) = request(&control, get).await;
            serving.await.unwrap();
            assert!(start.elapsed() >= DEADLINE && start.elapsed() < STALLED);
            drop(client);
        });
    }
}
