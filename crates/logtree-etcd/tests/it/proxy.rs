//! What lies between a client and its server: [`Proxy`].

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What is lost when a request has a certain text, the first times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lost {
    /// The request, and the connection.
    Request,
    /// The response, and the connection.
    Response,
}

/// Forwards connections, and loses something.
pub(crate) struct Proxy {
    pub(crate) address: String,
    /// How often something is still to be lost.
    left: Arc<AtomicUsize>,
}

impl Proxy {
    pub(crate) fn start(server: String, text: &'static str, lost: Lost, times: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let left = Arc::new(AtomicUsize::new(times));
        let counting = Arc::clone(&left);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                let counting = Arc::clone(&counting);
                thread::spawn(move || forward(client, server, text, lost, &counting));
            }
        });
        Self { address, left }
    }

    pub(crate) fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }
}

fn forward(
    mut client: TcpStream,
    mut server: TcpStream,
    text: &str,
    lost: Lost,
    left: &AtomicUsize,
) {
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let back = thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let mut buffer = [0; 65_536];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let part = &buffer[..length];
        let has_text = part
            .windows(text.len())
            .any(|window| window == text.as_bytes());
        if has_text && left.load(Ordering::Relaxed) > 0 {
            left.fetch_sub(1, Ordering::Relaxed);
            // The way back first: no response comes through.
            let _ = client.shutdown(Shutdown::Both);
            if lost == Lost::Response {
                let _ = server.write_all(part);
                // Until the server has read it, and responded.
                thread::sleep(std::time::Duration::from_millis(200));
            }
            break;
        }
        if server.write_all(part).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
    let _ = back.join();
}
