//! The scene `forks receiver 1 PATH`.

use std::io::Read;
use std::net::TcpStream;
use std::path::Path;
use std::thread;

use logtree::delivery::SocketReceiver;
use logtree::handler::SocketHandler;
use logtree::{Handler, Registry};

use super::forks_child::{in_child, log, until};

fn receive_at(address: &str) -> SocketReceiver {
    let builder = SocketReceiver::builder(address);
    builder.registry(&Registry::new()).start().unwrap()
}

fn handler_to(receiver: &SocketReceiver) -> Handler {
    SocketHandler::new(receiver.address()).unwrap().into()
}

fn send(handler: &Handler, receiver: &SocketReceiver, received: u64) {
    log(handler, "a record");
    until("it is received", || receiver.received() == received);
}

pub(super) fn play(path: &Path) {
    let unix = format!("unix:{}", path.with_extension("socket").display());
    for address in ["127.0.0.1:0", &unix] {
        let receiver = receive_at(address);
        let handler = handler_to(&receiver);
        send(&handler, &receiver, 1);
        let mut copy = Some(receiver);
        in_child("a child drops its copy", || {
            drop(copy.take());
            // And has a receiver of its own.
            let own = receive_at("127.0.0.1:0");
            send(&handler_to(&own), &own, 1);
            true
        });
        // The parent's goes on, its file and its connections too.
        let receiver = copy.take().unwrap();
        send(&handler, &receiver, 2);
        send(&handler_to(&receiver), &receiver, 3);
    }
    child_keeps_nothing(path);
}

/// A child that lives on holds neither the port nor the connections of its parent's receiver.
fn child_keeps_nothing(path: &Path) {
    let receiver = receive_at("127.0.0.1:0");
    let address = receiver.address().to_owned();
    let host = address.strip_prefix("tcp:").unwrap().to_owned();
    let mut peer = TcpStream::connect(&host).unwrap();
    let handler = handler_to(&receiver);
    // Both connections are accepted then.
    send(&handler, &receiver, 1);
    let (begun, ended) = (path.with_extension("begun"), path.with_extension("ended"));
    let (is_begun, is_ended) = (begun.clone(), ended.clone());
    let parent = thread::spawn(move || {
        until("the child has begun", || is_begun.exists());
        drop(receiver);
        let left = peer.read(&mut [0]);
        assert!(left.is_err() || left.is_ok_and(|length| length == 0));
        // As long as a copy listens, the port is in use.
        until("the port is free", || {
            SocketReceiver::builder(&address).start().is_ok()
        });
        std::fs::write(is_ended, "").unwrap();
    });
    in_child("a child that lives on", || {
        std::fs::write(&begun, "").unwrap();
        until("its parent has ended", || ended.exists());
        true
    });
    parent.join().unwrap();
}
