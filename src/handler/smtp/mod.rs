//! Records sent as mails: [`SmtpHandler`].
//!
//! A [`transport`] makes a [`mail`] of one record or of many, and sends it by a [`session`] with
//! the server. Formats are lettre's; connections are those of all handlers, with their deadlines.

mod handler;
mod mail;
mod session;
mod transport;

pub use self::handler::{SmtpHandler, SmtpHandlerBuilder};
