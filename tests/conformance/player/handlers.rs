//! The handlers of a scenario, kind by kind.

use logtree::Handler;
use logtree::formatter::TimeZone;
use logtree::handler::{
    FileHandler, MemoryHandler, NullHandler, QueueHandler, RotatingFileHandler, StreamHandler,
    TimedRotatingFileHandler, WatchedFileHandler,
};
use serde_json::Value;

use crate::files;
use crate::player::{count, flag, python_default, text};
use crate::world::{Failure, Known, ListSink, World, kind};

impl World {
    pub(super) fn make_handler(&mut self, spec: &Value) -> Result<(), Failure> {
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
}
