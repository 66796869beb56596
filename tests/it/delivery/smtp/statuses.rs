//! What the statuses of a server mean, and a server that is slow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logtree::handler::{SmtpHandler, StreamHandler};
use serde_json::json;

use crate::delivery::mail_server::{Deed, MailServer};
use crate::delivery::smtp::{LONG, Receiver, builder, log};
use crate::delivery::{is_settled, python, until};
use crate::support::Text;

#[test]
fn recipients_that_are_refused_beside_others_are_reported() {
    if !python::has("aiosmtpd.smtp") {
        return;
    }
    let mut receiver = Receiver::start(&["plain"]);
    let errors = Text::default();
    let seen = errors.clone();
    let handler = SmtpHandler::builder(&receiver.address, "app@example.com")
        .to("refused@example.com")
        .to("ops@example.com")
        .timeout(LONG)
        .start()
        .unwrap();
    handler.set_error_hook(move |failure| {
        use std::io::Write;
        let _ = writeln!(seen.clone(), "{} {}", failure.lost(), failure.error());
    });
    log(&handler, "x");
    handler.flush_within(LONG).unwrap();
    assert_eq!(receiver.next()["to"], json!(["ops@example.com"]));
    assert_eq!(handler.counters().written(), 1);
    until(|| !errors.get().is_empty());
    let errors = errors.get();
    assert!(
        errors.starts_with("0 ") && errors.contains("refused@example.com: status 550"),
        "{errors}"
    );
}

#[test]
fn what_a_status_says_is_done() {
    for (command, response, attempts, written) in [
        ("CONNECT", "421 busy", 3, 1),
        ("CONNECT", "554 no", 3, 1),
        ("CONNECT", "hello", 3, 1),
        ("CONNECT", "", 3, 1),
        ("MAIL", "450 later", 3, 1),
        ("MAIL", "421 bye", 3, 1),
        ("MAIL", "550 never", 1, 0),
        ("RCPT", "450 later", 3, 1),
        ("RCPT", "550 no such user", 1, 0),
        ("RCPT", "552 mailbox full", 1, 0),
        ("DATA", "451 later", 3, 1),
        ("DATA", "554 never", 1, 0),
        ("DATA", "250 what", 3, 1),
        (".", "451 later", 3, 1),
        (".", "421 bye", 3, 1),
        (".", "", 3, 1),
        (".", "554 spam", 1, 0),
    ] {
        let count = AtomicUsize::new(0);
        let server = MailServer::start(move |asked| {
            let is_meant = asked.starts_with(command);
            match is_meant && count.fetch_add(1, Ordering::Relaxed) < 2 {
                true if response.is_empty() => Deed::Close,
                true => Deed::Respond(response),
                false => Deed::Usual,
            }
        });
        let dead = Text::default();
        let handler = builder(&server)
            .dead_letters(StreamHandler::new(dead.clone()))
            .start()
            .unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, "x");
        until(|| is_settled(&handler));
        let shown = format!("{command} {response}");
        assert_eq!(handler.counters().written(), written, "{shown}");
        assert_eq!(server.mails().len() as u64, written, "{shown}");
        assert_eq!(server.count(command), attempts, "{shown}");
        let expected = if written == 0 { "trouble\n    x\n" } else { "" };
        until(|| dead.get() == expected);
    }
}

/// With and without the blank that would be before it.
#[test]
fn a_status_needs_no_text() {
    for (command, response) in [
        ("CONNECT", "220"),
        ("EHLO", "250"),
        ("EHLO", "250-\r\n250"),
        ("MAIL", "250"),
        ("RCPT", "250 "),
        ("DATA", "354"),
        ("DATA", "354 "),
        (".", "250"),
        (".", "250 "),
    ] {
        let server = MailServer::start(move |asked| match asked.starts_with(command) {
            true => Deed::Respond(response),
            false => Deed::Usual,
        });
        let handler = builder(&server).start().unwrap();
        handler.set_error_hook(|_| {});
        log(&handler, "x");
        handler.flush_within(LONG).unwrap();
        let shown = format!("{command} {response:?}");
        assert_eq!(handler.counters().written(), 1, "{shown}");
        assert_eq!(server.count(command), 1, "{shown}");
    }
}

#[test]
fn a_slow_server_does_not_outlast_the_timeout() {
    let server = MailServer::start(|command| match command {
        "CONNECT" => Deed::Drip,
        _ => Deed::Usual,
    });
    let handler = builder(&server)
        .timeout(Duration::from_millis(100))
        .start()
        .unwrap();
    log(&handler, "x");
    let error = handler.flush_within(LONG).unwrap_err().to_string();
    assert!(error.contains("the receiver takes too long"), "{error}");
}
