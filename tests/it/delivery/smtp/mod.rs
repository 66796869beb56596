//! Records sent as mails, read by aiosmtpd, and by a server that does as a test says.

mod mails;
mod options;
mod security;
mod statuses;

use std::time::Duration;

use logtree::delivery::Backoff;
use logtree::handler::SmtpHandler;
use logtree::handler::builder::SmtpHandlerBuilder;
use logtree::{Handler, Level, Record};
use serde_json::Value;

use super::mail_server::MailServer;
use super::program::Program;
use super::python;

const LONG: Duration = Duration::from_secs(60);

/// aiosmtpd, which prints what it gets.
struct Receiver {
    program: Program,
    address: String,
}

impl Receiver {
    fn start(arguments: &[&str]) -> Self {
        let mut program = python::start("smtp.py", arguments);
        let address = format!("localhost:{}", program.line().unwrap());
        Self { program, address }
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.program.line().unwrap()).unwrap()
    }
}

fn quick(builder: SmtpHandlerBuilder) -> SmtpHandlerBuilder {
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
    builder.backoff(backoff).close_within(Duration::ZERO)
}

fn builder(server: &MailServer) -> SmtpHandlerBuilder {
    let builder = SmtpHandler::builder(server.address.to_string(), "app@example.com");
    quick(builder.to("ops@example.com").subject("trouble"))
}

fn log(handler: &Handler, message: &str) {
    let record = Record::builder().name("app").level(Level::ERROR);
    handler.handle(&record.message(message).build());
}
