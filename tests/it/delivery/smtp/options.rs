//! Options that are wrong.

use std::time::Duration;

use logtree::handler::SmtpHandler;

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
