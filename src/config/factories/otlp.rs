//! Collectors of OpenTelemetry.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::factories::table::Table;
use crate::config::factories::{delivery, tls};
use crate::handler::{Handler, OtlpHandler};
use crate::record::OwnedValue;

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(
        &["opentelemetry.sdk._logs.LoggingHandler", "otlp"],
        |arguments| {
            let endpoint: Option<String> = arguments.optional("endpoint");
            let headers: Option<BTreeMap<String, String>> = arguments.optional("headers");
            let timeout: Option<Duration> = arguments.optional("timeout");
            let resource: Option<BTreeMap<String, OwnedValue>> = arguments.optional("resource");
            let environment: Option<bool> = arguments.optional("environment");
            let gzip: Option<bool> = arguments.optional("gzip");
            if gzip == Some(true) && cfg!(not(feature = "gzip")) {
                arguments.problem("gzip", "gzip needs the feature `gzip`");
            }
            let tls = tls::read(arguments);
            let delivery = delivery::read(arguments);
            move || {
                let mut builder = OtlpHandler::builder().delivery(delivery()?);
                if let Some(endpoint) = endpoint {
                    builder = builder.endpoint(endpoint);
                }
                for (name, value) in headers.unwrap_or_default() {
                    builder = builder.header(name, value);
                }
                if let Some(timeout) = timeout {
                    builder = builder.timeout(timeout);
                }
                for (key, value) in resource.unwrap_or_default() {
                    builder = builder.resource(key, value);
                }
                if let Some(is_read) = environment {
                    builder = builder.environment(is_read);
                }
                #[cfg(feature = "gzip")]
                if let Some(gzip) = gzip {
                    builder = builder.gzip(gzip);
                }
                Ok(tls::with_tls!(builder, tls).start()?.into())
            }
        },
    );
}
