//! Threads of stores: [`mark_store_thread`].

use crate::sys::quiet_thread;

/// Marks the calling thread as one that speaks with a store. What the crates `h2`, `hyper`,
/// `hyper-util`, `rustls`, `tokio-util`, `tonic` and `tower`, and `tracing` for their spans, log
/// on it below `WARNING`, through the `log` facade, is dropped: a level for the root would
/// otherwise show each ping of the store that the level came from. Other records are not affected.
///
/// # Examples
/// ```
/// use logtree::control::fleet::mark_store_thread;
///
/// let thread = std::thread::Builder::new().name("my-store".to_owned());
/// let thread = thread.spawn(|| {
///     mark_store_thread();
///     log::debug!(target: "h2::proto", "received a frame"); // dropped
/// })?;
/// # thread.join().unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn mark_store_thread() {
    quiet_thread::mark();
}
