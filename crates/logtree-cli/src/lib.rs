//! The command line `logtree`: looks at running programs that log with
//! [`logtree`](https://docs.rs/logtree), steers their levels, and works on configurations and logs.
//!
//! The README shows each verb. This library is what the program is made of: [`run`] is the program,
//! verbs are functions over [`client::Client`].
#![doc = "```text"]
#![doc = "arguments   what was typed"]
#![doc = "discovery   from sockets, or an address, to processes"]
#![doc = "client      one process: requests and responses"]
#![doc = "fleet       all of them at once: a response or a failure for each"]
#![doc = "etcd        instead of processes, a fleet in etcd: a file for each verb"]
#![doc = "verb        what to ask, and what the responses say"]
#![doc = "screen      tables and colours on a terminal, tab-separated text or JSON elsewhere"]
#![doc = "```"]

mod arguments;
pub mod client;
mod discovery;
#[cfg(feature = "fleet")]
mod etcd;
mod exit;
mod failure;
mod fleet;
mod run;
mod screen;
mod verb;

pub use crate::exit::Exit;
pub use crate::failure::Failure;
pub use crate::run::run;
