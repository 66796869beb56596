//! Plays a scenario, operation by operation.

use std::net::UdpSocket;
use std::sync::Arc;

use logtree::filter::Filter;
use logtree::formatter::{BufferingFormatter, TimeZone};
use logtree::handler::{
    FileHandler, MemoryHandler, NullHandler, QueueHandler, QueueListener, RecordQueue,
    RotatingFileHandler, StreamHandler, SysLogFacility, SysLogForm, SysLogFraming, SysLogHandler,
    TimedRotatingFileHandler, WatchedFileHandler, handler_by_name, handler_names,
};
use logtree::logger::LoggerAdapter;
use logtree::record::{OwnedValue, RecordBuilder, Source};
use logtree::setup::Installed;
use logtree::time::{Clock, Timestamp};
use logtree::{BasicConfig, Formatter, Handler, Level, Logger, Record, StreamLogger, shutdown};
use serde_json::{Value, json};

use crate::directory::name_of;
use crate::world::{Failure, Known, ListSink, World, kind};
use crate::{configs, files, filters, formatters};

const CLOCK: i64 = 1_709_210_096_789_000_000;
const START: i64 = 1_709_210_000_000_000_000;

pub(crate) fn play(scenario: &Value) -> Value {
    let mut world = World::new(
        scenario["clock"].as_i64().unwrap_or(CLOCK),
        scenario["start"].as_i64().unwrap_or(START),
    );
    let operations = scenario["ops"].as_array().expect("ops");
    for (number, operation) in operations.iter().enumerate() {
        world.observer.start(number);
        match world.play(operation) {
            Ok(Value::Null) => {}
            // `null` is an answer too.
            Ok(answer) if answer == json!({"null": true}) => world.observer.push("r", Value::Null),
            Ok(answer) => world.observer.push("r", answer),
            Err(failure) => world.observer.push("err", failure.into()),
        }
        world.directory.follow_clock(world.clock.now());
    }
    for (_, listener) in &world.listeners {
        world.observer.start(operations.len());
        listener.stop();
        world.observer.tell_of_threads();
    }
    let answer =
        json!({"id": scenario["id"], "obs": world.observer.list(), "buffers": world.buffers.all()});
    // Handlers are registered by name for the whole process; the next scenario starts from an empty
    // registry.
    for known in world.handlers.values() {
        known.handler().set_name(None);
    }
    answer
}

/// A scenario's value as a key-value's.
pub(crate) fn owned(value: &Value) -> OwnedValue {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::String(text) => text.as_str().into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), _, _) => whole.into(),
            (_, Some(whole), _) => whole.into(),
            (_, _, float) => float.into(),
        },
        _ => OwnedValue::Null,
    }
}

/// The answer to a query that may have none.
fn optional(value: Option<impl Into<Value>>) -> Value {
    value.map_or_else(|| json!({"null": true}), Into::into)
}

/// A key's text; empty if it is absent.
fn text<'v>(operation: &'v Value, key: &str) -> &'v str {
    operation[key].as_str().unwrap_or_default()
}

impl World {
    fn play(&mut self, operation: &Value) -> Result<Value, Failure> {
        let done = Ok(Value::Null);
        match text(operation, "op") {
            "clock" => self.clock.set(time(&operation["t"])),
            "get" => return Ok(self.logger(operation).name().into()),
            "get_child" => {
                return Ok(self
                    .logger(operation)
                    .child(text(operation, "suffix"))
                    .name()
                    .into());
            }
            "same" => {
                return Ok((self.logger(operation)
                    == self.registry.get_logger(text(operation, "other")))
                .into());
            }
            "set_level" => {
                let level = self.level(&operation["level"])?;
                if let Some(handler) = operation.get("handler") {
                    self.handler(handler)?.set_level(level);
                } else {
                    self.target(operation).set_level(level);
                }
            }
            "propagate" => self
                .logger(operation)
                .set_propagate(flag(operation, "value")),
            "disabled" => self
                .logger(operation)
                .set_disabled(flag(operation, "value")),
            "add_handler" => self
                .logger(operation)
                .add_handler(self.handler(&operation["handler"])?),
            "remove_handler" => {
                self.logger(operation)
                    .remove_handler(&self.handler(&operation["handler"])?);
            }
            "add_filter" => {
                let filter = self.filters[text(operation, "filter")].clone();
                match operation.get("handler") {
                    Some(handler) => self.handler(handler)?.add_filter(filter),
                    None => self.logger(operation).add_filter(filter),
                }
            }
            "remove_filter" => {
                let filter = self.filters[text(operation, "filter")].clone();
                match operation.get("handler") {
                    Some(handler) => self.handler(handler)?.remove_filter(&filter),
                    None => self.logger(operation).remove_filter(&filter),
                };
            }
            "log" => self.log(operation)?,
            "root_log" => {
                logtree::setup::root::log_in(
                    &self.registry,
                    self.level(&operation["level"])?,
                    text(operation, "msg"),
                );
                self.label_new_handlers("", "basic");
            }
            "handle" => self.handle(operation)?,
            "disable" => {
                let level = operation
                    .get("level")
                    .map_or(Ok(Level::CRITICAL), |level| self.level(level))?;
                self.registry.disable(level);
            }
            "last_resort" => self.set_last_resort(operation)?,
            "raise_exceptions" => {
                self.registry.set_report_errors(flag(operation, "value"));
                self.observer.set_raise(flag(operation, "value"));
            }
            "add_level_name" => {
                let level = self.level(&operation["level"])?;
                self.registry.add_level_name(level, text(operation, "name"));
            }
            "set_name" => self
                .handler(&operation["handler"])?
                .set_name(operation["name"].as_str()),
            "set_formatter" => match &operation["formatter"] {
                Value::Null => self
                    .handler(&operation["handler"])?
                    .set_formatter(python_default()),
                spec => self
                    .handler(&operation["handler"])?
                    .set_formatter(self.formatter(spec)?),
            },
            "set_target" => {
                let target = Some(&operation["target"])
                    .filter(|target| !target.is_null())
                    .map(|id| self.handler(id))
                    .transpose()?;
                self.memory(operation).set_target(target);
            }
            "set_stream" => return Ok(self.set_stream(operation).into()),
            "flush" => self
                .handler(&operation["handler"])?
                .flush()
                .map_err(|error| kind(&error))?,
            "close" => self
                .handler(&operation["handler"])?
                .close()
                .map_err(|error| kind(&error))?,
            "shutdown" => shutdown(),
            "handler" => self.make_handler(operation)?,
            "queue" => {
                let mut queue = RecordQueue::builder();
                if let Some(capacity @ 1..) = operation["capacity"].as_u64() {
                    queue = queue.max_records(capacity);
                }
                self.queues
                    .insert(text(operation, "id").to_owned(), queue.build());
            }
            "listener" => {
                let handlers = operation["handlers"].as_array().expect("handlers");
                let handlers: Result<Vec<_>, _> =
                    handlers.iter().map(|id| self.handler(id)).collect();
                let queue = &self.queues[text(operation, "queue")];
                let listener = if flag(operation, "respect_handler_level") {
                    QueueListener::new(queue, handlers?).with_respect_levels(true)
                } else {
                    QueueListener::new(queue, handlers?)
                };
                self.listeners
                    .push((text(operation, "id").to_owned(), listener));
            }
            // A configured queue has a listener that runs.
            "start" if operation["handler"].is_string() => {}
            "stop" if operation["handler"].is_string() => self
                .handler(&operation["handler"])?
                .flush()
                .map_err(|error| kind(&error))?,
            "start" => {
                assert!(self.listener(operation).start());
            }
            "stop" => {
                self.listener(operation).stop();
                self.observer.tell_of_threads();
            }
            "write_file" => self.directory.write(operation, self.clock.now()),
            "remove_file" => {
                let path = self.directory.path_of(&operation["path"]);
                std::fs::remove_file(path).expect("a file to remove");
            }
            "rename_file" => {
                let path = self.directory.path_of(&operation["path"]);
                let to = self.directory.path_of(&operation["to"]);
                std::fs::rename(path, to).expect("a file to rename");
            }
            "do_rollover" => {
                let rotated = match &self.handlers[text(operation, "handler")] {
                    Known::Rotating(handler) => handler.rotate(),
                    Known::Timed(handler) => handler.rotate(),
                    _ => panic!("not a rotating handler"),
                };
                rotated.map_err(|error| kind(&error))?;
            }
            "filter" => {
                self.filters
                    .insert(text(operation, "id").to_owned(), filters::make(operation));
            }
            "formatter" => {
                let formatter = formatters::make(operation).map_err(|error| kind(&error))?;
                self.formatters
                    .insert(text(operation, "id").to_owned(), Arc::new(formatter));
                return Ok(true.into());
            }
            "adapter" => self.make_adapter(operation),
            "basic_config" => self.basic_config(operation)?,
            "dict_config" => configs::dict(self, operation)?,
            "file_config" => configs::file(self, operation)?,
            "set_stream_logger" => self.set_stream_logger(operation)?,
            _ => return self.query(operation),
        }
        done
    }

    /// Operations that change nothing.
    fn query(&self, operation: &Value) -> Result<Value, Failure> {
        Ok(match text(operation, "op") {
            "effective_level" => self.target(operation).effective_level().number().into(),
            "has_handlers" => self.target(operation).has_handlers().into(),
            "enabled_for" => self
                .target(operation)
                .is_enabled_for(self.level(&operation["level"])?)
                .into(),
            "level" => match operation.get("handler") {
                Some(handler) => self.handler(handler)?.level().number().into(),
                None => self.logger(operation).level().number().into(),
            },
            "manager_disable" => self.registry.disabled_up_to().number().into(),
            "parent" => optional(
                self.logger(operation)
                    .parent()
                    .map(|parent| parent.name().to_owned()),
            ),
            "children" => self
                .logger(operation)
                .children()
                .iter()
                .map(|child| child.name())
                .collect(),
            "handlers" => {
                let handlers = self.logger(operation).handlers();
                handlers
                    .iter()
                    .map(|handler| self.label_of(handler).expect("a known handler"))
                    .collect()
            }
            "get_propagate" => self.logger(operation).propagate().into(),
            "get_disabled" => self.logger(operation).is_disabled().into(),
            "logger_names" => self.registry.logger_names().into(),
            "level_name" => self
                .registry
                .level_name(self.level(&operation["level"])?)
                .into(),
            "level_number" => optional(
                self.registry
                    .level_by_name(text(operation, "name"))
                    .map(Level::number),
            ),
            "level_names" => {
                let names = self.registry.level_names().into_iter();
                names
                    .map(|(name, level)| (name, level.number().into()))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }
            "handler_by_name" => {
                let handler = handler_by_name(text(operation, "name"));
                optional(handler.and_then(|handler| self.label_of(&handler).map(str::to_owned)))
            }
            "handler_names" => handler_names().iter().map(|name| &**name).collect(),
            "buffered" => self.memory(operation).buffered().into(),
            "read" => self.buffers.text(text(operation, "buffer")).into(),
            "filter_test" => {
                let mut record = self.record(&operation["record"])?;
                self.filters[text(operation, "filter")]
                    .filter(&mut record)
                    .into()
            }
            "format" => {
                let formatter = self.formatter(&operation["formatter"])?;
                let record = self.record(&operation["record"])?;
                formatter
                    .format_to_string(&record)
                    .map_err(|error| kind(&error))?
                    .into()
            }
            "format_all" => self.format_all(operation)?,
            "syslog" => self.syslog(operation)?,
            "uses_time" => self.formatter(&operation["formatter"])?.uses_time().into(),
            "format_time" => {
                let formatter = formatters::make(operation).map_err(|error| kind(&error))?;
                formatter.format_time(time(&operation["t"])).into()
            }
            "queue_size" => self.queues[text(operation, "queue")].len().into(),
            "files" => self.directory.contents(),
            "rollover_at" => seconds(self.timed(operation).rollover_at()),
            "compute_rollover" => {
                seconds(self.timed(operation).rollover_after(time(&operation["t"])))
            }
            "should_rollover" => {
                let spec = operation.get("record").cloned().unwrap_or(json!({}));
                let record = self.record(&spec)?;
                let due = match &self.handlers[text(operation, "handler")] {
                    Known::Rotating(handler) => handler.should_rotate(&record),
                    Known::Timed(handler) => handler.should_rotate(&record),
                    _ => panic!("not a rotating handler"),
                };
                due.map_err(|error| kind(&error))?.into()
            }
            "files_to_delete" => {
                let files = self.timed(operation).files_to_delete();
                files.iter().map(|path| name_of(path)).collect()
            }
            "adapter_name" => self.adapters[text(operation, "adapter")].0.name().into(),
            other => panic!("unknown operation {other}"),
        })
    }

    fn logger(&self, operation: &Value) -> Logger {
        self.registry.get_logger(text(operation, "logger"))
    }

    /// The logger, or the adapter, that an operation is about.
    fn target(&self, operation: &Value) -> LoggerAdapter {
        match operation["adapter"].as_str() {
            Some(id) => self.adapters[id].0.clone(),
            None => self.logger(operation).into(),
        }
    }

    /// A handler of the scenario; one that could not be made is missing.
    fn handler(&self, id: &Value) -> Result<Handler, Failure> {
        let known = self.handlers.get(id.as_str().expect("a handler's id"));
        known.map(Known::handler).ok_or("bad_scenario")
    }

    fn memory(&self, operation: &Value) -> MemoryHandler {
        match &self.handlers[text(operation, "handler")] {
            Known::Memory(handler) => handler.clone(),
            _ => panic!("not a memory handler"),
        }
    }

    fn listener(&self, operation: &Value) -> &QueueListener {
        let known = self.listeners.iter();
        let mut found = known.filter(|(id, _)| id == text(operation, "listener"));
        &found.next().expect("a listener").1
    }

    fn timed(&self, operation: &Value) -> &TimedRotatingFileHandler {
        match &self.handlers[text(operation, "handler")] {
            Known::Timed(handler) => handler,
            _ => panic!("not a timed handler"),
        }
    }

    pub(crate) fn level(&self, value: &Value) -> Result<Level, Failure> {
        match value {
            Value::Number(number) => {
                let number = number
                    .as_u64()
                    .and_then(|number| u16::try_from(number).ok());
                Ok(Level::new(number.expect("levels are from 0 to 65535")))
            }
            Value::String(name) => self
                .registry
                .parse_level(name)
                .map_err(|error| kind(&error)),
            _ => Err("invalid_level"),
        }
    }

    fn formatter(&self, spec: &Value) -> Result<Arc<Formatter>, Failure> {
        match spec {
            Value::String(id) => Ok(Arc::clone(&self.formatters[id])),
            _ => formatters::make(spec)
                .map(Arc::new)
                .map_err(|error| kind(&error)),
        }
    }

    fn log(&mut self, operation: &Value) -> Result<(), Failure> {
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

    fn handle(&self, operation: &Value) -> Result<(), Failure> {
        let record = self.record(&operation["record"])?;
        match operation.get("handler") {
            Some(handler) => {
                self.handler(handler)?.handle(&record);
            }
            None => self.logger(operation).handle(&record),
        }
        Ok(())
    }

    fn record<'r>(&'r self, spec: &'r Value) -> Result<Record<'r>, Failure> {
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

    /// Sends records to a socket, and returns the datagrams that it gets.
    fn syslog(&self, operation: &Value) -> Result<Value, Failure> {
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

    fn format_all(&self, operation: &Value) -> Result<Value, Failure> {
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

    fn make_handler(&mut self, spec: &Value) -> Result<(), Failure> {
        let id = text(spec, "id");
        let known = match text(spec, "kind") {
            "list" => Known::Plain(Handler::new(ListSink {
                id: id.to_owned(),
                observer: self.observer.clone(),
            })),
            "null" => Known::Plain(NullHandler::new().into()),
            "stream" => {
                let handler = StreamHandler::new(self.buffers.writer(text(spec, "buffer")));
                Known::Stream(match spec["terminator"].as_str() {
                    Some(terminator) => handler.with_terminator(terminator),
                    None => handler,
                })
            }
            "memory" => {
                let capacity = usize::try_from(spec["capacity"].as_u64().unwrap_or(0)).unwrap();
                let mut handler = MemoryHandler::new(capacity);
                if let Some(level) = spec.get("flush_level") {
                    handler = handler.with_flush_level(self.level(level)?);
                }
                if spec["target"].is_string() {
                    handler = handler.with_target(self.handler(&spec["target"])?);
                }
                Known::Memory(
                    handler.with_flush_on_close(spec["flush_on_close"].as_bool().unwrap_or(true)),
                )
            }
            "queue" => {
                Known::Plain(QueueHandler::from_queue(&self.queues[text(spec, "queue")]).into())
            }
            "file" => {
                let builder = FileHandler::builder(self.directory.path_of(&spec["filename"]));
                let builder = builder
                    .truncate(spec["mode"] == "w")
                    .delay(flag(spec, "delay"));
                Known::Plain(builder.open().map_err(|error| kind(&error))?.into())
            }
            "watched" => {
                let path = self.directory.path_of(&spec["filename"]);
                let builder = WatchedFileHandler::builder(path);
                let builder = builder
                    .truncate(spec["mode"] == "w")
                    .delay(flag(spec, "delay"));
                Known::Plain(builder.open().map_err(|error| kind(&error))?.into())
            }
            "rotating" => {
                let path = self.directory.path_of(&spec["filename"]);
                let mut builder = RotatingFileHandler::builder(path)
                    .truncate(spec["mode"] == "w")
                    .delay(flag(spec, "delay"))
                    .max_bytes(spec["max_bytes"].as_u64().unwrap_or(0))
                    .backup_count(count(spec, "backup_count"));
                if let Some(namer) = files::namer(&spec["namer"]) {
                    builder = builder.namer(namer);
                }
                if let Some(rotator) = files::rotator(&spec["rotator"]) {
                    builder = builder.rotator(rotator);
                }
                Known::Rotating(builder.open().map_err(|error| kind(&error))?)
            }
            "timed" => {
                let when = spec["when"].as_str().unwrap_or("h").parse();
                let interval = u32::try_from(spec["interval"].as_u64().unwrap_or(1)).unwrap();
                let path = self.directory.path_of(&spec["filename"]);
                let mut builder = TimedRotatingFileHandler::builder(path)
                    .when(when.map_err(|error| kind(&error))?)
                    .interval(interval)
                    .time_zone(TimeZone::Utc)
                    .clock(self.clock.clone())
                    .delay(flag(spec, "delay"))
                    .backup_count(count(spec, "backup_count"));
                if let Some(time) = spec["at_time"].as_str() {
                    let parts: Vec<u8> =
                        time.split(':').map(|part| part.parse().unwrap()).collect();
                    builder = builder.at_time(parts[0], parts[1], parts[2]);
                }
                if let Some(namer) = files::namer(&spec["namer"]) {
                    builder = builder.namer(namer);
                }
                if let Some(rotator) = files::rotator(&spec["rotator"]) {
                    builder = builder.rotator(rotator);
                }
                Known::Timed(builder.open().map_err(|error| kind(&error))?)
            }
            other => panic!("unknown handler {other}"),
        };
        let handler = known.handler();
        if let Some(level) = spec.get("level") {
            handler.set_level(self.level(level)?);
        }
        match spec.get("formatter") {
            Some(formatter) if !formatter.is_null() => {
                handler.set_formatter(self.formatter(formatter)?)
            }
            // Python's default, as the crate's own escapes.
            _ => {
                handler.set_formatter(python_default());
                self.bare.push(handler.clone());
            }
        }
        for filter in spec["filters"].as_array().map_or(&[][..], Vec::as_slice) {
            handler.add_filter(self.filters[filter.as_str().expect("a filter's id")].clone());
        }
        if let Some(name) = spec["name"].as_str() {
            handler.set_name(name);
        }
        self.label(&handler, id);
        self.handlers.insert(id.to_owned(), known);
        Ok(())
    }

    fn make_adapter(&mut self, spec: &Value) {
        let (inner, inner_replaces) = match spec["adapter"].as_str() {
            Some(id) => self.adapters[id].clone(),
            None => (self.logger(spec).into(), false),
        };
        let merge = flag(spec, "merge_extra");
        let extra = spec["extra"].as_object().cloned().unwrap_or_default();
        let pairs = extra.iter().map(|(key, value)| (key.clone(), owned(value)));
        let adapter = if let Some(prefix) = spec["prefix"].as_str() {
            let prefix = prefix.to_owned();
            inner.with_filter(move |record: &mut Record<'_>| {
                let message = format!("{prefix}{}", record.message());
                record.set_message(message);
                true
            })
        } else if inner_replaces {
            // An inner adapter that replaces has the last word.
            inner
        } else {
            let adapter = pairs.fold(inner, |adapter, (key, value)| adapter.with(key, value));
            adapter.with_call_values(merge)
        };
        let replaces = inner_replaces || spec.get("prefix").is_none() && !merge;
        self.adapters
            .insert(text(spec, "id").to_owned(), (adapter, replaces));
    }

    fn set_last_resort(&mut self, operation: &Value) -> Result<(), Failure> {
        if let Some(id) = operation.get("handler") {
            let handler = (!id.is_null()).then(|| self.handler(id)).transpose()?;
            self.registry.set_last_resort(handler);
        }
        if let (Some(level), Some(handler)) = (operation.get("level"), self.registry.last_resort())
        {
            handler.set_level(self.level(level)?);
        }
        Ok(())
    }

    /// Whether the stream was a different one. The crate does not compare streams, as writers have
    /// no identity.
    fn set_stream(&mut self, operation: &Value) -> bool {
        let Known::Stream(handler) = &self.handlers[text(operation, "handler")] else {
            panic!("not a stream handler")
        };
        let key = format!("stream of {}", text(operation, "handler"));
        let changed = self.buffers.text(&key) != text(operation, "buffer");
        handler
            .set_stream(self.buffers.writer(text(operation, "buffer")))
            .expect("buffers take everything");
        changed
    }

    fn basic_config(&mut self, operation: &Value) -> Result<(), Failure> {
        const OPTIONS: &[&str] = &[
            "op", "level", "format", "datefmt", "style", "force", "buffer", "handlers", "filename",
            "filemode",
        ];
        // An unknown option, which would not compile in Rust.
        if operation
            .as_object()
            .expect("an object")
            .keys()
            .any(|key| !OPTIONS.contains(&key.as_str()))
        {
            return Err("config_error");
        }
        let mut config = BasicConfig::new().force(flag(operation, "force"));
        if let Some(level) = operation.get("level") {
            config = config.level(self.level(level)?);
        }
        if let Some(template) = operation["format"].as_str() {
            config = config.format(template);
        }
        if let Some(pattern) = operation["datefmt"].as_str() {
            config = config.date_format(pattern);
        }
        if let Some(style) = operation["style"].as_str() {
            config = config.style(style.parse().map_err(|error| kind(&error))?);
        }
        if let Some(buffer) = operation["buffer"].as_str() {
            config = config.stream(StreamHandler::new(self.buffers.writer(buffer)));
        }
        if operation["filename"].is_string() {
            config = config
                .file(self.directory.path_of(&operation["filename"]))
                .truncate(operation["filemode"] == "w");
        }
        if let Some(handlers) = operation["handlers"].as_array() {
            let handlers = handlers
                .iter()
                .map(|id| self.handler(id))
                .collect::<Result<Vec<_>, _>>()?;
            for handler in handlers
                .iter()
                .filter(|handler| self.bare.iter().any(|bare| bare == *handler))
            {
                handler.clear_formatter();
            }
            config = config.handlers(handlers);
        }
        let applied = config
            .install_in(&self.registry)
            .map_err(|error| kind(&error))?;
        if applied == Installed::Done {
            self.label_new_handlers("", "basic");
        }
        Ok(())
    }

    fn set_stream_logger(&mut self, operation: &Value) -> Result<(), Failure> {
        let name = operation["name"].as_str().unwrap_or("boto3");
        let level = operation
            .get("level")
            .map_or(Ok(Level::DEBUG), |level| self.level(level))?;
        let mut logger = StreamLogger::new(name, level).boto3_exact();
        if let Some(template) = operation["format_string"].as_str() {
            logger = logger.format(template);
        }
        logger
            .install_in(&self.registry)
            .map_err(|error| kind(&error))?;
        self.label_new_handlers(name, &format!("stream:{name}"));
        Ok(())
    }

    /// Names the handlers that a preset made.
    fn label_new_handlers(&mut self, logger: &str, label: &str) {
        for handler in self.registry.get_logger(logger).handlers() {
            if self.label_of(&handler).is_none() {
                self.label(&handler, label);
            }
        }
    }
}

/// Python's formatter for a handler without one.
fn python_default() -> Formatter {
    Formatter::builder()
        .python_exact()
        .build()
        .expect("the default is valid")
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

fn time(nanos: &Value) -> Timestamp {
    Timestamp::from_nanos(nanos.as_i64().expect("a time in nanoseconds"))
}

fn seconds(time: Option<Timestamp>) -> Value {
    optional(time.map(Timestamp::seconds))
}

fn count(spec: &Value, key: &str) -> usize {
    usize::try_from(spec[key].as_u64().unwrap_or(0)).unwrap()
}

fn flag(operation: &Value, key: &str) -> bool {
    operation[key].as_bool().unwrap_or(false)
}

/// The trait must stay usable as an object; scenarios only meet it as a closure.
#[expect(dead_code, reason = "a check at compile time")]
fn filters_are_objects(filter: &dyn Filter, record: &mut Record<'_>) -> bool {
    filter.filter(record)
}
