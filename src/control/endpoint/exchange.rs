//! From a request as it arrives to its response: [`Exchange`].

use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;

use crate::control::control::Control;
use crate::control::endpoint::access::{Access, Shared};
use crate::control::endpoint::auth::Auth;
use crate::control::endpoint::peer::Peer;
use crate::control::endpoint::request::{Request, is_read};
use crate::control::endpoint::response::{self, Response};
use crate::control::endpoint::router;
use crate::control::endpoint::rules::{self, Place};
use crate::control::endpoint::slow::Slow;
use crate::sys::sync::Arc;

/// What all exchanges of a server share.
pub(super) struct Served {
    pub(super) control: Control,
    pub(super) shared: Arc<Shared>,
    /// For clients that connect by TCP.
    pub(super) auth: Option<Auth>,
    pub(super) console: bool,
    pub(super) slow: Slow,
}

/// One exchange with a client.
pub(super) struct Exchange {
    served: Arc<Served>,
    peer: Peer,
    place: Place,
}

impl Exchange {
    pub(super) fn new(served: &Arc<Served>, peer: Peer, place: Place) -> Self {
        Self {
            served: Arc::clone(served),
            peer,
            place,
        }
    }

    /// Returns the response to a request, or to one that is refused.
    pub(super) async fn respond(&self, request: Result<Request, Response>) -> Response {
        let mut response = match request {
            Ok(request) => self.routed(request).await,
            Err(refusal) => refusal,
        };
        response::set(&mut response, header::CACHE_CONTROL, "no-store");
        response::set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        response::set(&mut response, header::REFERRER_POLICY, "no-referrer");
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        response
    }

    /// Reads the body of a request that passes the rules.
    pub(super) async fn checked(
        &self,
        request: http::Request<Incoming>,
    ) -> Result<Request, Response> {
        let (mut head, body) = request.into_parts();
        if let Some(refusal) = rules::refusal(&head, &self.place) {
            return Err(refusal);
        }
        let limit = usize::try_from(rules::MAX_BODY).unwrap_or(usize::MAX);
        let body = Limited::new(body, limit)
            .collect()
            .await
            .map_err(|_| response::message(StatusCode::BAD_REQUEST, "cannot read the body"))?;
        let body = body.to_bytes();
        let is_page = self.served.console && router::is_page(&head);
        if self.peer.is_remote() && !is_page {
            let Some(auth) = &self.served.auth else {
                return Err(response::message(StatusCode::UNAUTHORIZED, "no token"));
            };
            if let Some(refusal) = auth.refusal(&head, &body) {
                return Err(refusal);
            }
        }
        // The response to `HEAD` is that to `GET`, of which hyper leaves out the body. Not before,
        // as a signature covers the method.
        if head.method == Method::HEAD {
            head.method = Method::GET;
        }
        Ok(Request { head, body })
    }

    /// Has the response made on a thread that may wait: for the file of the control, and for the
    /// user's hooks. A panic there is a response too.
    async fn routed(&self, request: Request) -> Response {
        let served = Arc::clone(&self.served);
        let (origin, is_remote) = (self.peer.to_string(), self.peer.is_remote());
        let (is_slow, is_read) = (router::is_slow(&request), is_read(&request.head.method));
        let work = move || {
            let control = served.control.clone().with_origin(&origin);
            let access = Access::of(control, &served.shared, is_remote);
            router::respond(&access, &request, served.console)
        };
        if is_slow {
            return self.served.slow.respond(is_read, work).await;
        }
        let response = tokio::task::spawn_blocking(work);
        response.await.unwrap_or_else(|_| response::panicked())
    }
}
