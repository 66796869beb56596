//! Records sent to a collector of OpenTelemetry: [`OtlpHandler`].

mod environment;
mod handler;
mod record;
mod resource;
mod severity;
mod transport;

pub use self::handler::{OtlpHandler, OtlpHandlerBuilder};
