//! Formatters: templates, logfmt, and AWS IoT's.

use std::collections::BTreeMap;

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::error::{Chain, Error};
use crate::formatter::{
    Colors, Format, Formatter, FormatterBuilder, IotJsonFormatter, JsonTime, LogfmtFormatter,
    SdDaemonFormatter, TemplateStyle, TimeZone,
};
use crate::record::OwnedValue;
use crate::sys::sync::Arc;

pub(super) fn add(table: &mut Table<Arc<dyn Format>>) {
    table.add(&["logging.Formatter", "text"], |arguments| {
        let formatter = text(arguments);
        let prefixed = prefixed(arguments);
        let (registry, name) = (arguments.registry().clone(), arguments.name().to_owned());
        move || {
            let formatter = formatter?;
            for (field, near) in formatter.doubtful_names() {
                registry.inner().environment.diagnostics.line(format_args!(
                    "logtree: the formatter {name:?} uses the unknown field {field:?}; \
                     did you mean {near:?}?"
                ));
            }
            Ok(prefixed(Arc::new(formatter)))
        }
    });
    table.add(&["logfmt"], |arguments| {
        let time: JsonTime = arguments.optional("time").unwrap_or_default();
        let source = arguments.optional("source").unwrap_or(false);
        let formatter = LogfmtFormatter::new().with_time(time).with_source(source);
        let prefixed = prefixed(arguments);
        move || Ok(prefixed(Arc::new(formatter)))
    });
    table.add(&["iot_json"], |arguments| {
        let account: String = arguments.optional("account").unwrap_or_default();
        move || Ok(Arc::new(IotJsonFormatter::new().with_account(account)) as Arc<dyn Format>)
    });
}

/// Reads whether lines have the priorities of the journal, and returns what adds them.
pub(super) fn prefixed(
    arguments: &mut Arguments<'_>,
) -> impl FnOnce(Arc<dyn Format>) -> Arc<dyn Format> + use<> {
    let is_prefixed = arguments.optional("sd_daemon").unwrap_or(false);
    move |formatter| match is_prefixed {
        true => Arc::new(SdDaemonFormatter::new(formatter)),
        false => formatter,
    }
}

/// Reads the template, by the key of the section or of Python's class; an empty one is none.
pub(super) fn template(arguments: &mut Arguments<'_>) -> Option<String> {
    let (format, fmt) = (
        arguments.optional::<String>("format"),
        arguments.optional::<String>("fmt"),
    );
    if format.is_some() && fmt.is_some() {
        arguments.problem("fmt", "\"format\" and \"fmt\" are the same key");
    }
    format.or(fmt).filter(|template| !template.is_empty())
}

/// Reads the arguments of Python's class; returns their template as well.
pub(super) fn python_arguments(
    arguments: &mut Arguments<'_>,
    default: fn(TemplateStyle) -> &'static str,
) -> (FormatterBuilder, String) {
    let template = template(arguments);
    let date_format: Option<String> = arguments.optional("datefmt");
    let style = arguments.optional::<TemplateStyle>("style");
    let template = template.unwrap_or_else(|| default(style.unwrap_or_default()).to_owned());
    let mut builder = Formatter::builder().format(template.as_str());
    if let Some(pattern) = date_format {
        builder = builder.date_format(pattern);
    }
    match style {
        Some(style) => builder = builder.style(style),
        // Whether a template of an invalid style is valid cannot be known.
        None if arguments.has("style") => builder = builder.format(""),
        None => {}
    }
    if let Some(validate) = arguments.optional("validate") {
        builder = builder.validate(validate);
    }
    if let Some(defaults) = arguments.optional::<BTreeMap<String, OwnedValue>>("defaults") {
        builder = builder.defaults(defaults);
    }
    (builder, template)
}

/// Builds a formatter while the document is checked: whether a template is valid depends on nothing
/// else.
pub(super) fn build(
    arguments: &mut Arguments<'_>,
    builder: FormatterBuilder,
) -> Result<Formatter, Error> {
    let formatter = builder.build();
    if let Err(error) = &formatter {
        let key = if arguments.has("fmt") {
            "fmt"
        } else {
            "format"
        };
        arguments.problem(key, Chain::one_line(error).to_string());
    }
    formatter
}

fn text(arguments: &mut Arguments<'_>) -> Result<Formatter, Error> {
    let (mut builder, _) = python_arguments(arguments, |_| "");
    if let Some(zone) = arguments.optional::<TimeZone>("time_zone") {
        builder = builder.time_zone(zone);
    }
    if let Some(multiline) = arguments.optional("multiline") {
        builder = builder.multiline(multiline);
    }
    if let Some(append) = arguments.optional("append_key_values") {
        builder = builder.append_key_values(append);
    }
    if let Some(missing) = arguments.optional("missing") {
        builder = builder.missing(missing);
    }
    if arguments.optional("colors").unwrap_or(false) {
        builder = builder.colors(Colors::default());
    }
    if let Some(pattern) = arguments.attribute::<String>("default_time_format") {
        builder = builder.default_time_format(pattern);
    }
    if let Some(format) = arguments.attribute::<String>("default_msec_format") {
        builder = builder.default_msec_format(Some(&format));
    }
    if let Some(converter) = arguments.attribute::<String>("converter") {
        match &*converter {
            "ext://time.gmtime" => builder = builder.time_zone(TimeZone::Utc),
            "ext://time.localtime" => builder = builder.time_zone(TimeZone::Local),
            _ => arguments.problem(
                ".",
                format!(
                    "expected the converter ext://time.gmtime or ext://time.localtime, \
                     found {converter:?}"
                ),
            ),
        }
    }
    build(arguments, builder)
}
