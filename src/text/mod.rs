//! Text buffers: how lines are assembled, and how each thread reuses their memory.

#[cfg(any(
    feature = "cloudwatch",
    feature = "kv-serde",
    feature = "tracing",
    all(feature = "journald", target_os = "linux")
))]
pub(crate) mod boundary;
pub(crate) mod digits;
pub(crate) mod line_buf;
pub(crate) mod name_bits;
#[cfg(any(feature = "config", feature = "syslog"))]
pub(crate) mod near;
pub(crate) mod pool;
pub(crate) mod run;
pub(crate) mod serialize;
pub(crate) mod short_str;
