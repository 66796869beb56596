//! The JSON Schema of the document, for editors, generated from the arguments that the factories
//! request.

use serde_json::{Map, Value as Json, json};

use crate::config::arguments::{Arguments, snake_case};
use crate::config::factories::{Factories, Table};
use crate::config::from_config::Read;
use crate::config::node::{Node, Value};
use crate::config::plan::ControlPlan;
use crate::config::read_context::ReadContext;
use crate::config::settings::Settings;
use crate::level::Level;
use crate::registry::Registry;

impl Factories {
    /// Returns the JSON Schema (draft 2020-12) of documents that name these factories, with which
    /// editors complete and validate. The one of this crate's own factories is the file
    /// `schema/logtree-config.schema.json` in the repository.
    ///
    /// A schema finds less than a [check](super::DictConfig::check): it cannot follow names.
    ///
    /// # Examples
    /// ```
    /// let schema = logtree::config::Factories::new().json_schema();
    /// assert!(schema.contains("\"logging.StreamHandler\""));
    /// ```
    #[must_use]
    pub fn json_schema(&self) -> String {
        let root = Node::loose(Value::Null);
        let (registry, settings) = (Registry::new(), Settings::default());
        let context = ReadContext::new(&root, &registry, &settings, &self.streams);
        let names = json!({"type": "array", "items": {"type": "string"}});
        let handler_keys = [
            ("level", Level::schema()),
            ("formatter", json!({"type": "string"})),
            ("filters", names.clone()),
        ];
        let logger = json!({
            "type": ["object", "null"],
            "properties": {
                "level": or_reference(Level::schema()),
                "propagate": or_reference(bool::schema()),
                "handlers": or_reference(names.clone()),
                "filters": or_reference(names),
            },
            "additionalProperties": false,
        });
        let control = ControlPlan::schemas();
        let control = control.map(|(key, schema)| (key.to_owned(), or_reference(schema)));
        let control = json!({
            "type": ["object", "null"],
            "properties": Map::from_iter(control),
            "additionalProperties": false,
        });
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Configuration of logging",
            "description": "Python's logging.config, version 1, as logtree reads it",
            "type": "object",
            "required": ["version"],
            "properties": {
                "version": {"const": 1},
                "formatters": named("formatter"),
                "filters": named("filter"),
                "handlers": named("handler"),
                "loggers": named("logger"),
                "root": {"$ref": "#/$defs/logger"},
                "control": control,
                "incremental": or_reference(bool::schema()),
                "disable_existing_loggers": or_reference(bool::schema()),
            },
            "$defs": {
                "formatter": schemas(&context, &self.formatters, Some("logging.Formatter"), &[]),
                "filter": schemas(&context, &self.filters, Some("logging.Filter"), &[]),
                "handler": schemas(&context, &self.handlers, None, &handler_keys),
                "logger": logger,
            },
        });
        format!("{schema:#}\n")
    }
}

/// Sections by name.
fn named(what: &str) -> Json {
    json!({"type": ["object", "null"], "additionalProperties": {"$ref": format!("#/$defs/{what}")}})
}

/// Any value can be a reference to another one, or null for none.
fn or_reference(schema: Json) -> Json {
    json!({"anyOf": [schema, {"type": "string", "pattern": "^cfg://"}, {"type": "null"}]})
}

fn schemas<T>(
    context: &ReadContext<'_>,
    factories: &Table<T>,
    default: Option<&str>,
    common: &[(&str, Json)],
) -> Json {
    let each = factories.by_factory().into_iter().map(|(names, factory)| {
        let mut arguments = Arguments::describing(context);
        drop(factory(&mut arguments));
        let takes_others = arguments.takes_others;
        let may_be_left_out = default.is_some_and(|default| names.contains(&default));
        let names = names
            .iter()
            .flat_map(|name| [(*name).to_owned(), format!("ext://{name}")]);
        let names = json!({"enum": names.collect::<Vec<_>>()});
        let mut properties = Map::new();
        properties.insert("class".to_owned(), names.clone());
        properties.insert("()".to_owned(), names);
        properties.insert(".".to_owned(), json!({"type": "object"}));
        for (key, schema) in common {
            properties.insert((*key).to_owned(), or_reference(schema.clone()));
        }
        let mut required = Vec::new();
        for asked in arguments.asked {
            let other = snake_case(&asked.key);
            if asked.required {
                let ways = [&asked.key, &other].map(|key| json!({"required": [key]}));
                required.push(json!({"anyOf": ways}));
            }
            let schema = or_reference(asked.schema);
            properties.insert(other, schema.clone());
            properties.insert(asked.key, schema);
        }
        if !may_be_left_out {
            required.push(json!({"anyOf": [{"required": ["class"]}, {"required": ["()"]}]}));
        }
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": takes_others,
        });
        if !required.is_empty() {
            schema["allOf"] = Json::Array(required);
        }
        schema
    });
    json!({"anyOf": each.collect::<Vec<_>>()})
}
