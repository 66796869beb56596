//! The scenarios' configurations, with the classes and streams that only scenarios have.

use logtree::config::{Arguments, DictConfig, Factories};
use logtree::filter::LevelRange;
use logtree::handler::handler_by_name;
use logtree::{Handler, Level, Record};
use serde_json::Value;

use crate::world::{Failure, Known, ListSink, World, kind};

/// Python disables loggers that are not named unless configured otherwise; this crate only if
/// configured.
const PYTHONS_DEFAULT: bool = true;

pub(crate) fn dict(world: &mut World, operation: &Value) -> Result<(), Failure> {
    let config = &operation["config"];
    let disable = config.get("disable_existing_loggers");
    let mut read = DictConfig::from_value(config).map_err(|error| kind(&error))?;
    if disable.is_none() {
        read = read.disable_existing_loggers(PYTHONS_DEFAULT);
    }
    apply(world, read, &config.to_string())
}

pub(crate) fn file(world: &mut World, operation: &Value) -> Result<(), Failure> {
    let text = operation["text"].as_str().expect("a text");
    let disable = operation["disable_existing_loggers"].as_bool();
    let read = DictConfig::from_ini(text).map_err(|error| kind(&error))?;
    let read = read.disable_existing_loggers(disable.unwrap_or(PYTHONS_DEFAULT));
    apply(world, read, text)
}

fn apply(world: &mut World, config: DictConfig, text: &str) -> Result<(), Failure> {
    let config = config
        .factories(factories(world, text))
        .directory(world.directory.path());
    config
        .install_in(&world.registry)
        .map_err(|error| kind(&error))?;
    for handler in named_handlers(text) {
        let name = handler.name().expect("a name").to_string();
        if world.label_of(&handler).is_none() {
            world.label(&handler, &name);
            world.handlers.insert(name, Known::Plain(handler));
        }
    }
    Ok(())
}

/// The handlers whose names stand in the text; those of earlier configurations are known already.
fn named_handlers(text: &str) -> Vec<Handler> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let mut handlers: Vec<Handler> = Vec::new();
    for handler in words.filter_map(handler_by_name) {
        if !handlers.contains(&handler) {
            handlers.push(handler);
        }
    }
    handlers
}

fn factories(world: &World, text: &str) -> Factories {
    let observer = world.observer.clone();
    let mut factories = Factories::new()
        .handler("scn.ListHandler", move |arguments: &mut Arguments<'_>| {
            let sink = ListSink {
                id: arguments.name().to_owned(),
                observer: observer.clone(),
            };
            Ok(Handler::new(sink))
        })
        .filter("scn.RejectText", |arguments: &mut Arguments<'_>| {
            let text: String = arguments.required("text");
            Ok(move |record: &mut Record<'_>| !record.message().contains(&text))
        })
        .filter("scn.MaxLevel", |arguments: &mut Arguments<'_>| {
            let level: Level = arguments.optional("level").unwrap_or(Level::OFF);
            Ok(LevelRange::at_most(level))
        });
    let buffer = |factories: Factories, stream: &str, name: &str| {
        let (buffers, name) = (world.buffers.clone(), name.to_owned());
        factories.stream(stream, move || Box::new(buffers.writer(&name)))
    };
    factories = buffer(factories, "sys.stdout", "stdout");
    for part in text.split("ext://scn.").skip(1) {
        let name = part.split('"').next().expect("a name");
        factories = buffer(factories, &format!("scn.{name}"), name);
    }
    factories
}
