//! Records sent to Graylog and what else takes GELF: [`GelfHandler`].

mod chunks;
mod compression;
mod handler;
mod message;
mod transport;

pub use self::compression::GelfCompression;
pub use self::handler::{GelfHandler, GelfHandlerBuilder};
