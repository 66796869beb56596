//! The journal of systemd.

use std::path::PathBuf;

use crate::config::arguments::Arguments;
use crate::config::factories::delivery;
use crate::config::factories::table::Table;
use crate::handler::{Handler, JournaldHandler};

pub(super) fn add(table: &mut Table<Handler>) {
    let names = ["systemd.journal.JournalHandler", "journald"];
    table.add(&names, |arguments: &mut Arguments<'_>| {
        let identifier: Option<String> = arguments
            .optional("identifier")
            .or(arguments.optional("SYSLOG_IDENTIFIER"));
        let socket: Option<PathBuf> = arguments.optional("socket");
        let delivery = delivery::read(arguments);
        move || {
            let mut builder = JournaldHandler::builder().delivery(delivery()?);
            if let Some(identifier) = identifier {
                builder = builder.identifier(identifier);
            }
            if let Some(socket) = socket {
                builder = builder.socket(socket);
            }
            Ok(builder.start()?.into())
        }
    });
}
