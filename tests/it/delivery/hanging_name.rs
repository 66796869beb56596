//! Receivers whose names are not resolved for a while.

use std::fs;
use std::io::{copy, sink};
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use logtree::delivery::Backoff;
use logtree::handler::{
    DatagramHandler, GelfHandler, HttpHandler, OtlpHandler, SmtpHandler, SocketHandler,
    SysLogHandler,
};
use logtree::{Handler, Level, Record};

use super::mail_server::{Deed as MailDeed, MailServer};
use super::web_server::{Deed, WebServer};
use super::{is_settled, namespace, until};

const NAME: &str = "receiver.logtree.test";
const RECORDS: u64 = 100;

/// Says how the system resolves names.
const SWITCH: &str = "/etc/nsswitch.conf";

/// A server of names that says nothing until it is released, and then that each is this machine.
struct NameServer {
    /// Gets a message once there is a question.
    asked: Receiver<()>,
    release: Sender<()>,
}

impl NameServer {
    fn start(socket: UdpSocket) -> Self {
        let (asks, asked) = channel();
        let (release, released) = channel::<()>();
        thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((length, peer)) = socket.recv_from(&mut question) {
                let _ = asks.send(());
                // Returns once the other end is dropped.
                let _ = released.recv();
                let _ = socket.send_to(&response(&question[..length]), peer);
            }
        });
        Self { asked, release }
    }
}

/// An address for a question of type A, and none for others.
fn response(question: &[u8]) -> Vec<u8> {
    const HEAD: usize = 12;
    let name = question[HEAD..].iter().position(|byte| *byte == 0).unwrap();
    let end = HEAD + name + 5;
    let is_a = question[end - 3] == 1;
    let mut response = question[..end].to_vec();
    response[2..HEAD].copy_from_slice(&[0x81, 0x80, 0, 1, 0, u8::from(is_a), 0, 0, 0, 0]);
    if is_a {
        // The name of the question, type A, class IN, no time to live, and four bytes.
        response.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
    }
    response
}

/// The port of a server that reads all it gets.
fn reading() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || copy(&mut stream, &mut sink()));
        }
    });
    port
}

fn log(handler: &Handler) {
    let record = Record::builder().level(Level::ERROR).message("x");
    handler.handle(&record.build());
}

/// Records wait, and the threads that log do not.
#[test]
fn a_name_whose_look_up_hangs_costs_no_caller_anything_and_no_record() {
    if !Path::new(SWITCH).exists() {
        eprintln!("!! skipped: this system resolves names in another way");
    } else if namespace::is_inside() {
        with_a_name_server();
    } else {
        let module = "delivery::hanging_name";
        let test = "a_name_whose_look_up_hangs_costs_no_caller_anything_and_no_record";
        namespace::run(&format!("{module}::{test}"));
    }
}

/// A look-up that hangs cannot be stopped: the next attempts wait for the same one.
fn no_attempt_leaves_a_thread_behind(url: &str) {
    const ATTEMPTS: u32 = 60;
    let threads = || fs::read_dir("/proc/self/task").unwrap().count();
    let timeout = Duration::from_millis(2);
    let backoff = Backoff::new(timeout, timeout);
    let before = threads();
    let http = HttpHandler::builder(url).timeout(timeout).backoff(backoff);
    let http = http.close_within(Duration::ZERO).start().unwrap();
    let otlp = OtlpHandler::builder().environment(false).endpoint(url);
    let otlp = otlp.timeout(timeout).backoff(backoff);
    let otlp = otlp.close_within(Duration::ZERO).start().unwrap();
    for handler in [Handler::clone(&http), Handler::clone(&otlp)] {
        handler.set_error_hook(|_| {});
        log(&handler);
    }
    until(|| http.health().failures > ATTEMPTS && otlp.health().failures > ATTEMPTS);
    // Each handler has its own, and that of one look-up; there may be one for timers.
    let more = threads().saturating_sub(before);
    assert!(more <= 8, "{more} threads");
}

fn with_a_name_server() {
    // One that no other test has.
    let [.., high, low] = std::process::id().to_be_bytes();
    let address = format!("127.77.{high}.{low}");
    let socket = match UdpSocket::bind((&*address, 53)) {
        Ok(socket) => socket,
        Err(error) => {
            eprintln!("!! skipped: no server of names at {address}, port 53: {error}");
            return;
        }
    };
    let server = NameServer::start(socket);
    let directory = tempfile::tempdir().unwrap();
    let resolver = format!("nameserver {address}\noptions timeout:30\n");
    // Other services of the system could resolve the name before the server is asked.
    for (path, text) in [("/etc/resolv.conf", &*resolver), (SWITCH, "hosts: dns\n")] {
        let file = directory.path().join(Path::new(path).file_name().unwrap());
        fs::write(&file, text).unwrap();
        namespace::mount(&["--bind", file.to_str().unwrap(), path]);
    }

    let web = WebServer::start(|_| Deed::status(200));
    let mails = MailServer::start(|_| MailDeed::Usual);
    let port = reading();
    let stream = format!("tcp:{NAME}:{port}");
    let url = format!("http://{NAME}:{}/logs", web.address.port());
    let smtp = SmtpHandler::builder(format!("{NAME}:{}", mails.address.port()), "a@example.com");
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let datagrams = format!("{NAME}:{}", udp.local_addr().unwrap().port());
    let handlers: [Handler; 7] = [
        SysLogHandler::new(&stream).unwrap().into(),
        GelfHandler::new(&stream).unwrap().into(),
        SocketHandler::new(format!("{NAME}:{port}")).unwrap().into(),
        DatagramHandler::new(datagrams).unwrap().into(),
        HttpHandler::new(&url).unwrap().into(),
        OtlpHandler::builder()
            .environment(false)
            .endpoint(&url)
            .start()
            .unwrap()
            .into(),
        smtp.to("b@example.com").start().unwrap().into(),
    ];
    for handler in &handlers {
        handler.set_error_hook(|_| {});
        log(handler);
    }
    // One of them asks, and no one gets a response.
    server.asked.recv_timeout(Duration::from_secs(120)).unwrap();
    for handler in &handlers {
        (1..RECORDS).for_each(|_| log(handler));
        let counters = handler.counters();
        assert_eq!((counters.queued(), counters.dropped()), (RECORDS, 0));
    }
    let closed = SysLogHandler::builder(&stream).close_within(Duration::from_millis(1));
    let closed = closed.start().unwrap();
    closed.set_error_hook(|_| {});
    log(&closed);
    // Its look-up hangs still when it returns.
    closed.close().unwrap_err();
    assert_eq!(closed.counters().dropped(), 1);
    no_attempt_leaves_a_thread_behind(&url);
    drop(server.release);
    for handler in &handlers {
        until(|| is_settled(handler));
        assert_eq!(handler.counters().written(), RECORDS, "{handler:?}");
    }
}
