//! The scenarios' formatters, in Python's exact form and in UTC.

use logtree::formatter::{TemplateStyle, TimeZone};
use logtree::{Error, ErrorKind, Formatter};
use serde_json::Value;

use crate::player::owned;

pub(crate) fn make(spec: &Value) -> Result<Formatter, Error> {
    let mut builder = Formatter::builder().python_exact().time_zone(TimeZone::Utc);
    if let Some(style) = spec.get("style") {
        let text = style
            .as_str()
            .ok_or_else(|| Error::new(ErrorKind::InvalidFormat, "a style is a text"))?;
        builder = builder.style(text.parse::<TemplateStyle>()?);
    }
    if let Some(template) = spec["fmt"].as_str() {
        builder = builder.format(template);
    }
    if let Some(pattern) = spec["datefmt"].as_str() {
        builder = builder.date_format(pattern);
    }
    if let Some(pattern) = spec["time_format"].as_str() {
        builder = builder.default_time_format(pattern);
    }
    if let Some(format) = spec.get("msec_format") {
        builder = builder.default_msec_format(format.as_str());
    }
    if let Some(validate) = spec["validate"].as_bool() {
        builder = builder.validate(validate);
    }
    if let Some(defaults) = spec["defaults"].as_object() {
        builder = builder.defaults(
            defaults
                .iter()
                .map(|(key, value)| (key.clone(), owned(value))),
        );
    }
    builder.build()
}
