//! A fleet in etcd: what the verbs do with it.

mod audit;
mod change;
mod clear;
mod connection;
mod levels;
mod perform;
mod set;
mod status;
mod switch;
mod undo;

pub(crate) use self::perform::perform;
