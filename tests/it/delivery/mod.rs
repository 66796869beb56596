//! Handlers that send to a receiver, and the receivers that people run.

#[cfg(unix)]
mod crashes;
#[cfg(all(feature = "journald", target_os = "linux"))]
mod journald;
#[cfg(all(feature = "syslog", target_os = "linux"))]
mod syslog;
#[cfg(feature = "syslog")]
mod syslog_outages;
