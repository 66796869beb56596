//! The log of a service's client. Tests named `g…` belong to the rows of `docs::features`.

use std::fmt::Arguments;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use logtree::client::{
    Classification, ClientLogConfig, ClientLogMode, ClientLogger, ClientSink, Dump, GoSdkFormatter,
    HexDump, NullSink, Retry, Signing, StandardSink, service_logger,
};
use logtree::formatter::{Format, Line, TimeZone};
use logtree::handler::StreamHandler;
use logtree::test::Capture;
use logtree::time::Timestamp;
use logtree::{Level, Record, Registry, Scope, StreamLogger};

use crate::support::Text;

type Kept = Arc<Mutex<Vec<(String, String)>>>;

fn keeping() -> (
    impl Fn(&Classification, Arguments<'_>) + Send + Sync + 'static,
    Kept,
) {
    let kept = Kept::default();
    let into = Arc::clone(&kept);
    (
        move |class: &Classification, message: Arguments<'_>| {
            into.lock()
                .unwrap()
                .push((class.to_string(), message.to_string()))
        },
        kept,
    )
}

fn client() -> (Registry, ClientLogger, Capture) {
    let registry = Registry::new();
    let client = ClientLogger::new(&registry.get_logger("botocore.client.S3"));
    let capture = Capture::builder(&registry.root()).level(Level::OFF).start();
    (registry, client, capture)
}

/// A client whose messages are kept, and the messages.
fn client_in(mode: ClientLogMode) -> (ClientLogger, Kept) {
    let (_, client, _) = client();
    let (sink, kept) = keeping();
    client.set_mode(mode);
    (client.with_sink(sink), kept)
}

/// Logs each kind of message once.
fn log_everything(client: &ClientLogger) {
    client.signing(Signing::default);
    client.retrying(&Retry::new("S3", "GetObject", 2).with_max(3));
    client.unretryable(&std::io::Error::other("no"));
    client.exhausted(3);
    client.request(|_| Dump::default());
    client.response(|_| Dump::default());
    client.request_event(|| ("m", Ok::<_, &str>(vec![1])));
    client.response_event(|| (vec![1], Ok::<_, &str>("m")));
    client.deprecated(|| "old".to_owned());
    client.warning(|| "look".to_owned());
}

#[test]
fn g01_g02_a_closure_is_a_logger() {
    let (sink, kept) = keeping();
    let sink: &dyn ClientSink = &sink;
    sink.log(&Classification::WARN, format_args!("a {}", 1));
    assert_eq!(
        *kept.lock().unwrap(),
        [("WARN".to_owned(), "a 1".to_owned())]
    );
}

#[test]
fn g03_classifications_are_open_words() {
    assert_eq!(
        (
            Classification::WARN.as_str(),
            Classification::DEBUG.as_str()
        ),
        ("WARN", "DEBUG")
    );
    let registry = Registry::new();
    let logger = registry.get_logger("a");
    let capture = Capture::builder(&logger).level(Level::TRACE).start();
    for class in ["WARN", "DEBUG", "ERROR", "NOTE", ""] {
        ClientSink::log(&logger, &class.into(), format_args!("x"));
    }
    let seen: Vec<_> = capture
        .records()
        .iter()
        .map(|record| {
            (
                record.level().number(),
                record.key_value("classification").map(ToString::to_string),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (30, None),
            (10, None),
            (40, None),
            (20, Some("NOTE".to_owned())),
            (20, None)
        ]
    );
}

fn go_line(record: &Record<'_>) -> String {
    let mut line = Line::new();
    GoSdkFormatter::in_zone(TimeZone::Utc)
        .format(record, &mut line)
        .unwrap();
    line.as_str().to_owned()
}

#[test]
fn g04_g05_standard_line() {
    let time = Timestamp::from_nanos(1_709_210_096_789_000_000);
    let record = |level: Level, message: &'static str| {
        Record::builder().time(time).level(level).message(message)
    };
    assert_eq!(
        go_line(&record(Level::WARNING, "foo bar baz").build()),
        "SDK 2024/02/29 12:34:56 WARN foo bar baz"
    );
    assert_eq!(
        go_line(&record(Level::DEBUG, "foo").build()),
        "SDK 2024/02/29 12:34:56 DEBUG foo"
    );
    assert_eq!(
        go_line(
            &record(Level::DEBUG, "x")
                .key_value("classification", "")
                .build()
        ),
        "SDK 2024/02/29 12:34:56 x"
    );
    assert_eq!(
        go_line(
            &record(Level::DEBUG, "x")
                .key_value("classification", "NOTE")
                .build()
        ),
        "SDK 2024/02/29 12:34:56 NOTE x"
    );
    // One end of the line, also where the message has one; lines of a message stay as they are.
    let text = Text::default();
    let sink = StandardSink::to(StreamHandler::new(text.clone()));
    sink.log(
        &Classification::DEBUG,
        format_args!("Request\nGET / HTTP/1.1\n"),
    );
    sink.log(&"".into(), format_args!("plain"));
    let text = text.get();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), lines[1]), (3, "GET / HTTP/1.1"));
    assert!(
        lines[0].starts_with("SDK 20") && lines[0].ends_with(" DEBUG Request"),
        "{text}"
    );
    assert!(
        lines[2].ends_with(" plain") && text.ends_with("plain\n"),
        "{text}"
    );
    let shape: String = lines[0]
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "SDK 0000/00/00 00:00:00 DEBUG Request");
}

#[test]
fn g06_nop_takes_all_and_does_nothing() {
    NullSink.log(&Classification::WARN, format_args!("gone"));
    let (registry, _, capture) = client();
    let client = ClientLogConfig::default().client(&registry.get_logger("x"));
    client
        .with_mode(ClientLogMode::ALL)
        .warning(|| "gone".to_owned());
    assert!(capture.is_empty());
}

/// A sink that knows contexts.
#[derive(Clone)]
struct Tagged(String, Kept);

impl ClientSink for Tagged {
    fn log(&self, class: &Classification, message: Arguments<'_>) {
        self.1
            .lock()
            .unwrap()
            .push((format!("{} {class}", self.0), message.to_string()));
    }

    fn with_context(&self, context: &Scope) -> Option<Arc<dyn ClientSink>> {
        Some(Arc::new(Self(
            format!("{context:?}").contains("acme").to_string(),
            self.1.clone(),
        )))
    }
}

#[test]
fn g07_a_sink_gets_its_context_and_stays_as_it_is() {
    let kept = Kept::default();
    let (registry, client, capture) = client();
    client.set_mode(ClientLogMode::WARNINGS);
    let plain = client
        .clone()
        .with_sink(Tagged("none".to_owned(), kept.clone()));
    let tagged = plain
        .clone()
        .with_context(&Scope::new().with("tenant", "acme"));
    tagged.warning(|| "1".to_owned());
    plain.warning(|| "2".to_owned());
    let classes: Vec<_> = kept
        .lock()
        .unwrap()
        .iter()
        .map(|(class, _)| class.clone())
        .collect();
    assert_eq!(classes, ["true WARN", "none WARN"]);
    // Into the tree, the scope that is entered is enough.
    let capture = (capture, Capture::new(&registry.root())).1;
    Scope::new()
        .with("tenant", "acme")
        .run(|| client.warning(|| "3".to_owned()));
    assert_eq!(
        capture.records()[0]
            .key_value("tenant")
            .unwrap()
            .to_string(),
        "acme"
    );
}

#[test]
fn g08_g09_g22_how_a_client_is_set_up() {
    let registry = Registry::new();
    let base = registry.get_logger("c");
    let (first, first_kept) = keeping();
    let (second, second_kept) = keeping();
    // The last one counts.
    let config = ClientLogConfig::builder()
        .logger(first)
        .logger(second)
        .mode(ClientLogMode::SIGNING)
        .mode(ClientLogMode::RETRIES);
    let client = config.build().client(&base);
    assert_eq!(client.mode(), ClientLogMode::RETRIES);
    client.exhausted(3);
    assert_eq!(
        (
            first_kept.lock().unwrap().len(),
            second_kept.lock().unwrap().len()
        ),
        (0, 1)
    );
    // A mode can be changed while the client works, for all clones.
    let clone = client.clone();
    client.set_mode(ClientLogMode::NONE);
    clone.exhausted(3);
    clone.clone().with_mode(ClientLogMode::RETRIES).exhausted(4);
    clone.exhausted(5);
    let second = second_kept.lock().unwrap().clone();
    assert_eq!(second.len(), 2);
    assert_eq!(second[1].1, "max retry attempts exhausted, max 4");
    assert_eq!(
        ClientLogConfig::default().client(&base).mode(),
        ClientLogMode::NONE
    );
}

#[test]
fn g10_g11_bits_are_gos() {
    let bits = [
        (ClientLogMode::SIGNING, 1 << 63),
        (ClientLogMode::RETRIES, 1 << 62),
        (ClientLogMode::REQUEST, 1 << 61),
        (ClientLogMode::REQUEST_WITH_BODY, 1 << 60),
        (ClientLogMode::RESPONSE, 1 << 59),
        (ClientLogMode::RESPONSE_WITH_BODY, 1 << 58),
        (ClientLogMode::DEPRECATED_USAGE, 1 << 57),
        (ClientLogMode::REQUEST_EVENT_MESSAGE, 1 << 56),
        (ClientLogMode::RESPONSE_EVENT_MESSAGE, 1 << 55),
    ];
    for (mode, bit) in bits {
        assert_eq!(mode.bits() & bit, bit);
        assert_eq!(ClientLogMode::from_bits(bit), mode);
        assert!(ClientLogMode::ALL.contains(mode));
    }
    let mut mode = ClientLogMode::ALL;
    mode.remove(ClientLogMode::RETRIES);
    assert_eq!(mode, ClientLogMode::ALL - ClientLogMode::RETRIES);
    mode.insert(ClientLogMode::RETRIES);
    mode.remove(ClientLogMode::SIGNING | ClientLogMode::WARNINGS);
    assert_eq!(mode & ClientLogMode::SIGNING, ClientLogMode::NONE);
    assert!((!ClientLogMode::NONE).contains(mode) && ClientLogMode::default().is_empty());
    assert_eq!(mode.names().count(), 6);
}

/// A mode with a body contains the one without, however it is made.
#[test]
fn bodies_come_with_what_they_belong_to() {
    use ClientLogMode as Mode;

    for (body, plain) in [
        (Mode::REQUEST_WITH_BODY, Mode::REQUEST),
        (Mode::RESPONSE_WITH_BODY, Mode::RESPONSE),
    ] {
        assert!(body.contains(plain) && !plain.contains(body));
        assert_eq!(body | plain, body);
        assert_eq!(body & plain, plain);
        assert_eq!(body - plain, Mode::NONE);
        assert!(!(!plain).contains(body) && ((!plain) & body).is_empty());
        assert_eq!(body.names().count(), 1);
        assert_eq!(body.to_string().parse::<Mode>().unwrap(), body);
    }
}

#[test]
fn g12_modes_are_read_from_text() {
    for (text, mode) in [
        (
            "LogRetries|LogRequest",
            ClientLogMode::RETRIES | ClientLogMode::REQUEST,
        ),
        (
            "LogRequestWithBody|LogResponse",
            ClientLogMode::REQUEST_WITH_BODY | ClientLogMode::RESPONSE,
        ),
        (
            "retries, signing",
            ClientLogMode::RETRIES | ClientLogMode::SIGNING,
        ),
        ("Off", ClientLogMode::NONE),
        ("", ClientLogMode::NONE),
        ("all", ClientLogMode::ALL),
        (" logWarnings | ", ClientLogMode::WARNINGS),
    ] {
        assert_eq!(text.parse::<ClientLogMode>().unwrap(), mode, "{text}");
        assert_eq!(mode.to_string().parse::<ClientLogMode>().unwrap(), mode);
    }
    let error = "LogRetries|LogRetry"
        .parse::<ClientLogMode>()
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(
            "unknown client log mode \"LogRetry\": expected Off, All or some of LogSigning"
        ),
        "{error}"
    );
}

#[test]
fn g13_signing() {
    let (client, kept) = client_in(ClientLogMode::SIGNING);
    let canonical = "GET\n/\nx-amz-security-token:FQoGtoken\nhost";
    let signing = || Signing::new(canonical, "AWS4-HMAC-SHA256\nscope");
    client.signing(signing);
    let url = "https://h/?X-Amz-Signature=0123456789abcdef0123456789abcdef";
    client.signing(|| signing().with_signed_url(url));
    let kept = kept.lock().unwrap().clone();
    assert_eq!(
        kept[0],
        ("DEBUG".to_owned(), "Request Signature:\n---[ CANONICAL STRING  ]-----------------------------\nGET\n/\nx-amz-security-token:***\nhost\n---[ STRING TO SIGN ]--------------------------------\nAWS4-HMAC-SHA256\nscope\n-----------------------------------------------------".to_owned())
    );
    assert!(kept[1].1.contains("\n---[ SIGNED URL ]------------------------------------\nhttps://h/?X-Amz-Signature=***\n---"), "{}", kept[1].1);
}

#[test]
fn g14_retries() {
    let (registry, client, _) = client();
    client.set_mode(ClientLogMode::RETRIES);
    let capture = Capture::builder(&registry.root())
        .level(Level::DEBUG)
        .start();
    client.retrying(&Retry::new("S3", "PutObject", 1).with_max(3));
    let retry = Retry::new("S3", "PutObject", 2).with_max(3);
    client.retrying(&retry.with_delay(Duration::from_millis(250)));
    client.unretryable(&std::io::Error::other("access denied"));
    client.exhausted(3);
    assert_eq!(
        capture.messages(),
        [
            "retrying request S3/PutObject, attempt 2",
            "request failed with unretryable error access denied",
            "max retry attempts exhausted, max 3"
        ]
    );
    let records = capture.records();
    assert!(
        records.iter().all(|record| record.level() == Level::DEBUG
            && record.name() == "botocore.client.S3.retries")
    );
    let values: Vec<_> = records[0]
        .key_values()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(values, ["max=3", "delay_ms=250"]);
}

#[test]
fn g15_one_dump_and_the_body_bit_wins() {
    let head = || "PUT /k HTTP/1.1\r\nHost: h\r\n\r\n".to_owned();
    let dump = |_with_body: bool| Dump::new(head()).with_body(b"body");
    for (mode, expected) in [
        (ClientLogMode::NONE, None),
        (
            ClientLogMode::REQUEST,
            Some("Request\nPUT /k HTTP/1.1\r\nHost: h\r\n\r\n"),
        ),
        (
            ClientLogMode::REQUEST_WITH_BODY,
            Some("Request\nPUT /k HTTP/1.1\r\nHost: h\r\n\r\nbody"),
        ),
        (
            ClientLogMode::REQUEST | ClientLogMode::REQUEST_WITH_BODY,
            Some("Request\nPUT /k HTTP/1.1\r\nHost: h\r\n\r\nbody"),
        ),
        (ClientLogMode::RESPONSE, None),
    ] {
        let (client, kept) = client_in(mode);
        let mut asked = None;
        client.request(|with_body| {
            asked = Some(with_body);
            dump(with_body)
        });
        let kept = kept.lock().unwrap().clone();
        assert_eq!(
            kept.iter()
                .map(|(_, message)| message.as_str())
                .collect::<Vec<_>>(),
            expected.into_iter().collect::<Vec<_>>()
        );
        // Disabled messages are not even formatted.
        assert_eq!(
            asked,
            expected.map(|_| mode.contains(ClientLogMode::REQUEST_WITH_BODY))
        );
    }
    let (client, kept) = client_in(ClientLogMode::RESPONSE);
    client.response(|_| Dump::new("HTTP/1.1 200 OK\r\n\r\n"));
    assert_eq!(
        kept.lock().unwrap()[0].1,
        "Response\nHTTP/1.1 200 OK\r\n\r\n"
    );
}

#[test]
fn g16_credentials_are_redacted_by_default() {
    let head = "GET / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIAQWERTYUIOPASDFGH/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0123456789abcdef0123456789abcdef\r\nX-Amz-Security-Token: FQoGZXIvYXdzEBYaD\r\n\r\n";
    let (client, kept) = client_in(ClientLogMode::REQUEST);
    let dump = || Dump::new(head);
    client.request(|_| dump());
    client.with_redaction(false).request(|_| dump());
    let kept = kept.lock().unwrap().clone();
    for secret in ["QWERTYUIOPAS", "0123456789abcdef", "FQoGZXIvYXdzEBYaD"] {
        assert!(!kept[0].1.contains(secret), "{}", kept[0].1);
        assert!(kept[1].1.contains(secret), "{}", kept[1].1);
    }
}

#[test]
fn g17_bodies_that_stream_are_not_shown() {
    let both = ClientLogMode::REQUEST_WITH_BODY | ClientLogMode::RESPONSE_WITH_BODY;
    let (request, response) = (ClientLogMode::REQUEST, ClientLogMode::RESPONSE);
    for (streams, mode) in [
        ((false, false), both),
        ((true, false), request | ClientLogMode::RESPONSE_WITH_BODY),
        ((false, true), ClientLogMode::REQUEST_WITH_BODY | response),
        ((true, true), request | response),
    ] {
        assert_eq!(both.for_event_stream(streams.0, streams.1), mode);
    }
    assert_eq!(
        ClientLogMode::RETRIES.for_event_stream(true, true),
        ClientLogMode::RETRIES
    );
}

#[test]
fn g18_messages_of_event_streams() {
    let (client, kept) =
        client_in(ClientLogMode::REQUEST_EVENT_MESSAGE | ClientLogMode::RESPONSE_EVENT_MESSAGE);
    client.request_event(|| ("{\"a\":1}", Ok::<_, &str>(b"\x00ab".to_vec())));
    client.request_event(|| ("{}", Err("too long")));
    client.response_event(|| (b"ab".to_vec(), Ok::<_, &str>("{\"b\":2}")));
    client.response_event(|| (vec![255], Err::<&str, _>("checksum")));
    let messages: Vec<_> = kept
        .lock()
        .unwrap()
        .iter()
        .map(|(_, message)| message.clone())
        .collect();
    let row = |bytes: &[u8]| HexDump(bytes).to_string();
    assert_eq!(
        messages,
        [
            format!(
                "Message to encode:\n{{\"a\":1}}\nRaw message:\n{}",
                row(b"\x00ab")
            ),
            "Message to encode:\n{}\nEncode error: too long".to_owned(),
            format!(
                "Raw message:\n{}\nDecoded message:\n{{\"b\":2}}",
                row(b"ab")
            ),
            format!(
                "Raw message:\n{}\ndecodeMessage error: checksum",
                row(&[255])
            ),
        ]
    );
    assert_eq!(row(b""), "");
    assert_eq!(row(&[b'x'; 33]).lines().count(), 3);
}

#[test]
fn g19_deprecated_usage_is_a_warning() {
    let (client, kept) = client_in(ClientLogMode::DEPRECATED_USAGE);
    client.deprecated(|| "endpoint identifier \"eu\", url \"u\" marked as deprecated".to_owned());
    assert_eq!(
        kept.lock().unwrap()[0],
        (
            "WARN".to_owned(),
            "endpoint identifier \"eu\", url \"u\" marked as deprecated".to_owned()
        )
    );
}

/// Even if everything else in the tree is at its most verbose.
#[test]
fn g20_mode_0_logs_nothing() {
    let (registry, client, _) = client();
    registry.root().set_level(Level::TRACE);
    client.base().set_level(Level::TRACE);
    client.set_mode(ClientLogMode::NONE);
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    log_everything(&client);
    let (sink, kept) = keeping();
    log_everything(&client.clone().with_sink(sink));
    assert_eq!((text.get(), kept.lock().unwrap().len()), (String::new(), 0));
    client.set_mode(ClientLogMode::ALL);
    log_everything(&client);
    assert_eq!(
        text.get().matches("retr").count() + text.get().matches("look").count(),
        4,
        "{}",
        text.get()
    );
}

#[test]
fn g23_a_message_is_one_write() {
    #[derive(Clone, Default)]
    struct Writes(Arc<Mutex<Vec<Vec<u8>>>>);
    impl std::io::Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().push(bytes.to_vec());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let writes = Writes::default();
    let sink = Arc::new(StandardSink::to(StreamHandler::new(writes.clone())));
    std::thread::scope(|threads| {
        for number in 0..4 {
            let sink = &sink;
            threads.spawn(move || {
                (0..100)
                    .for_each(|n| sink.log(&Classification::DEBUG, format_args!("{number}\n{n}")))
            });
        }
    });
    let writes = writes.0.lock().unwrap().clone();
    assert_eq!(writes.len(), 400);
    assert!(
        writes
            .iter()
            .all(|bytes| bytes.starts_with(b"SDK ") && bytes.ends_with(b"\n"))
    );
}

/// A percent sign, or anything else that means something in a template, is a part of the message.
#[test]
fn g24_nothing_in_a_message_is_a_format() {
    let (client, kept) = client_in(ClientLogMode::WARNINGS);
    client.warning(|| "100 %d %!x {0} {} $name".to_owned());
    assert_eq!(kept.lock().unwrap()[0].1, "100 %d %!x {0} {} $name");
}

/// Modes and levels are one thing: each drives the other.
#[test]
fn modes_are_levels_of_loggers() {
    let (registry, client, _) = client();
    assert_eq!(
        client.mode(),
        ClientLogMode::WARNINGS,
        "the root's WARNING hides all else"
    );
    registry
        .get_logger("botocore.client.S3.retries")
        .set_level(Level::DEBUG);
    registry
        .get_logger("botocore.client.S3.request")
        .set_level(Level::TRACE);
    assert_eq!(
        client.mode(),
        ClientLogMode::WARNINGS
            | ClientLogMode::RETRIES
            | ClientLogMode::REQUEST
            | ClientLogMode::REQUEST_WITH_BODY
    );
    client.set_mode(ClientLogMode::SIGNING | ClientLogMode::RESPONSE_WITH_BODY);
    let level = |name: &str| {
        registry
            .get_logger(format!("botocore.client.S3.{name}"))
            .level()
    };
    assert_eq!(
        (
            level("signing"),
            level("response"),
            level("retries"),
            level("request")
        ),
        (Level::DEBUG, Level::TRACE, Level::OFF, Level::OFF)
    );
    client.clear_mode();
    client.base().set_level(Level::DEBUG);
    assert_eq!(
        client.mode(),
        (ClientLogMode::ALL - ClientLogMode::REQUEST_WITH_BODY - ClientLogMode::RESPONSE_WITH_BODY)
            | ClientLogMode::REQUEST
            | ClientLogMode::RESPONSE
    );
}

/// The mode that was set is the one reported, although several modes have the same levels.
#[test]
fn a_mode_is_what_was_set() {
    let (registry, client, _) = client();
    for mode in [
        ClientLogMode::NONE,
        ClientLogMode::RETRIES,
        ClientLogMode::REQUEST_WITH_BODY,
        ClientLogMode::REQUEST | ClientLogMode::REQUEST_WITH_BODY,
        ClientLogMode::ALL,
    ] {
        client.set_mode(mode);
        assert_eq!((client.mode(), client.clone().mode()), (mode, mode));
    }
    registry
        .get_logger("botocore.client.S3.retries")
        .set_level(Level::OFF);
    assert_eq!(client.mode(), ClientLogMode::ALL - ClientLogMode::RETRIES);
}

/// Go writes warnings whatever the mode is, so programs ported from it keep theirs.
#[test]
fn warnings_are_on_in_each_mode_but_the_empty_one() {
    for (mode, count) in [
        (ClientLogMode::NONE, 0),
        (ClientLogMode::RETRIES, 1),
        (ClientLogMode::WARNINGS, 1),
    ] {
        let (client, kept) = client_in(mode);
        client.warning(|| "look".to_owned());
        client.with_mode(mode).warning(|| "look".to_owned());
        assert_eq!(kept.lock().unwrap().len(), 2 * count, "{mode}");
    }
}

/// A value whose `Display` panics, or fails.
struct Bad(bool);

impl std::fmt::Display for Bad {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        assert!(!self.0, "no text");
        Err(std::fmt::Error)
    }
}

impl std::fmt::Debug for Bad {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Err(std::fmt::Error)
    }
}

impl std::error::Error for Bad {}

/// Whatever a closure, an error or a sink does, the client's caller is not affected.
#[test]
fn nothing_foreign_reaches_the_caller() {
    let (client, kept) = client_in(ClientLogMode::ALL);
    for panics in [true, false] {
        client.failed(&Bad(panics));
        client.unretryable(&Bad(panics));
        client.request_event(|| (Bad(panics), Err::<Vec<u8>, _>(Bad(panics))));
        client.response_event(|| (vec![1], Ok::<_, Bad>(Bad(panics))));
        client.response_event(|| (vec![1], Err::<Bad, _>(Bad(panics))));
    }
    client.signing(|| panic!("signing"));
    client.request(|_| panic!("request"));
    client.deprecated(|| panic!("deprecated"));
    client.warning(|| panic!("warning"));
    assert_eq!(kept.lock().unwrap().len(), 14);
    let sink = |_: &Classification, _: Arguments<'_>| panic!("sink");
    client.with_sink(sink).warning(|| "look".to_owned());
}

/// Into the tree and into sinks, messages and key-values alike.
#[test]
fn all_that_a_client_logs_is_redacted() {
    let log = |client: &ClientLogger| {
        const SECRET: &str = "hunter2secret";
        let error = || format!("cannot reach https://ann:{SECRET}@h/?password={SECRET}");
        client.signing(|| {
            let canonical = format!("x-amz-security-token:{SECRET}");
            let signing = Signing::new(canonical, format!("password={SECRET}"));
            signing.with_signed_url(format!("https://h/?X-Amz-Security-Token={SECRET}"))
        });
        client.failed(&error());
        client.unretryable(&std::io::Error::other(error()));
        client.request(|_| {
            let head = format!("GET / HTTP/1.1\r\nCookie: a=\"b\"; sid={SECRET}\r\n\r\n");
            Dump::new(head).with_body(format!("{{\"password\":\"{SECRET}\"}}"))
        });
        client.response(|_| {
            Dump::new(format!(
                "HTTP/1.1 200 OK\r\nSet-Cookie: sid=\"{SECRET}\"\r\n\r\n"
            ))
        });
        client.request_event(|| (error(), Err::<Vec<u8>, _>(error())));
        client.response_event(|| (vec![1], Ok::<_, String>(error())));
        client.deprecated(error);
        client.warning(error);
    };
    let (client, kept) = client_in(ClientLogMode::ALL);
    log(&client);
    let (registry, client, _) = self::client();
    client.set_mode(ClientLogMode::ALL);
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    log(&client);
    let kept = kept.lock().unwrap().clone();
    assert_eq!(kept.len(), 9);
    let all = kept.iter().map(|(_, message)| message.clone());
    for text in all.chain([text.get()]) {
        assert!(!text.contains("hunter2secret"), "{text}");
        assert!(text.contains("***"), "{text}");
    }
}

/// A dump without a body ends with an empty line, which is not shown.
#[test]
fn dumps_in_the_tree_have_no_empty_line() {
    let (registry, client, _) = client();
    client.set_mode(ClientLogMode::REQUEST);
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    client.request(|_| Dump::new("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    client.retrying(&Retry::new("S3", "Get", 2));
    client.with_mode(ClientLogMode::RETRIES).failed(&"reset");
    let text = text.get();
    assert!(!text.contains("    \\r\n"), "{text}");
    assert!(text.ends_with("request failed: reset\n"), "{text}");
}

/// One service is shown, others are not.
#[test]
fn verbosity_per_service_is_real() {
    let registry = Registry::new();
    let text = Text::default();
    StreamLogger::new("botocore.client.S3", Level::DEBUG)
        .stream(text.clone())
        .install_in(&registry)
        .unwrap();
    for service in ["S3", "SQS"] {
        let client = ClientLogger::new(&registry.get_logger(format!("botocore.client.{service}")));
        client.retrying(&Retry::new(service, "Get", 2).with_max(3));
        logtree::debug!(client.base().child("Get"), "{service} sent");
    }
    assert_eq!(text.lines().len(), 2, "{}", text.get());
    assert!(!text.get().contains("SQS"));
    assert_eq!(
        (
            service_logger("S3").name(),
            ClientLogger::for_service("S3").base().name()
        ),
        ("botocore.client.S3", "botocore.client.S3")
    );
}
