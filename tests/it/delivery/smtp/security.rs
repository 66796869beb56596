//! TLS and credentials.

use logtree::ErrorKind;
#[cfg(feature = "tls")]
use logtree::handler::SmtpHandler;
#[cfg(feature = "tls")]
use serde_json::json;

use crate::delivery::mail_server::{Deed, MailServer};
#[cfg(feature = "tls")]
use crate::delivery::python;
use crate::delivery::smtp::{LONG, builder, log};
#[cfg(feature = "tls")]
use crate::delivery::smtp::{Receiver, quick};

#[cfg(feature = "tls")]
#[test]
fn aiosmtpd_gets_credentials_under_tls() {
    use logtree::delivery::Tls;

    if !python::has("aiosmtpd.smtp") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = crate::delivery::certificate::files(directory.path());
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
    let other = Tls::new().with_ca_file(crate::delivery::certificate::other(directory.path()));
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
