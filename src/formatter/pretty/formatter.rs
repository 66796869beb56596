//! The formatter for people who develop: [`PrettyFormatter`].

use crate::error::Error;
use crate::formatter::colors::Colors;
use crate::formatter::escape::{self, Multiline};
use crate::formatter::format::Format;
use crate::formatter::line::Line;
use crate::formatter::pretty::below::{Below, INDENT};
use crate::formatter::pretty::glyphs;
use crate::formatter::pretty::label::{self, Label};
use crate::formatter::pretty::layout::Part;
use crate::formatter::pretty::links::Links;
use crate::formatter::pretty::options::Options;
use crate::formatter::pretty::pen::{Pen, push_blanks};
use crate::formatter::pretty::place::Place;
use crate::formatter::pretty::{fields, highlight, name, spans, wrap};
use crate::formatter::shared::{DELTA, Screen, Shared};
use crate::formatter::zone::TimeZone;
use crate::level::Level;
use crate::record::Record;
use crate::text::line_buf::LineBuf;

/// Writes records for people who develop: in columns, with colours, fitted to the terminal.
///
/// ```text
/// 12:00:00.123  INFO  botocore.client.S3  put object  bucket=photos size=3          src/s3.rs:41
///         .348 ERROR  app.db  query failed  rows=0                                  src/db.rs:7
///     │ query = SELECT *
///     │         FROM t
///     ╰ error   connection reset
///               ↳ broken pipe (os error 32)
/// ```
///
/// - The time has no date; on a stream, a line with the date stands above the first record of
///   another day, and what the record above has of the same second is left out. Where the handler
///   is none of a stream, times have their date.
/// - A level has five columns: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `CRIT`, or what a level
///   of your own is called; `L25` for one without a name.
/// - The leading segments of a name with more than 24 columns are shortened, `b.client.S3`, never
///   the last one.
/// - Values are quoted where they are empty or have a blank, a quote, a backslash or a control
///   character. `error` and `err` come first.
/// - Numbers whose key ends in `_ns`, `_us`, `_ms`, `_secs` or `_bytes`, and `Duration`s, have
///   their unit: `took=12.4ms` for `took_us=12400`.
/// - The names of the spans of `tracing` stand before the message, unless the line above has the
///   same.
/// - Values of several lines, the further lines of a message, lists and maps of more than 60
///   columns, the error with its causes and the stack trace stand below. The latter has only the
///   frames of the program, unless `RUST_BACKTRACE` is `full`.
/// - Where the width of the terminal is known (or `COLUMNS` is set), long lines are broken at words
///   and the place in the program is at the right.
///
/// Nothing in a record can begin a line that looks like another record, or drive the terminal.
/// Control characters are escaped as [`Multiline`](crate::formatter::Multiline) has it; tabs are
/// four blanks.
///
/// Colours are shown where the stream shows them; see
/// [`ColorChoice`](crate::formatter::ColorChoice). In a locale that is not UTF-8, the bars are
/// ASCII. With the variable `CI`, lines are not broken.
///
/// # Python
/// No equivalent; similar to `rich` and `loguru`.
///
/// # Examples
/// ```
/// use logtree::formatter::{PrettyFormatter, TimeZone};
/// use logtree::handler::StreamHandler;
/// use logtree::time::Timestamp;
/// use logtree::{Level, Record};
///
/// let formatter = PrettyFormatter::new().ascii(false).time_zone(TimeZone::Utc);
/// let record = Record::builder().name("app.db").level(Level::ERROR).message("query failed");
/// let record = record.time(Timestamp::from_nanos(0)).key_value("rows", 0);
/// let record = record.key_value("query", "SELECT *\nFROM t").build();
/// assert_eq!(
///     formatter.format_to_string(&record),
///     "1970-01-01 00:00:00.000 ERROR  app.db  query failed  rows=0
///     ╰ query = SELECT *
///               FROM t"
/// );
/// let handler = StreamHandler::stderr().with_formatter(formatter);
/// # let _ = handler;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PrettyFormatter {
    pub(super) options: Options,
}

impl PrettyFormatter {
    /// Returns the formatter, with what the environment says: the locale, `CI`, `RUST_BACKTRACE`.
    pub fn new() -> Self {
        Self {
            options: Options::new(),
        }
    }

    /// Sets the time zone; the machine's by default.
    pub fn time_zone(mut self, zone: TimeZone) -> Self {
        self.options.set_zone(zone);
        self
    }

    /// Sets whether each line has its whole time, also where the line above is of the same second;
    /// off by default.
    pub fn repeat_times(mut self, repeat: bool) -> Self {
        self.options.repeats_times = repeat;
        self
    }

    /// Sets whether levels have three letters: `TRC`, `DBG`, `INF`, `WRN`, `ERR`, `CRT`; off by
    /// default.
    pub fn short_levels(mut self, short: bool) -> Self {
        self.options.label = if short { Label::Three } else { Label::Five };
        self
    }

    /// Sets the columns that a name may take before its leading segments are shortened; 24 by
    /// default.
    pub fn name_width(mut self, columns: usize) -> Self {
        self.options.name_width = columns;
        self
    }

    /// Sets whether names are padded to their [width](Self::name_width), so that all messages begin
    /// in one column; off by default.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let formatter = PrettyFormatter::new().name_width(12).align_names(true);
    /// let record = logtree::Record::builder().name("app").message("up").build();
    /// assert!(formatter.format_to_string(&record).ends_with("  app           up"));
    /// ```
    pub fn align_names(mut self, align: bool) -> Self {
        self.options.aligns_names = align;
        self
    }

    /// Sets whether lines have the place in the program; on by default. Files of dependencies begin
    /// with the name of the package.
    pub fn source(mut self, show: bool) -> Self {
        self.options.has_source = show;
        self
    }

    /// Sets the columns of a line, in place of the terminal's.
    ///
    /// # Examples
    /// ```
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let formatter = PrettyFormatter::new().width(40).wrap(true);
    /// let record = logtree::Record::builder().name("app").message("one two three").build();
    /// assert!(formatter.format_to_string(&record).ends_with("  app  one\n    two three"));
    /// ```
    pub fn width(mut self, columns: u16) -> Self {
        self.options.width = Some(columns.into());
        self
    }

    /// Sets whether long lines are broken at words, where the width is known; on by default, and
    /// off with the variable `CI`.
    pub fn wrap(mut self, wrap: bool) -> Self {
        self.options.wraps = wrap;
        self
    }

    /// Sets whether only ASCII is used for bars; by default, if the locale is not UTF-8.
    pub fn ascii(mut self, ascii: bool) -> Self {
        self.options.glyphs = if ascii {
            &glyphs::ASCII
        } else {
            &glyphs::UNICODE
        };
        self
    }

    /// Sets the styles of levels. By default TRACE is blue, DEBUG plain, INFO green, WARNING
    /// yellow, ERROR red, CRITICAL white on red.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.options.styles.levels = colors;
        self
    }

    /// Returns the text of a record, without colours.
    #[must_use]
    pub fn format_to_string(&self, record: &Record<'_>) -> String {
        let mut line = Line::new();
        self.push(record, &mut line);
        line.as_str().to_owned()
    }

    fn push(&self, record: &Record<'_>, line: &mut Line) {
        let options = &self.options;
        let screen = line.screen;
        let width = options.columns(screen);
        let color = line.color();
        let mut pen = Pen::new(line.text_mut(), color);
        let mut below = Below::default();
        let (mut shared, mut name_at) = (None, 0);
        let (mut delta_at, mut path) = (None, None);
        for part in options.layout.parts {
            match part {
                Part::Text(text) => pen.own(text),
                Part::Time => shared = self.push_time(&mut pen, record, screen.is_some()),
                Part::Level => {
                    let style = match color {
                        true => options.styles.levels.start(record.level()),
                        false => "",
                    };
                    if options.has_deltas {
                        delta_at = Some(pen.out.len());
                        pen.blanks(DELTA);
                    }
                    if options.has_icons {
                        label::push_icon(&mut pen, record.level(), options.glyphs.icons, style);
                    }
                    label::push(&mut pen, record, options.label, style);
                }
                Part::Name => {
                    name_at = pen.column();
                    let style = match options.colors_names {
                        true => options.styles.of_name(record.name()),
                        false => "",
                    };
                    pen.start(style);
                    name::push(&mut pen, record.name(), options.name_width);
                    pen.end(style);
                    if options.aligns_names {
                        let end = name_at + options.name_width;
                        pen.blanks(end.saturating_sub(pen.column()));
                    }
                }
                Part::Place => {
                    name_at = pen.column();
                    push_place(&mut pen, record, options);
                }
                Part::Message => {
                    let spans = match record.rare_fields.is_none() {
                        true => None,
                        false => record.rare_fields().spans.as_ref(),
                    };
                    if let Some(spans) = spans {
                        path = spans::push(&mut pen, spans, options);
                    }
                    let padding = self.push_message_and_fields(
                        &mut pen, &mut below, record, name_at, width, screen,
                    );
                    if let Some(path) = &mut path {
                        path.padding_at = padding;
                    }
                }
            }
        }
        let wrap_at = width.filter(|_| options.wraps);
        if !below.is_empty() {
            below.push(&mut pen, options, wrap_at);
        }
        line.shared = shared.map(|shared| Shared {
            delta_at,
            path,
            ..shared
        });
    }

    /// Appends the message and what is on its line.
    #[inline]
    fn push_message_and_fields(
        &self,
        pen: &mut Pen<'_>,
        below: &mut Below,
        record: &Record<'_>,
        name_at: usize,
        width: Option<usize>,
        screen: Option<Screen>,
    ) -> Option<usize> {
        let options = &self.options;
        let (message_at, start) = (pen.column(), pen.out.len());
        let is_bold = record.level() >= Level::INFO;
        let style = if is_bold {
            &*options.styles.message
        } else {
            ""
        };
        if options.highlights && pen.color {
            let first = below.first_line_of(record);
            highlight::push(pen, first, style, &options.styles);
        } else {
            pen.start(style);
            push_message(pen, below, record);
            pen.end(style);
        }
        let has_lines = options.layout.has_lines_of_fields;
        if !record.is_bare() && !has_lines {
            fields::push_all(pen, below, record, options);
        }
        if let Some(width) = width {
            if options.wraps && pen.column() > width {
                self.wrap_from(pen, start, message_at, name_at, width);
            }
        }
        let mut padding = None;
        if options.has_source {
            padding = self.push_source(pen, record, width, screen);
        }
        if !record.is_bare() {
            if has_lines {
                fields::push_all(pen, below, record, options);
            }
            if record.has_failure() {
                below.add_failure(record);
            }
        }
        padding
    }

    /// Appends the time. Returns what the stream may leave out, if it is for one.
    #[inline]
    fn push_time(&self, pen: &mut Pen<'_>, record: &Record<'_>, is_stream: bool) -> Option<Shared> {
        let options = &self.options;
        pen.start(&options.styles.dim);
        let start = pen.out.len();
        options.time.push(record.time(), pen.out);
        let mut shared = None;
        // A year outside the calendar is written as its seconds.
        if is_stream && options.layout.time.is_none() && pen.out.len() - start == TIME {
            let text = pen.out.bytes_mut_from(start);
            if let (Some(&day), Some(&clock)) = (text.first_chunk(), text.last_chunk::<CLOCK>()) {
                if let Some(start) = text.first_chunk_mut() {
                    *start = clock;
                }
                pen.out.truncate(start + CLOCK);
                shared = Some(Shared {
                    day,
                    time: record.time(),
                    delta_at: None,
                    path: None,
                    clock_at: (!options.repeats_times).then_some(start),
                    is_ascii: options.glyphs.is_ascii,
                });
            }
        }
        pen.end(&options.styles.dim);
        shared
    }

    /// Breaks the line from the message on.
    #[cold]
    fn wrap_from(
        &self,
        pen: &mut Pen<'_>,
        start: usize,
        message_at: usize,
        name_at: usize,
        width: usize,
    ) {
        // As far right as half of the line is left for words.
        let mut places = [message_at, name_at].into_iter();
        let hang = places.find(|at| *at <= width / 2).unwrap_or(INDENT);
        LineBuf::with(|text| {
            text.push_str(pen.out.from(start));
            pen.out.truncate(start);
            let end = wrap::push(pen.out, text.as_str(), message_at, width, |out| {
                push_blanks(out, hang);
                hang
            });
            pen.is_at(end);
        });
    }

    /// Appends the place in the program, at the right if the width is known. Returns where it is
    /// padded, if that is on the first line.
    #[inline]
    fn push_source(
        &self,
        pen: &mut Pen<'_>,
        record: &Record<'_>,
        width: Option<usize>,
        screen: Option<Screen>,
    ) -> Option<usize> {
        let place = Place::of(record.source())?;
        let at = pen.out.len();
        let mut padding = None;
        let mut blanks = 2;
        if let Some(width) = width {
            let (column, columns) = (pen.column(), place.columns());
            let room = width.saturating_sub(columns);
            if column + 2 <= room || !self.options.wraps {
                blanks = room.saturating_sub(column).max(2);
                padding = Some(at);
            } else {
                pen.new_line();
                blanks = room.max(INDENT);
            }
        }
        pen.blanks(blanks);
        let is_terminal = screen.is_some_and(|screen| screen.is_terminal);
        let links = self.options.links.as_ref();
        let links = links.filter(|_| pen.color && (is_terminal || self.options.forces_links));
        if let Some(links) = links {
            links.start(pen, place.whole, place.line);
        }
        place.push(pen, &self.options.styles.dim);
        if links.is_some() {
            Links::end(pen);
        }
        padding
    }
}

/// The lengths of `2026-11-27 12:00:00.123` and of its end.
const TIME: usize = 23;
const CLOCK: usize = 12;

/// Appends the first line of the message; its others go below.
#[inline]
fn push_message(pen: &mut Pen<'_>, below: &mut Below, record: &Record<'_>) {
    if record.is_for_one {
        let start = pen.out.len();
        record.message.push_once(pen.out);
        if escape::stays(pen.out, start, Multiline::Escape) {
            return;
        }
        record.message.keep(pen.out.bytes_from(start));
        pen.out.truncate(start);
    }
    pen.shown(below.first_line_of(record));
}

/// Appends `name:function:line`.
fn push_place(pen: &mut Pen<'_>, record: &Record<'_>, options: &Options) {
    let source = record.source();
    let style = &*options.styles.key;
    pen.start(style);
    name::push(pen, record.name(), options.name_width);
    if !source.function().is_empty() {
        pen.own(":");
        pen.shown(source.function());
    }
    pen.own(":");
    pen.out.push_unsigned(source.line().into());
    pen.end(style);
}

impl Default for PrettyFormatter {
    fn default() -> Self {
        Self::new()
    }
}

impl Format for PrettyFormatter {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        self.push(record, line);
        Ok(())
    }
}
