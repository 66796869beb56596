//! The program `logtree`, beside processes that serve their control.

#![cfg(unix)]

mod check;
mod completions;
mod daemon;
mod discovery;
#[cfg(feature = "fleet")]
#[path = "../../../logtree-etcd/tests/it/etcd.rs"]
#[expect(dead_code, reason = "the tests of the store use more of it")]
mod etcd;
#[cfg(feature = "fleet")]
mod etcd_fleet;
mod fake;
mod fleet;
mod levels;
mod pretty;
mod program;
mod replay;
mod tail;
mod terminal;
mod v2;
