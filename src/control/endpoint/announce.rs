//! Announcing the process to Spring Boot Admin: [`Announcer`].

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http::{Method, Request, Uri, header};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::control::endpoint::connection::Connection;
use crate::control::endpoint::token::Token;
use crate::control::error_codes::invalid;
use crate::error::Error;
use crate::registry::Registry;

/// How often the process announces itself: a server that has restarted knows nothing of it.
pub(super) const PERIOD: Duration = Duration::from_secs(10);

/// How long an announcement may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Announces a process to a server.
pub(super) struct Announcer {
    url: Uri,
    /// `HOST:PORT`.
    authority: String,
    name: String,
    /// Where the process listens.
    address: SocketAddr,
    /// Where clients reach it, if that is elsewhere.
    host: Option<String>,
    token: Token,
    registry: Registry,
}

impl Announcer {
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) unless `url` is of HTTP.
    pub(super) fn new(
        url: &str,
        name: String,
        address: SocketAddr,
        host: Option<String>,
        token: Token,
        registry: &Registry,
    ) -> Result<Self, Error> {
        let wrong = || {
            invalid(format!(
                "cannot announce to {url:?}: expected http://HOST:PORT, with or without a path"
            ))
        };
        let parsed: Uri = format!("{}/instances", url.trim_end_matches('/'))
            .parse()
            .map_err(|_| wrong())?;
        let authority = parsed.authority().filter(|authority| {
            let has_user = authority.as_str().contains('@');
            !has_user && parsed.scheme_str() == Some("http") && parsed.query().is_none()
        });
        let authority = authority.ok_or_else(wrong)?;
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self {
            authority: format!("{}:{port}", authority.host()),
            url: parsed.clone(),
            name,
            address,
            host,
            token,
            registry: registry.clone(),
        })
    }

    /// Announces the process now and after each `period`. A failure is reported when it begins.
    pub(super) async fn run(self, period: Duration) {
        let mut failed = false;
        loop {
            let announced = timeout(LIMIT, self.announce()).await;
            let announced = announced.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            if let (Err(why), false) = (&announced, failed) {
                let problem = format!("cannot announce the process to {}: {why}", self.url);
                self.registry.report_problem(&problem);
            }
            failed = announced.is_err();
            sleep(period).await;
        }
    }

    async fn announce(&self) -> io::Result<()> {
        let stream = Connection::from(TcpStream::connect(&self.authority).await?);
        let body = self.body(stream.stream().local_addr()?).to_string();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)?;
        // Nothing of it is left when the announcement ends, whatever ends it.
        let connection = tokio::spawn(connection);
        let _connection = scopeguard::guard(connection, |connection| connection.abort());
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.url.path())
            .header(header::HOST, &self.authority)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(Full::<Bytes>::from(body))
            .map_err(io::Error::other)?;
        let response = sender.send_request(request).await;
        let status = response.map_err(io::Error::other)?.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(io::Error::other(format!(
                "expected success, found {status}"
            ))),
        }
    }

    /// Returns what the server is sent: where the process is, and how to prove oneself there.
    fn body(&self, local: SocketAddr) -> serde_json::Value {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(local.ip());
        }
        let host = self.host.clone().unwrap_or_else(|| address.to_string());
        let base = format!("http://{host}");
        json!({
            "name": self.name,
            "managementUrl": format!("{base}/actuator"),
            "healthUrl": format!("{base}/actuator/health"),
            // It must differ from that of the management.
            "serviceUrl": format!("{base}/"),
            "metadata": {"user.name": "logtree", "user.password": self.token.as_str()},
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::sys::sync::{Arc, Mutex};

    fn announcer(url: &str, registry: &Registry) -> Result<Announcer, Error> {
        let address = "0.0.0.0:7117".parse().unwrap();
        let token = Token::random().unwrap();
        Announcer::new(url, "shop".to_owned(), address, None, token, registry)
    }

    /// Accepts an announcement, and sends back a status.
    fn accept(listener: &TcpListener, status: &str) -> (String, serde_json::Value) {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let from = head.len();
            reader.read_line(&mut head).unwrap();
            let line = head[from..].to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let response = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}");
        (&stream).write_all(response.as_bytes()).unwrap();
        (head, serde_json::from_slice(&body).unwrap())
    }

    #[test]
    fn it_is_announced_again_and_again_and_a_failure_is_reported_once() {
        let reported = Arc::new(Mutex::new(Vec::new()));
        let registry = Registry::builder()
            .diagnostics({
                let reported = Arc::clone(&reported);
                move |line: &str| reported.lock().push(line.to_owned())
            })
            .build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/admin/", listener.local_addr().unwrap());
        let announcer = announcer(&url, &registry).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::spawn(announcer.run(Duration::from_millis(1)));
                let _ = stopped.await;
            });
        });
        let (head, body) = accept(&listener, "201 Created");
        assert!(
            head.starts_with("POST /admin/instances HTTP/1.1\r\n"),
            "{head}"
        );
        assert_eq!(body["name"], "shop");
        assert_eq!(body["managementUrl"], "http://127.0.0.1:7117/actuator");
        for status in [
            "503 Down",
            "500 Broken",
            "201 Created",
            "503 Down",
            "201 Created",
        ] {
            accept(&listener, status);
        }
        drop(stop);
        thread.join().unwrap();
        let reported = reported.lock().clone();
        assert_eq!(reported.len(), 2, "{reported:?}");
        assert!(reported[0].contains("/admin/instances: expected success, found 503"));
    }

    #[test]
    fn other_urls_are_refused() {
        let registry = Registry::new();
        for url in [
            "",
            "admin",
            "https://admin",
            "http://",
            "http://a:b@c",
            "http://a?b",
        ] {
            assert!(announcer(url, &registry).is_err(), "{url}");
        }
        assert!(announcer("http://admin.example.com", &registry).is_ok());
    }
}
