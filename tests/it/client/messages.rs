//! The messages, kind by kind.

use std::time::Duration;

use logtree::Level;
use logtree::client::{ClientLogMode, Dump, HexDump, Retry, Signing};
use logtree::test::Capture;

use crate::client::{client, client_in};

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

/// A percent sign, or anything else that means something in a template, is a part of the message.
#[test]
fn g24_nothing_in_a_message_is_a_format() {
    let (client, kept) = client_in(ClientLogMode::WARNINGS);
    client.warning(|| "100 %d %!x {0} {} $name".to_owned());
    assert_eq!(kept.lock().unwrap()[0].1, "100 %d %!x {0} {} $name");
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
