//! Formatters of JSON.

use std::collections::BTreeMap;

use crate::config::arguments::Arguments;
use crate::config::factories::formatter::{prefixed, template};
use crate::config::factories::table::Table;
use crate::error::{Chain, Error};
use crate::formatter::{Format, JsonFormatter, JsonFormatterBuilder, TemplateStyle, format_fn};
use crate::record::OwnedValue;
use crate::sys::sync::Arc;

pub(super) fn add(table: &mut Table<Arc<dyn Format>>) {
    type Preset = fn(JsonFormatterBuilder) -> JsonFormatterBuilder;
    let presets: [(&str, Preset); 6] = [
        ("json", |builder| builder),
        ("ecs", JsonFormatterBuilder::ecs),
        ("pino", JsonFormatterBuilder::pino),
        ("bunyan", JsonFormatterBuilder::bunyan),
        ("logstash", JsonFormatterBuilder::logstash),
        ("datadog", JsonFormatterBuilder::datadog),
    ];
    for (name, preset) in presets {
        table.add(&[name], move |arguments| {
            let mut builder = preset(JsonFormatter::builder());
            if name == "ecs" {
                if let Some(prefix) = arguments.optional::<String>("custom_prefix") {
                    builder = builder.ecs_custom_prefix(prefix);
                }
            }
            json(arguments, builder)
        });
    }
    table.add(&["gcp"], |arguments| {
        let project: String = arguments.required("project");
        json(arguments, JsonFormatter::builder().gcp(project))
    });
    let names = [
        "pythonjsonlogger.json.JsonFormatter",
        "pythonjsonlogger.jsonlogger.JsonFormatter",
        "pythonjsonlogger.msgspec.MsgspecFormatter",
        "pythonjsonlogger.orjson.OrjsonFormatter",
    ];
    table.add(&names, |arguments| {
        let prefix: String = arguments.optional("prefix").unwrap_or_default();
        let builder = python_json_logger(arguments);
        if let Err(error) = &builder {
            arguments.problem("format", Chain::one_line(error).to_string());
        }
        move || {
            let formatter = builder?.build();
            Ok(match &*prefix {
                "" => Arc::new(formatter) as Arc<dyn Format>,
                _ => Arc::new(format_fn(move |record, line| {
                    line.push_str(&prefix);
                    formatter.format(record, line)
                })),
            })
        }
    });
}

/// Reads what all of the crate's own have in common.
fn json(
    arguments: &mut Arguments<'_>,
    mut builder: JsonFormatterBuilder,
) -> impl FnOnce() -> Result<Arc<dyn Format>, Error> + use<> {
    if let Some(time) = arguments.optional("time") {
        builder = builder.time(time);
    }
    if let Some(source) = arguments.optional("source") {
        builder = builder.source(source);
    }
    if let Some(thread) = arguments.optional("thread") {
        builder = builder.thread(thread);
    }
    if let Some(process) = arguments.optional("process") {
        builder = builder.process(process);
    }
    if let Some(spans) = arguments.optional("spans") {
        builder = builder.spans(spans);
    }
    if let Some(service) = arguments.optional::<String>("service") {
        builder = builder.service(service);
    }
    if let Some(version) = arguments.optional::<String>("service_version") {
        builder = builder.service_version(version);
    }
    if let Some(members) = arguments.optional::<Vec<String>>("members") {
        builder = builder.members(members);
    }
    builder = renamed(builder, arguments.optional("names"));
    builder = with_constants(builder, arguments.optional("constants"));
    let prefixed = prefixed(arguments);
    move || Ok(prefixed(Arc::new(builder.build())))
}

fn renamed(
    builder: JsonFormatterBuilder,
    names: Option<BTreeMap<String, String>>,
) -> JsonFormatterBuilder {
    let names = names.unwrap_or_default().into_iter();
    names.fold(builder, |builder, (from, to)| builder.name(from, to))
}

fn with_constants(
    builder: JsonFormatterBuilder,
    constants: Option<BTreeMap<String, OwnedValue>>,
) -> JsonFormatterBuilder {
    let constants = constants.unwrap_or_default().into_iter();
    constants.fold(builder, |builder, (name, value)| {
        builder.constant(name, value)
    })
}

/// What key-values cannot be named in Python; python-json-logger writes those that
/// `reserved_attrs` lacks.
const ATTRIBUTES: [&str; 17] = [
    "created",
    "filename",
    "funcName",
    "levelname",
    "levelno",
    "lineno",
    "module",
    "msecs",
    "msg",
    "name",
    "pathname",
    "process",
    "processName",
    "relativeCreated",
    "taskName",
    "thread",
    "threadName",
];

fn python_json_logger(arguments: &mut Arguments<'_>) -> Result<JsonFormatterBuilder, Error> {
    arguments.by_place(&["fmt", "datefmt", "style"]);
    let template = template(arguments);
    let date_format: Option<String> = arguments.optional("datefmt");
    let style: TemplateStyle = arguments.optional("style").unwrap_or_default();
    let validate = arguments.optional("validate").unwrap_or(true);
    let timestamp = match arguments.optional::<OwnedValue>("timestamp") {
        None | Some(OwnedValue::Bool(false)) => None,
        Some(OwnedValue::Bool(true)) => Some("timestamp".to_owned()),
        Some(OwnedValue::Text(name)) => Some(name),
        Some(_) => {
            arguments.problem("timestamp", "expected true, false or the name of a member");
            None
        }
    };
    // The objects are the same to a reader.
    let _: Option<u8> = arguments.optional("json_indent");
    let _: Option<bool> = arguments.optional("json_ensure_ascii");
    let names = arguments.optional("rename_fields");
    let constants = arguments.optional("static_fields");
    let reserved: Option<Vec<String>> = arguments.optional("reserved_attrs");

    let template = template.unwrap_or_else(|| style.message_only().to_owned());
    let (mut further, mut hidden) = (Vec::new(), Vec::new());
    if let Some(reserved) = reserved {
        further.extend(ATTRIBUTES);
        further.retain(|attribute| !reserved.iter().any(|name| name == attribute));
        hidden = reserved;
        hidden.retain(|name| !ATTRIBUTES.contains(&&**name));
    }
    let builder = JsonFormatter::builder().python_json_logger(
        (&template, style, validate),
        &further,
        date_format.as_deref(),
        timestamp,
        hidden,
    )?;
    Ok(with_constants(renamed(builder, names), constants))
}
