//! Connections whose peers may be gone without a word: [`keep_alive`].

#[cfg(any(target_os = "linux", target_os = "android"))]
use std::time::Duration;

/// How long bytes may be on their way before a connection counts as broken, where the platform has
/// such a limit: a machine that is switched off says nothing.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNACKNOWLEDGED_AT_MOST: Duration = Duration::from_secs(60);

/// How long nothing comes before the system asks whether the peer is there.
#[cfg(any(target_os = "linux", target_os = "android"))]
const IDLE: Duration = Duration::from_secs(60);

/// Has the system find out that a peer's machine is gone.
#[cfg(unix)]
pub(crate) fn keep_alive(socket: impl std::os::fd::AsFd) {
    use rustix::net::sockopt;

    let _ = sockopt::set_socket_keepalive(&socket, true);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let limit = u32::try_from(UNACKNOWLEDGED_AT_MOST.as_millis()).unwrap_or(u32::MAX);
        let _ = sockopt::set_tcp_user_timeout(&socket, limit);
        let _ = sockopt::set_tcp_keepidle(&socket, IDLE);
    }
}

#[cfg(not(unix))]
pub(crate) fn keep_alive<S>(_: S) {}
