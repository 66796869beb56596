//! Records sent as Python's handlers do, read by the receiver of Python's logging cookbook.

use std::net::UdpSocket;
use std::time::Duration;

use logtree::delivery::Wire;
use logtree::handler::{DatagramHandler, SocketHandler};
use logtree::record::{OwnedValue, Source};
use logtree::time::Timestamp;
use logtree::{ErrorKind, Handler, Level, Record};
use serde_json::{Value, json};

use super::program::Program;
use super::python;

struct Server {
    program: Program,
    address: String,
    _directory: tempfile::TempDir,
}

impl Server {
    fn start(kind: &str, wire: &str, records: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s").to_str().unwrap().to_owned();
        let arguments = [kind, wire, &records.to_string(), &path];
        let mut program = python::start("socket_server.py", &arguments);
        let address = match program.line().unwrap() {
            port if port == "-" => path,
            port => format!("127.0.0.1:{port}"),
        };
        Self {
            program,
            address,
            _directory: directory,
        }
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.program.line().unwrap()).unwrap()
    }

    fn end(self) {
        self.program.end();
    }
}

fn handler(kind: &str, address: &str, wire: Wire) -> Handler {
    match kind {
        "tcp" | "unix" => {
            let builder = SocketHandler::builder(address).wire(wire);
            builder.start().unwrap().into()
        }
        _ => {
            let builder = DatagramHandler::builder(address).wire(wire);
            builder.start().unwrap().into()
        }
    }
}

fn record<'r>() -> Record<'r> {
    let source = Source::default()
        .with_file("src/shop/cart.rs")
        .with_line(42)
        .with_function("shop::cart::add");
    let list = OwnedValue::List(vec![1.into(), "a".into(), OwnedValue::Null]);
    let map = OwnedValue::Map(vec![("k".to_owned(), 0.5.into())]);
    Record::builder()
        .name("shop.cart")
        .level(Level::WARNING)
        .message("ünï\nwith % and \0")
        .time(Timestamp::from_nanos(1_793_966_400_123_456_789))
        .source(source)
        .thread(7, "worker")
        .process(99, "app")
        .error_text("no room\n  caused by: full")
        .stack("frames")
        .key_value("text", "ä\"\n")
        .key_value("signed", -5)
        .key_value("unsigned", u64::MAX)
        .key_value("larger", u128::MAX)
        .key_value("lowest", i128::MIN)
        .key_value("float", 2.5)
        .key_value("nan", f64::NAN)
        .key_value("none", OwnedValue::Null)
        .key_value("yes", true)
        .key_value("bytes", OwnedValue::Bytes(vec![0, 255]))
        .key_value("list", list)
        .key_value("map", map)
        .key_value("name", "clash")
        .key_value("message", "clash")
        .build()
}

#[test]
fn cpython_reads_each_field() {
    if !python::has("socketserver") {
        return;
    }
    let kinds: &[&str] = if cfg!(unix) {
        &["tcp", "udp", "unix", "unixgram"]
    } else {
        &["tcp", "udp"]
    };
    for kind in kinds {
        for (wire, word) in [(Wire::Pickle, "pickle"), (Wire::Json, "json")] {
            let mut server = Server::start(kind, word, 2);
            let handler = handler(kind, &server.address, wire);
            handler.handle(&record());
            handler.handle(&record());
            handler.flush().unwrap();
            for _ in 0..2 {
                let read = server.next();
                let nan = match wire {
                    Wire::Pickle => json!("nan"),
                    _ => Value::Null,
                };
                for (name, expected) in [
                    ("name", json!("shop.cart")),
                    ("msg", json!("ünï\nwith % and \0")),
                    ("args", Value::Null),
                    ("levelname", json!("WARNING")),
                    ("levelno", json!(30)),
                    ("pathname", json!("src/shop/cart.rs")),
                    ("filename", json!("cart.rs")),
                    ("module", json!("cart")),
                    ("exc_info", Value::Null),
                    ("exc_text", json!("no room\n  caused by: full")),
                    ("stack_info", json!("frames")),
                    ("lineno", json!(42)),
                    ("thread", json!(7)),
                    ("threadName", json!("worker")),
                    ("process", json!(99)),
                    ("processName", json!("app")),
                    ("text", json!("ä\"\n")),
                    ("signed", json!(-5)),
                    ("unsigned", json!(u64::MAX)),
                    ("larger", json!(u128::MAX.to_string())),
                    ("lowest", json!(i128::MIN.to_string())),
                    ("float", json!(2.5)),
                    ("nan", nan),
                    ("none", Value::Null),
                    ("yes", json!(true)),
                    ("bytes", json!("00ff")),
                    ("list", json!([1, "a", null])),
                    ("map", json!({"k": 0.5})),
                    ("kv_name", json!("clash")),
                    ("kv_message", json!("clash")),
                ] {
                    assert_eq!(read["record"][name], expected, "{kind} {word} {name}");
                }
                let created = read["record"]["created"].as_f64().unwrap();
                assert!((created - 1_793_966_400.123_456).abs() < 1e-5, "{created}");
                assert_eq!(
                    read["line"],
                    "WARNING:shop.cart:worker:42:ünï\nwith % and \0\n\
                     no room\n  caused by: full\nframes"
                );
            }
            server.end();
        }
    }
}

/// What UDP takes is sent whole; of a byte more, a half is cut.
#[test]
fn a_record_that_no_datagram_holds_is_cut() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let address = receiver.local_addr().unwrap().to_string();
    for wire in [Wire::Pickle, Wire::Json] {
        let handler = handler("udp", &address, wire);
        let receive = |text: usize| {
            let text = "x".repeat(text);
            // A record of the same length each time.
            let record = Record::builder().time(Timestamp::from_nanos(1_500_000_000));
            handler.handle(&record.name("a").message(text).build());
            let mut datagram = vec![0; 70_000];
            let length = receiver.recv(&mut datagram).unwrap();
            datagram.truncate(length);
            let announced = u32::try_from(length - 4).unwrap();
            assert_eq!(datagram[..4], announced.to_be_bytes());
            datagram
        };
        // `relativeCreated` is longer or shorter in JSON by some bytes.
        let slack = if wire == Wire::Json { 64 } else { 0 };
        let rest = receive(0).len();
        let most = 65_507 - rest - slack;
        assert!(receive(most).len() >= 65_507 - 2 * slack);
        let cut = receive(most + 1 + 2 * slack);
        let shown = String::from_utf8_lossy(&cut);
        assert!(shown.contains("x…[+") && cut.len() < 34_000, "{wire:?}");
        handler.flush().unwrap();
        let counters = handler.counters();
        assert_eq!((counters.written(), counters.dropped()), (3, 0));
    }
}

/// A record whose many values make it too large is counted.
#[test]
fn a_record_that_cannot_be_cut_is_refused() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let handler = DatagramHandler::new(receiver.local_addr().unwrap().to_string()).unwrap();
    handler.set_error_hook(|_| {});
    let values = OwnedValue::List((0..20_000).map(OwnedValue::from).collect());
    handler.handle(&Record::builder().key_value("values", values).build());
    handler.handle(&Record::builder().message("next").build());
    handler.flush().unwrap();
    let counters = handler.counters();
    assert_eq!((counters.written(), counters.dropped()), (1, 1));
}

#[test]
fn addresses_that_cannot_be_are_refused() {
    for address in ["", "udp:localhost:1", "tcp:ann:s3cret@host:1", "host:0"] {
        let error = SocketHandler::new(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{address}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    for address in ["", "tcp:localhost:1", "tls:localhost:1"] {
        let error = DatagramHandler::new(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{address}");
    }
}

#[cfg(feature = "config")]
#[test]
fn keys_of_configurations() {
    use logtree::Registry;
    use logtree::config::DictConfig;

    let install = |handler: &Value| {
        let registry = Registry::new();
        let document =
            json!({"version": 1, "handlers": {"h": handler}, "root": {"handlers": ["h"]}});
        DictConfig::from_value(&document)?.install_in(&registry)?;
        Ok::<_, logtree::Error>(registry)
    };
    let shown = |handler: Value| {
        let registry = install(&handler).unwrap();
        format!("{:?}", registry.root().handlers()[0])
    };
    for (class, kind) in [
        ("logging.handlers.SocketHandler", "SocketHandler"),
        ("socket", "SocketHandler"),
        ("logging.handlers.DatagramHandler", "DatagramHandler"),
        ("datagram", "DatagramHandler"),
    ] {
        let shown = |host: &str, port: Value| {
            shown(json!({"class": class, "host": host, "port": port, "wire": "json"}))
        };
        for (host, port, expected) in [
            ("localhost", json!(9_020), "localhost:9020"),
            (
                "::1",
                json!("ext://handlers.DEFAULT_UDP_LOGGING_PORT"),
                "[::1]:9021",
            ),
        ] {
            let shown = shown(host, port);
            assert!(shown.contains(kind) && shown.contains(expected), "{shown}");
        }
        if cfg!(unix) {
            let shown = shown("/run/log.sock", Value::Null);
            assert!(shown.contains("unix:/run/log.sock"), "{shown}");
        }
        let problem = |more: (&str, Value)| {
            let mut handler = json!({"class": class, "host": "h", "port": 1});
            handler[more.0] = more.1;
            install(&handler).unwrap_err().to_string()
        };
        for (more, words) in [
            (("port", json!(0)), "a port from 1 to 65535"),
            (("wire", json!("xml")), "pickle"),
            (("host", Value::Null), "host"),
            (("address", json!("h:1")), "address"),
        ] {
            assert!(problem(more.clone()).contains(words), "{}", problem(more));
        }
    }
    let socket = json!({"class": "socket", "host": "h", "port": 1, "resend_bytes": 0});
    assert!(shown(socket).contains("tcp:h:1"));
    #[cfg(feature = "tls")]
    {
        let tls = json!({"class": "socket", "host": "h", "port": 1, "tls": {"server_name": "x"}});
        assert!(shown(tls).contains("tls:h:1"));
    }
    // What a document says reaches the bytes.
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let minute = Some(Duration::from_secs(60));
    receiver.set_read_timeout(minute).unwrap();
    let port = receiver.local_addr().unwrap().port();
    let datagram = json!({"class": "datagram", "host": "127.0.0.1", "port": port, "wire": "json"});
    let registry = install(&datagram).unwrap();
    logtree::warn!(registry.get_logger("app"), user = "ann"; "hello there");
    let mut datagram = [0; 65_536];
    let length = receiver.recv(&mut datagram).unwrap();
    let read: Value = serde_json::from_slice(&datagram[4..length]).unwrap();
    assert_eq!(
        (&read["msg"], &read["user"]),
        (&json!("hello there"), &json!("ann"))
    );
}
