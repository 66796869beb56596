//! Modes: which messages are logged.

use logtree::client::{ClientLogMode, ClientLogger, Dump, Retry, Signing, service_logger};
use logtree::{Level, Registry, StreamLogger};

use crate::client::{client, client_in, keeping};
use crate::support::Text;

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
