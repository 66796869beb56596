//! How [`Formatter`]s are built: [`FormatterBuilder`].

use crate::error::Error;
use crate::formatter::colors::Colors;
use crate::formatter::escape::Multiline;
use crate::formatter::format::Format;
use crate::formatter::missing::{Marks, MissingFields};
use crate::formatter::template::{self, Field, Segment, TemplateStyle};
use crate::formatter::text::appended::initials;
use crate::formatter::text::formatter::Formatter;
use crate::formatter::text::own_fields::OwnFields;
use crate::formatter::text::segment::writer;
use crate::formatter::text::step::Step;
use crate::formatter::text::template_head::TemplateHead;
use crate::formatter::time::{PYTHON_MSEC, PYTHON_TIME, TimeFormat};
use crate::formatter::zone::TimeZone;
use crate::record::OwnedValue;
use crate::sys::sync::Arc;

impl Formatter {
    /// Returns a formatter for a template in the `%` style; an empty template is the message alone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](crate::ErrorKind::InvalidFormat), with the position in the
    /// template.
    pub fn new(template: &str) -> Result<Self, Error> {
        Self::builder().format(template).build()
    }

    /// Returns a builder for a formatter with further options.
    pub fn builder() -> FormatterBuilder {
        FormatterBuilder::default()
    }

    /// Returns a builder for a template of the crate's own, which tests prove valid.
    pub(crate) fn preset(template: &str) -> FormatterBuilder {
        debug_assert!(
            template::parse(template, TemplateStyle::Percent).is_ok(),
            "{template:?}"
        );
        Self::builder().format(template)
    }
}

impl Default for Formatter {
    /// Writes the message alone, followed by key-values, error and stack trace.
    fn default() -> Self {
        Self::preset("%(message)s").build_preset()
    }
}

/// Builds a [`Formatter`].
///
/// The defaults: the `%` style, the message alone, Python's time format in local time,
/// [`Multiline::Indent`], key-values appended, no colours, [`MissingFields::Mark`].
///
/// # Examples
/// ```
/// use logtree::Formatter;
/// use logtree::formatter::{TemplateStyle, TimeZone};
///
/// let formatter = Formatter::builder()
///     .style(TemplateStyle::Brace)
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
    style: TemplateStyle,
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
    own_fields: OwnFields,
}

impl Default for FormatterBuilder {
    fn default() -> Self {
        Self {
            template: String::new(),
            style: TemplateStyle::default(),
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
            own_fields: OwnFields::default(),
        }
    }
}

impl FormatterBuilder {
    /// Sets the template; an empty one is the message alone.
    pub fn format(mut self, template: impl Into<String>) -> Self {
        self.template = template.into();
        self
    }

    /// Sets the syntax of the template.
    pub fn style(mut self, style: TemplateStyle) -> Self {
        self.style = style;
        self
    }

    /// Sets whether [`build`](Self::build) rejects a template that cannot be written; on by
    /// default. If off, [`missing`](Self::missing) decides what happens to each record.
    ///
    /// # Python
    /// `validate`.
    pub fn validate(mut self, validate: bool) -> Self {
        self.checked = validate;
        self
    }

    /// Sets a `strftime` pattern for `asctime`, without milliseconds unless it contains them; an
    /// empty one is the default.
    ///
    /// The codes are C's, and `%f` for microseconds, `%3f`, `%6f`, `%9f` for that many digits of
    /// the fraction, `%.f`, `%.3f`, `%.6f`, `%.9f` for these after a point, `%:z` for an offset
    /// with a colon. Anything else is written as it is.
    ///
    /// # Python
    /// `datefmt`, which writes `%f` as it is. `%Z` is the name of the zone there; here it is the
    /// offset, except for UTC.
    pub fn date_format(mut self, pattern: impl Into<String>) -> Self {
        self.date_format = Some(pattern.into()).filter(|pattern| !pattern.is_empty());
        self
    }

    /// Sets the default format of `asctime`, without its milliseconds.
    ///
    /// # Python
    /// `default_time_format`.
    pub fn default_time_format(mut self, pattern: impl Into<String>) -> Self {
        self.time_format = Some(pattern.into());
        self
    }

    /// Sets how milliseconds follow the default format of the time: `%s` is the time, and `%d`
    /// after it, with any flags, width and precision, the milliseconds. `%s,%03d` unless set;
    /// `None` and the empty string omit them.
    ///
    /// # Python
    /// `default_msec_format`.
    pub fn default_msec_format(mut self, format: Option<&str>) -> Self {
        let format = format.filter(|format| !format.is_empty());
        self.msec_format = Some(format.map(str::to_owned));
        self
    }

    /// Sets the time zone of `asctime`.
    pub fn time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// Sets values for fields that a record lacks.
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

    /// Adds a field for templates, which `format` writes; a key-value of its name is left to it.
    /// What it writes is neither padded nor escaped: [`Line::push_escaped`] escapes. The fields
    /// that every record has cannot be replaced.
    ///
    /// [`Line::push_escaped`]: crate::formatter::Line::push_escaped
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::format_fn;
    /// use logtree::{Formatter, Level, Record};
    ///
    /// let initial = format_fn(|record, line| {
    ///     line.push_escaped(&record.level_name()[..1]);
    ///     Ok(())
    /// });
    /// let formatter = Formatter::builder().field("initial", initial);
    /// let formatter = formatter.format("%(initial)s %(message)s");
    /// let record = Record::builder().level(Level::INFO).message("up").build();
    /// assert_eq!(formatter.build()?.format_to_string(&record)?, "I up");
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn field(mut self, name: impl Into<String>, format: impl Format + 'static) -> Self {
        self.own_fields.add(name.into().into(), Arc::new(format));
        self
    }

    /// Sets how newlines and control characters in the strings of a record are written.
    pub fn multiline(mut self, multiline: Multiline) -> Self {
        self.multiline = multiline;
        self
    }

    /// Sets whether key-values that the template does not name are appended as ` key=value`; on by
    /// default.
    pub fn append_key_values(mut self, append: bool) -> Self {
        self.append_key_values = append;
        self
    }

    /// Sets the colours of the level name, for streams that show colours.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = Some(colors);
        self
    }

    /// Sets what happens to a field that a record lacks; [`MissingFields::Mark`] unless set.
    pub fn missing(mut self, missing: MissingFields) -> Self {
        self.missing = missing;
        self
    }

    /// Writes Python's bytes: strings as they are, `True` and `False`, nothing appended; a record
    /// that lacks a field of the template is dropped.
    pub fn python_exact(mut self) -> Self {
        self.python_words = true;
        self.multiline(Multiline::Raw)
            .append_key_values(false)
            .missing(MissingFields::Fail)
    }

    /// Returns the formatter.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`](crate::ErrorKind::InvalidFormat), with the position in the
    /// template or in a pattern.
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

    /// Returns the formatter of a template of the crate's own, which cannot fail.
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
            Ok(segments) => TemplateHead::of(&Step::all(segments, |kind| kind), &time),
            Err(_) => None,
        };
        Formatter {
            definition: self.is_pure(&segments).then(|| format!("{self:?}").into()),
            head,
            steps: match &segments {
                Ok(segments) => Step::all(segments, writer),
                Err(_) => [Step::failure(writer)].into(),
            },
            initials: segments.as_deref().map_or(0, initials),
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
            own_fields: self.own_fields,
            marks: Marks::default(),
        }
    }

    /// Reports whether its formatter never misses a field, which is counted.
    fn is_pure(&self, segments: &Result<Vec<Segment>, String>) -> bool {
        let never_misses = |segment: &Segment| match segment {
            Segment::Literal(_) => true,
            Segment::Field { field, spec } => {
                spec.writes_text() && !matches!(field, Field::KeyValue(_) | Field::Place(_))
            }
        };
        let segments = segments.as_deref().unwrap_or_default();
        !segments.is_empty() && segments.iter().all(never_misses) && self.own_fields.is_empty()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::formatter::format::Format;
    use crate::formatter::line::Line;
    use crate::level::Level;
    use crate::record::Record;

    fn line(formatter: FormatterBuilder, record: &Record<'_>) -> String {
        formatter.build().unwrap().format_to_string(record).unwrap()
    }

    #[test]
    fn our_own_templates_are_valid() {
        for template in [Formatter::BOTO3, Formatter::BOTOCORE, Formatter::BASIC] {
            Formatter::new(template).unwrap();
        }
    }

    #[test]
    fn key_values_never_vanish() {
        let record = Record::builder()
            .message("m")
            .key_value("a", "x y")
            .key_value("message", 1)
            .key_value("ok", true);
        let record = record.build();
        let format = |template: &str| Formatter::builder().format(template);
        assert_eq!(
            line(format("%(message)s"), &record),
            "m a=\"x y\" message_=1 ok=true"
        );
        assert_eq!(
            line(format("%(a)s|%(name)s"), &record),
            "x y| message=1 ok=true"
        );
        assert_eq!(
            line(format("%(msg)s"), &record),
            "m a=\"x y\" message=1 ok=true"
        );
        assert_eq!(
            line(format("%(message)s").append_key_values(false), &record),
            "m"
        );
    }

    #[test]
    fn no_field_can_forge_a_line() {
        let record = Record::builder()
            .name("a\nb")
            .level_name("L\x1b")
            .thread(1, "t\r")
            .message("m\nERROR forged");
        let record = record
            .key_value("k", "v\nw")
            .key_value("e\nf", 1)
            .error_text("E\nF")
            .build();
        let template = "%(name)s %(levelname)s %(threadName)s %(message)s %(k)6s";
        let shown = line(
            Formatter::builder()
                .format(template)
                .multiline(Multiline::Escape),
            &record,
        );
        assert_eq!(
            shown,
            "a\\nb L\\x1b t\\r m\\nERROR forged    v\\nw \"e\\nf\"=1\\nE\\nF"
        );
        let shown = line(Formatter::builder().format("%(message)s"), &record);
        assert_eq!(
            shown,
            "m\n    ERROR forged k=\"v\\nw\" \"e\\nf\"=1\n    E\n    F"
        );
    }

    #[test]
    fn colours_only_where_the_stream_shows_them() {
        let formatter = Formatter::builder()
            .format("%(levelname)-6s|")
            .colors(Colors::default())
            .build()
            .unwrap();
        let record = Record::builder().level(Level::INFO).build();
        let mut line = Line::new().with_color(true);
        formatter.format(&record, &mut line).unwrap();
        assert_eq!(line.as_str(), "\x1b[32mINFO  \x1b[0m|");
        assert_eq!(formatter.format_to_string(&record).unwrap(), "INFO  |");
    }

    /// Stricter than CPython's `PercentStyle.validate`, which searches for one field.
    #[test]
    fn the_whole_template_is_checked() {
        for template in [
            "%(message)s %s",
            "%(message)s %(levelname)",
            "%(message)5000s",
            "%(message)*s",
            "%(levelname)% %(message)s",
            "100%(n)% done",
            "%(message)s %(n)5%",
            "%(n)%%",
            "no fields",
        ] {
            let error = Formatter::new(template).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidFormat, "{template}");
        }
        let unchecked = Formatter::builder()
            .format("%(message)s %s")
            .validate(false)
            .missing(MissingFields::Fail)
            .build()
            .unwrap();
        let error = unchecked
            .format_to_string(&Record::builder().build())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FieldType);
    }

    #[test]
    fn errors_show_their_causes() {
        let cause = std::io::Error::other("disk on fire");
        let error = Error::io("cannot write", cause);
        let record = Record::builder().message("failed").error(&error).build();
        let shown = line(Formatter::builder(), &record);
        assert_eq!(
            shown,
            "failed\n    cannot write\n    caused by: disk on fire"
        );
    }
}
