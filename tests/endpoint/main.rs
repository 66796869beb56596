//! The endpoint of a control, over real connections.
#![cfg(unix)]

mod aws_clients;
mod aws_iot;
mod clearing;
#[cfg(feature = "config")]
mod config;
mod console;
mod corpus;
mod dry_run;
mod envoy;
#[cfg(feature = "fleet")]
mod fleet;
mod http;
mod lifecycle;
mod native;
mod refusals;
mod scene;
mod sequences;
mod spring;
mod tail;
mod zap;
