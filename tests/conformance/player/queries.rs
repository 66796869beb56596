//! Operations that change nothing.

use logtree::Level;
use logtree::handler::{handler_by_name, handler_names};
use serde_json::{Value, json};

use crate::directory::name_of;
use crate::formatters;
use crate::player::{optional, seconds, text, time};
use crate::world::{Failure, Known, World, kind};

impl World {
    /// Operations that change nothing.
    pub(super) fn query(&self, operation: &Value) -> Result<Value, Failure> {
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
}
