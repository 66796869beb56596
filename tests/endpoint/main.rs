//! The endpoint of a control, by real connections.
#![cfg(unix)]

mod aws_clients;
mod aws_iot;
mod console;
mod envoy;
mod http;
mod native;
mod refusals;
mod sequences;
mod spring;
mod tail;
mod zap;
