//! Graylog.

use crate::config::factories::table::Table;
use crate::config::factories::{delivery, tls};
use crate::handler::{GelfCompression, GelfHandler, Handler};

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(&["gelf"], |arguments| {
        let address: String = arguments.required("address");
        let host: Option<String> = arguments.optional("host");
        let compression: Option<GelfCompression> = arguments.optional("compression");
        let datagram_bytes: Option<usize> = arguments.optional("datagram_bytes");
        let resend_bytes: Option<usize> = arguments.optional("resend_bytes");
        let tls = tls::read(arguments);
        let delivery = delivery::read(arguments);
        move || {
            let mut builder = GelfHandler::builder(address).delivery(delivery()?);
            if let Some(host) = host {
                builder = builder.host(host);
            }
            if let Some(compression) = compression {
                builder = builder.compression(compression);
            }
            if let Some(bytes) = datagram_bytes {
                builder = builder.datagram_bytes(bytes);
            }
            if let Some(bytes) = resend_bytes {
                builder = builder.resend_bytes(bytes);
            }
            Ok(tls::with_tls!(builder, tls).start()?.into())
        }
    });
}
