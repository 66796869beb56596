//! The program `logtree`, beside processes that serve their control.

#![cfg(unix)]

mod check;
mod completions;
mod daemon;
mod discovery;
mod fake;
mod fleet;
mod levels;
mod pretty;
mod program;
mod replay;
mod tail;
mod terminal;
mod v2;
