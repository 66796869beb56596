//! Writes the segments of a template: its fields and literals.

use crate::error::{Error, ErrorKind};
use crate::formatter::colors::RESET;
use crate::formatter::escape::{self, Multiline};
use crate::formatter::line::Line;
use crate::formatter::missing::{MARK, MissingFields, near_field};
use crate::formatter::template::{self, Field, Segment, Spec};
use crate::formatter::text::formatter::{Formatter, Write};
use crate::formatter::text::step::Kind;
use crate::formatter::text::template_head::TemplateHead;
use crate::record::{Record, Scalar};
use crate::text::line_buf::LineBuf;

/// Returns what writes the fields of a kind.
pub(super) fn writer(kind: Kind) -> Write {
    match kind {
        Kind::Message => Formatter::push_message,
        Kind::Name => Formatter::push_name,
        Kind::AscTime => Formatter::push_time,
        Kind::LevelName => Formatter::push_level_name,
        Kind::ThreadName => Formatter::push_thread_name,
        Kind::Literal => |_, _, _, _| Ok(()),
        Kind::Segment => Formatter::push_segment,
    }
}

impl Formatter {
    /// Writes a head that is not known, and has it kept.
    #[inline(never)]
    pub(super) fn push_head(
        &self,
        head: &TemplateHead,
        record: &Record<'_>,
        line: &mut Line,
    ) -> Result<(), Error> {
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
            line.text_mut().push_short(&step.after);
        }
        if !line.color() {
            let text = line.text_mut().from(start);
            head.head.keep(record, text, name, time);
        }
        Ok(())
    }

    /// Writes the message; into the line only, where nothing else needs it.
    #[inline(always)]
    pub(super) fn push_message(
        &self,
        _: usize,
        record: &Record<'_>,
        line: &mut Line,
    ) -> Result<(), Error> {
        let out = line.text_mut();
        let start = out.len();
        let mut stays = false;
        if self.message_once && record.is_for_one {
            record.message.push_once(out);
            stays = escape::stays(out, start, self.multiline);
            if !stays {
                record.message.keep(out.bytes_from(start));
                out.truncate(start);
            }
        }
        if stays || escape::push(out, record.message(), self.multiline) {
            line.note_message(record, start);
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

    /// Writes the name of the level; a built-in one without a colour is prepared.
    fn push_level_name(
        &self,
        segment: usize,
        record: &Record<'_>,
        line: &mut Line,
    ) -> Result<(), Error> {
        match record.builtin_level_name() {
            Some(name) if !line.color() => {
                line.text_mut().push_short(name);
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
        thread.with_display_name(&mut |name| {
            escape::push(line.text_mut(), name, self.multiline);
        });
        Ok(())
    }

    /// Writes any segment, given by its number.
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
            Err(why) => Err(Error::new(ErrorKind::FieldType, why.clone())),
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
        if let Field::KeyValue(name) = field {
            if let Some(own) = self.own_fields.get(name) {
                return own.format(record, line);
            }
        }
        let is_colored = line.color() && *field == Field::LevelName;
        let colors = self.colors.as_ref().filter(|_| is_colored);
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

    /// Writes a value by its specification. A value that may hold anything is truncated and padded
    /// first and escaped afterwards, so that a width counts the characters of the value.
    fn push_value(
        &self,
        field: &Field,
        spec: &Spec,
        value: Scalar<'_>,
        record: &Record<'_>,
        out: &mut LineBuf,
    ) -> Result<(), Error> {
        let lookup = |field: &Field| {
            let read = field.read(record, &self.time, &self.defaults, template::plain);
            read.ok_or_else(|| missing(field))
        };
        let value = match value {
            Scalar::Bool(value) if !self.python_words && spec.writes_text() => {
                Scalar::Text(if value { "true" } else { "false" })
            }
            value => value,
        };
        let is_plain = match value {
            Scalar::Text(text) => escape::is_plain(text),
            Scalar::Nested(_) | Scalar::Other(_) => false,
            _ => true,
        };
        if is_plain || self.multiline == Multiline::Raw || !field.is_foreign() {
            return spec.push(value, &lookup, out);
        }
        LineBuf::with(|text| {
            template::push_plain(value, text);
            if let Spec::Plain = spec {
                escape::push(out, text.as_str(), self.multiline);
                return Ok(());
            }
            let mut value = text.as_str();
            if self.multiline == Multiline::Indent {
                // It would be dropped at the end of the line, but not before its padding.
                value = value.strip_suffix('\n').unwrap_or(value);
            }
            LineBuf::with(|padded| {
                spec.push(Scalar::Text(value), &lookup, padded)?;
                escape::push(out, padded.as_str(), self.multiline);
                Ok(())
            })
        })
    }

    /// Writes the mark for a field that the record lacks.
    #[cold]
    fn push_missing(
        &self,
        segment: usize,
        field: &Field,
        spec: &Spec,
        record: &Record<'_>,
        out: &mut LineBuf,
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
        out: &mut LineBuf,
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
        LineBuf::with(|text| {
            escape::push(text, &value.unwrap_or_default(), self.multiline);
            spec.push_instead(text.as_str(), out);
        });
        Ok(())
    }
}

#[cold]
fn missing(field: &Field) -> Error {
    let name = field.name();
    if let Field::Place(_) = field {
        let message = format!("a record has no place {name}");
        return Error::new(ErrorKind::FieldType, message);
    }
    let near = near_field(name).map(|near| format!(" (did you mean {near:?}?)"));
    let message = format!(
        "the template names {name:?}, which the record does not have{}",
        near.unwrap_or_default()
    );
    Error::new(ErrorKind::MissingField, message)
}
