//! No handler that sends shows what it was given to keep: in no error, report, description or
//! state.

use std::any::Any;
use std::fmt::{Debug, Write as _};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logtree::delivery::{Backoff, Health};
use logtree::handler::{
    DatagramHandler, GelfHandler, HttpBody, HttpHandler, OtlpHandler, SmtpHandler, SocketHandler,
    SysLogHandler,
};
use logtree::{Error, Handler, Level, Record};
use proptest::prelude::*;

/// What a receiver does with a connection.
#[derive(Clone, Copy, Debug)]
enum Peer {
    /// There is none.
    Refuses,
    Unresolvable,
    Closes,
    /// Sends bytes of no protocol, with what it was sent.
    Garbage,
    /// Refuses in the words of HTTP, and repeats what it was sent.
    Http,
    /// Takes nothing in the words of SMTP, and repeats what it was sent.
    Smtp,
}

const PEERS: [Peer; 6] = [
    Peer::Refuses,
    Peer::Unresolvable,
    Peer::Closes,
    Peer::Garbage,
    Peer::Http,
    Peer::Smtp,
];

impl Peer {
    /// Returns its address, and what reserves that.
    fn start(self) -> (String, Box<dyn Any>) {
        match self {
            // No name has a part of 64 characters: no resolver is asked.
            Self::Unresolvable => {
                return (format!("{}.invalid:1", "x".repeat(64)), Box::new(()));
            }
            #[cfg(unix)]
            Self::Refuses => {
                use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};

                // Bound, so that no other program has the port, and not listening.
                let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
                bind(&socket, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
                let address = SocketAddr::try_from(getsockname(&socket).unwrap()).unwrap();
                return (address.to_string(), Box::new(socket));
            }
            _ => {}
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        if !matches!(self, Self::Refuses) {
            thread::spawn(move || {
                for stream in listener.incoming() {
                    let _ = self.serve(&stream.unwrap());
                }
            });
        }
        (address, Box::new(()))
    }

    fn serve(self, mut stream: &TcpStream) -> std::io::Result<()> {
        let mut read = [0; 4096];
        let mut heard = String::new();
        match self {
            Self::Refuses | Self::Unresolvable | Self::Closes => {}
            Self::Garbage => {
                let count = stream.read(&mut read)?;
                stream.write_all(b"\xff\0garbage ")?;
                stream.write_all(&read[..count])?;
                stream.write_all(b"\r\n")?;
            }
            Self::Http => {
                let count = stream.read(&mut read)?;
                let heard = String::from_utf8_lossy(&read[..count]).replace(['\r', '\n'], " ");
                let length = heard.len();
                write!(
                    stream,
                    "HTTP/1.1 401 {heard}\r\nX-Heard: {heard}\r\nContent-Length: {length}\r\n\r\n{heard}"
                )?;
                let _ = stream.read(&mut read)?;
            }
            Self::Smtp => {
                stream.write_all(b"220 ready\r\n")?;
                loop {
                    let count = stream.read(&mut read)?;
                    if count == 0 {
                        break;
                    }
                    let command = String::from_utf8_lossy(&read[..count]);
                    heard.push_str(&command.replace(['\r', '\n'], " "));
                    if command.starts_with("EHLO") {
                        stream.write_all(b"250-here\r\n250 AUTH PLAIN LOGIN\r\n")?;
                    } else if command.starts_with("AUTH") && heard.len() % 2 == 0 {
                        stream.write_all(b"235 fine\r\n")?;
                    } else {
                        write!(stream, "554-{heard}\r\n554 {heard}\r\n")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// All that was shown.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<String>>);

impl Shown {
    fn add(&self, what: impl Debug) {
        let _ = writeln!(self.0.lock().unwrap(), "{what:?}");
    }

    fn add_error(&self, error: &Error) {
        let mut next: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = next {
            self.add(format!("{error} {error:?}"));
            next = error.source();
        }
    }

    /// Has a handler fail, and looks at all that it shows.
    fn observe(&self, handler: &Handler, health: impl Fn() -> Health) {
        let hook = self.clone();
        handler.set_error_hook(move |failure| {
            hook.add(failure);
            hook.add_error(failure.error());
        });
        handler.handle(&Record::builder().level(Level::ERROR).message("x").build());
        if let Err(error) = handler.flush() {
            self.add_error(&error);
        }
        self.add(health());
        self.add(health().last_error);
        self.add(handler);
        self.add(handler.counters());
        if let Err(error) = handler.close() {
            self.add_error(&error);
        }
    }
}

/// Starts a handler and has it fail, or looks at why it does not start.
macro_rules! observe {
    ($shown:expr, $builder:expr) => {{
        let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
        let builder = $builder.backoff(backoff).close_within(Duration::ZERO);
        $shown.add(&builder);
        match builder.start() {
            Ok(handler) => $shown.observe(&handler, || handler.health()),
            Err(error) => $shown.add_error(&error),
        }
    }};
}

fn check(peer: Peer, secret: &str, user: &str) -> Result<(), TestCaseError> {
    let (address, _reserved) = peer.start();
    let shown = Shown::default();
    let urls = [
        format!("http://{address}/hook/{secret}?token={secret}"),
        format!("http://{user}:{secret}@{address}/hook/{secret}?token={secret}#{secret}"),
        format!("http://{secret}@{address}"),
        format!("http://{address}:{secret}/"),
        format!("{secret}://{address}/"),
    ];
    for url in &urls {
        for body in [HttpBody::Query, HttpBody::Json] {
            observe!(
                shown,
                HttpHandler::builder(url).body(body).header("X-Key", secret)
            );
        }
        observe!(shown, HttpHandler::builder(url).credentials(user, secret));
        let otlp = OtlpHandler::builder().environment(false);
        observe!(
            shown,
            otlp.endpoint(url)
                .header("Authorization", format!("Bearer {secret}"))
        );
        observe!(shown, GelfHandler::builder(url));
    }
    let header = format!("{secret}\nx");
    observe!(
        shown,
        HttpHandler::builder(&urls[0]).header("X-Key", header)
    );
    for start in ["tcp:", "tcp://", "udp:", "tls:", "", "unix://"] {
        let with = format!("{start}{user}:{secret}@{address}");
        observe!(shown, GelfHandler::builder(&with));
        observe!(shown, SysLogHandler::builder(&with));
        observe!(shown, SocketHandler::builder(&with));
        observe!(shown, DatagramHandler::builder(&with));
        observe!(
            shown,
            SmtpHandler::builder(&with, "a@example.com").to("b@example.com")
        );
    }
    for in_clear in [false, true] {
        let smtp = SmtpHandler::builder(&address, "a@example.com").to("b@example.com");
        // A web server does not speak first.
        let smtp = smtp.timeout(Duration::from_millis(200));
        observe!(
            shown,
            smtp.credentials(user, secret)
                .credentials_in_clear(in_clear)
        );
    }
    let shown = std::mem::take(&mut *shown.0.lock().unwrap());
    let (basic, plain) = (format!("{user}:{secret}"), format!("\0{user}\0{secret}"));
    for hidden in [
        secret,
        &STANDARD.encode(secret),
        &STANDARD.encode(basic),
        &STANDARD.encode(plain),
    ] {
        prop_assert!(!shown.contains(hidden), "{peer:?}: {hidden:?} in {shown}");
    }
    prop_assert!(shown.len() > 1000, "nothing was looked at");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]
    #[test]
    fn no_handler_that_sends_shows_a_secret(
        secret in "[a-zA-Z0-9]{10,24}",
        user in "[a-z]{5,9}",
    ) {
        for peer in PEERS {
            check(peer, &secret, &user)?;
        }
    }
}
