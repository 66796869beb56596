//! HTTP to an endpoint: [`HttpClient`].

use std::future::Future;
use std::io::{self, BufRead, BufReader};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::{Builder, Runtime};

use crate::client::stream::Stream;
use crate::client::{Address, Client, Request, Response};
use crate::failure::Failure;

/// How long an exchange may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long a response may be.
const MAX_BODY: usize = 64 << 20;

/// Reaches an endpoint by one connection for each request, as it serves them.
#[derive(Clone, Debug)]
pub struct HttpClient {
    address: Address,
    token: Option<String>,
}

impl HttpClient {
    /// Returns a client; TCP needs a token.
    #[must_use]
    pub fn new(address: Address, token: Option<String>) -> Self {
        Self { address, token }
    }

    /// Connects, sends a request, and waits for the head of the response. The connection is driven
    /// by the runtime's other uses.
    async fn send(&self, request: &Request) -> Result<hyper::Response<Incoming>, Failure> {
        match &self.address {
            #[cfg(unix)]
            Address::Socket(path) => {
                let stream = tokio::net::UnixStream::connect(path).await;
                self.exchange(stream.map_err(cannot_connect)?, request)
                    .await
            }
            #[cfg(not(unix))]
            Address::Socket(_) => Err(Failure::new("no Unix sockets on this system")),
            Address::Tcp { authority, .. } => {
                let stream = tokio::net::TcpStream::connect(authority).await;
                self.exchange(stream.map_err(cannot_connect)?, request)
                    .await
            }
        }
    }

    async fn exchange(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        request: &Request,
    ) -> Result<hyper::Response<Incoming>, Failure> {
        let ended = |error: hyper::Error| Failure::new(format!("cannot be asked: {error}"));
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(ended)?;
        tokio::spawn(connection);
        let request = self.http(request)?;
        sender.send_request(request).await.map_err(ended)
    }

    fn http(&self, request: &Request) -> Result<hyper::Request<Full<Bytes>>, Failure> {
        let (authority, prefix) = match &self.address {
            Address::Socket(_) => ("localhost", ""),
            Address::Tcp { authority, prefix } => (&**authority, &**prefix),
        };
        let body = request.body.as_ref().map(ToString::to_string);
        let mut http = hyper::Request::builder()
            .method(request.method)
            .uri(format!("{prefix}{}", request.path))
            .header(header::HOST, authority)
            .header(header::CONNECTION, "close");
        // Also without a body, so that none is sent in chunks.
        if request.method != "GET" {
            let length = body.as_ref().map_or(0, String::len);
            http = http.header(header::CONTENT_LENGTH, length);
        }
        if body.is_some() {
            http = http.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(token) = &self.token {
            http = http.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in &request.headers {
            http = http.header(*name, value);
        }
        http.body(Full::from(body.unwrap_or_default()))
            .map_err(|error| Failure::new(format!("invalid request: {error}")))
    }
}

impl Client for HttpClient {
    fn call(&self, request: &Request) -> Result<Response, Failure> {
        within_limit(&runtime()?, async {
            let response = self.send(request).await?;
            read(response).await
        })
    }

    fn stream(&self, request: &Request) -> Result<Box<dyn BufRead + Send>, Failure> {
        let runtime = runtime()?;
        let response = within_limit(&runtime, async {
            let response = self.send(request).await?;
            match response.status().is_success() {
                true => Ok(response),
                false => Err(read(response).await?.failure()),
            }
        })?;
        let stream = Stream::new(runtime, response.into_body());
        Ok(Box::new(BufReader::new(stream)))
    }
}

async fn read(response: hyper::Response<Incoming>) -> Result<Response, Failure> {
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), MAX_BODY).collect().await;
    let body = body.map_err(|error| Failure::new(format!("cannot read the response: {error}")))?;
    Ok(Response {
        status,
        body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
    })
}

fn within_limit<R>(
    runtime: &Runtime,
    work: impl Future<Output = Result<R, Failure>>,
) -> Result<R, Failure> {
    runtime.block_on(async {
        match tokio::time::timeout(LIMIT, work).await {
            Ok(result) => result,
            Err(_) => Err(Failure::new(format!(
                "no response within {} seconds",
                LIMIT.as_secs()
            ))),
        }
    })
}

/// One for each exchange, on the thread that waits for it.
fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn cannot_connect(error: io::Error) -> Failure {
    Failure::new(match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => {
            "cannot connect: the process has ended, or serves no longer".to_owned()
        }
        _ => format!("cannot connect: {error}"),
    })
}
