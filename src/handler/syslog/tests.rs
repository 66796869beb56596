//! What a handler sends, byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use crate::formatter::format_fn;
use crate::handler::delivery::Backoff;
use crate::handler::syslog::transport::sequence_id;
use crate::handler::syslog::{
    SysLogFacility, SysLogForm, SysLogFraming, SysLogHandler, SysLogHandlerBuilder,
};
use crate::level::Level;
use crate::record::{Record, RecordBuilder};
use crate::time::Timestamp;

/// Long enough for every machine.
const LONG: Duration = Duration::from_secs(60);

/// 2026-11-06T12:00:00.123456789Z.
const TIME: Timestamp = Timestamp::from_nanos(1_793_966_400_123_456_789);

fn record<'r>() -> RecordBuilder<'r> {
    let builder = Record::builder().name("shop.cart").level(Level::INFO);
    builder.time(TIME).process(42, "app").thread(1, "main")
}

fn receiver() -> (UdpSocket, SysLogHandlerBuilder) {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    receiver.set_read_timeout(Some(LONG)).unwrap();
    let address = format!("udp:{}", receiver.local_addr().unwrap());
    let builder = SysLogHandler::builder(address).app_name("app").host("h");
    (receiver, builder)
}

fn datagram(receiver: &UdpSocket) -> String {
    let mut datagram = vec![0; 70_000];
    let length = receiver.recv(&mut datagram).unwrap();
    datagram.truncate(length);
    String::from_utf8(datagram).unwrap()
}

/// The one message of a record.
fn sent(builder: SysLogHandlerBuilder, receiver: &UdpSocket, record: &Record<'_>) -> String {
    let handler = builder.start().unwrap();
    assert!(handler.handle(record));
    datagram(receiver)
}

#[test]
fn the_priority_is_that_of_facility_and_severity() {
    let levels = [
        (Level::CRITICAL, 2),
        (Level::ERROR, 3),
        (Level::WARNING, 4),
        (Level::new(25), 5),
        (Level::INFO, 6),
        (Level::DEBUG, 7),
    ];
    let (receiver, builder) = receiver();
    for facility in SysLogFacility::ALL {
        let handler = builder.clone().facility(facility).start().unwrap();
        for (level, severity) in levels {
            handler.handle(&record().level(level).build());
            let priority = facility.number() * 8 + severity;
            let message = datagram(&receiver);
            assert!(message.starts_with(&format!("<{priority}>1 ")), "{message}");
        }
    }
}

#[test]
fn each_form_has_its_bytes() {
    let (receiver, builder) = receiver();
    let record = record().key_value("user", "ann").message("hello").build();
    let of = |form| builder.clone().form(form);
    assert_eq!(
        sent(of(SysLogForm::Rfc5424), &receiver, &record),
        "<14>1 2026-11-06T12:00:00.123456Z h app 42 cart \
         [logtree@32473 logger=\"shop.cart\" thread=\"main\" user=\"ann\"]\
         [meta sequenceId=\"1\"] hello"
    );
    let builder_without = of(SysLogForm::Rfc5424)
        .sequence_id(false)
        .enterprise(1)
        .bom(true);
    assert_eq!(
        sent(builder_without, &receiver, &record),
        "<14>1 2026-11-06T12:00:00.123456Z h app 42 cart \
         [logtree@1 logger=\"shop.cart\" thread=\"main\" user=\"ann\"] \u{feff}hello"
    );
    let message = sent(of(SysLogForm::Rfc3164), &receiver, &record);
    // The zone is the machine's; the day has two places.
    assert!(message.starts_with("<14>Nov  "), "{message}");
    assert!(
        message.ends_with(":00 h app[42]: hello user=ann"),
        "{message}"
    );
    let expected = "<14>Nov  6 12:00:00 h app[42]: hello user=ann";
    assert_eq!(message.len(), expected.len());
    let ident = of(SysLogForm::Python).ident("shop: ");
    assert_eq!(sent(ident, &receiver, &record), "<14>shop: hello\0");
    let without = of(SysLogForm::Python).framing(SysLogFraming::None);
    assert_eq!(sent(without, &receiver, &record), "<14>hello");
}

#[test]
fn the_kind_of_a_message_is_its_event_or_its_loggers_last_part() {
    let (receiver, builder) = receiver();
    let id = |record: RecordBuilder<'_>| {
        let message = sent(builder.clone(), &receiver, &record.build());
        message.split(' ').nth(5).unwrap().to_owned()
    };
    assert_eq!(id(record()), "cart");
    assert_eq!(id(record().name("a")), "a");
    assert_eq!(id(record().key_value("event_type", "Sign In")), "Sign_In");
    assert_eq!(id(record().key_value("event_type", "")), "cart");
    for length in [31, 32, 33] {
        let event = "e".repeat(length);
        assert_eq!(
            id(record().key_value("event_type", &*event)).len(),
            length.min(32)
        );
    }
}

#[test]
fn fields_of_the_header_are_cut_and_made_printable() {
    let (receiver, builder) = receiver();
    let fields = |host: &str, app: &str| {
        let builder = builder.clone().host(host).app_name(app);
        let message = sent(builder, &receiver, &record().build());
        let mut fields = message.split(' ').skip(2).map(str::to_owned);
        (fields.next().unwrap(), fields.next().unwrap())
    };
    assert_eq!(fields("", ""), ("-".into(), "-".into()));
    assert_eq!(fields("a b\n", "größe\t"), ("a_b_".into(), "gr__e_".into()));
    for (length, host, app) in [(47, 47, 47), (48, 48, 48), (49, 49, 48), (254, 254, 48)] {
        let (a, b) = fields(&"x".repeat(length), &"y".repeat(length));
        assert_eq!((a.len(), b.len()), (host, app));
    }
    for length in [255, 256] {
        assert_eq!(fields(&"x".repeat(length), "").0.len(), 255);
    }
    let tag = |app: &str| {
        let builder = builder.clone().app_name(app).form(SysLogForm::Rfc3164);
        let message = sent(builder.host("h.example"), &receiver, &record().build());
        let (_, tag) = message.split_once(" h ").unwrap();
        tag.split('[').next().unwrap().to_owned()
    };
    assert_eq!(tag("my-app: [x]"), "my-app___x_");
    for length in [31, 32, 33] {
        assert_eq!(tag(&"t".repeat(length)).len(), length.min(32));
    }
}

#[test]
fn a_datagram_is_cut_at_8_192_bytes() {
    let (receiver, builder) = receiver();
    let builder = builder.form(SysLogForm::Python);
    // Priority and NUL are part of it.
    for more in 0..3 {
        let text = "x".repeat(8_192 - 5 + more - 1) + "ß";
        let message = sent(
            builder.clone(),
            &receiver,
            &record().message(&*text).build(),
        );
        if more == 0 {
            // One byte too long, as the last character has two.
            assert!(
                message.ends_with("…[+11]\0"),
                "{more}: {}",
                &message[8_170..]
            );
        }
        assert!(message.len() <= 8_192);
        assert!(message.ends_with('\0'));
    }
    let text = "x".repeat(8_192 - 5);
    let message = sent(builder, &receiver, &record().message(&*text).build());
    assert_eq!(message.len(), 8_192);
    assert!(!message.contains("[+"));
}

#[test]
fn a_datagram_that_the_system_refuses_is_halved_until_it_takes_it() {
    let (receiver, builder) = receiver();
    let builder = builder.max_message_bytes(200_000);
    let text = "x".repeat(150_000);
    let message = sent(builder, &receiver, &record().message(&*text).build());
    assert!(message.len() <= 65_507 && message.len() > 30_000);
    let (kept, mark) = message.rsplit_once("…[+").unwrap();
    let missing: usize = mark.strip_suffix(']').unwrap().parse().unwrap();
    let (_, kept) = kept.rsplit_once("] ").unwrap();
    assert_eq!(kept.len() + missing, text.len());
}

#[test]
fn a_cut_never_goes_through_structured_data() {
    let (receiver, builder) = receiver();
    for length in [400, 480, 500, 600, 5_000] {
        let value = "]".repeat(length);
        let builder = builder
            .clone()
            .max_message_bytes(1_024)
            .host("h".repeat(255));
        let builder = builder.app_name("a".repeat(48));
        let text = "m".repeat(2_000);
        let record = record().key_value("k", &*value).message(&*text).build();
        let message = sent(builder, &receiver, &record);
        assert!(message.len() <= 1_024);
        let (_, end) = super::structured_data::place(message.as_bytes()).unwrap();
        assert!(message[end..].starts_with(" m"), "{message}");
    }
}

fn listener() -> (TcpListener, SysLogHandlerBuilder) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let builder = SysLogHandler::builder(address).app_name("app").host("h");
    (listener, builder)
}

fn accept(listener: &TcpListener) -> TcpStream {
    let (peer, _) = listener.accept().unwrap();
    peer.set_read_timeout(Some(LONG)).unwrap();
    peer
}

fn read(peer: &mut TcpStream, length: usize) -> String {
    let mut bytes = vec![0; length];
    peer.read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn messages_of_a_stream_have_their_ends_marked() {
    for (form, framing, expected) in [
        (SysLogForm::Python, None, "<14>a\nß\0<14>b\0"),
        (
            SysLogForm::Python,
            Some(SysLogFraming::None),
            "<14>a\nß<14>b",
        ),
        (
            SysLogForm::Python,
            Some(SysLogFraming::Newline),
            "<14>a#012ß\n<14>b\n",
        ),
        (
            SysLogForm::Python,
            Some(SysLogFraming::OctetCounting),
            "8 <14>a\nß5 <14>b",
        ),
    ] {
        let (listener, builder) = listener();
        let mut builder = builder.form(form);
        if let Some(framing) = framing {
            builder = builder.framing(framing);
        }
        let handler = builder.start().unwrap();
        for message in ["a\nß", "b"] {
            handler.handle(&record().message(message).build());
        }
        let mut peer = accept(&listener);
        assert_eq!(read(&mut peer, expected.len()), expected);
        // Nothing follows.
        let closing = std::thread::spawn(move || handler.close());
        assert_eq!(peer.read(&mut [0; 10]).unwrap(), 0);
        drop(peer);
        closing.join().unwrap().unwrap();
    }
    let (listener, builder) = listener();
    let handler = builder.start().unwrap();
    handler.handle(&record().message("hello").build());
    let mut peer = accept(&listener);
    let mut digits = String::new();
    while !digits.ends_with(' ') {
        digits += &read(&mut peer, 1);
    }
    let message = read(&mut peer, digits.trim().parse().unwrap());
    assert!(message.starts_with("<14>1 ") && message.ends_with("] hello"));
}

#[test]
fn what_was_sent_last_comes_again_after_a_reset() {
    let (listener, builder) = listener();
    let handler = builder.form(SysLogForm::Python).start().unwrap();
    handler.handle(&record().message("one").build());
    let mut peer = accept(&listener);
    // Not all of it is read: the close is a reset.
    assert_eq!(read(&mut peer, 1), "<");
    drop(peer);
    handler.handle(&record().message("two").build());
    let mut text = String::new();
    // The second record can come before the reset is noticed, and is sent again then.
    let mut peer = accept(&listener);
    while !text.contains("two") {
        text += &read(&mut peer, 8);
    }
    assert_eq!(text, "<14>one\0<14>two\0");
    assert_eq!(handler.drops().total(), 0);
}

#[test]
fn a_receiver_that_ended_in_order_gets_what_was_sent_lately() {
    let (listener, builder) = listener();
    let handler = builder.form(SysLogForm::Python).start().unwrap();
    handler.handle(&record().message("one").build());
    let mut peer = accept(&listener);
    assert_eq!(read(&mut peer, 8), "<14>one\0");
    drop(peer);
    // It is one of the last minute, so it comes again.
    handler.handle(&record().message("two").build());
    let mut peer = accept(&listener);
    assert_eq!(read(&mut peer, 16), "<14>one\0<14>two\0");
}

#[test]
fn nothing_comes_again_where_that_is_switched_off() {
    let (listener, builder) = listener();
    let builder = builder.form(SysLogForm::Python).resend_bytes(0);
    let handler = builder.start().unwrap();
    handler.handle(&record().message("one").build());
    let mut peer = accept(&listener);
    assert_eq!(read(&mut peer, 8), "<14>one\0");
    handler.flush().unwrap();
    drop(peer);
    // Until the end of the connection is noticed, what is sent into it is lost.
    loop {
        handler.handle(&record().message("two").build());
        let _ = handler.flush();
        listener.set_nonblocking(true).unwrap();
        if let Ok((mut peer, _)) = listener.accept() {
            peer.set_nonblocking(false).unwrap();
            assert_eq!(read(&mut peer, 8), "<14>two\0");
            break;
        }
    }
}

#[test]
fn a_receiver_that_comes_later_gets_all() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let builder = SysLogHandler::builder(format!("tcp:{address}")).form(SysLogForm::Python);
    let handler = builder.start().unwrap();
    handler.handle(&record().message("one").build());
    let error = handler.flush_within(LONG).unwrap_err();
    assert!(error.to_string().contains("not sent yet"), "{error}");
    assert!(!handler.health().is_up);
    let listener = TcpListener::bind(address).unwrap();
    let mut peer = accept(&listener);
    assert_eq!(read(&mut peer, 8), "<14>one\0");
}

#[test]
fn what_a_receiver_says_is_ignored() {
    let (listener, builder) = listener();
    let handler = builder.form(SysLogForm::Python).start().unwrap();
    for number in 0..10 {
        handler.handle(&record().message(number.to_string()).build());
    }
    let mut peer = accept(&listener);
    peer.write_all(&[b'x'; 10_000]).unwrap();
    handler.handle(&record().message("last").build());
    let mut text = String::new();
    while !text.contains("last") {
        text += &read(&mut peer, 1);
    }
    assert_eq!(text.matches("<14>").count(), 11);
}

#[cfg(unix)]
#[test]
fn a_unix_socket_gets_the_older_form_as_datagrams_or_as_lines() {
    use std::os::unix::net::{UnixDatagram, UnixListener};

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let address = format!("unix:{}", path.display());
    let handler = SysLogHandler::builder(&address)
        .app_name("app")
        .start()
        .unwrap();
    // It need not be there yet.
    handler.handle(&record().message("one\ntwo").build());
    assert!(handler.flush_within(LONG).is_err());
    let receiver = UnixDatagram::bind(&path).unwrap();
    receiver.set_read_timeout(Some(LONG)).unwrap();
    let mut bytes = [0; 1_000];
    let length = receiver.recv(&mut bytes).unwrap();
    let text = std::str::from_utf8(&bytes[..length]).unwrap();
    assert!(text.ends_with(":00 app[42]: one\n    two"), "{text}");

    // A daemon that restarts, with a socket of the other kind.
    handler.flush_within(LONG).unwrap();
    drop(receiver);
    std::fs::remove_file(&path).unwrap();
    let listener = UnixListener::bind(&path).unwrap();
    handler.handle(&record().message("three\nfour").build());
    let (mut peer, _) = listener.accept().unwrap();
    let mut text = String::new();
    while !text.ends_with('\n') {
        let mut byte = [0];
        peer.read_exact(&mut byte).unwrap();
        text.push(char::from(byte[0]));
    }
    assert!(text.ends_with(":00 app[42]: three#012    four\n"), "{text}");
}

#[test]
fn what_cannot_be_is_an_error_at_once() {
    for address in [
        "",
        "udp:",
        "tcp://ann:hunter2@host",
        "host:0",
        "http://host",
    ] {
        let error = SysLogHandler::new(address).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    let tls_by_datagrams = SysLogHandler::builder("tls:host").stream(false).start();
    assert!(tls_by_datagrams.is_err());
}

#[test]
fn an_empty_message_and_the_root_have_their_form() {
    let (receiver, builder) = receiver();
    let record = record().name("root").message("").build();
    let builder = builder.formatter(format_fn(|_, _| Ok(())));
    let message = sent(builder, &receiver, &record);
    assert!(message.ends_with("[meta sequenceId=\"1\"]"), "{message}");
}

#[test]
fn a_sequence_begins_again_with_1() {
    const LAST: u64 = 2_147_483_647;
    for (sequence, id) in [(1, 1), (LAST, LAST), (LAST + 1, 1), (2 * LAST, LAST)] {
        assert_eq!(sequence_id(sequence), id);
    }
    assert!((1..=LAST).contains(&sequence_id(u64::MAX)));
}

/// What is logged while it is away comes once it is back.
#[cfg(unix)]
#[test]
fn a_daemon_that_restarts_a_thousand_times_misses_nothing() {
    use std::os::unix::net::UnixDatagram;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let millisecond = Duration::from_millis(1);
    let handler = SysLogHandler::builder(format!("unix:{}", path.display()))
        .backoff(Backoff::new(millisecond, millisecond))
        .start()
        .unwrap();
    handler.set_error_hook(|_| {});
    let log = |number: u32| handler.handle(&record().message(format!("number {number}")).build());
    for restart in 0..1_000 {
        log(2 * restart);
        let receiver = UnixDatagram::bind(&path).unwrap();
        receiver.set_read_timeout(Some(LONG)).unwrap();
        log(2 * restart + 1);
        for number in 2 * restart..=2 * restart + 1 {
            let mut bytes = [0; 1_000];
            let length = receiver.recv(&mut bytes).unwrap();
            let text = String::from_utf8_lossy(&bytes[..length]);
            assert!(text.ends_with(&format!(": number {number}")), "{text}");
        }
        handler.flush_within(LONG).unwrap();
        std::fs::remove_file(&path).unwrap();
    }
    assert_eq!(handler.counters().written(), 2_000);
}
