//! The body of a stream: [`TailBody`].

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep, sleep};

use crate::control::endpoint::tail::frames::Frames;
use crate::control::tail::{Batch, Tail};

/// After which silence something is sent.
const QUIET: Duration = Duration::from_secs(15);
/// How long nothing is looked for after all there was has been sent: meanwhile no thread that logs
/// has to wake this one.
const PAUSE: Duration = Duration::from_millis(10);
/// How long the latest records are still kept after a tail, for it to resume.
const MEMORY: Duration = Duration::from_secs(60);

/// The body of a stream, which polls its tail for as long as there is a client.
pub(super) struct TailBody {
    /// [`None`] at the end.
    tail: Option<Tail>,
    frames: Frames,
    /// How many records are still to be sent.
    left: Option<u64>,
    opening: Option<Bytes>,
    quiet: Option<Pin<Box<Sleep>>>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl TailBody {
    pub(super) fn new(tail: Tail, frames: Frames, limit: Option<u64>) -> Self {
        Self {
            tail: Some(tail),
            opening: frames.opening(),
            frames,
            left: limit,
            quiet: None,
            pause: None,
        }
    }

    fn poll_bytes(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(opening) = self.opening.take() {
            return Poll::Ready(Some(opening));
        }
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let Some(tail) = &mut self.tail else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(batch) = tail.poll_batch(context) {
            self.quiet = None;
            if !batch.has_more {
                self.pause = Some(Box::pin(sleep(PAUSE)));
            }
            return Poll::Ready(Some(self.send(batch)));
        }
        let quiet = self.quiet.get_or_insert_with(|| Box::pin(sleep(QUIET)));
        loop {
            ready!(quiet.as_mut().poll(context));
            quiet.as_mut().reset(Instant::now() + QUIET);
            if let Some(sign) = self.frames.sign_of_life() {
                return Poll::Ready(Some(sign));
            }
        }
    }

    fn send(&mut self, mut batch: Batch) -> Bytes {
        if let Some(left) = &mut self.left {
            let most = usize::try_from(*left).unwrap_or(usize::MAX);
            batch.events.truncate(most);
            *left -= batch.events.len() as u64;
            if *left == 0 {
                self.end();
            }
        }
        self.frames.batch(&batch)
    }

    /// Ends the tail, and after a while the history.
    fn end(&mut self) {
        self.pause = None;
        let Some(tail) = self.tail.take() else {
            return;
        };
        let tails = tail.tails().clone();
        drop(tail);
        if let Ok(runtime) = Handle::try_current() {
            let departures = tails.departures();
            runtime.spawn(async move {
                sleep(MEMORY).await;
                tails.rest(departures);
            });
        }
    }
}

impl Body for TailBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.poll_bytes(context)
            .map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl Drop for TailBody {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use tokio::runtime::Builder;

    use super::*;
    use crate::control::endpoint::tail::accept::Media;
    use crate::control::tail::{Start, TailFilter, TailOptions, Tails};
    use crate::registry::Registry;

    /// With a clock that goes on when nothing else does.
    #[test]
    fn silence_is_broken_by_a_comment() {
        let registry = Registry::new();
        let tails = Tails::new(&registry, TailOptions::default());
        let tail = tails
            .begin(TailFilter::default(), Start::Latest(0))
            .unwrap();
        let frames = Frames::new(tails, Media::Events, true);
        let mut body = TailBody::new(tail, frames, None);
        let mut runtime = Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut next = async || {
                let frame = body.frame().await.unwrap().unwrap();
                String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
            };
            assert_eq!(next().await, "retry: 1000\n\n");
            for _ in 0..3 {
                let start = Instant::now();
                let sign = next().await;
                assert!(sign.starts_with(':') && sign.ends_with("\n\n"), "{sign:?}");
                assert_eq!(start.elapsed().as_secs(), QUIET.as_secs());
            }
        });
    }
}
