//! What the mails of records are, one each or as a digest.

use std::sync::atomic::{AtomicUsize, Ordering};

use logtree::formatter::format_fn;
use logtree::handler::SmtpHandler;
use logtree::time::Timestamp;
use logtree::{Formatter, Level, Record};
use serde_json::json;

use crate::delivery::mail_server::{Deed, MailServer};
use crate::delivery::smtp::{LONG, Receiver, builder, log};
use crate::delivery::{python, until};

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
