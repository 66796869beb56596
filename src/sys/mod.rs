//! What lies between the crate and its process: locks, forks, ends of the process, the host's clock
//! and console, code of users.

pub(crate) mod captured_stderr;
#[cfg(feature = "tracing")]
pub(crate) mod event_handling;
pub(crate) mod file_lock;
pub(crate) mod fork;
pub(crate) mod host;
pub(crate) mod host_name;
#[cfg(any(
    feature = "gelf",
    feature = "http-handler",
    feature = "otlp",
    feature = "smtp",
    feature = "socket",
    feature = "syslog",
    feature = "tls"
))]
pub(crate) mod keep_alive;
#[cfg(all(test, logtree_loom))]
mod model;
#[cfg(any(feature = "control", feature = "socket"))]
pub(crate) mod not_forked;
#[cfg(all(unix, any(feature = "control", feature = "socket")))]
pub(crate) mod own_file;
pub(crate) mod presence;
pub(crate) mod private_file;
pub(crate) mod process;
#[cfg(feature = "fleet")]
pub(crate) mod quiet_thread;
pub(crate) mod small_file;
pub(crate) mod sync;
#[cfg(any(feature = "control", feature = "socket"))]
pub(crate) mod task_thread;
pub(crate) mod throttle;
pub(crate) mod timer;
pub(crate) mod turn;
#[cfg(all(unix, any(feature = "control", feature = "socket")))]
pub(crate) mod unix_socket;
pub(crate) mod user_code;
pub(crate) mod variable;
