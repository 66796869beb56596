//! Handlers that send to a receiver, and the receivers that people run.

#[cfg(all(
    feature = "tls",
    any(feature = "smtp", feature = "socket", feature = "syslog")
))]
mod certificate;
#[cfg(feature = "cloudwatch")]
mod cloudwatch;
#[cfg(all(
    feature = "config",
    feature = "gelf",
    feature = "gzip",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp"
))]
mod config;
#[cfg(all(feature = "full", target_os = "linux"))]
mod contract;
#[cfg(unix)]
mod crashes;
#[cfg(all(any(feature = "journald", feature = "syslog"), target_os = "linux"))]
mod full_disk;
#[cfg(feature = "gelf")]
mod gelf;
#[cfg(all(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket",
    feature = "syslog",
    target_os = "linux"
))]
mod hanging_name;
#[cfg(feature = "http-handler")]
mod http;
#[cfg(all(feature = "journald", target_os = "linux"))]
mod journald;
#[cfg(feature = "smtp")]
mod mail_server;
#[cfg(all(any(feature = "journald", feature = "syslog"), target_os = "linux"))]
mod namespace;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(all(
    feature = "cloudwatch",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket",
    feature = "syslog"
))]
mod outages;
#[cfg(any(
    unix,
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket"
))]
mod program;
#[cfg(any(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket"
))]
mod python;
#[cfg(all(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket",
    feature = "syslog"
))]
mod secrets;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "socket")]
mod socket;
#[cfg(feature = "socket")]
mod socket_receiver;
#[cfg(all(feature = "socket", feature = "tls"))]
mod socket_tls;
#[cfg(all(feature = "syslog", target_os = "linux"))]
mod syslog;
#[cfg(all(feature = "syslog", target_os = "linux"))]
mod syslog_daemon;
#[cfg(any(feature = "http-handler", feature = "otlp"))]
mod web_server;

/// Whether it is known of each record what became of it.
#[cfg_attr(not(feature = "full"), allow(dead_code))]
fn is_settled(handler: &logtree::Handler) -> bool {
    let counters = handler.counters();
    counters.queued() == 0 && counters.accepted() == counters.written() + counters.dropped()
}

/// Waits until something is so, for two minutes at most.
#[cfg_attr(not(feature = "full"), allow(dead_code))]
#[track_caller]
fn until(what: impl Fn() -> bool) {
    until_within(std::time::Duration::from_secs(120), what);
}

/// Waits until something is so, at most so long.
#[cfg_attr(not(feature = "full"), allow(dead_code))]
#[track_caller]
fn until_within(limit: std::time::Duration, what: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !what() {
        assert!(start.elapsed() < limit, "it is not so after {limit:?}");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}
