//! The formatter of lines of text: [`Formatter`].

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::formatter::color::{Colors, RESET};
use crate::formatter::escape::{self, Multiline};
use crate::formatter::head::Head;
use crate::formatter::line::Line;
use crate::formatter::missing::{MARK, Marks, MissingFields, near_field};
use crate::formatter::step::{Kind, Step};
use crate::formatter::template::{self, Field, Segment, Spec, Style};
use crate::formatter::text_builder::FormatterBuilder;
use crate::formatter::time::TimeFormat;
use crate::record::{KeyValues, OwnedValue, Record, Scalar, write_error_chain};
use crate::sys::user_code;
use crate::text::Text;

/// Writes records as text by a template, compiled once.
///
/// The fields are Python's: `name`, `levelno`, `levelname`, `pathname`, `filename`, `module`, `lineno`, `funcName`, `created`,
/// `asctime`, `msecs`, `relativeCreated`, `thread`, `threadName`, `process`, `processName`, `taskName`, `message`,
/// `exc_text`, `stack_info`; one is ours, `module_path`. `msg` is the message, `args` is `()`, as a Rust message carries no
/// arguments, and `exc_info` is the text of the error. Any other name is a key-value of the record, or one of the
/// [defaults](FormatterBuilder::defaults).
///
/// No record is lost to its template: a field that the record lacks is written as `-`; see [`MissingFields`].
///
/// Behind the template's text come the key-values that the template does not name, as ` key=value`, then the error with its
/// causes and the stack, each on lines of its own. A key-value with the name of a field that the template writes is
/// shown with an underscore behind its name: `message_=…`.
///
/// Texts that come with a record cannot forge a second one or drive a terminal: see [`Multiline`].
///
/// # Python
/// `logging.Formatter`. The whole template is checked at construction, and widths end at 1024. A field that is missing does not
/// lose the record. Truth values are written in Rust's words, `true` and `false`, wherever they stand; a width and a precision
/// count the characters of the text that was given, not those of its escapes.
/// [`python_exact`](FormatterBuilder::python_exact) writes Python's bytes.
///
/// # Examples
/// ```
/// use logtree::{Formatter, Level, Record};
///
/// let formatter = Formatter::new("%(levelname)-8s %(name)s: %(message)s")?;
/// let record = Record::builder().name("app").level(Level::INFO).message("a\nb").key_value("n", 1).build();
/// assert_eq!(formatter.format_to_string(&record)?, "INFO     app: a\n    b n=1");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Formatter {
    /// `Err` holds why an unchecked template cannot be written.
    pub(super) segments: Result<Vec<Segment>, String>,
    /// The same, made ready.
    pub(super) steps: Box<[Step<Write>]>,
    /// The first of them, where their text is kept.
    pub(super) head: Option<Head>,
    pub(super) time: TimeFormat,
    pub(super) uses_time: bool,
    /// The message stands in the template once.
    pub(super) message_once: bool,
    pub(super) defaults: Vec<(Box<str>, OwnedValue)>,
    pub(super) multiline: Multiline,
    pub(super) append_key_values: bool,
    pub(super) colors: Option<Colors>,
    pub(super) missing: MissingFields,
    /// `True` and `False` for `true` and `false`.
    pub(super) python_words: bool,
    pub(super) marks: Marks,
}

/// Writes the field of a segment, given by its number.
///
/// Behind a pointer, as what each needs is little, and carried through the formatter's loop it would be much.
pub(super) type Write = fn(&Formatter, usize, &Record<'_>, &mut Line) -> Result<(), Error>;

/// What writes the fields of a kind.
pub(super) fn writer(kind: Kind) -> Write {
    match kind {
        Kind::Message => Formatter::push_message,
        Kind::Name => Formatter::push_name,
        Kind::AscTime => Formatter::push_time,
        Kind::LevelName => Formatter::push_level_name,
        Kind::ThreadName => Formatter::push_thread_name,
        Kind::Text => |_, _, _, _| Ok(()),
        Kind::Segment => Formatter::push_segment,
    }
}

impl Formatter {
    /// The template of Boto3's `set_stream_logger`.
    pub const BOTO3: &'static str = "%(asctime)s %(name)s [%(levelname)s] %(message)s";
    /// The template of botocore's `Session.set_stream_logger`.
    pub const BOTOCORE: &'static str = "%(asctime)s - %(name)s - %(levelname)s - %(message)s";
    /// The template of `basic_config`. Python's `BASIC_FORMAT`.
    pub const BASIC: &'static str = "%(levelname)s:%(name)s:%(message)s";

    /// A formatter of a template in the `%` style; an empty one means the message alone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidFormat`], with the place in the template.
    pub fn new(template: &str) -> Result<Self, Error> {
        Self::builder().format(template).build()
    }

    /// Starts a formatter with more to say than its template.
    pub fn builder() -> FormatterBuilder {
        FormatterBuilder::default()
    }

    /// For templates of our own, which tests prove valid.
    pub(crate) fn preset(template: &str) -> FormatterBuilder {
        debug_assert!(
            template::parse(template, Style::Percent).is_ok(),
            "{template:?}"
        );
        Self::builder().format(template)
    }

    /// Whether the template writes the time.
    ///
    /// # Python
    /// `Formatter.usesTime`; as there, by the text of the template alone, so `%%(asctime)` counts.
    #[must_use]
    pub fn uses_time(&self) -> bool {
        self.uses_time
    }

    /// How many fields could not be written as the template asks, by this formatter and its clones; see [`MissingFields`].
    ///
    /// # Examples
    /// ```
    /// use logtree::{Formatter, Record};
    ///
    /// let formatter = Formatter::new("[%(request_id)s] %(message)s")?;
    /// assert_eq!(formatter.format_to_string(&Record::builder().message("starting").build())?, "[-] starting");
    /// assert_eq!(formatter.missing_fields(), 1);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    #[must_use]
    pub fn missing_fields(&self) -> u64 {
        self.marks.count()
    }

    /// The names in the template that are no field of records but nearly one, each with that field: `levelnam` and
    /// `levelname`. They may be key-values, so a template with such a name is no error.
    ///
    /// # Examples
    /// ```
    /// let formatter = logtree::Formatter::new("%(levelnam)s %(message)s")?;
    /// assert_eq!(formatter.doubtful_names(), [("levelnam", "levelname")]);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    #[must_use]
    pub fn doubtful_names(&self) -> Vec<(&str, &'static str)> {
        let segments = self.segments.as_deref().unwrap_or_default();
        let names = segments.iter().filter_map(|segment| match segment {
            Segment::Field {
                field: Field::KeyValue(name),
                ..
            } if !self.has_default(name) => Some((&**name, near_field(name)?)),
            _ => None,
        });
        names.collect()
    }

    fn has_default(&self, name: &str) -> bool {
        self.defaults.iter().any(|(known, _)| **known == *name)
    }

    /// The text of a record, without colours.
    ///
    /// # Errors
    /// [`ErrorKind::MissingField`] or [`ErrorKind::FormatField`], where it is asked to [`Fail`](MissingFields::Fail).
    pub fn format_to_string(&self, record: &Record<'_>) -> Result<String, Error> {
        let mut line = Line::new();
        self.format(record, &mut line)?;
        Ok(line.as_str().to_owned())
    }

    /// The text of a time, as `asctime` would show it.
    ///
    /// # Python
    /// `Formatter.formatTime`.
    #[must_use]
    pub fn format_time(&self, time: crate::time::Timestamp) -> String {
        Text::with(|text| {
            self.time.push(time, text);
            text.as_str().to_owned()
        })
    }

    /// Writes the beginning of a line whose text is not known, and has it kept.
    #[inline(never)]
    fn push_head(&self, head: &Head, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let start = line.len();
        let (mut name, mut time) = (0..0, 0);
        for (at, step) in self.steps.iter().take(head.steps).enumerate() {
            let before = line.len() - start;
            (step.write)(self, step.segment, record, line)?;
            let after = line.len() - start;
            if at == head.name {
                name = before..after;
            } else if at == head.time {
                time = after;
            }
            line.text_mut().push_piece(&step.behind);
        }
        if !line.color() {
            head.keep(record, line.text_mut().from(start), name, time);
        }
        Ok(())
    }

    /// Writes the message: into the line alone where nobody else needs it.
    #[inline(always)]
    fn push_message(&self, _: usize, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let out = line.text_mut();
        if self.message_once && record.is_for_one {
            let start = out.len();
            record.message.push_once(out);
            escape::escape_from(out, start, self.multiline);
        } else {
            escape::push(out, record.message(), self.multiline);
        }
        Ok(())
    }

    fn push_name(&self, _: usize, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        escape::push(line.text_mut(), record.name(), self.multiline);
        Ok(())
    }

    fn push_time(&self, _: usize, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        self.time.push(record.time(), line.text_mut());
        Ok(())
    }

    /// Writes the level's name; a built-in one without a colour lies ready.
    fn push_level_name(
        &self,
        segment: usize,
        record: &Record<'_>,
        line: &mut Line,
    ) -> Result<(), Error> {
        match record.builtin_level_name() {
            Some(name) if !line.color() => {
                line.text_mut().push_piece(name);
                Ok(())
            }
            _ => self.push_segment(segment, record, line),
        }
    }

    fn push_thread_name(
        &self,
        _: usize,
        record: &Record<'_>,
        line: &mut Line,
    ) -> Result<(), Error> {
        let thread = &record.thread;
        thread.with_display_name(&mut |name| escape::push(line.text_mut(), name, self.multiline));
        Ok(())
    }

    /// Writes any segment by its number.
    #[inline(never)]
    fn push_segment(
        &self,
        segment: usize,
        record: &Record<'_>,
        line: &mut Line,
    ) -> Result<(), Error> {
        match &self.segments {
            Ok(segments) => match &segments[segment] {
                Segment::Literal(text) => {
                    line.push_str(text);
                    Ok(())
                }
                Segment::Field { field, spec } => {
                    self.push_field(segment, field, spec, record, line)
                }
            },
            Err(why) if self.missing == MissingFields::Mark => {
                self.marks.note(
                    segment,
                    record,
                    format_args!("{why}; its message alone is written"),
                );
                self.push_message(segment, record, line)
            }
            Err(why) => Err(Error::new(ErrorKind::FormatField, why.clone())),
        }
    }

    fn push_field(
        &self,
        segment: usize,
        field: &Field,
        spec: &Spec,
        record: &Record<'_>,
        line: &mut Line,
    ) -> Result<(), Error> {
        let colored = line.color() && *field == Field::LevelName;
        let colors = self.colors.as_ref().filter(|_| colored);
        let start = colors.map_or("", |colors| colors.start(record.level()));
        line.push_str(start);
        let out = line.text_mut();
        let len = out.len();
        let written = field.read(record, &self.time, &self.defaults, |value| {
            self.push_value(field, spec, value, record, out)
        });
        match written {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                out.truncate(len);
                self.push_unfit(segment, field, spec, record, out, error)?;
            }
            None => self.push_missing(segment, field, spec, record, out)?,
        }
        if !start.is_empty() {
            line.push_str(RESET);
        }
        Ok(())
    }

    /// Writes a value by its specification. What may hold anything is cut and padded first and escaped then, so that a width
    /// counts the characters of the value.
    fn push_value(
        &self,
        field: &Field,
        spec: &Spec,
        value: Scalar<'_>,
        record: &Record<'_>,
        out: &mut Text,
    ) -> Result<(), Error> {
        let lookup = |field: &Field| {
            let read = field.read(record, &self.time, &self.defaults, template::plain);
            read.ok_or_else(|| missing(field))
        };
        let value = match value {
            Scalar::Bool(value) if !self.python_words && spec.writes_text() => {
                Scalar::Text(bool_word(value))
            }
            value => value,
        };
        let is_plain = match value {
            Scalar::Text(text) => escape::is_plain(text),
            Scalar::Other(_) => false,
            _ => true,
        };
        if is_plain || self.multiline == Multiline::Raw || !field.is_foreign() {
            return spec.push(value, &lookup, out);
        }
        Text::with(|text| {
            template::push_plain(value, text);
            if let Spec::Plain = spec {
                escape::push(out, text.as_str(), self.multiline);
                return Ok(());
            }
            let mut value = text.as_str();
            if self.multiline == Multiline::Indent {
                // It would be dropped at the end of the line, but not before what pads it.
                value = value.strip_suffix('\n').unwrap_or(value);
            }
            Text::with(|padded| {
                spec.push(Scalar::Text(value), &lookup, padded)?;
                escape::push(out, padded.as_str(), self.multiline);
                Ok(())
            })
        })
    }

    /// Writes the mark of a field that the record does not have.
    #[cold]
    fn push_missing(
        &self,
        segment: usize,
        field: &Field,
        spec: &Spec,
        record: &Record<'_>,
        out: &mut Text,
    ) -> Result<(), Error> {
        let error = missing(field);
        if self.missing == MissingFields::Fail {
            return Err(error);
        }
        self.marks.note(
            segment,
            record,
            format_args!("{error}; {MARK:?} is written in its place"),
        );
        spec.push_instead(MARK, out);
        Ok(())
    }

    /// Writes a value that the conversion cannot write, as it is.
    #[cold]
    fn push_unfit(
        &self,
        segment: usize,
        field: &Field,
        spec: &Spec,
        record: &Record<'_>,
        out: &mut Text,
        error: Error,
    ) -> Result<(), Error> {
        if self.missing == MissingFields::Fail {
            return Err(error);
        }
        let name = field.name();
        self.marks.note(
            segment,
            record,
            format_args!("the field {name:?}: {error}; its value is written as it is"),
        );
        let value = field.read(record, &self.time, &self.defaults, template::plain);
        Text::with(|text| {
            escape::push(text, &value.unwrap_or_default(), self.multiline);
            spec.push_instead(text.as_str(), out);
        });
        Ok(())
    }

    /// Writes what stands behind the template's text.
    #[inline(never)]
    fn push_behind(&self, record: &Record<'_>, out: &mut Text) {
        if self.append_key_values && record.key_values().has_source() {
            self.push_key_values(record.key_values(), out);
        }
        if record.has_failure() {
            self.push_failure(record, out);
        }
    }

    fn push_key_values(&self, key_values: KeyValues<'_>, out: &mut Text) {
        let segments = self.segments.as_deref().unwrap_or_default();
        key_values.for_each(|key, value| {
            let named = segments.iter().find_map(|segment| match segment {
                Segment::Field { field, .. } if field.name() == key => Some(field),
                _ => None,
            });
            if matches!(named, Some(Field::KeyValue(_) | Field::TaskName)) {
                return;
            }
            out.push(' ');
            escape::push_word(out, key);
            if named.is_some() {
                out.push('_');
            }
            out.push('=');
            Scalar::visit(value, |scalar| push_appended_value(scalar, out));
        });
    }

    #[cold]
    fn push_failure(&self, record: &Record<'_>, out: &mut Text) {
        let details = record.details();
        if let Some(text) = &details.error {
            self.push_lines(text, out);
        } else if let Some(error) = record.error {
            Text::with(|text| {
                user_code::write_to(text, |text| write_error_chain(error, text));
                self.push_lines(text.as_str(), out);
            });
        }
        if let Some(text) = &details.stack {
            self.push_lines(text, out);
        } else if let Some(backtrace) = record.backtrace {
            self.push_lines(&backtrace.to_string(), out);
        }
    }

    /// Appends a text on lines of its own (statement 67). An empty text is none.
    fn push_lines(&self, text: &str, out: &mut Text) {
        if text.is_empty() {
            return;
        }
        match self.multiline {
            Multiline::Raw => {
                if !out.ends_with_newline() {
                    out.push('\n');
                }
                out.push_str(text);
            }
            Multiline::Indent => {
                out.push_str("\n    ");
                escape::push(out, text, self.multiline);
            }
            Multiline::Escape => {
                out.push_str("\\n");
                escape::push(out, text, self.multiline);
            }
        }
    }
}

#[cold]
fn missing(field: &Field) -> Error {
    let name = field.name();
    if let Field::Place(_) = field {
        let message = format!("a record has no place {name}");
        return Error::new(ErrorKind::FormatField, message);
    }
    let near = near_field(name).map(|near| format!(" (did you mean {near:?}?)"));
    let message = format!(
        "the template names {name:?}, which the record does not have{}",
        near.unwrap_or_default()
    );
    Error::new(ErrorKind::MissingField, message)
}

fn bool_word(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// Appends the value of ` key=value`.
fn push_appended_value(value: Scalar<'_>, out: &mut Text) {
    match value {
        Scalar::Bool(value) => out.push_str(bool_word(value)),
        Scalar::Text(text) => escape::push_word(out, text),
        Scalar::Other(_) => Text::with(|text| {
            template::push_plain(value, text);
            escape::push_word(out, text.as_str());
        }),
        _ => template::push_plain(value, out),
    }
}

impl Format for Formatter {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let mut steps = &*self.steps;
        if let Some(head) = &self.head {
            if !head.push(record, line) {
                self.push_head(head, record, line)?;
            }
            if head.is_all_but_message {
                self.push_message(0, record, line)?;
                steps = &[];
            } else {
                steps = steps.get(head.steps..).unwrap_or_default();
            }
        }
        for step in steps {
            (step.write)(self, step.segment, record, line)?;
            line.text_mut().push_piece(&step.behind);
        }
        if !record.is_bare() {
            self.push_behind(record, line.text_mut());
        }
        Ok(())
    }
}

impl Default for Formatter {
    /// The message alone, with key-values, error and stack behind it.
    fn default() -> Self {
        Self::preset("%(message)s").build_preset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;

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

    /// Statement 61, where we check more than Python.
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
        assert_eq!(error.kind(), ErrorKind::FormatField);
    }

    #[test]
    fn errors_show_their_causes() {
        let cause = std::io::Error::other("disk on fire");
        let error = Error::io("cannot write", cause);
        let record = Record::builder().message("failed").error(&error).build();
        let shown = line(Formatter::builder(), &record);
        assert_eq!(
            shown,
            "failed\n    cannot write: disk on fire\n    caused by: disk on fire"
        );
    }
}
