//! The formats that have a name, other than the pretty one.

use crate::formatter::colors::Colors;
use crate::formatter::format::Format;
use crate::formatter::json::JsonFormatter;
use crate::formatter::logfmt::LogfmtFormatter;
use crate::formatter::text::Formatter;
use crate::sys::sync::Arc;
use crate::sys::variable::variable;

/// The names.
pub(crate) const NAMES: [&str; 11] = [
    "text", "plain", "json", "logfmt", "ecs", "gcp", "pino", "bunyan", "logstash", "datadog",
    "python",
];

/// Returns the format of a name.
pub(crate) fn named(name: &str) -> Option<Arc<dyn Format>> {
    Some(match name {
        "text" | "plain" => text(),
        "json" => Arc::new(JsonFormatter::new()),
        "logfmt" => Arc::new(LogfmtFormatter::new()),
        "ecs" => Arc::new(JsonFormatter::ecs()),
        // The variable of Google's own libraries and hosts.
        "gcp" => Arc::new(JsonFormatter::gcp(
            variable("GOOGLE_CLOUD_PROJECT").unwrap_or_default(),
        )),
        "pino" => Arc::new(JsonFormatter::pino()),
        "bunyan" => Arc::new(JsonFormatter::bunyan()),
        "logstash" => Arc::new(JsonFormatter::logstash()),
        "datadog" => Arc::new(JsonFormatter::datadog()),
        "python" => {
            let fields = ["asctime", "levelname", "name", "message"];
            Arc::new(JsonFormatter::builder().python(fields).build())
        }
        _ => return None,
    })
}

/// Boto3's lines.
pub(super) fn text() -> Arc<dyn Format> {
    Arc::new(
        Formatter::preset(Formatter::BOTO3)
            .colors(Colors::default())
            .build_preset(),
    )
}
