//! What the crate asks of the platform below std: clocks, the process's number, standard streams.
//!
//! On most platforms this is std itself. WebAssembly without an operating system has no clock, no
//! process and no streams, and std panics when asked for them; there, the feature `web` asks the
//! JavaScript host, and without it time stands still and standard error discards.

mod console;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
#[path = "native.rs"]
mod platform;

#[cfg(all(target_family = "wasm", target_os = "unknown", feature = "web"))]
#[path = "web.rs"]
mod platform;

#[cfg(all(target_family = "wasm", target_os = "unknown", not(feature = "web")))]
#[path = "bare_wasm.rs"]
mod platform;

#[cfg(feature = "pretty")]
pub(crate) use self::console::columns;
pub(crate) use self::console::{Standard, enable_escapes};
#[cfg(not(unix))]
pub(crate) use self::platform::system_time;
pub(crate) use self::platform::{Instant, process_id, stderr, stdout};

/// Writes to standard error in one call and past std, whose lock another thread may hold for long.
pub(crate) fn write_past_std(bytes: &[u8]) {
    #[cfg(unix)]
    let _ = rustix::io::write(rustix::stdio::stderr(), bytes);
    #[cfg(not(unix))]
    let _ = std::io::Write::write_all(&mut stderr(), bytes);
}
