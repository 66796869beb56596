//! Records sent as mails, read by aiosmtpd, and by a server that does as a test says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use logtree::delivery::Backoff;
use logtree::formatter::format_fn;
use logtree::handler::builder::SmtpHandlerBuilder;
use logtree::handler::{SmtpHandler, StreamHandler};
use logtree::time::Timestamp;
use logtree::{ErrorKind, Formatter, Handler, Level, Record};
use serde_json::{Value, json};

use super::mail_server::{Deed, MailServer};
use super::program::Program;
use super::{is_settled, python, until};
use crate::support::Text;

const LONG: Duration = Duration::from_secs(60);

/// aiosmtpd, which prints what it gets.
struct Receiver {
    program: Program,
    address: String,
}

impl Receiver {
    fn start(arguments: &[&str]) -> Self {
        let mut program = python::start("smtp.py", arguments);
        let address = format!("localhost:{}", program.line().unwrap());
        Self { program, address }
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.program.line().unwrap()).unwrap()
    }
}

fn quick(builder: SmtpHandlerBuilder) -> SmtpHandlerBuilder {
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
    builder.backoff(backoff).close_within(Duration::ZERO)
}

fn builder(server: &MailServer) -> SmtpHandlerBuilder {
    let builder = SmtpHandler::builder(server.address.to_string(), "app@example.com");
    quick(builder.to("ops@example.com").subject("trouble"))
}

fn log(handler: &Handler, message: &str) {
    let record = Record::builder().name("app").level(Level::ERROR);
    handler.handle(&record.message(message).build());
}

/// A line of a hundred characters, and what ends a mail, in all places.
fn texts() -> Vec<String> {
    let mut texts: Vec<_> = [
        "",
        "x",
        ".",
        "..",
        ".\n.\n..\n.x",
        "a\n.\nQUIT\n",
        "\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
        "a\r.\rb",
        "tab\tand \u{1b}[31m and \0 and \u{7f}",
        "ünï €🦀\n.ü",
        "trailing blanks  \n \n\t\n",
        "=3D =\n=",
        "From the start\n>From",
        "Subject: forged\n\nbody",
    ]
    .map(str::to_owned)
    .to_vec();
    for length in [76, 77, 997, 998, 999, 1000, 5000] {
        texts.push("x".repeat(length));
        texts.push(format!(
            "{}\n.{}",
            "x y".repeat(length / 3),
            "ö".repeat(length)
        ));
    }
    texts
}

#[test]
fn aiosmtpd_reads_each_text() {
    if !python::has("aiosmtpd.smtp") {
        return;
    }
    let mut receiver = Receiver::start(&["plain"]);
    let raw = format_fn(|record, line| {
        line.push_str(record.message());
        Ok(())
    });
    let handler = SmtpHandler::builder(&receiver.address, "App <app@example.com>")
        .to("ops@example.com, \"Dörte, J.\" <dev@example.com>")
        .subject("trouble")
        .formatter(raw)
        .timeout(LONG)
        .start()
        .unwrap();
    let time = Timestamp::from_nanos(1_700_000_000_123_456_789);
    let mut ids = Vec::new();
    for text in texts() {
        let record = Record::builder().level(Level::ERROR).time(time);
        handler.handle(&record.message(&text).build());
        handler.flush_within(LONG).unwrap();
        let mail = receiver.next();
        let expected = text.replace("\r\n", "\n").replace('\r', "\n");
        // In base64, the end of the last line is no part of the text.
        let read = mail["text"].as_str().unwrap();
        let is_same = read == expected || read.strip_suffix('\n') == Some(&expected);
        assert!(is_same, "{read:?}, expected {expected:?}");
        assert_eq!(mail["from"], "app@example.com");
        assert_eq!(mail["to"], json!(["ops@example.com", "dev@example.com"]));
        assert_eq!(mail["shown_from"], "App <app@example.com>");
        assert_eq!(
            mail["shown_to"],
            "ops@example.com, \"Dörte, J.\" <dev@example.com>"
        );
        assert_eq!(mail["subject"], "trouble");
        assert_eq!(
            (&mail["date"], &mail["charset"]),
            (&json!(1_700_000_000.0), &json!("utf-8"))
        );
        assert!(mail["longest"].as_u64().unwrap() <= 998);
        let mut headers: Vec<_> = mail["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap())
            .collect();
        headers.sort_unstable();
        let known = [
            "Auto-Submitted",
            "Content-Transfer-Encoding",
            "Content-Type",
            "Date",
            "From",
            "MIME-Version",
            "Message-ID",
            "Subject",
            "To",
        ];
        assert_eq!(headers, known);
        ids.push(mail["id"].as_str().unwrap().to_owned());
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn aiosmtpd_reads_subjects_and_addresses_in_all_scripts() {
    if !python::has("aiosmtpd.smtp") {
        return;
    }
    let mut receiver = Receiver::start(&["plain"]);
    let handler = SmtpHandler::builder(&receiver.address, "Jürgen <jürgen@example.com>")
        .to("юзер@example.com")
        .subject_formatter(Formatter::new("%(levelname)s: %(message)s").unwrap())
        .timeout(LONG)
        .start()
        .unwrap();
    let long = "wörter und ".repeat(100);
    for (message, expected) in [
        ("plain", "ERROR: plain".to_owned()),
        ("ünï €🦀", "ERROR: ünï €🦀".to_owned()),
        (
            "a\r\nBcc: evil@example.com",
            "ERROR: a Bcc: evil@example.com".to_owned(),
        ),
        (&*"x".repeat(2000), format!("ERROR: {}…", "x".repeat(193))),
        (
            &*long,
            format!("ERROR: {}…", long.chars().take(193).collect::<String>()),
        ),
    ] {
        log(&handler, message);
        handler.flush_within(LONG).unwrap();
        let mail = receiver.next();
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(mail["subject"].as_str().unwrap()), words(&expected));
        assert_eq!(mail["from"], "jürgen@example.com");
        assert_eq!(mail["to"], json!(["юзер@example.com"]));
        assert!(mail["longest"].as_u64().unwrap() <= 998);
    }
}

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

#[cfg(feature = "tls")]
#[test]
fn aiosmtpd_gets_credentials_under_tls() {
    use logtree::delivery::Tls;

    if !python::has("aiosmtpd.smtp") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = super::certificate::files(directory.path());
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let mut receiver = Receiver::start(&[&path(&certificate), &path(&key)]);
    let make = || {
        let builder = SmtpHandler::builder(&receiver.address, "app@example.com");
        quick(builder.to("ops@example.com")).timeout(LONG)
    };
    let trusting = Tls::new()
        .with_ca_file(&certificate)
        .with_only_ca_files(true);
    let handler = make()
        .credentials("ann", "p w:ö")
        .tls(trusting.clone())
        .start()
        .unwrap();
    let wrong = make()
        .credentials("ann", "s3cret-word")
        .tls(trusting.clone())
        .start()
        .unwrap();
    let other = Tls::new().with_ca_file(super::certificate::other(directory.path()));
    let doubting = make()
        .credentials("ann", "s3cret-word")
        .tls(other.with_only_ca_files(true))
        .start()
        .unwrap();
    let elsewhere = make()
        .credentials("ann", "s3cret-word")
        .tls(trusting.with_server_name("other.example.com"))
        .start()
        .unwrap();
    for (handler, expected) in [
        (&wrong, "cannot log in: status 535"),
        (&doubting, "invalid peer certificate"),
        (&elsewhere, "invalid peer certificate"),
    ] {
        log(handler, "x");
        let error = handler.flush_within(LONG).unwrap_err().to_string();
        assert!(
            error.contains(expected) && !error.contains("s3cret"),
            "{error}"
        );
        assert_eq!(handler.counters().queued(), 1);
    }
    log(&handler, "for ops");
    handler.flush_within(LONG).unwrap();
    let mail = receiver.next();
    assert_eq!((&mail["tls"], &mail["user"]), (&json!(true), &json!("ann")));
    assert_eq!(mail["text"], "for ops\n");
}

#[test]
fn credentials_are_not_sent_without_tls() {
    let server = MailServer::start(|_| Deed::Usual);
    let with = || builder(&server).credentials("ann", "s3cret-word");
    let error = with().starttls(false).start().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    if cfg!(feature = "tls") {
        let handler = with().start().unwrap();
        log(&handler, "x");
        let error = handler.flush_within(LONG).unwrap_err().to_string();
        assert!(error.contains("does not offer STARTTLS"), "{error}");
        assert_eq!((server.count("AUTH"), server.count("MAIL")), (0, 0));
    } else {
        assert!(
            with()
                .start()
                .unwrap_err()
                .to_string()
                .contains("feature `tls`")
        );
    }
    let handler = with().credentials_in_clear(true).start().unwrap();
    log(&handler, "x");
    handler.flush_within(LONG).unwrap();
    assert_eq!((server.count("AUTH PLAIN "), server.mails().len()), (1, 1));
}

#[cfg(feature = "tls")]
#[test]
fn what_comes_before_tls_is_not_believed() {
    let server = MailServer::start(|command| match command {
        "STARTTLS" => Deed::Respond("220 go on\r\n250-here\r\n250 AUTH PLAIN"),
        command if command.starts_with("EHLO") => Deed::Respond("250-here\r\n250 STARTTLS"),
        _ => Deed::Usual,
    });
    let handler = builder(&server).starttls(true).start().unwrap();
    log(&handler, "x");
    let error = handler.flush_within(LONG).unwrap_err().to_string();
    assert!(error.contains("it sends more before TLS begins"), "{error}");
    assert_eq!(server.count("MAIL"), 0);
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
fn a_burst_is_one_session() {
    let server = MailServer::start(|_| Deed::Usual);
    let handler = builder(&server).linger(LONG).start().unwrap();
    for burst in 1..=3 {
        for number in 0..10 {
            log(&handler, &number.to_string());
        }
        handler.flush_within(LONG).unwrap();
        // The session ends once there is nothing more.
        until(|| server.count("END") == burst);
        assert_eq!(server.count("QUIT"), burst);
        assert_eq!(server.count("CONNECT"), burst);
        assert_eq!(server.mails().len(), 10 * burst);
    }
}

#[test]
fn a_digest_is_one_mail() {
    let server = MailServer::start(|_| Deed::Usual);
    let subject = format_fn(|record, line| write!(line, "{} {}", record.level(), record.message()));
    let handler = builder(&server)
        .subject_formatter(subject)
        .digest(LONG, 100)
        .start()
        .unwrap();
    for number in 0..250 {
        let level = [
            Level::WARNING,
            Level::ERROR,
            Level::CRITICAL,
            Level::CRITICAL,
        ][number % 4];
        let message = format!("line {number}");
        handler.handle(&Record::builder().level(level).message(message).build());
    }
    handler.flush_within(LONG).unwrap();
    let mails = server.mails();
    assert_eq!(handler.counters().written(), 250);
    assert!(mails.len() >= 3 && mails.len() < 10, "{}", mails.len());
    let subject = "\r\nSubject: CRITICAL line 2 [";
    assert!(mails[0].contains(subject), "{}", mails[0]);
    let lines = mails.iter().flat_map(|mail| {
        let (_, text) = mail.split_once("\r\n\r\n").unwrap();
        text.lines().map(str::to_owned)
    });
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let expected: Vec<_> = (0..250).map(|number| format!("line {number}")).collect();
    assert_eq!(lines, expected);
}

#[test]
fn what_is_too_large_is_halved() {
    let seen = AtomicUsize::new(0);
    let server = MailServer::start(move |command| {
        let is_large = command == "." && seen.fetch_add(1, Ordering::Relaxed) < 3;
        match is_large {
            true => Deed::Respond("552 too large"),
            false => Deed::Usual,
        }
    });
    let handler = builder(&server).digest(LONG, 4).start().unwrap();
    for number in 0..4 {
        log(&handler, &format!("{number}{}", "x".repeat(100)));
    }
    handler.flush_within(LONG).unwrap();
    assert_eq!(handler.counters().written(), 4);
    let mails = server.mails();
    // Four, two, one; then the first one is cut.
    assert!(
        mails[0].contains("…[+") || mails[0].contains("=E2=80=A6[+"),
        "{}",
        mails[0]
    );
    for number in 1..4 {
        let whole = format!("{number}{}", "x".repeat(100));
        let joined: Vec<_> = mails.iter().map(|mail| mail.replace("=\r\n", "")).collect();
        assert!(joined.iter().any(|mail| mail.contains(&whole)));
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

#[test]
fn wrong_options_are_found_when_it_starts() {
    let with = |mailhost: &str, from: &str, to: &str| {
        let started = SmtpHandler::new(mailhost, from, [to], "x");
        started.unwrap_err().to_string()
    };
    let (from, to) = ("a@example.com", "b@example.com");
    for (error, expected) in [
        (with("user:s3cret@host", from, to), "without a user's name"),
        (with("udp:host", from, to), "for TCP or TLS"),
        (with("/dev/log", from, to), "for TCP or TLS"),
        (with("host:0", from, to), "port"),
        (with("host", "a", to), "expected an address such as"),
        (with("host", "", to), "expected an address such as"),
        (
            with("host", "a@example.com, b@example.com", to),
            "one address",
        ),
        (
            with("host", from, "b@example.com\r\nBcc: c@example.com"),
            "expected an address such as",
        ),
        (
            with("host", from, "<b@example.com>\nx"),
            "expected an address such as",
        ),
    ] {
        assert!(
            error.contains(expected) && !error.contains("s3cret"),
            "{error}"
        );
    }
    let none: [&str; 0] = [];
    let error = SmtpHandler::new("host", from, none, "x").unwrap_err();
    assert!(
        error.to_string().contains("an address to send to"),
        "{error}"
    );
    let error = SmtpHandler::builder("host", from)
        .to(to)
        .timeout(Duration::ZERO);
    assert!(
        error
            .start()
            .unwrap_err()
            .to_string()
            .contains("timeout is zero")
    );
}
