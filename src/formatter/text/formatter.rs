//! The formatter of lines of text: [`Formatter`].

use std::any::Any;

use crate::error::Error;
use crate::formatter::colors::Colors;
use crate::formatter::escape::Multiline;
use crate::formatter::format::Format;
use crate::formatter::line::Line;
use crate::formatter::missing::{Marks, MissingFields, near_field};
use crate::formatter::template::{Field, Segment};
use crate::formatter::text::own_fields::OwnFields;
use crate::formatter::text::step::Step;
use crate::formatter::text::template_head::TemplateHead;
use crate::formatter::time::TimeFormat;
use crate::record::{OwnedValue, Record};
use crate::text::line_buf::LineBuf;
use crate::time::Timestamp;

/// Writes records as text by a template that is compiled once.
///
/// The fields are Python's: `name`, `levelno`, `levelname`, `pathname`, `filename`, `module`,
/// `lineno`, `funcName`, `created`, `asctime`, `msecs`, `relativeCreated`, `thread`, `threadName`,
/// `process`, `processName`, `taskName`, `message`, `exc_text`, `stack_info`; `module_path` is
/// added. `msg` is the message, `args` is `()`, as a Rust message carries no arguments, and
/// `exc_info` is the text of the error. Any other name is a key-value of the record, or one of the
/// [defaults](crate::formatter::FormatterBuilder::defaults).
///
/// A template loses no record: a field that the record lacks is written as `-`; see
/// [`MissingFields`].
///
/// The text of the template is followed by the key-values that it does not name, as ` key=value`,
/// then by the error with its causes and the stack trace, each on lines of its own. A key-value
/// with the name of a field that the template writes appears with an underscore after its name:
/// `message_=…`.
///
/// The strings of a record can neither forge a second one nor drive a terminal: see [`Multiline`].
///
/// # Python
/// `logging.Formatter`. The whole template is checked at construction, and widths end at 1024. A
/// missing field does not lose the record. Booleans are written as Rust writes them, `true` and
/// `false`; a width and a precision count the characters of the value, not those of its escapes.
/// [`python_exact`](crate::formatter::FormatterBuilder::python_exact) writes Python's bytes.
///
/// # Examples
/// ```
/// use logtree::{Formatter, Level, Record};
///
/// let formatter = Formatter::new("%(levelname)-8s %(name)s: %(message)s")?;
/// let record = Record::builder().name("app").level(Level::INFO).message("a\nb");
/// let record = record.key_value("n", 1).build();
/// assert_eq!(formatter.format_to_string(&record)?, "INFO     app: a\n    b n=1");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Formatter {
    /// `Err` holds why an unchecked template cannot be written.
    pub(super) segments: Result<Vec<Segment>, String>,
    /// Which first letters their fields have.
    pub(super) initials: u64,
    /// The segments, prepared.
    pub(super) steps: Box<[Step<Write>]>,
    /// The first of the steps, if their text is kept.
    pub(super) head: Option<TemplateHead>,
    pub(super) time: TimeFormat,
    pub(super) uses_time: bool,
    /// The template writes the message exactly once.
    pub(super) message_once: bool,
    pub(super) defaults: Vec<(Box<str>, OwnedValue)>,
    pub(super) multiline: Multiline,
    pub(super) append_key_values: bool,
    pub(super) colors: Option<Colors>,
    pub(super) missing: MissingFields,
    /// `True` and `False` for `true` and `false`.
    pub(super) python_words: bool,
    pub(super) own_fields: OwnFields,
    pub(super) marks: Marks,
    /// All that it was built from, if each of its fields is in every record.
    pub(super) definition: Option<Box<str>>,
}

/// Writes the field of a segment, given by its number.
///
/// A pointer, as each kind needs little; inlined into the loop of the formatter, all together would
/// need much.
pub(super) type Write = fn(&Formatter, usize, &Record<'_>, &mut Line) -> Result<(), Error>;

impl Formatter {
    /// The template of Boto3's `set_stream_logger`.
    pub const BOTO3: &'static str = "%(asctime)s %(name)s [%(levelname)s] %(message)s";
    /// The template of botocore's `Session.set_stream_logger`.
    pub const BOTOCORE: &'static str = "%(asctime)s - %(name)s - %(levelname)s - %(message)s";
    /// The template of `basic_config`. Python's `BASIC_FORMAT`.
    pub const BASIC: &'static str = "%(levelname)s:%(name)s:%(message)s";

    /// Reports whether the template writes the time.
    ///
    /// # Python
    /// `Formatter.usesTime`; as there, by the text of the template alone, so `%%(asctime)` counts.
    #[must_use]
    pub fn uses_time(&self) -> bool {
        self.uses_time
    }

    /// Returns how many fields this formatter and its clones could not write as the template asks;
    /// see [`MissingFields`].
    ///
    /// # Examples
    /// ```
    /// use logtree::{Formatter, Record};
    ///
    /// let formatter = Formatter::new("[%(request_id)s] %(message)s")?;
    /// let record = Record::builder().message("starting").build();
    /// assert_eq!(formatter.format_to_string(&record)?, "[-] starting");
    /// assert_eq!(formatter.missing_fields(), 1);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    #[must_use]
    pub fn missing_fields(&self) -> u64 {
        self.marks.count()
    }

    /// Returns the names in the template that are nearly, but not quite, those of a field, each
    /// with the field: `levelnam` and `levelname`. They may be key-values, so such a name is no
    /// error.
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

    /// Reports whether another one, which is pure as well, writes the same lines.
    pub(in crate::formatter) fn writes_as(&self, other: &Self) -> bool {
        self.definition == other.definition
    }

    fn has_default(&self, name: &str) -> bool {
        self.defaults.iter().any(|(known, _)| **known == *name)
    }

    /// Returns the text of a record, without colours.
    ///
    /// # Errors
    /// [`ErrorKind::MissingField`](crate::ErrorKind::MissingField) or
    /// [`ErrorKind::FieldType`](crate::ErrorKind::FieldType), under [`MissingFields::Fail`] only.
    pub fn format_to_string(&self, record: &Record<'_>) -> Result<String, Error> {
        let mut line = Line::new();
        self.format(record, &mut line)?;
        Ok(line.as_str().to_owned())
    }

    /// Returns the text of a time, as `asctime` shows it.
    ///
    /// # Python
    /// `Formatter.formatTime`.
    #[must_use]
    pub fn format_time(&self, time: Timestamp) -> String {
        LineBuf::with(|text| {
            self.time.push(time, text);
            text.as_str().to_owned()
        })
    }
}

impl Format for Formatter {
    fn notes_messages(&self) -> bool {
        self.own_fields.is_empty()
    }

    fn as_pure(&self) -> Option<&dyn Any> {
        self.definition.is_some().then_some(self)
    }

    // Always: one call is that of the usual records, the other goes by a pointer.
    #[inline(always)]
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let mut steps: &[_] = &[];
        match &self.head {
            None => steps = &self.steps,
            Some(head) => {
                if !head.head.push(record, line) {
                    self.push_head(head, record, line)?;
                }
                if head.is_all_but_message {
                    self.push_message(0, record, line)?;
                } else {
                    steps = self.steps.get(head.steps..).unwrap_or_default();
                }
            }
        }
        for step in steps {
            (step.write)(self, step.segment, record, line)?;
            line.text_mut().push_short(&step.after);
        }
        if !record.is_bare() {
            self.push_appended(record, line.text_mut());
        }
        Ok(())
    }
}
