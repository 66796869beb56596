//! Records as text: [`Format`], and the formatters of this crate.

#[cfg(feature = "pretty")]
pub(crate) mod above;
mod buffering;
mod color_choice;
mod colors;
mod escape;
mod format;
mod format_fn;
pub(crate) mod go_sdk;
mod head;
mod iot_json;
mod json;
mod known_format;
mod line;
mod logfmt;
mod missing;
#[cfg(feature = "pretty")]
mod pretty;
#[cfg(any(feature = "http-handler", feature = "socket"))]
mod python_record;
mod scan;
mod sd_daemon;
#[cfg(feature = "pretty")]
pub(crate) mod shared;
pub(crate) mod shared_line;
mod template;
pub(crate) mod text;
mod text_style;
mod time;
mod zone;

pub use self::buffering::BufferingFormatter;
pub use self::color_choice::ColorChoice;
pub use self::colors::Colors;
pub use self::escape::Multiline;
pub use self::format::Format;
pub use self::format_fn::{FormatFn, format_fn};
pub use self::iot_json::IotJsonFormatter;
pub use self::json::{JsonFormatter, JsonFormatterBuilder, JsonTime};
pub use self::line::Line;
pub use self::logfmt::LogfmtFormatter;
pub use self::missing::MissingFields;
#[cfg(all(feature = "config", feature = "pretty"))]
pub(crate) use self::pretty::NAMES;
#[cfg(feature = "pretty")]
#[cfg_attr(docsrs, doc(cfg(feature = "pretty")))]
pub use self::pretty::{AutoFormatter, PrettyFormatter};
pub use self::sd_daemon::SdDaemonFormatter;
pub use self::template::TemplateStyle;
pub use self::text::FormatterBuilder;
pub use self::text_style::{Color, TextStyle};
pub use self::zone::TimeZone;

pub(crate) use self::format::{with_line, with_line_of};
pub(crate) use self::known_format::KnownFormat;
#[cfg(any(feature = "http-handler", feature = "socket"))]
pub(crate) use self::python_record::for_each_field;
#[cfg(any(feature = "gelf", feature = "http-handler"))]
pub(crate) use self::template::plain;
pub(crate) use self::text::Formatter;
