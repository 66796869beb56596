//! Requests that wait for what is elsewhere: [`Slow`].

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::control::endpoint::response::{self, Response};

/// How many such requests are worked on at a time, those among them that were given up.
pub(super) const MOST: usize = 4;

/// How long a response is waited for.
pub(super) const WITHIN: Duration = Duration::from_secs(15);

/// The places of requests that wait for the store of a fleet, which is the user's, and may hang:
/// they take neither the connections nor the threads of other requests.
pub(super) struct Slow(Arc<Semaphore>);

impl Default for Slow {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST)))
    }
}

impl Slow {
    /// Returns the response that `work` makes on a thread of its own, if there is a place, and in
    /// time. A change that is not may still be made.
    pub(super) async fn respond(
        &self,
        is_read: bool,
        work: impl FnOnce() -> Response + Send + 'static,
    ) -> Response {
        let Ok(place) = Arc::clone(&self.0).try_acquire_owned() else {
            let message = "the store of the fleet has not responded to earlier requests";
            return response::message(StatusCode::SERVICE_UNAVAILABLE, message);
        };
        let made = spawn_blocking(move || {
            let response = work();
            drop(place);
            response
        });
        match timeout(WITHIN, made).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => response::panicked(),
            Err(_) if is_read => {
                let message = "the store of the fleet does not respond";
                response::message(StatusCode::SERVICE_UNAVAILABLE, message)
            }
            Err(_) => {
                let message =
                    "the store of the fleet does not respond: the change may still be made";
                response::message(StatusCode::GATEWAY_TIMEOUT, message)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::runtime::Builder;
    use tokio::time::{Instant, advance};

    use super::*;

    fn run(test: impl Future<Output = ()>) {
        let mut runtime = Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        runtime.block_on(test);
    }

    fn good() -> Response {
        response::message(StatusCode::OK, "made")
    }

    #[test]
    fn what_does_not_come_in_time_is_given_up_and_keeps_its_place() {
        run(async {
            let slow = Arc::new(Slow::default());
            let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
            let mut releases = Vec::new();
            let mut pending = Vec::new();
            for number in 0..MOST {
                let (release, released) = mpsc::channel::<()>();
                let (slow, begun) = (Arc::clone(&slow), begun.clone());
                releases.push(release);
                pending.push(tokio::spawn(async move {
                    let work = move || {
                        let _ = begun.send(());
                        let _ = released.recv();
                        good()
                    };
                    slow.respond(number == 0, work).await.status()
                }));
                has_begun.recv().await.unwrap();
            }
            let start = Instant::now();
            let refused = slow.respond(true, good).await.status();
            assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(start.elapsed(), Duration::ZERO, "nothing is waited for");
            advance(WITHIN + Duration::from_millis(1)).await;
            let mut statuses = Vec::new();
            for one in pending {
                statuses.push(one.await.unwrap());
            }
            assert_eq!(statuses[0], StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(statuses[1..], [StatusCode::GATEWAY_TIMEOUT; MOST - 1]);
            let refused = slow.respond(true, good).await.status();
            assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE, "they still work");
            drop(releases);
            while slow.respond(true, good).await.status() != StatusCode::OK {
                tokio::task::yield_now().await;
            }
        });
    }

    #[test]
    fn a_panic_is_a_response_and_leaves_its_place() {
        run(async {
            let slow = Slow::default();
            for _ in 0..=MOST {
                let response = slow.respond(true, || panic!("of the store")).await;
                assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            }
        });
    }
}
