//! The operations of a scenario.

use std::sync::Arc;

use logtree::handler::{QueueListener, RecordQueue};
use logtree::time::Clock;
use logtree::{Level, Record, shutdown};
use serde_json::Value;

use crate::player::{flag, owned, python_default, text, time};
use crate::world::{Failure, Known, World, kind};
use crate::{configs, filters, formatters};

impl World {
    pub(super) fn play(&mut self, operation: &Value) -> Result<Value, Failure> {
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
}
