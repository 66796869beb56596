//! Keys of handlers that send to a receiver.

use std::time::Duration;

use logtree::Registry;
use logtree::config::DictConfig;
use serde_json::{Value, json};

#[cfg(all(feature = "journald", target_os = "linux"))]
use crate::config::keys::apply;
use crate::config::keys::{log, with_handler};

/// The arguments of all handlers that send to a receiver, and those of the journal.
#[test]
#[cfg(all(feature = "journald", target_os = "linux"))]
fn of_delivery_and_journald() {
    use std::os::unix::net::UnixDatagram;

    let directory = tempfile::tempdir().unwrap();
    let receiver = |name: &str| UnixDatagram::bind(directory.path().join(name)).unwrap();
    let received = |socket: &UnixDatagram| {
        let mut bytes = [0; 4096];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let journald = |socket: &str, more: Value| {
        let mut handler = json!({"class": "journald", "socket": directory.path().join(socket)});
        let more = more.as_object().unwrap().clone();
        handler.as_object_mut().unwrap().extend(more);
        handler
    };
    let own = receiver("own");
    for (key, name) in [("identifier", "a"), ("SYSLOG_IDENTIFIER", "b")] {
        let registry = with_handler(directory.path(), &journald("own", json!({key: name})));
        log(&registry, &["x"]);
        assert!(received(&own).contains(&format!("SYSLOG_IDENTIFIER={name}\n")));
    }

    // Nothing is at this address: what each limit costs is seen by the counters.
    let dropped = |more: Value| {
        let mut more = more;
        more["close_within"] = json!(0);
        let registry = with_handler(directory.path(), &journald("none", more));
        let handler = registry.root().handlers().remove(0);
        handler.set_error_hook(|_| {});
        for _ in 0..50 {
            log(&registry, &["a message"]);
        }
        handler.counters().dropped()
    };
    assert_eq!(dropped(json!({})), 0);
    // One batch may be on its way.
    assert!(dropped(json!({"max_records": 2, "batch_records": 1})) >= 47);
    assert!(dropped(json!({"max_bytes": 400, "batch_records": 1})) > 0);
    let spool = json!({"directory": "spool", "max_bytes": 1_000_000, "sync_each": true});
    assert_eq!(dropped(json!({"max_records": 2, "spool": spool})), 0);
    let newest = json!({"max_records": 2, "batch_records": 1, "overflow": "drop_newest"});
    assert!(dropped(newest) >= 47);
    let waiting =
        json!({"max_records": 2, "batch_records": 1, "overflow": "block", "block_at_most": 0});
    assert!(dropped(waiting) >= 47);
    // A record waits for others, unless it is asked for.
    let lingering = journald("own", json!({"linger": 3600, "dead_letters": "out"}));
    let document = json!({
        "version": 1,
        "handlers": {"h": lingering, "out": {"class": "null"}},
        "root": {"level": 1, "handlers": ["h"]},
    });
    let registry = apply(directory.path(), &document);
    log(&registry, &["later"]);
    own.set_nonblocking(true).unwrap();
    assert!(own.recv(&mut [0; 10]).is_err());
    registry.root().handlers()[0].flush().unwrap();
    assert!(received(&own).starts_with("MESSAGE=later\n"));
}

/// The arguments of syslog, as Python has them and beyond.
#[test]
#[cfg(feature = "syslog")]
fn of_syslog() {
    use std::io::Read;
    use std::net::{TcpListener, UdpSocket};

    let directory = tempfile::tempdir().unwrap();
    let long = Some(Duration::from_secs(60));
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_read_timeout(long).unwrap();
    let port = receiver.local_addr().unwrap().port();
    let sent = |class: &str, more: Value| {
        let mut handler = json!({"class": class, "address": ["127.0.0.1", port]});
        let more = more.as_object().unwrap().clone();
        handler.as_object_mut().unwrap().extend(more);
        let registry = with_handler(directory.path(), &handler);
        logtree::info!(registry.get_logger("shop.cart"), key = 1; "x");
        let mut bytes = [0; 10_000];
        let length = receiver.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let python = |more: Value| sent("logging.handlers.SysLogHandler", more);
    assert_eq!(python(json!({})), "<14>x\0");
    for facility in [
        json!("daemon"),
        json!(3),
        json!("ext://logging.handlers.SysLogHandler.LOG_DAEMON"),
    ] {
        assert_eq!(python(json!({"facility": facility})), "<30>x\0");
    }
    assert_eq!(
        python(json!({"ident": "a: ", "append_nul": false})),
        "<14>a: x"
    );
    let attributes = json!({".": {"ident": "a: ", "append_nul": false}});
    assert_eq!(python(attributes), "<14>a: x");
    assert_eq!(python(json!({"framing": "none"})), "<14>x");
    assert!(python(json!({"form": "rfc5424"})).starts_with("<14>1 "));
    assert!(python(json!({"socktype": "ext://socket.SOCK_DGRAM"})).starts_with("<14>"));

    let own = |more: Value| sent("syslog", more);
    let data = "[logtree@32473 logger=\"shop.cart\"";
    let message = own(json!({"host": "h", "app_name": "app"}));
    assert!(message.contains(" h app "), "{message}");
    assert!(
        message.contains(data) && message.ends_with("[meta sequenceId=\"1\"] x"),
        "{message}"
    );
    let other = own(json!({"enterprise": 1, "bom": true, "sequence_id": false}));
    assert!(
        other.contains("[logtree@1 ") && other.ends_with("\"] \u{feff}x"),
        "{other}"
    );
    assert!(own(json!({"append_nul": true})).ends_with("] x\0"));
    let limited = json!({"class": "syslog", "address": format!("udp:127.0.0.1:{port}"),
        "max_message_bytes": 1_024});
    log(
        &with_handler(directory.path(), &limited),
        &[&"x".repeat(2_000)],
    );
    let mut bytes = [0; 10_000];
    let length = receiver.recv(&mut bytes).unwrap();
    assert!((1_000..=1_024).contains(&length), "{length}");

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for handler in [
        json!({"address": ["127.0.0.1", address.port()], "socktype": "ext://socket.SOCK_STREAM"}),
        json!({"address": ["127.0.0.1", address.port()], "socktype": 1, "resend_bytes": 0}),
        json!({"address": format!("tcp:{address}")}),
    ] {
        let mut handler = handler;
        handler["class"] = json!("logging.handlers.SysLogHandler");
        let registry = with_handler(directory.path(), &handler);
        log(&registry, &["x"]);
        let (mut peer, _) = listener.accept().unwrap();
        peer.set_read_timeout(long).unwrap();
        let mut bytes = [0; 6];
        peer.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"<14>x\0");
    }
}

#[test]
#[cfg(feature = "syslog")]
fn wrong_arguments_of_syslog_are_found() {
    for (key, value, expected) in [
        ("address", json!(514), "an address"),
        ("address", json!(["localhost"]), "an address"),
        ("address", json!(["localhost", 0]), "an address"),
        ("facility", json!("deamon"), "did you mean \"daemon\"?"),
        ("facility", json!(24), "from 0 to 23"),
        ("socktype", json!("tcp"), "\"stream\", \"datagram\""),
        ("form", json!("5424"), "rfc5424"),
        ("framing", json!("lf"), "octet_counting"),
    ] {
        let handler = json!({"class": "syslog", key: value});
        let document = json!({"version": 1, "handlers": {"h": handler}});
        let config = DictConfig::from_value(&document).unwrap();
        let error = config.check_in(&Registry::new()).unwrap_err();
        let text = format!("{error:?}");
        assert!(text.contains(expected), "{text}");
    }
}

/// CloudWatch Logs, in both spellings of its keys, by a client that notes its calls.
#[test]
#[cfg(feature = "cloudwatch")]
fn of_cloudwatch() {
    use logtree::config::Factories;
    use logtree::delivery::{LogEvent, LogGroup, PutLogEvents, RejectedLogEvents, ServiceError};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Noted(Arc<Mutex<Vec<String>>>);

    impl Noted {
        fn note(&self, call: String) {
            self.0.lock().unwrap().push(call);
        }
    }

    impl PutLogEvents for Noted {
        fn put_log_events(
            &self,
            group: &str,
            stream: &str,
            events: &[LogEvent<'_>],
        ) -> Result<RejectedLogEvents, ServiceError> {
            let was_called = self
                .0
                .lock()
                .unwrap()
                .iter()
                .any(|call| call.starts_with("put"));
            let length = events[0].message.len();
            self.note(format!("put {group} {stream} {} {length}", events.len()));
            if was_called {
                return Ok(RejectedLogEvents::default());
            }
            Err(ServiceError::new("ResourceNotFoundException", "missing"))
        }
        fn create_log_group(&self, group: &LogGroup) -> Result<(), ServiceError> {
            self.note(format!("group {group:?}"));
            Ok(())
        }
        fn create_log_stream(&self, _: &str, _: &str) -> Result<(), ServiceError> {
            let has_group = self
                .0
                .lock()
                .unwrap()
                .iter()
                .any(|call| call.starts_with("group"));
            match has_group {
                true => Ok(()),
                false => Err(ServiceError::new("ResourceNotFoundException", "missing")),
            }
        }
        fn put_retention_policy(&self, _: &str, days: u32) -> Result<(), ServiceError> {
            self.note(format!("retention {days}"));
            Ok(())
        }
    }

    let with = |handler: Value, text: &str| {
        let noted = Noted::default();
        let client = noted.clone();
        let factories = Factories::new().cloudwatch(move |arguments| {
            let region: String = arguments.required("region");
            let client = client.clone();
            move || {
                client.note(region);
                Ok(client)
            }
        });
        let document = json!({
            "version": 1,
            "handlers": {"h": handler},
            "root": {"level": 1, "handlers": ["h"]},
        });
        let registry = Registry::new();
        let config = DictConfig::from_value(&document)
            .unwrap()
            .factories(factories);
        let applied = config
            .install_in(&registry)
            .map_err(|error| error.to_string());
        if let Err(error) = applied {
            return vec![error];
        }
        log(&registry, &[text]);
        let _ = registry.root().handlers()[0].flush();
        noted.0.lock().unwrap().clone()
    };
    let ours = json!({
        "class": "cloudwatch", "region": "eu", "group": "g", "stream": "s", "create": true,
        "retention_days": 7, "tags": {"a": "b"}, "log_group_class": "INFREQUENT_ACCESS",
        "oversize": "truncate", "linger": 3600, "pass_embedded_metrics": true,
    });
    let theirs = json!({
        "class": "watchtower.CloudWatchLogHandler", "region": "eu", "log_group_name": "g",
        "log_stream_name": "s", "create_log_group": true, "log_group_retention_days": 7,
        "log_group_tags": {"a": "b"}, "log_group_class": "INFREQUENT_ACCESS",
        "oversize": "truncate", "send_interval": 3600, "pass_embedded_metrics": true,
    });
    let metrics = r#"{"_aws": {}}"#;
    for handler in [ours, theirs] {
        let group =
            r#"group LogGroup { name: "g", class: Some(InfrequentAccess), tags: [("a", "b")] }"#;
        let expected = ["eu", "put g s 1 12", group, "retention 7", "put g s 1 12"];
        assert_eq!(with(handler.clone(), metrics), expected);
        let calls = with(handler, &"x".repeat(2_000_000));
        assert_eq!(calls.last().unwrap(), "put g s 1 1048549");
    }
    let split = json!({"class": "cloudwatch", "region": "eu", "group": "g", "stream": "s"});
    assert_eq!(with(split, &"x".repeat(2_000_000)).len(), 5);
    let never = json!({"class": "cloudwatch", "region": "eu", "group": "g", "create": false});
    let calls = with(never, "x");
    assert!(
        calls.iter().all(|call| !call.starts_with("group")),
        "{calls:?}"
    );
    let without = json!({"class": "cloudwatch", "region": "eu"});
    assert!(with(without, "x")[0].contains("expected the key \"group\", which is missing"));
}

/// The section means the same for each handler that can speak TLS.
#[test]
#[cfg(all(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "syslog",
    feature = "tls"
))]
fn of_tls() {
    let directory = tempfile::tempdir().unwrap();
    let handlers = [
        json!({"class": "syslog", "address": "tls:localhost"}),
        json!({"class": "gelf", "address": "tls:localhost"}),
        json!({"class": "smtp", "mailhost": "tls:localhost", "fromaddr": "a@b.c", "toaddrs": "a@b.c"}),
        json!({"class": "smtp", "mailhost": "localhost", "fromaddr": "a@b.c", "toaddrs": "a@b.c", "secure": []}),
        json!({"class": "http", "url": "https://localhost"}),
        json!({"class": "gelf", "address": "https://localhost"}),
        json!({"class": "otlp", "endpoint": "https://localhost", "environment": false}),
    ];
    for mut handler in handlers {
        for (tls, expected) in [
            (json!({"ca_files": ["missing.pem"]}), "missing.pem"),
            (json!({"only_ca_files": true}), "no certificates"),
            (json!({"server_name": "not a name"}), "not a name"),
            (json!({"certificate": "c.pem", "key": "k.pem"}), "k.pem"),
            (json!({"certificate": "c.pem"}), "expected the key"),
            (json!({"key": "k.pem"}), "expected the certificate"),
            (json!({"other": 1}), "other"),
        ] {
            handler["tls"] = tls;
            let document = json!({"version": 1, "handlers": {"h": &handler}});
            let config = DictConfig::from_value(&document).unwrap();
            let error = config
                .directory(directory.path())
                .install_in(&Registry::new());
            let text = format!("{:?}", error.unwrap_err());
            assert!(text.contains(expected), "{handler}: {text}");
        }
    }
}
