//! Requests that are repeated: [`read`].

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::back_off::BackOff;
use crate::client::{Client, Connector, Failure, FailureKind};

/// Makes a request that changes nothing, and repeats it while etcd cannot be reached and there is
/// time.
pub(crate) async fn read<T, F>(
    connector: &Connector,
    end: Instant,
    request: impl Fn(Client) -> F,
) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut back_off = BackOff::default();
    let mut last = None;
    loop {
        let attempt = async { request(connector.client().await?).await };
        let failure = match timeout_at(end, attempt).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(failure)) => failure,
            Err(_) => {
                return Err(last.unwrap_or_else(|| Failure::unreachable("no response in time")));
            }
        };
        connector.forget().await;
        let wait = match failure.kind {
            // A changed role makes the tokens of all users invalid: another one may do.
            FailureKind::Denied if last.is_none() => Duration::ZERO,
            FailureKind::Unreachable => back_off.wait(&failure),
            _ => return Err(failure),
        };
        if Instant::now() + wait >= end {
            return Err(failure);
        }
        last = Some(failure);
        sleep(wait).await;
    }
}
