//! A fleet in etcd: what the verbs do with it.

mod audit;
mod change;
mod clear;
mod connection;
mod export;
mod groups;
mod import;
mod levels;
mod perform;
mod plan;
mod set;
mod status;
mod switch;
mod undo;

pub(crate) use self::perform::perform;
