//! The journal of systemd.

use std::path::PathBuf;

use crate::config::arguments::Arguments;
use crate::config::factories::delivery;
use crate::config::factories::table::Table;
use crate::error::Error;
use crate::handler::Handler;
use crate::handler::delivery::options::DeliveryOptions;

pub(super) fn add(table: &mut Table<Handler>) {
    let names = ["systemd.journal.JournalHandler", "journald"];
    table.add(&names, |arguments: &mut Arguments<'_>| {
        let identifier: Option<String> = arguments
            .optional("identifier")
            .or(arguments.optional("SYSLOG_IDENTIFIER"));
        let socket: Option<PathBuf> = arguments.optional("socket");
        let delivery = delivery::read(arguments);
        move || start(identifier, socket, delivery()?)
    });
}

#[cfg(target_os = "linux")]
fn start(
    identifier: Option<String>,
    socket: Option<PathBuf>,
    delivery: DeliveryOptions,
) -> Result<Handler, Error> {
    let mut builder = crate::handler::JournaldHandler::builder().delivery(delivery);
    if let Some(identifier) = identifier {
        builder = builder.identifier(identifier);
    }
    if let Some(socket) = socket {
        builder = builder.socket(socket);
    }
    Ok(builder.start()?.into())
}

#[cfg(not(target_os = "linux"))]
fn start(_: Option<String>, _: Option<PathBuf>, _: DeliveryOptions) -> Result<Handler, Error> {
    let message = "the journal of systemd exists on Linux only";
    Err(Error::new(crate::error::ErrorKind::InvalidConfig, message))
}
