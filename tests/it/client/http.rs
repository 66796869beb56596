//! The log of requests and responses of the `http` crate, and of services of `tower`.

use std::fmt::Arguments;
use std::future::{Ready, ready};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use http::{HeaderValue, Request, Response, Version};
use logtree::Registry;
use logtree::client::{Classification, ClientLogMode, ClientLogger, CountAttempts, Dump, LogLayer};
use tower::retry::{Policy, RetryLayer};
use tower::{Service, ServiceBuilder, service_fn};

type Messages = Arc<Mutex<Vec<String>>>;

/// A client in a mode, and its messages. Not captured: a capture enables everything.
fn client(mode: ClientLogMode) -> (ClientLogger, Messages) {
    let registry = Registry::new();
    let client = ClientLogger::new(&registry.get_logger("c"));
    client.set_mode(mode);
    let messages = Messages::default();
    let into = Arc::clone(&messages);
    let sink = move |_: &Classification, message: Arguments<'_>| {
        into.lock().unwrap().push(message.to_string())
    };
    (client.with_sink(sink), messages)
}

fn take(messages: &Messages) -> Vec<String> {
    std::mem::take(&mut *messages.lock().unwrap())
}

#[test]
fn dumps_are_what_goes_over_the_wire() {
    let mut request = Request::get("https://user:pass@host:8443?a=1")
        .version(Version::HTTP_2)
        .header("b", "1")
        .header("b", "2")
        .body(())
        .unwrap();
    let mut secret = HeaderValue::from_static("hidden");
    secret.set_sensitive(true);
    request.headers_mut().insert("x-own", secret);
    request
        .headers_mut()
        .insert("bytes", HeaderValue::from_bytes(b"\xff").unwrap());
    let head = Dump::from(&request).head().to_owned();
    assert_eq!(
        head,
        "GET /?a=1 HTTP/2.0\r\nHost: host:8443\r\nb: 1\r\nb: 2\r\nx-own: ***\r\nbytes: \u{fffd}\r\n\r\n"
    );
    let response = Response::builder()
        .status(404)
        .header("a", "b")
        .body(())
        .unwrap();
    assert_eq!(
        Dump::from(&response).head(),
        "HTTP/1.1 404 Not Found\r\na: b\r\n\r\n"
    );
    let response = Response::builder().status(799).body(()).unwrap();
    assert_eq!(Dump::from(&response).head(), "HTTP/1.1 799\r\n\r\n");
    assert_eq!(
        Dump::from(&response).with_body("b").to_string(),
        "HTTP/1.1 799\r\n\r\nb"
    );
}

#[test]
fn bodies_are_requested_only_if_logged() {
    for (mode, made) in [
        (ClientLogMode::NONE, 0),
        (ClientLogMode::REQUEST, 0),
        (ClientLogMode::REQUEST_WITH_BODY, 1),
    ] {
        let (client, messages) = client(mode);
        let calls = AtomicU32::new(0);
        client.request(|with_body| {
            let request = Request::new("text");
            let dump = Dump::from(&request);
            if with_body {
                calls.fetch_add(1, Ordering::Relaxed);
                dump.with_body(*request.body())
            } else {
                dump
            }
        });
        assert_eq!(
            (calls.into_inner(), take(&messages).len()),
            (made, usize::from(mode != ClientLogMode::NONE))
        );
    }
}

/// Retries until it succeeds or fails for good.
#[derive(Clone)]
struct UntilFine;

impl Policy<Request<String>, Response<String>, String> for UntilFine {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut Request<String>,
        result: &mut Result<Response<String>, String>,
    ) -> Option<Ready<()>> {
        let is_fine = matches!(result, Ok(response) if response.status().is_success());
        (!is_fine).then(|| ready(()))
    }

    fn clone_request(&mut self, request: &Request<String>) -> Option<Request<String>> {
        Some(request.clone())
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut task = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
}

#[test]
fn a_tower_service_is_logged_by_mode() {
    let (client, messages) =
        client(ClientLogMode::RETRIES | ClientLogMode::REQUEST | ClientLogMode::RESPONSE_WITH_BODY);
    let calls = Arc::new(AtomicU32::new(0));
    let answers = Arc::clone(&calls);
    let service = service_fn(move |request: Request<String>| {
        ready(match answers.fetch_add(1, Ordering::Relaxed) % 3 {
            0 => Err("reset".to_owned()),
            1 => Ok(Response::builder().status(503).body(String::new()).unwrap()),
            _ => Ok(Response::new(request.into_body())),
        })
    });
    let mut service = ServiceBuilder::new()
        .layer(CountAttempts::new())
        .layer(RetryLayer::new(UntilFine))
        .layer(
            LogLayer::new(client.clone(), "S3", "Get")
                .with_body(|body: &String| Some(body.clone().into_bytes())),
        )
        .service(service);
    let request = || Request::get("/k").body("body".to_owned()).unwrap();
    assert_eq!(block_on(service.call(request())).unwrap().body(), "body");
    let shown = || {
        take(&messages)
            .join("|")
            .replace("\r\n", " ")
            .replace('\n', " ")
    };
    assert_eq!(
        shown(),
        "Request GET /k HTTP/1.1  |request failed: reset|retrying request S3/Get, attempt 2|Request GET /k HTTP/1.1  |\
         Response HTTP/1.1 503 Service Unavailable  |retrying request S3/Get, attempt 3|Request GET /k HTTP/1.1  |Response HTTP/1.1 200 OK  body"
    );
    // Another request starts at attempt 1; what is off is not logged.
    client.set_mode(ClientLogMode::RETRIES);
    block_on(service.call(request())).unwrap();
    assert_eq!(
        shown(),
        "request failed: reset|retrying request S3/Get, attempt 2|retrying request S3/Get, attempt 3"
    );
    client.set_mode(ClientLogMode::NONE);
    block_on(service.call(request())).unwrap();
    assert!(take(&messages).is_empty());
    assert_eq!(calls.load(Ordering::Relaxed), 9);
}
