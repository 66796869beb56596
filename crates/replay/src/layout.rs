//! How records are printed, by a word or a template: [`Layout`].

use std::str::FromStr;

use logtree::formatter::{
    Colors, Format, FormatterBuilder, IotJsonFormatter, JsonFormatter, TemplateStyle, TimeZone,
};
use logtree::{Error, Formatter};

use crate::developer::Developer;

/// How records are printed: a word, or a template in one of Python's three styles.
///
/// Words: `boto3`, `botocore`, `basic`, `json`, `iot`, and `developer`, which is for reading: the
/// time of the day, colours, the level, the logger, the message.
///
/// # Examples
/// ```
/// use logtree_replay::Layout;
///
/// for text in ["boto3", "json", "%(levelname)s %(message)s", "{levelname} {message}"] {
///     text.parse::<Layout>()?;
/// }
/// assert!("%(levelname".parse::<Layout>().is_err());
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Layout(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Json,
    Iot,
    Text(FormatterBuilder),
    Developer,
}

impl Layout {
    /// The words that [`FromStr`] accepts beside templates.
    pub const WORDS: [&str; 6] = ["boto3", "botocore", "basic", "json", "iot", "developer"];

    /// Boto3's format.
    #[must_use]
    pub fn boto3() -> Self {
        Self(Kind::Text(Formatter::builder().format(Formatter::BOTO3)))
    }

    /// For reading: `22:40:48.123 INFO     app.db: connected port=5432`.
    #[must_use]
    pub fn developer() -> Self {
        Self(Kind::Developer)
    }

    /// Returns the formatter, in a time zone where the layout does not determine it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](logtree::ErrorKind::InvalidFormat) for an invalid template.
    pub fn formatter(self, zone: TimeZone) -> Result<Box<dyn Format>, Error> {
        Ok(match self.0 {
            Kind::Json => Box::new(JsonFormatter::new()),
            Kind::Iot => Box::new(IotJsonFormatter::new()),
            Kind::Developer => Box::new(Developer::new(zone)?),
            Kind::Text(builder) => {
                Box::new(builder.time_zone(zone).colors(Colors::default()).build()?)
            }
        })
    }
}

impl FromStr for Layout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let template = |template: &str, style| {
            let builder = Formatter::builder().format(template).style(style);
            builder.clone().build().map(|_| Self(Kind::Text(builder)))
        };
        match text {
            "boto3" => Ok(Self::boto3()),
            "developer" => Ok(Self::developer()),
            "botocore" => template(Formatter::BOTOCORE, TemplateStyle::Percent),
            "basic" => template(Formatter::BASIC, TemplateStyle::Percent),
            "json" => Ok(Self(Kind::Json)),
            "iot" => Ok(Self(Kind::Iot)),
            _ if text.contains("%(") => template(text, TemplateStyle::Percent),
            _ if text.contains('{') && !text.contains("${") => template(text, TemplateStyle::Brace),
            _ if text.contains('$') => template(text, TemplateStyle::Dollar),
            _ => Err(Error::new(
                logtree::ErrorKind::InvalidFormat,
                format!(
                    "unknown format {text:?}: expected one of {}, or a template such as \
                     \"%(levelname)s %(message)s\"",
                    Self::WORDS.join(", ")
                ),
            )),
        }
    }
}
