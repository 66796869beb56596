//! How [`Formatter`]s are made.

use crate::error::Error;
use crate::formatter::color::Colors;
use crate::formatter::escape::Multiline;
use crate::formatter::head::Head;
use crate::formatter::missing::{Marks, MissingFields};
use crate::formatter::step::Step;
use crate::formatter::template::{self, Field, Segment, Style};
use crate::formatter::text::{self, Formatter};
use crate::formatter::time::{PYTHON_MSEC, PYTHON_TIME, TimeFormat};
use crate::formatter::zone::TimeZone;
use crate::record::OwnedValue;

/// Makes a [`Formatter`].
///
/// The defaults: the `%` style, the message alone, Python's time format in local time, [`Multiline::Indent`], key-values appended,
/// no colours, [`MissingFields::Mark`].
///
/// # Examples
/// ```
/// use logtree::Formatter;
/// use logtree::formatter::{Style, TimeZone};
///
/// let formatter = Formatter::builder()
///     .style(Style::Brace)
///     .format("{asctime} {levelname:<8} {request_id} {message}")
///     .date_format("%H:%M:%S.%3f")
///     .time_zone(TimeZone::Utc)
///     .defaults([("request_id", "-")])
///     .build()?;
/// # let _ = formatter;
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct FormatterBuilder {
    template: String,
    style: Style,
    checked: bool,
    date_format: Option<String>,
    time_format: Option<String>,
    msec_format: Option<Option<String>>,
    zone: TimeZone,
    defaults: Vec<(Box<str>, OwnedValue)>,
    multiline: Multiline,
    append_key_values: bool,
    colors: Option<Colors>,
    missing: MissingFields,
    python_words: bool,
}

impl Default for FormatterBuilder {
    fn default() -> Self {
        Self {
            template: String::new(),
            style: Style::default(),
            checked: true,
            date_format: None,
            time_format: None,
            msec_format: None,
            zone: TimeZone::default(),
            defaults: Vec::new(),
            multiline: Multiline::default(),
            append_key_values: true,
            colors: None,
            missing: MissingFields::default(),
            python_words: false,
        }
    }
}

impl FormatterBuilder {
    /// The template; an empty one means the message alone.
    pub fn format(mut self, template: impl Into<String>) -> Self {
        self.template = template.into();
        self
    }

    /// The syntax of the template.
    pub fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// Whether a template is refused that cannot be written; on by default. Without, [`missing`](Self::missing) says what becomes of
    /// each record.
    ///
    /// # Python
    /// `validate`.
    pub fn validate(mut self, validate: bool) -> Self {
        self.checked = validate;
        self
    }

    /// A pattern of `strftime` for `asctime`, without milliseconds unless it asks for them; an empty one means the default.
    ///
    /// C's codes, and `%f` for microseconds, `%3f`, `%6f`, `%9f` for digits of the fraction, `%.f`, `%.3f`, `%.6f`, `%.9f` for these
    /// after a point, `%:z` for an offset with a colon. What is no code stands as it is.
    ///
    /// # Python
    /// `datefmt`, which leaves `%f` as it is. `%Z` is the zone's name there; here it is so for UTC, else the offset.
    pub fn date_format(mut self, pattern: impl Into<String>) -> Self {
        self.date_format = Some(pattern.into()).filter(|pattern| !pattern.is_empty());
        self
    }

    /// The part of the default form of `asctime` that is not milliseconds; Python's `default_time_format`.
    pub fn default_time_format(mut self, pattern: impl Into<String>) -> Self {
        self.time_format = Some(pattern.into());
        self
    }

    /// How milliseconds follow the default form of the time: `%s` stands for the time, and after it `%d` with any flags, width and
    /// precision for the milliseconds. `%s,%03d` unless set; `None` and the empty text leave them out.
    ///
    /// # Python
    /// `default_msec_format`.
    pub fn default_msec_format(mut self, format: Option<&str>) -> Self {
        let format = format.filter(|format| !format.is_empty());
        self.msec_format = Some(format.map(str::to_owned));
        self
    }

    /// The zone of `asctime`.
    pub fn time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Values for fields that a record does not have.
    pub fn defaults<K: Into<String>, V: Into<OwnedValue>>(
        mut self,
        defaults: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let defaults = defaults
            .into_iter()
            .map(|(key, value)| (key.into().into_boxed_str(), value.into()));
        self.defaults.extend(defaults);
        self
    }

    /// What becomes of newlines and control characters in the record's texts.
    pub fn multiline(mut self, multiline: Multiline) -> Self {
        self.multiline = multiline;
        self
    }

    /// Whether key-values that the template does not name are appended as ` key=value`; on by default.
    pub fn append_key_values(mut self, append: bool) -> Self {
        self.append_key_values = append;
        self
    }

    /// Colours for the level's name, shown on streams that show colours.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = Some(colors);
        self
    }

    /// What becomes of a field that a record does not have; [`MissingFields::Mark`] unless set.
    pub fn missing(mut self, missing: MissingFields) -> Self {
        self.missing = missing;
        self
    }

    /// Python's bytes: texts as they are, `True` and `False`, nothing appended; a record without a field of the template is not
    /// written.
    pub fn python_exact(mut self) -> Self {
        self.python_words = true;
        self.multiline(Multiline::Raw)
            .append_key_values(false)
            .missing(MissingFields::Fail)
    }

    /// The formatter.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](crate::ErrorKind::InvalidFormat), with the place in the template or in a pattern.
    pub fn build(self) -> Result<Formatter, Error> {
        let template = if self.template.is_empty() {
            self.style.message_only()
        } else {
            &self.template
        };
        let segments = if self.checked {
            Ok(template::parse(template, self.style)?)
        } else {
            template::parse_unchecked(template, self.style).map_err(|error| error.to_string())
        };
        let time = self.time()?;
        Ok(self.finish(segments, time))
    }

    /// The formatter of one of our own templates, which cannot fail.
    pub(crate) fn build_preset(self) -> Formatter {
        let segments =
            template::parse(&self.template, self.style).map_err(|error| error.to_string());
        let time = TimeFormat::python(self.zone);
        self.finish(segments, time)
    }

    fn finish(self, segments: Result<Vec<Segment>, String>, time: TimeFormat) -> Formatter {
        let is_message = |segment: &&Segment| {
            matches!(
                segment,
                Segment::Field {
                    field: Field::Message | Field::Msg,
                    ..
                }
            )
        };
        let messages = segments
            .as_ref()
            .map_or(0, |segments| segments.iter().filter(is_message).count());
        let head = match &segments {
            Ok(segments) => Head::of(&Step::all(segments, |kind| kind), &time),
            Err(_) => None,
        };
        Formatter {
            steps: match &segments {
                Ok(segments) => Step::all(segments, text::writer),
                Err(_) => [Step::failure(text::writer)].into(),
            },
            head,
            message_once: messages == 1,
            uses_time: template::uses_time(&self.template, self.style),
            segments,
            time,
            defaults: self.defaults,
            multiline: self.multiline,
            append_key_values: self.append_key_values,
            colors: self.colors,
            missing: self.missing,
            python_words: self.python_words,
            marks: Marks::default(),
        }
    }

    fn time(&self) -> Result<TimeFormat, Error> {
        if let Some(pattern) = &self.date_format {
            return TimeFormat::strftime(pattern, self.zone);
        }
        let time = self.time_format.as_deref().unwrap_or(PYTHON_TIME);
        match &self.msec_format {
            None if self.time_format.is_none() => Ok(TimeFormat::python(self.zone)),
            None => TimeFormat::with_millis(time, PYTHON_MSEC, self.zone),
            Some(Some(msec)) => TimeFormat::with_millis(time, msec, self.zone),
            Some(None) => TimeFormat::strftime(time, self.zone),
        }
    }
}
