//! Set-ups of one line.

use logtree::handler::StreamHandler;
use logtree::setup::Installed;
use logtree::{BasicConfig, Level, StreamLogger};
use serde_json::Value;

use crate::player::flag;
use crate::world::{Failure, World, kind};

impl World {
    pub(super) fn basic_config(&mut self, operation: &Value) -> Result<(), Failure> {
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

    pub(super) fn set_stream_logger(&mut self, operation: &Value) -> Result<(), Failure> {
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
    pub(super) fn label_new_handlers(&mut self, logger: &str, label: &str) {
        for handler in self.registry.get_logger(logger).handlers() {
            if self.label_of(&handler).is_none() {
                self.label(&handler, label);
            }
        }
    }
}
