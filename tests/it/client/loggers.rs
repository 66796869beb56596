//! What a client logs to, and how it is set up.

use std::fmt::Arguments;
use std::sync::{Arc, Mutex};

use logtree::client::{
    Classification, ClientLogConfig, ClientLogMode, ClientSink, GoSdkFormatter, NullSink,
    StandardSink,
};
use logtree::formatter::{Format, Line, TimeZone};
use logtree::handler::StreamHandler;
use logtree::test::Capture;
use logtree::time::Timestamp;
use logtree::{Level, Record, Registry, Scope};

use crate::client::{Kept, client, client_in, keeping};
use crate::support::Text;

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
