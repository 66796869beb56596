//! Servers that start, end, and meet bad clients and bad code.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::mpsc;
use std::time::Duration;

use logtree::Registry;
use logtree::control::{Address, Control, Endpoint, Page, TargetType};
use serde_json::json;

use crate::http::{Served, exchange, files, serve, serve_with, skipped};

fn change(served: &Served) -> u16 {
    let body = json!({"changes": [{"target": "a", "level": "DEBUG"}]});
    served.unix("PATCH", "/v1/levels").json(&body).send().status
}

fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn socket_and_token_are_the_users_alone() {
    let served = serve();
    let token = served.socket().with_extension("token");
    assert_eq!((mode(&served.socket()), mode(&token)), (0o600, 0o600));
    assert_eq!(
        fs::read_to_string(&token).unwrap(),
        served.server.token().unwrap()
    );
    assert_eq!(files(served.directory.path()), ["log.sock", "log.token"]);
}

#[test]
fn a_path_that_is_taken_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.sock");
    let control = Control::new(&Registry::new());
    let serve = || control.serve(Endpoint::new().socket(&path));
    // The file of a process that was killed.
    drop(UnixListener::bind(&path).unwrap());
    let first = serve().unwrap();
    let error = serve().unwrap_err().to_string();
    assert!(error.contains("another server listens on it"), "{error}");
    drop(first);
    assert!(!path.exists());
    fs::write(&path, "kept").unwrap();
    let error = serve().unwrap_err().to_string();
    assert!(error.contains("expected a socket or no file"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "kept");
    fs::remove_file(&path).unwrap();
    // A file that replaced it stays.
    let server = serve().unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "other").unwrap();
    drop(server);
    assert_eq!(fs::read_to_string(&path).unwrap(), "other");
}

/// The token of a process that was killed is replaced, a file of the user's is not.
#[test]
fn a_token_replaces_no_other_file() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.token");
    let serve = || {
        let endpoint = Endpoint::new().socket(directory.path().join("app.sock"));
        let control = Control::new(&Registry::new());
        control.serve(endpoint.tcp("127.0.0.1:0"))
    };
    for kept in [
        "my own secret",
        "hunter2",
        &"x y".repeat(20),
        &"x".repeat(64),
    ] {
        fs::write(&path, kept).unwrap();
        let error = serve().unwrap_err().to_string();
        assert!(error.contains("the token of an earlier process"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), kept);
        assert!(!directory.path().join("app.sock").exists());
        fs::remove_file(&path).unwrap();
    }
    let server = serve().unwrap();
    let token = fs::read_to_string(&path).unwrap();
    drop(server);
    assert!(!path.exists());
    for (left, mode) in [(&*token, 0o600), (&token, 0o640), ("", 0o600)] {
        fs::write(&path, left).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let server = serve().unwrap();
        assert_ne!(fs::read_to_string(&path).unwrap(), token);
        drop(server);
    }
}

#[test]
fn a_path_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let control = Control::new(&Registry::new());
    let path = directory.path().join("log.sock");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let error = control.serve(Endpoint::new().socket(&path)).unwrap_err();
    assert!(error.to_string().contains("run chmod go-w"), "{error}");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    drop(control.serve(Endpoint::new().socket(&path)).unwrap());
    let long = directory.path().join("x".repeat(200));
    let error = control.serve(Endpoint::new().socket(long)).unwrap_err();
    assert!(
        error.to_string().contains("expected a path of at most"),
        "{error}"
    );
}

#[test]
fn addresses_of_other_hosts_are_refused() {
    let control = Control::new(&Registry::new());
    let endpoint = || Endpoint::new().without_socket();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let error = control
            .serve(endpoint().tcp(address))
            .unwrap_err()
            .to_string();
        assert!(error.contains("set allow_remote"), "{error}");
    }
    let server = control
        .serve(endpoint().tcp("0.0.0.0:0").allow_remote(true))
        .unwrap();
    assert!(server.token().unwrap().len() >= 32);
    drop(server);
    assert!(control.serve(endpoint().tcp("nonsense")).is_err());
}

/// A listener of IPv6 has connections of IPv4, to addresses that clients write as such.
#[test]
fn a_connection_has_its_address_as_clients_write_it() {
    for (listens, connects, console) in [
        ("0.0.0.0:0", "127.0.0.2", "127.0.0.1"),
        ("[::]:0", "127.0.0.2", "[::1]"),
        ("[::]:0", "[::1]", "[::1]"),
    ] {
        let registry = Registry::new();
        let control = Control::new(&registry);
        let endpoint = Endpoint::new().without_socket().tcp(listens);
        let server = control.serve(endpoint.allow_remote(true).console(true));
        let Ok(server) = server else {
            skipped(&format!("cannot listen on {listens}"));
            continue;
        };
        let Address::Tcp(address) = &server.addresses()[0] else {
            unreachable!("no socket");
        };
        let port = address.port();
        let token = server.token().unwrap();
        let url = format!("http://{console}:{port}/#token={token}");
        assert_eq!(server.console_url(), Some(url));
        let host = format!("{connects}:{port}");
        let status = |host: &str| {
            let head = format!(
                "PATCH /v1/levels HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
            );
            let body = r#"{"changes": [{"target": "a", "level": "DEBUG"}]}"#;
            let length = body.len();
            let bytes = format!("{head}Content-Length: {length}\r\n\r\n{body}");
            let stream = TcpStream::connect(format!("{connects}:{port}")).unwrap();
            exchange(stream, bytes.as_bytes()).status
        };
        assert_eq!(status(&host), 200, "{host}");
        assert_eq!(status(&format!("127.0.0.3:{port}")), 421);
        assert_eq!(status(&format!("[::ffff:127.0.0.2]:{port}")), 421);
        let page = control.list(Some(TargetType::Logger), Page::new(1));
        let overrides = page.unwrap().overrides;
        let origin = overrides[0].origin.as_deref().unwrap();
        let own = connects.replace("127.0.0.2", "127.0.0.");
        assert!(origin.starts_with(&format!("http:tcp:{own}")), "{origin}");
    }
}

#[test]
fn a_token_of_a_file_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    let tokens = [(); 2].map(|()| {
        let served = serve_with(|endpoint| endpoint.token_file(&path));
        served.tcp("GET", "/v1/status").send().expect(200);
        assert_eq!(files(served.directory.path()), ["log.sock"]);
        served.server.token().unwrap().to_owned()
    });
    assert_eq!(tokens[0], tokens[1]);
    assert_eq!(mode(&path), 0o600);
}

/// The text in base64.
fn encode(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = text.as_bytes().chunks(3).map(|bytes| {
        let group = bytes
            .iter()
            .fold(0, |group, byte| group << 8 | usize::from(*byte));
        let group = group << (8 * (3 - bytes.len()));
        let digit = |at: usize| match at <= bytes.len() {
            true => char::from(DIGITS[group >> (18 - 6 * at) & 63]),
            false => '=',
        };
        [0, 1, 2, 3].map(digit)
    });
    groups.flatten().collect()
}

#[test]
fn a_client_proves_itself() {
    let served = serve();
    let token = served.server.token().unwrap();
    let status = |path: &str, proof: &str| {
        let request = served.anonymous("GET", path);
        request.header("Authorization", proof).send().status
    };
    assert_eq!(status("/v1/status", &format!("bearer {token}")), 200);
    let basic = |user: &str| {
        let pair = format!("{user}:{token}");
        format!("Basic {}", encode(&pair))
    };
    assert_eq!(status("/actuator/health", &basic("logtree")), 200);
    let mut bodies = Vec::new();
    for proof in [
        "",
        "Bearer",
        "Bearer ",
        &format!("Bearer  {token}"),
        &format!("Bearer {token}x"),
        &basic("other"),
        token,
    ] {
        let request = served.anonymous("GET", "/v1/status");
        let answer = request.header("Authorization", proof).send().expect(401);
        bodies.push((answer.body, answer.head));
    }
    bodies.iter_mut().for_each(|(_, head)| {
        let lines = head.lines().filter(|line| !line.starts_with("date:"));
        *head = lines.collect::<Vec<_>>().join("\n");
    });
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(status("/v1/status", &basic("logtree")), 401);
    let twice = served
        .tcp("GET", "/v1/status")
        .header("Authorization", "Bearer x");
    assert_eq!(twice.send().status, 401);
    let query = served.anonymous("GET", &format!("/v1/status?token={token}"));
    assert_eq!(query.send().status, 401);
    let limited = (0..10_000).find(|_| status("/v1/status", "Bearer x") == 429);
    assert!(limited.is_some());
    assert_eq!(status("/v1/status", &format!("Bearer {token}")), 200);
}

#[test]
fn reads_without_a_token_are_an_option() {
    let served = serve_with(|endpoint| endpoint.unsigned_reads(true));
    served.anonymous("GET", "/v1/status").send().expect(200);
    served.anonymous("HEAD", "/v1/status").send().expect(200);
    served.anonymous("PATCH", "/v1/levels").send().expect(401);
    served
        .anonymous("POST", "/logging?level=debug")
        .send()
        .expect(401);
    served.anonymous("GET", "/v1/console").send().expect(403);
    assert_eq!(served.control.revision(), 0);
}

#[test]
fn the_console_is_an_option_and_its_address_is_the_users() {
    let served = serve();
    served.anonymous("GET", "/").send().expect(401);
    assert_eq!(served.server.console_url(), None);
    let served = serve_with(|endpoint| endpoint.console(true));
    let page = served.anonymous("GET", "/").send().expect(200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    served.anonymous("POST", "/").send().expect(401);
    let url = served.server.console_url().unwrap();
    let token = served.server.token().unwrap();
    assert_eq!(url, format!("http://{}/#token={token}", served.address()));
    let answer = served.unix("GET", "/v1/console").send().expect(200);
    assert_eq!(answer.json()["url"], url);
    served.tcp("GET", "/v1/console").send().expect(403);
}

#[test]
fn hooks_that_panic_or_wait_hold_up_nobody_else() {
    let served = serve();
    let panics = served.control.on_change(|_| panic!("a hook of a test"));
    assert_eq!(change(&served), 200);
    drop(panics);
    let (enter, entered) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let waits = served.control.on_change(move |_| {
        enter.send(()).unwrap();
        let _ = released.lock().unwrap().recv();
    });
    let body = json!({"changes": [{"target": "b", "level": "DEBUG"}]});
    let stuck = served.unix("PATCH", "/v1/levels").json(&body).open();
    entered.recv().unwrap();
    served.unix("GET", "/v1/loggers").send().expect(200);
    // Neither does the end of the server wait.
    drop(served.server);
    drop(stuck);
    drop(release);
    drop(waits);
}

/// As `nc -N` and `socat` do at the end of their input.
#[test]
fn a_client_that_has_sent_all_gets_its_response() {
    let served = serve_with(|endpoint| endpoint.unsigned_reads(true));
    let address = served.address();
    let requests = [
        format!("GET /v1/status HTTP/1.1\r\nHost: {address}\r\n\r\n"),
        format!("GET /v1/tail?limit=x HTTP/1.1\r\nHost: {address}\r\n\r\n"),
        format!("GET /v1/tail HTTP/1.1\r\nHost: {address}\r\n\r\n"),
        format!("GET /v1/status HTTP/1.1\r\nHost: {address}\r\n"),
    ];
    // A stream has no end to wait for, and half a request no response.
    for (request, expected) in requests.iter().zip([&[200][..], &[400], &[0, 200], &[0]]) {
        let tcp = TcpStream::connect(address).unwrap();
        (&tcp).write_all(request.as_bytes()).unwrap();
        tcp.shutdown(Shutdown::Write).unwrap();
        let unix = UnixStream::connect(served.socket()).unwrap();
        (&unix).write_all(request.as_bytes()).unwrap();
        unix.shutdown(Shutdown::Write).unwrap();
        for found in [exchange(tcp, b"").status, exchange(unix, b"").status] {
            assert!(expected.contains(&found), "{request}: {found}");
        }
    }
    let body = r#"{"changes": [{"target": "a", "level": "DEBUG"}]}"#;
    let unix = UnixStream::connect(served.socket()).unwrap();
    let length = body.len();
    let head = format!("PATCH /v1/levels HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
    (&unix).write_all((head + body).as_bytes()).unwrap();
    unix.shutdown(Shutdown::Write).unwrap();
    assert_eq!(exchange(unix, b"").status, 200);
}

#[test]
fn slow_clients_are_ended_and_others_served() {
    let served = serve();
    let mut slow = Vec::new();
    for _ in 0..40 {
        let mut stream = UnixStream::connect(served.socket()).unwrap();
        stream
            .write_all(b"GET /v1/status HTTP/1.1\r\nHost: x\r\n")
            .unwrap();
        slow.push(stream);
    }
    let mut body = TcpStream::connect(served.address()).unwrap();
    let address = served.address();
    let head =
        format!("PATCH /v1/levels HTTP/1.1\r\nHost: {address}\r\nContent-Length: 100\r\n\r\n{{");
    body.write_all(head.as_bytes()).unwrap();
    // All places are taken, and are freed again.
    served.unix("GET", "/v1/status").send().expect(200);
    for mut stream in slow {
        stream
            .set_read_timeout(Some(Duration::from_secs(120)))
            .unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(!rest.starts_with(b"HTTP/1.1 200"));
    }
    body.set_read_timeout(Some(Duration::from_secs(120)))
        .unwrap();
    let mut rest = Vec::new();
    let _ = body.read_to_end(&mut rest);
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
}

#[test]
fn no_update_is_lost() {
    let served = serve_with(|endpoint| endpoint.allow_sensitive(true));
    let rounds = 8;
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let served = &served;
            scope.spawn(move || {
                for round in 0..rounds {
                    let name = format!("t{thread}.r{round}");
                    let body = json!({"changes": [{"target": name, "level": "DEBUG"}]});
                    loop {
                        let tag = served.unix("GET", "/v1/status").send().expect(200);
                        let tag = tag.header("etag").unwrap().to_owned();
                        let request = served.unix("PATCH", "/v1/levels");
                        let sent = request.header("If-Match", &tag).json(&body).send();
                        match sent.status {
                            200 => break,
                            412 | 429 => std::thread::yield_now(),
                            other => panic!("{other}: {sent:?}"),
                        }
                    }
                }
            });
        }
    });
    assert_eq!(served.control.revision(), 4 * rounds);
}
