//! What the one-line set-ups share: the layout of lines, the handler's options, the last resort and
//! the `log` backend.

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::filter::RedactingFilter;
use crate::formatter::{Colors, Format, Formatter, TemplateStyle};
use crate::handler::{Handler, MadeBy};
use crate::registry::Registry;
use crate::sys::sync::Arc;

/// The layout that a set-up uses unless it is given another one, in each style.
pub(super) struct Template {
    percent: &'static str,
    brace: &'static str,
    dollar: &'static str,
}

impl Template {
    pub(super) const BASIC: Self = Self {
        percent: Formatter::BASIC,
        brace: "{levelname}:{name}:{message}",
        dollar: "${levelname}:${name}:${message}",
    };

    pub(super) const BOTO3: Self = Self {
        percent: Formatter::BOTO3,
        brace: "{asctime} {name} [{levelname}] {message}",
        dollar: "${asctime} ${name} [${levelname}] ${message}",
    };

    fn in_style(&self, style: TemplateStyle) -> &'static str {
        match style {
            TemplateStyle::Brace => self.brace,
            TemplateStyle::Dollar => self.dollar,
            _ => self.percent,
        }
    }
}

/// The options of a set-up that say how a line looks.
#[derive(Default)]
pub(super) struct Layout {
    template: Option<String>,
    date_format: Option<String>,
    style: Option<TemplateStyle>,
    formatter: Option<Arc<dyn Format>>,
}

impl Layout {
    pub(super) fn set_template(&mut self, template: impl Into<String>) {
        self.template = Some(template.into()).filter(|template| !template.is_empty());
    }

    pub(super) fn set_date_format(&mut self, pattern: impl Into<String>) {
        self.date_format = Some(pattern.into());
    }

    pub(super) fn set_style(&mut self, style: TemplateStyle) {
        self.style = Some(style);
    }

    pub(super) fn set_formatter(&mut self, formatter: impl Format + 'static) {
        self.formatter = Some(Arc::new(formatter));
    }

    /// Returns the formatter, with Python's exact bytes if `is_exact`.
    pub(super) fn build(
        self,
        default: &Template,
        is_exact: bool,
    ) -> Result<Arc<dyn Format>, Error> {
        let is_described =
            self.template.is_some() || self.date_format.is_some() || self.style.is_some();
        if let Some(formatter) = self.formatter {
            if is_described {
                let message = "cannot use a formatter together with a format, date format or style";
                return Err(Error::new(ErrorKind::InvalidConfig, message));
            }
            return Ok(formatter);
        }
        let style = self.style.unwrap_or_default();
        let template = self.template.as_deref();
        let mut formatter = Formatter::builder()
            .format(template.unwrap_or_else(|| default.in_style(style)))
            .style(style)
            .colors(Colors::default());
        if let Some(pattern) = &self.date_format {
            formatter = formatter.date_format(pattern);
        }
        if is_exact {
            formatter = formatter.python_exact();
        }
        Ok(Arc::new(formatter.build()?))
    }
}

impl fmt::Debug for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layout")
            .field("template", &self.template)
            .field("date_format", &self.date_format)
            .field("style", &self.style)
            .field("has_formatter", &self.formatter.is_some())
            .finish()
    }
}

/// The methods of a set-up for the layout of lines and the stream, which it has as fields.
macro_rules! layout_methods {
    ($setup:ident, $default:literal) => {
        impl $setup {
            /// Sets the template, in the [style](Self::style) `%` unless set. An empty template
            #[doc = concat!("selects ", $default, ", which is the default.")]
            pub fn format(mut self, template: impl Into<String>) -> Self {
                self.layout.set_template(template);
                self
            }

            /// Sets the style of the template;
            /// [`Percent`](crate::formatter::TemplateStyle::Percent) by default.
            pub fn style(mut self, style: crate::formatter::TemplateStyle) -> Self {
                self.layout.set_style(style);
                self
            }

            /// Sets the `strftime` pattern of the time. Python's `datefmt`.
            pub fn date_format(mut self, pattern: impl Into<String>) -> Self {
                self.layout.set_date_format(pattern);
                self
            }

            /// Sets a formatter. It excludes [`format`](Self::format), [`style`](Self::style) and
            /// [`date_format`](Self::date_format).
            pub fn formatter(mut self, formatter: impl crate::formatter::Format + 'static) -> Self {
                self.layout.set_formatter(formatter);
                self
            }

            /// Sets the stream: `std::io::stdout()`, or a
            /// [`StreamHandler`](crate::handler::StreamHandler) of any writer. Standard error by
            /// default.
            pub fn stream(mut self, stream: impl Into<crate::handler::StreamHandler>) -> Self {
                self.stream = Some(stream.into());
                self
            }
        }
    };
}
pub(super) use layout_methods;

/// The options that a set-up gives its handlers.
#[derive(Clone, Copy)]
pub(super) struct Preset {
    pub(super) made_by: Option<MadeBy>,
    pub(super) once_per_stream: bool,
    pub(super) redact: bool,
}

impl Preset {
    /// Standard error; a later set-up of the same logger replaces the handler.
    pub(super) const STDERR: Self = Self {
        made_by: Some(MadeBy::StreamLogger),
        once_per_stream: true,
        redact: true,
    };

    /// Returns the handler with these options.
    pub(super) fn handler(
        self,
        handler: impl Into<Handler>,
        formatter: &Arc<dyn Format>,
    ) -> Handler {
        let handler = handler.into().with_once_per_stream(self.once_per_stream);
        handler.configure(Some(Arc::clone(formatter)), None);
        if let Some(maker) = self.made_by {
            handler.note_maker(maker);
        }
        if self.redact {
            handler.add_filter(RedactingFilter::shared_preset());
        }
        handler
    }
}

/// Returns the formatter of one of the crate's own templates, with colors.
pub(super) fn formatter(template: &'static str) -> Arc<dyn Format> {
    let formatter = Formatter::preset(template).colors(Colors::default());
    Arc::new(formatter.build_preset())
}

/// Adds level and logger to the format of the last resort, and redacts known credentials there if
/// `redact`.
///
/// Only the last resort that the registry was created with is changed, and only if it has no
/// formatter yet: what the program chose stays.
pub(super) fn name_loggers_in_last_resort(registry: &Registry, redact: bool) {
    const FORMAT: &str = "%(levelname)s %(name)s: %(message)s";
    let first = registry.last_resort();
    let Some(handler) = first.filter(|handler| handler.made_by() == Some(MadeBy::LastResort))
    else {
        return;
    };
    if !handler.has_formatter() {
        handler.configure(Some(formatter(FORMAT)), None);
    }
    if redact {
        handler.add_filter(RedactingFilter::shared_preset());
    }
}

/// Installs the global registry as the `log` backend, unless another backend is installed: the
/// crate's own macros work without the facade.
pub(super) fn install_backend() {
    let _ = crate::facade::install();
}
