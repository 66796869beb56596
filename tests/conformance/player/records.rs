//! Records that are logged, handled or formatted.

use std::net::UdpSocket;

use logtree::formatter::BufferingFormatter;
use logtree::handler::{SysLogFacility, SysLogForm, SysLogFraming, SysLogHandler};
use logtree::record::{RecordBuilder, Source};
use logtree::{Level, Record};
use serde_json::Value;

use crate::player::{owned, python_default, text, time};
use crate::world::{Failure, World, kind};

impl World {
    pub(super) fn log(&mut self, operation: &Value) -> Result<(), Failure> {
        if let Some(t) = operation.get("t") {
            self.clock.set(time(t));
        }
        let level = self.level(&operation["level"])?;
        let target = self.target(operation);
        if target.is_enabled_for(level) {
            let builder = self
                .registry
                .record_builder()
                .name(target.name())
                .level(level);
            let record = fill(builder, operation, text(operation, "msg")).build();
            target.handle(&record);
        }
        Ok(())
    }

    pub(super) fn handle(&self, operation: &Value) -> Result<(), Failure> {
        let record = self.record(&operation["record"])?;
        match operation.get("handler") {
            Some(handler) => {
                self.handler(handler)?.handle(&record);
            }
            None => self.logger(operation).handle(&record),
        }
        Ok(())
    }

    pub(super) fn record<'r>(&'r self, spec: &'r Value) -> Result<Record<'r>, Failure> {
        let level = spec
            .get("level")
            .map_or(Ok(Level::INFO), |level| self.level(level))?;
        let mut builder = self
            .registry
            .record_builder()
            .name(spec["name"].as_str().unwrap_or("app"))
            .level(level);
        if let Some(t) = spec.get("t") {
            builder = builder.time(time(t));
        }
        Ok(fill(builder, spec, spec["msg"].as_str().unwrap_or("message")).build())
    }

    pub(super) fn format_all(&self, operation: &Value) -> Result<Value, Failure> {
        let mut formatter = match operation.get("formatter") {
            Some(spec) => BufferingFormatter::new(self.formatter(spec)?),
            None => BufferingFormatter::new(python_default()),
        };
        let frame = |key: &str| {
            let text = text(operation, key).to_owned();
            move |count: usize| text.replace("{n}", &count.to_string())
        };
        formatter = formatter
            .with_header(frame("header"))
            .with_footer(frame("footer"));
        let records = operation["records"].as_array().expect("records");
        let records = records
            .iter()
            .map(|spec| self.record(spec))
            .collect::<Result<Vec<_>, _>>()?;
        formatter
            .format(&records)
            .map(Into::into)
            .map_err(|error| kind(&error))
    }

    /// Sends records to a socket, and returns the datagrams that it gets.
    pub(super) fn syslog(&self, operation: &Value) -> Result<Value, Failure> {
        let receiver = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let address = format!("udp:{}", receiver.local_addr().expect("an address"));
        let facility = match &operation["facility"] {
            Value::String(name) => name.parse(),
            Value::Number(number) => {
                let number = number.as_u64().and_then(|number| u8::try_from(number).ok());
                SysLogFacility::try_from(number.expect("a number from 0 to 255"))
            }
            _ => Ok(SysLogFacility::User),
        };
        let mut builder = SysLogHandler::builder(address)
            .form(SysLogForm::Python)
            .facility(facility.map_err(|error| kind(&error))?)
            .ident(text(operation, "ident"));
        if operation["append_nul"] == false {
            builder = builder.framing(SysLogFraming::None);
        }
        let handler = builder.start().map_err(|error| kind(&error))?;
        match operation.get("formatter") {
            Some(spec) => handler.set_formatter(self.formatter(spec)?),
            None => handler.set_formatter(python_default()),
        }
        let mut datagrams = Vec::new();
        for spec in operation["records"].as_array().expect("records") {
            handler.handle(&self.record(spec)?);
            let mut datagram = [0; 8_192];
            let length = receiver.recv(&mut datagram).expect("a datagram");
            datagrams.push(String::from_utf8_lossy(&datagram[..length]).into_owned());
        }
        Ok(datagrams.into())
    }
}

fn fill<'r>(
    mut builder: RecordBuilder<'r>,
    spec: &'r Value,
    message: &'r str,
) -> RecordBuilder<'r> {
    let source = &spec["src"];
    let line = source["line"].as_u64().unwrap_or(7);
    builder = builder.message(message).thread(1001, "MainThread").source(
        Source::default()
            .with_file(source["path"].as_str().unwrap_or("src/app.rs"))
            .with_line(u32::try_from(line).unwrap())
            .with_function(source["func"].as_str().unwrap_or("main")),
    );
    for (key, value) in spec["extra"].as_object().into_iter().flatten() {
        builder = builder.key_value(key.as_str(), owned(value));
    }
    if let Some(text) = spec["exc"].as_str() {
        builder = builder.error_text(text);
    }
    if let Some(text) = spec["stack"].as_str() {
        builder = builder.stack(text);
    }
    builder
}
