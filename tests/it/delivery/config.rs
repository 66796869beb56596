//! Each key of the handlers that send by HTTP or as GELF changes what is sent.

use logtree::Registry;
use logtree::config::DictConfig;
use serde_json::{Value, json};

use super::mail_server::{Deed as MailDeed, MailServer};
use super::web_server::{Deed, Request, WebServer};

fn install(handler: &Value) -> Result<Registry, logtree::Error> {
    let registry = Registry::new();
    let document = json!({"version": 1, "handlers": {"h": handler}, "root": {"handlers": ["h"]}});
    DictConfig::from_value(&document)?.install_in(&registry)?;
    Ok(registry)
}

/// Logs one record by a handler, and returns what reaches a server.
fn sent(server: &WebServer, handler: &Value) -> Request {
    let registry = install(handler).unwrap();
    logtree::warn!(registry.get_logger("app"), user = "ann"; "hello there");
    registry.root().handlers()[0].flush().unwrap();
    server.requests().pop().unwrap()
}

fn problem(handler: Value) -> String {
    install(&handler).unwrap_err().to_string()
}

#[test]
fn of_http() {
    let server = WebServer::start(|_| Deed::status(200));
    let host = server.address.to_string();
    for class in ["logging.handlers.HTTPHandler", "http"] {
        let with = |more: Value| {
            let mut handler = json!({"class": class, "host": &host, "url": "/log?a=1"});
            handler
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            sent(&server, &handler)
        };
        let request = with(json!({}));
        assert!(
            request
                .target
                .starts_with("/log?a=1&name=app&msg=hello+there&args=%28%29&")
        );
        assert_eq!(
            (&*request.method, request.header("authorization")),
            ("GET", None)
        );
        let request = with(json!({
            "method": "post", "credentials": ["u", "p"], "secure": false, "context": null,
        }));
        assert_eq!((&*request.method, &*request.target), ("POST", "/log?a=1"));
        assert_eq!(request.header("authorization"), Some("Basic dTpw"));
        assert!(request.text().ends_with("&user=ann"), "{}", request.text());
        for (body, starts) in [
            ("query", ""),
            ("form", "name=app&"),
            ("json", "{\"time\""),
            ("ndjson", "{\"time\""),
            ("json_array", "[{\"time\""),
        ] {
            let more = json!({"body": body, "headers": {"X-Key": "k"}, "timeout": "5s"});
            let request = with(more);
            assert!(
                request.text().starts_with(starts),
                "{body}: {}",
                request.text()
            );
            assert_eq!(request.header("x-key"), Some("k"));
        }
    }
    let whole = json!({"class": "http", "url": server.url("/whole"), "body": "json"});
    assert_eq!(sent(&server, &whole).target, "/whole");
}

#[test]
fn of_http_what_cannot_be_is_a_problem() {
    let with = |more: Value| {
        let mut handler = json!({"class": "http", "host": "localhost:1", "url": "/log"});
        handler
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        problem(handler)
    };
    for (more, words) in [
        (json!({"method": "PUT"}), "expected GET or POST"),
        (
            json!({"context": "ext://ssl.context"}),
            "expected no context",
        ),
        (
            json!({"credentials": ["s3cret"]}),
            "expected a user and a password",
        ),
        (json!({"url": "log"}), "begins with a slash"),
        (json!({"host": null}), "expected the key \"host\""),
        (
            json!({"method": "GET", "body": "json"}),
            "exclude each other",
        ),
        (
            json!({"headers": {"a b": "s3cret"}}),
            "no header can have the name",
        ),
        (json!({"host": "a b:s3cret"}), "expected an address"),
        (json!({"timeout": 0}), "timeout is zero"),
    ] {
        let problem = with(more);
        assert!(
            problem.contains(words) && !problem.contains("s3cret"),
            "{problem}"
        );
    }
}

#[test]
fn of_otlp() {
    let server = WebServer::start(|_| Deed::status(200));
    for class in ["opentelemetry.sdk._logs.LoggingHandler", "otlp"] {
        let handler = json!({
            "class": class, "endpoint": server.url("/v1/logs"), "headers": {"api-key": "k"},
            "timeout": "5s", "resource": {"service.name": "shop", "n": 7}, "environment": false,
            "gzip": false, "linger": "60s", "batch_records": 5,
        });
        let request = sent(&server, &handler);
        let text = String::from_utf8_lossy(&request.body);
        assert!(
            ["hello there", "service.name", "shop", "WARNING"]
                .iter()
                .all(|it| text.contains(it))
        );
        assert_eq!(
            (&*request.target, request.header("api-key")),
            ("/v1/logs", Some("k"))
        );
        let mut packed = handler;
        packed["gzip"] = true.into();
        assert_eq!(
            sent(&server, &packed).header("content-encoding"),
            Some("gzip")
        );
    }
    assert!(
        problem(json!({"class": "otlp", "endpoint": "s3cret"})).contains("expected an address")
    );
}

#[test]
fn of_gelf() {
    use std::net::UdpSocket;

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let receive = |more: Value| {
        let mut handler = json!({"class": "gelf", "address": format!("udp:{address}")});
        handler
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let registry = install(&handler).unwrap();
        logtree::warn!(registry.get_logger("app"), long = "x".repeat(600); "hello there");
        registry.root().handlers()[0].flush().unwrap();
        let mut datagram = [0; 65_536];
        let length = socket.recv(&mut datagram).unwrap();
        datagram[..length].to_vec()
    };
    let text = |datagram: &[u8]| String::from_utf8_lossy(datagram).into_owned();
    let plain = text(&receive(json!({"compression": "none", "host": "web1"})));
    assert!(
        plain.contains(r#""host":"web1""#) && plain.contains("hello there"),
        "{plain}"
    );
    assert_eq!(receive(json!({"compression": "gzip"}))[..2], [0x1f, 0x8b]);
    assert_eq!(receive(json!({"compression": "zlib"}))[0], 0x78);
    let chunk = receive(json!({"compression": "none", "datagram_bytes": 512}));
    assert_eq!((&chunk[..2], chunk.len()), (&[0x1e, 0x0f][..], 512));
}

#[test]
fn of_smtp() {
    for class in ["logging.handlers.SMTPHandler", "smtp"] {
        let server = MailServer::start(|_| MailDeed::Usual);
        let port = server.address.port();
        let with = |more: Value| {
            let mut handler = json!({
                "class": class, "mailhost": ["127.0.0.1", port], "fromaddr": "a@example.com",
                "toaddrs": ["b@example.com", "c@example.com"], "subject": "trouble",
            });
            let object = handler.as_object_mut().unwrap();
            object.extend(more.as_object().unwrap().clone());
            let registry = install(&handler).unwrap();
            for _ in 0..2 {
                logtree::warn!(registry.get_logger("app"), user = "ann"; "hello there");
            }
            registry.root().handlers()[0].flush().unwrap();
            server.mails().pop().unwrap()
        };
        let mail = with(json!({}));
        assert!(mail.contains("\r\nSubject: trouble\r\n"), "{mail}");
        assert!(
            mail.contains("To: b@example.com, c@example.com\r\n"),
            "{mail}"
        );
        assert!(mail.ends_with("\r\n\r\nhello there user=ann\r\n"), "{mail}");
        assert_eq!((server.mails().len(), server.count("AUTH")), (2, 0));
        let mail = with(json!({
            "mailhost": server.address.to_string(), "toaddrs": "b@example.com, c@example.com",
            "subject": null, "subject_format": "%(levelname)s of %(name)s",
            "digest": {"within": "1h", "max_records": 2}, "secure": false, "timeout": 30.0,
            "credentials": ["u", "p"], "credentials_in_clear": true,
        }));
        assert!(
            mail.contains("\r\nSubject: WARNING of app [2 records]\r\n"),
            "{mail}"
        );
        assert_eq!((server.mails().len(), server.count("AUTH")), (3, 1));
    }
}

#[test]
fn of_smtp_what_cannot_be_is_a_problem() {
    let with = |more: Value| {
        let mut handler = json!({
            "class": "smtp", "mailhost": "localhost", "fromaddr": "a@example.com",
            "toaddrs": "b@example.com",
        });
        let object = handler.as_object_mut().unwrap();
        object.extend(more.as_object().unwrap().clone());
        problem(handler)
    };
    for (more, words) in [
        (
            json!({"mailhost": "u:s3cret@host"}),
            "without a user's name",
        ),
        (json!({"mailhost": ["host"]}), "a list of a host and a port"),
        (json!({"toaddrs": []}), "a list of addresses"),
        (json!({"toaddrs": ["b"]}), "expected an address such as"),
        (
            json!({"credentials": ["s3cret"]}),
            "expected a user and a password",
        ),
        (
            json!({"credentials": ["u", "s3cret"], "secure": false}),
            "under TLS only",
        ),
        (json!({"secure": ["key"]}), "a key and a certificate"),
        (
            json!({"subject": "a", "subject_format": "%(message)s"}),
            "exclude each other",
        ),
        (json!({"subject_format": "%(message"}), "subject_format"),
        (json!({"digest": {"max_records": 5}}), "within"),
        (json!({"timeout": 0}), "timeout is zero"),
    ] {
        let problem = with(more);
        assert!(
            problem.contains(words) && !problem.contains("s3cret"),
            "{problem}"
        );
    }
}
