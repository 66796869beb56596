//! The live tail.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use logtree::handler::FileHandler;
use logtree::{Level, Logger};
use serde_json::{Value, json};

use crate::http::{Request, Served, serve, serve_with, skipped};

/// A stream that is being read.
struct Stream {
    bytes: BufReader<Dechunked>,
}

/// Decodes a chunked body.
struct Dechunked {
    inner: BufReader<Box<dyn Read + Send>>,
    left: usize,
}

impl Read for Dechunked {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            let mut size = String::new();
            self.inner.read_line(&mut size)?;
            if size == "\r\n" {
                size.clear();
                self.inner.read_line(&mut size)?;
            }
            self.left = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        }
        let most = buffer.len().min(self.left);
        let read = self.inner.read(&mut buffer[..most])?;
        self.left -= read;
        Ok(read)
    }
}

/// An event of a stream.
#[derive(Debug, Default)]
struct Event {
    id: String,
    kind: String,
    data: String,
}

impl Event {
    fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn message(&self) -> String {
        self.json()["message"]
            .as_str()
            .expect("a record")
            .to_owned()
    }
}

impl Stream {
    /// Sends a request, and waits until the tail has begun.
    fn begin(request: Request) -> Self {
        let mut stream = Self::open(request);
        assert_eq!(stream.line().as_deref(), Some("retry: 1000"));
        assert_eq!(stream.line().as_deref(), Some(""));
        stream
    }

    fn open(request: Request) -> Self {
        let mut inner = BufReader::new(request.open());
        let mut head = String::new();
        while inner.read_line(&mut head).unwrap() > 2 {}
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(head.contains("no-store"), "{head}");
        Self {
            bytes: BufReader::new(Dechunked { inner, left: 0 }),
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.bytes.read_line(&mut line).unwrap();
        line.strip_suffix('\n').map(str::to_owned)
    }

    /// Reads by the rules for server-sent events.
    fn event(&mut self) -> Option<Event> {
        let mut event = Event::default();
        let mut quiet = 0;
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut event.id),
                Some(("event", kind)) => kind.clone_into(&mut event.kind),
                Some(("data", data)) => {
                    let newline = if event.data.is_empty() { "" } else { "\n" };
                    event.data += newline;
                    event.data += data;
                }
                None if line.is_empty() && !event.kind.is_empty() => return Some(event),
                None if line.is_empty() => {}
                None if line == ":" && quiet < 4 => quiet += 1,
                _ => panic!("{line:?}"),
            }
        }
    }

    #[track_caller]
    fn next(&mut self) -> Event {
        self.event().expect("the stream has not ended")
    }
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        thread::yield_now();
    }
}

fn tail(served: &Served, query: &str) -> Request {
    served.unix("GET", &format!("/v1/tail{query}"))
}

#[test]
fn it_shows_what_levels_hide_and_changes_nothing() {
    let served = serve();
    let [botocore, other] = ["botocore", "other"].map(|name| served.registry.get_logger(name));
    let mut stream = Stream::begin(tail(&served, "?level=botocore=DEBUG,urllib3=INFO"));
    assert!(!other.is_enabled_for(Level::INFO));
    logtree::debug!(botocore, bucket = "b", seq = 1, pid = "x"; "found");
    let event = stream.next();
    assert_eq!(event.kind, "record");
    let record = event.json();
    let expected = json!({
        "time": record["time"], "level": "DEBUG", "logger": "botocore", "message": "found",
        "bucket": "b", "seq_": 1, "pid_": "x",
        "levelNumber": 10, "seq": record["seq"], "pid": std::process::id(), "span": null,
    });
    assert_eq!(record, expected);
    let (boot, seq) = event.id.split_once('-').unwrap();
    assert_eq!((boot.len(), seq), (16, &*record["seq"].to_string()));

    assert!(botocore.is_enabled_for(Level::DEBUG));
    assert_eq!(botocore.effective_level(), Level::WARNING);
    assert_eq!(served.registry.logger_names(), ["botocore", "other"]);
    // The client's disconnection is noticed without a record.
    drop(stream);
    wait_until("gates close", || !botocore.is_enabled_for(Level::DEBUG));
}

#[test]
fn records_name_their_spans() {
    let served = serve();
    let mut stream = Stream::begin(tail(&served, "?level=DEBUG"));
    tracing::subscriber::with_default(served.registry.tracing_subscriber(), || {
        let _outer = tracing::info_span!("outer").entered();
        let _inner = tracing::info_span!("inner").entered();
        tracing::info!("found");
    });
    assert_eq!(stream.next().json()["span"], "outer:inner");
}

/// A tail of an owner shows what shared code logs for it, as the owner's level does.
#[test]
fn owners_show_what_they_own() {
    let served = serve();
    // Its logger is made by its first span.
    let of = |query| Stream::begin(tail(&served, query));
    let mut verbose = of("?level=aws_sdk_s3=DEBUG");
    let mut all_but_one = of("?level=DEBUG,aws_sdk_s3=ERROR,hyper=TRACE");
    let mut named = of("?level=TRACE&logger=aws_sdk_s3");
    let mut shown = of("?logger=aws_sdk_*");
    let call = |target: &str| {
        tracing::trace!(target: "hyper", "{target} connects");
        tracing::debug!(target: "aws_smithy_runtime", "{target} signs");
        tracing::error!(target: "aws_smithy_runtime", "{target} fails");
    };
    let calls = || {
        let s3 = tracing::debug_span!(target: "aws_sdk_s3::operation", "S3.Put").entered();
        call("s3");
        drop(s3);
        tracing::debug_span!(target: "aws_sdk_sts::operation", "STS.Get").in_scope(|| call("sts"));
        call("none");
        tracing::error!(target: "hyper", "end");
    };
    tracing::subscriber::with_default(served.registry.tracing_subscriber(), calls);
    assert_eq!(messages(&mut verbose, 2), ["s3 signs", "s3 fails"]);
    let others = ["s3 fails", "sts connects", "sts signs", "sts fails"];
    assert_eq!(messages(&mut all_but_one, 4), others);
    let names = ["s3 connects", "s3 signs", "s3 fails"];
    assert_eq!(messages(&mut named, 3), names);
    assert_eq!(messages(&mut shown, 2), ["s3 fails", "sts fails"]);

    let job = served.registry.get_logger("job");
    let owned = logtree::Scope::new().owner(&job);
    let shared = served.registry.get_logger("shared");
    let mut jobs = of("?level=job=DEBUG");
    shared.debug("of none");
    owned.run(|| shared.debug("of the job"));
    assert_eq!(messages(&mut jobs, 1), ["of the job"]);
    // What was shown is in the backlog with its owner.
    let mut later = of("?logger=aws_sdk_sts&backlog=10");
    assert_eq!(messages(&mut later, 1), ["sts fails"]);
}

/// Whatever a message contains, it is one event and arrives unchanged.
#[test]
fn no_message_ends_its_event_or_begins_another() {
    let served = serve();
    let logger = served.registry.get_logger("app");
    let every: String = ('\0'..'\u{300}').collect();
    let messages = [
        "a\n\nevent: dropped\ndata: {}\n\n",
        "a\r\rid: 1\r\r",
        "<script>alert(1)</script>",
        "\u{1b}[31mred\u{7}\u{85}\u{2028}\u{2029}\u{feff}",
        "data: {\"message\":\"forged\"}",
        &every,
    ];
    let mut json = Stream::begin(tail(&served, ""));
    let mut lines = Stream::open(tail(&served, "").header("Accept", "application/x-ndjson"));
    let mut text = Stream::begin(tail(&served, "?format=text"));
    let mut plain = Stream::open(tail(&served, "").header("Accept", "text/plain"));
    for message in messages {
        logtree::warn!(logger, key = message; "{message}");
        let event = json.next();
        assert_eq!(
            (event.kind.as_str(), event.message().as_str()),
            ("record", message)
        );
        assert_eq!(event.json()["key"], message);
        let line: Value = serde_json::from_str(&lines.line().unwrap()).unwrap();
        assert_eq!(line, event.json());
        assert!(!event.data.chars().any(char::is_control), "{event:?}");
        let shown = text.next();
        assert!(shown.kind == "record" && shown.id == event.id, "{shown:?}");
        let is_driving = |c: char| c.is_control() && c != '\n' && c != '\t';
        assert!(!shown.data.chars().any(is_driving), "{shown:?}");
        for (at, line) in shown.data.split('\n').enumerate() {
            let found = plain.line().unwrap();
            assert_eq!(found, line);
            assert_eq!(at == 0, !line.starts_with(' '), "{line}");
        }
    }
}

#[test]
fn secrets_stay_here() {
    let served = serve();
    let logger = served.registry.get_logger("app");
    let mut stream = Stream::begin(tail(&served, "?level=TRACE"));
    logger.debug("password=hunter2");
    assert_eq!(stream.next().message(), "password=***");
}

fn messages(stream: &mut Stream, count: usize) -> Vec<String> {
    (0..count).map(|_| stream.next().message()).collect()
}

#[test]
fn filters_limits_and_the_backlog() {
    let served = serve_with(|endpoint| endpoint.backlog_records(3));
    let [app, db] = ["app", "app.db"].map(|name| served.registry.get_logger(name));
    for at in 0..5 {
        logtree::warn!(app, at = at; "before {at}");
    }
    let mut stream = Stream::begin(tail(&served, "?backlog=2&limit=3"));
    assert_eq!(messages(&mut stream, 2), ["before 3", "before 4"]);
    app.warning("after");
    app.warning("too much");
    assert_eq!(messages(&mut stream, 1), ["after"]);
    assert!(stream.event().is_none());

    let query = "?logger=*.db&q=TIMED+out&kv=tenant:acme&kv=n:1&backlog=9";
    let mut stream = Stream::begin(tail(&served, query));
    let tenant = |logger: &Logger, tenant: &str, message: &str| {
        logtree::warn!(logger, tenant = tenant, n = 1; "{message}");
    };
    tenant(&db, "other", "timed out");
    tenant(&app, "acme", "timed out");
    tenant(&db, "acme", "in time");
    tenant(&db, "acme", "it Timed Out");
    assert_eq!(messages(&mut stream, 1), ["it Timed Out"]);
}

#[test]
fn a_stream_is_resumed() {
    let served = serve_with(|endpoint| endpoint.backlog_records(4));
    let app = served.registry.get_logger("app");
    let mut stream = Stream::begin(tail(&served, ""));
    app.warning("1");
    let last = stream.next().id;
    drop(stream);
    for message in ["2", "3", "4"] {
        app.warning(message);
    }
    let resume =
        |query: &str, id: &str| Stream::begin(tail(&served, query).header("Last-Event-ID", id));
    assert_eq!(
        messages(&mut resume("?backlog=1", &last), 3),
        ["2", "3", "4"]
    );
    for message in ["5", "6"] {
        app.warning(message);
    }
    let mut stream = resume("", &last);
    let gap = stream.next();
    let expected = json!({"gap": {"after": last, "records": 1, "hidden": false}});
    assert_eq!((gap.kind.as_str(), gap.json()), ("gap", expected));
    assert_eq!(messages(&mut stream, 4), ["3", "4", "5", "6"]);
    // Records hidden by levels were not kept.
    let id = last.replace(|c: char| c.is_ascii_hexdigit(), "0");
    let mut stream = resume("?level=DEBUG", &id);
    let gap = stream.next().json();
    assert_eq!(gap["gap"]["records"], Value::Null);
    assert_eq!(gap["gap"]["hidden"], true);
    for id in ["1", "x-1", "0000000000000000-01", "é"] {
        let answer = tail(&served, "")
            .header("Last-Event-ID", id)
            .send()
            .expect(400);
        assert!(answer.body.contains("Last-Event-ID"), "{answer:?}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let served = serve();
    for (query, name) in [
        ("?level=a=loud", "level: "),
        ("?level=%FF", "query"),
        ("?since=1", "\\\"since\\\""),
        ("?limit=0", "limit: "),
        ("?kv=x", "kv: "),
    ] {
        let answer = tail(&served, query).send().expect(400);
        assert!(answer.body.contains(name), "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    let accept = |query, media| tail(&served, query).header("Accept", media);
    accept("", "text/html").send().expect(406);
    accept("?format=text", "application/x-ndjson")
        .send()
        .expect(400);
    accept("?format=json", "text/plain").send().expect(400);
    served
        .unix("POST", "/v1/tail")
        .json(&json!({}))
        .send()
        .expect(405);
    tail(&served, "?level=botocore.auth=DEBUG")
        .send()
        .expect(403);
    served.anonymous("GET", "/v1/tail").send().expect(401);
    let eight: Vec<_> = (0..8).map(|_| Stream::begin(tail(&served, ""))).collect();
    tail(&served, "").send().expect(503);
    drop(eight);
    wait_until("the end of one", || {
        let request = tail(&served, "").header("Accept", "text/plain");
        let mut start = [0; 12];
        request.open().read_exact(&mut start).unwrap();
        &start == b"HTTP/1.1 200"
    });
}

/// Clients that do not read, while threads log: the file has every record, no thread hangs, and
/// each client receives each record or its drop notice.
#[test]
fn stalled_clients_slow_no_thread() {
    const THREADS: usize = 8;
    const RECORDS: usize = 1_600;
    let served = serve_with(|endpoint| endpoint.max_tails(32));
    let path = served.directory.path().join("app.log");
    let file = FileHandler::open(&path).unwrap();
    served.registry.root().add_handler(file);
    let mut stalled: Vec<_> = (0..32)
        .map(|_| Stream::begin(tail(&served, "?level=INFO,app=DEBUG")))
        .collect();
    // They take no places of others.
    served.unix("GET", "/v1/status").send().expect(200);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let logger = served.registry.get_logger(format!("app.t{number}"));
            scope.spawn(move || {
                for at in 0..RECORDS {
                    let level = [Level::DEBUG, Level::INFO, Level::WARNING, Level::ERROR][at % 4];
                    logtree::log!(logger, level, padding = "x".repeat(200); "record {at}");
                }
            });
        }
    });
    served.registry.get_logger("app").critical("the end");
    let lines = fs::read_to_string(&path).unwrap().lines().count();
    assert_eq!(lines, THREADS * RECORDS / 2 + 1);
    for stream in &mut stalled {
        let mut counts = BTreeMap::<String, u64>::new();
        let mut dropped = 0;
        loop {
            let event = stream.next();
            let data = event.json();
            if event.kind == "dropped" {
                assert!(data["since"].is_string(), "{data}");
                for (level, count) in data["dropped"].as_object().unwrap() {
                    *counts.entry(level.clone()).or_default() += count.as_u64().unwrap();
                    dropped += count.as_u64().unwrap();
                }
            } else if data["message"] == "the end" {
                break;
            } else {
                let level = data["level"].as_str().unwrap();
                *counts.entry(level.to_owned()).or_default() += 1;
            }
        }
        let each = (THREADS * RECORDS / 4) as u64;
        let levels = ["DEBUG", "ERROR", "INFO", "WARNING"].map(|level| (level.to_owned(), each));
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), levels);
        assert!(dropped > 0);
    }
}

/// The command that the documentation names.
#[test]
fn curl_just_works() {
    let served = serve();
    let socket = served.socket();
    let curl = Command::new("curl")
        .args(["--silent", "--no-buffer", "--unix-socket"])
        .arg(&socket)
        .arg("http://x/v1/tail?level=app=DEBUG&limit=2")
        .stdout(Stdio::piped())
        .spawn();
    let mut curl: Child = match curl {
        Ok(curl) => curl,
        Err(error) => {
            skipped(&format!("no curl: {error}"));
            return;
        }
    };
    let mut out: BufReader<ChildStdout> = BufReader::new(curl.stdout.take().unwrap());
    let mut text = String::new();
    out.read_line(&mut text).unwrap();
    assert_eq!(text, "retry: 1000\n");
    let logger = served.registry.get_logger("app");
    logger.debug("one");
    logger.debug("two");
    out.read_to_string(&mut text).unwrap();
    assert!(curl.wait().unwrap().success());
    assert!(
        text.contains("\"message\":\"one\"") && text.contains("\"message\":\"two\""),
        "{text}"
    );
    assert!(!logger.is_enabled_for(Level::DEBUG));
}

/// The gates that a tail opened are closed in a child, where there is no tail.
#[test]
fn a_child_has_no_tails() {
    let served = serve();
    let logger = served.registry.get_logger("app");
    let mut stream = Stream::begin(tail(&served, "?level=DEBUG"));
    assert!(logger.is_enabled_for(Level::DEBUG));
    // SAFETY: the child logs and asks for a level, as any may, and ends without a hook.
    #[expect(unsafe_code, reason = "forks")]
    let child = unsafe { libc::fork() };
    assert!(child >= 0);
    if child == 0 {
        logger.warning("of the child");
        let is_closed = !logger.is_enabled_for(Level::DEBUG);
        // SAFETY: it ends the process.
        #[expect(unsafe_code, reason = "forks")]
        unsafe {
            libc::_exit(i32::from(!is_closed))
        };
    }
    let mut status = 0;
    // SAFETY: the child is this process's, and the status lives long enough.
    #[expect(unsafe_code, reason = "forks")]
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!((waited, status), (child, 0));
    assert!(logger.is_enabled_for(Level::DEBUG));
    logger.debug("of the parent");
    assert_eq!(stream.next().message(), "of the parent");
}
