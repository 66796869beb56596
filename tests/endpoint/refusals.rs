//! Requests that are refused before they are processed, as raw bytes.

use serde_json::json;

use crate::http::{Answer, Served, serve, serve_with};

/// A request over TCP with the token and the given header lines.
fn send(served: &Served, target: &str, lines: &[&str], body: &str) -> Answer {
    let token = served.server.token().unwrap();
    let mut text = format!("{target} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n");
    for line in lines {
        text += &line.replace("PORT", &served.address().port().to_string());
        text += "\r\n";
    }
    text += "\r\n";
    text += body;
    served.raw(text.as_bytes())
}

#[test]
fn a_request_needs_one_host_that_is_known() {
    let served = serve_with(|endpoint| endpoint.host("logs.example.com"));
    let status = |lines: &[&str]| send(&served, "GET /v1/status", lines, "").status;
    for host in [
        "127.0.0.1:PORT",
        "localhost:PORT",
        "LocalHost:PORT",
        "[::1]:PORT",
        "logs.example.com",
    ] {
        assert_eq!(status(&[&format!("Host: {host}")]), 200, "{host}");
    }
    for host in [
        "localhost",
        "127.0.0.1",
        "localhost.:PORT",
        "localhost:PORT.",
        "localhost:1",
        "localhost.evil.com:PORT",
        "evil.com",
        "evil.com:PORT",
        "xlocalhost:PORT",
        "localhost:PORTx",
        "localhost:0PORT",
        "localhost:PORT:80",
        "user@localhost:PORT",
        "localhost:PORT@evil.com",
        "127.0.0.1.nip.io:PORT",
        "127.1:PORT",
        "2130706433:PORT",
        "0.0.0.0:PORT",
        "[::]:PORT",
        "[::ffff:127.0.0.1]:PORT",
        "::1:PORT",
        "logs.example.com:80",
        "logs.example.com.evil.com",
        "http://localhost:PORT",
        "localhost:PORT, evil.com",
        "localhost:PORT/",
        "local host:PORT",
        "",
    ] {
        assert_eq!(status(&[&format!("Host: {host}")]), 421, "{host}");
    }
    for known in ["127.0.0.1", "localhost", "[::1]", "logs.example.com"] {
        for before in ["x", "evil.", "user@", "//", "%"] {
            let host = format!("{before}{known}:PORT");
            assert_eq!(status(&[&format!("Host: {host}")]), 421, "{host}");
        }
        for after in [".", ".evil.com", "x", "-", "%00", "#", "@evil.com"] {
            let host = format!("{known}{after}:PORT");
            assert_eq!(status(&[&format!("Host: {host}")]), 421, "{host}");
        }
    }
    assert_eq!(status(&[]), 400);
    assert_eq!(
        status(&["Host: localhost:PORT", "Host: localhost:PORT"]),
        400
    );
    assert_eq!(status(&["Host: localhost:PORT", "Host: evil.com"]), 400);
    for target in [
        "http://localhost/v1/status",
        "//evil.com/v1/status",
        "*",
        "evil.com:80",
    ] {
        let answer = send(
            &served,
            &format!("GET {target}"),
            &["Host: localhost:PORT"],
            "",
        );
        assert!([400, 404].contains(&answer.status), "{target}: {answer:?}");
    }
}

#[test]
fn a_foreign_page_changes_and_sees_nothing() {
    let served = serve();
    let target = "PATCH /v1/levels";
    let body =
        json!({"changes": [{"target": "a", "type": "LOGGER", "level": "DEBUG"}]}).to_string();
    let length = format!("Content-Length: {}", body.len());
    let host = "Host: localhost:PORT";
    let status = |lines: &[&str]| {
        let lines = [&[host, &*length, "Content-Type: application/json"], lines].concat();
        send(&served, target, &lines, &body).status
    };
    for line in [
        "Origin: http://evil.com",
        "Origin: null",
        "Origin: ",
        "Origin: http://localhost",
        "Origin: http://localhost:1",
        "Origin: https://localhost:PORT",
        "Origin: http://127.0.0.1:PORT",
        "Origin: http://localhost:PORT.evil.com",
        "Origin: http://localhost:PORT/",
        "Origin: localhost:PORT",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: SAME-ORIGIN",
        "Sec-Fetch-Site: ",
    ] {
        assert_eq!(status(&[line]), 403, "{line}");
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let answer = send(&served, &format!("{method} /v1/loggers"), &[host, line], "");
            assert_eq!(answer.status, 403, "{method} {line}");
        }
    }
    let own = "localhost:PORT";
    let before = [
        "HTTP://", "ws://", "file://", "//", "http:/", "http:///", "null ", "ftp://",
    ];
    let schemes = before.map(|before| format!("{before}{own}"));
    let after = [
        "/x",
        "x",
        "0",
        "@evil.com",
        "#",
        "?",
        "\\",
        ":80",
        ".",
        " http://evil.com",
        ",http://localhost:PORT",
        "%00",
    ];
    let ends = after.map(|after| format!("http://{own}{after}"));
    let hosts = ["x", "evil.", "user@", "user:pass@", "%"];
    let hosts = hosts.map(|before| format!("http://{before}{own}"));
    for origin in schemes.iter().chain(&ends).chain(&hosts) {
        assert_eq!(status(&[&format!("Origin: {origin}")]), 403, "{origin}");
    }
    for site in [
        "Same-Origin",
        "NONE",
        "null",
        "*",
        "user",
        "none, none",
        "same-origin, none",
    ] {
        assert_eq!(status(&[&format!("Sec-Fetch-Site: {site}")]), 403, "{site}");
    }
    assert_eq!(
        status(&["Origin: http://localhost:PORT", "Origin: http://evil.com"]),
        403
    );
    assert_eq!(
        status(&["Sec-Fetch-Site: none", "Sec-Fetch-Site: cross-site"]),
        403
    );
    assert_eq!(served.control.revision(), 0);
    for method in ["OPTIONS", "TRACE", "CONNECT", "PROPFIND"] {
        let answer = send(&served, &format!("{method} /v1/levels"), &[host], "");
        assert!([400, 405].contains(&answer.status), "{method}: {answer:?}");
        assert!(!answer.head.to_lowercase().contains("access-control"));
    }
    for lines in [
        &["Origin: http://localhost:PORT"][..],
        &["Sec-Fetch-Site: same-origin"],
        &["Sec-Fetch-Site: none"],
    ] {
        let answer = send(&served, "GET /v1/status", &[&[host], lines].concat(), "");
        assert_eq!(answer.status, 200, "{lines:?}");
    }
}

#[test]
fn a_body_has_one_length() {
    let served = serve();
    let host = "Host: localhost:PORT";
    let status = |lines: &[&str], body: &str| {
        send(
            &served,
            "PATCH /v1/levels",
            &[&[host], lines].concat(),
            body,
        )
        .status
    };
    assert_eq!(
        status(&["Transfer-Encoding: chunked"], "2\r\n{}\r\n0\r\n\r\n"),
        411
    );
    let both = ["Transfer-Encoding: chunked", "Content-Length: 2"];
    assert_eq!(status(&both, "2\r\n{}\r\n0\r\n\r\n"), 411);
    assert_eq!(status(&["Transfer-Encoding: gzip, chunked"], ""), 411);
    assert_eq!(
        status(&["Content-Length: 2", "Content-Length: 3"], "{}"),
        400
    );
    assert_eq!(status(&["Content-Length: 2, 2"], "{}"), 400);
    // The same length twice is one length, of which nothing else can be read.
    let lines = [
        host,
        "Content-Type: application/json",
        "Content-Length: 17",
        "Content-Length: 17",
    ];
    let body = r#"{"level":"debug"}GET / HTTP/1.1"#;
    assert_eq!(send(&served, "PUT /level", &lines, body).status, 200);
    assert_eq!(served.registry.root().level(), logtree::Level::DEBUG);
    assert_eq!(status(&["Content-Length: -1"], "{}"), 400);
    assert_eq!(status(&["Content-Length: 0x2"], "{}"), 400);
    assert_eq!(status(&["Content-Length: 99999999999999999999"], "{}"), 400);
    assert_eq!(status(&["Content-Length: 1073741824"], "{}"), 413);
    assert_eq!(status(&["Content-Length: 65537"], &" ".repeat(65537)), 413);
}

#[test]
fn every_answer_is_private_and_no_page() {
    let served = serve();
    for answer in [
        served.unix("GET", "/v1/status").send().expect(200),
        served.unix("GET", "/unknown").send().expect(404),
        served.anonymous("GET", "/v1/status").send().expect(401),
        served.anonymous("OPTIONS", "/v1/status").send().expect(405),
    ] {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("connection"), Some("close"));
    }
}

#[test]
fn hyper_is_set_to_our_limits() {
    let served = serve();
    let many: Vec<_> = (0..70).map(|number| format!("X-{number}: 1")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let lines = [&["Host: localhost:PORT"], &*many].concat();
    assert_eq!(send(&served, "GET /v1/status", &lines, "").status, 431);
    let long = format!("X: {}", "x".repeat(20_000));
    let lines = ["Host: localhost:PORT", &long];
    assert_eq!(send(&served, "GET /v1/status", &lines, "").status, 431);
    for bytes in [
        &b"\0\0\0\0"[..],
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\n\r\n",
    ] {
        let answer = served.raw(bytes);
        assert!([0, 400].contains(&answer.status), "{answer:?}");
    }
}
