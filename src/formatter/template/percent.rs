//! The `%` style: `%(name)[flags][width][.precision]conversion`.

use crate::error::Error;
use crate::formatter::template::field::Field;
use crate::formatter::template::number::{self, FloatForm, Sign};
use crate::formatter::template::{
    Align, MAX_WIDTH, Segments, cut, invalid_at, push_padded, repr, unfit,
};
use crate::record::Scalar;
use crate::text::Text;

/// How a value is written, as `printf` has it (statements 58 and 59).
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    left: bool,
    zero: bool,
    alternate: bool,
    sign: Sign,
    width: usize,
    precision: Option<usize>,
    conversion: u8,
}

pub(super) fn parse(template: &str) -> Result<Segments, Error> {
    let mut segments = Segments::default();
    let mut rest = template;
    while let Some(percent) = rest.find('%') {
        segments.literal(&rest[..percent]);
        let at = template.len() - rest.len() + percent;
        rest = &rest[percent + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            segments.literal("%");
            rest = behind;
            continue;
        }
        let Some((name, behind)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'))
        else {
            return Err(invalid_at(
                template,
                at,
                "expected %(name) and a conversion, or %% for a percent sign",
            ));
        };
        let (spec, len) = Spec::parse(behind).map_err(|(offset, why)| {
            invalid_at(template, template.len() - behind.len() + offset, why)
        })?;
        rest = &behind[len..];
        let names_field = segments.names_field;
        if spec.is_plain() {
            segments.field(Field::of_name(name), super::Spec::Plain);
        } else {
            segments.field(Field::of_name(name), super::Spec::Percent(spec));
        }
        let after_point = behind[..len].split_once('.').map(|(_, after)| after);
        if after_point.is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_digit())) {
            // As in Python, where a point alone is written but does not pass for a field's.
            segments.names_field = names_field;
        }
    }
    segments.literal(rest);
    Ok(segments)
}

impl Spec {
    /// Reads flags, width, precision and conversion; answers with the length read, or the place and the reason.
    fn parse(text: &str) -> Result<(Self, usize), (usize, &'static str)> {
        let bytes = text.as_bytes();
        let mut spec = Self {
            left: false,
            zero: false,
            alternate: false,
            sign: Sign::Negative,
            width: 0,
            precision: None,
            conversion: 0,
        };
        let mut at = 0;
        while let Some(flag) = bytes.get(at) {
            match flag {
                b'-' => spec.left = true,
                b'0' => spec.zero = true,
                b'#' => spec.alternate = true,
                b'+' => spec.sign = Sign::Always,
                b' ' if spec.sign == Sign::Negative => spec.sign = Sign::Space,
                b' ' => {}
                _ => break,
            }
            at += 1;
        }
        let number = |at: &mut usize| {
            let start = *at;
            while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
                *at += 1;
            }
            match text[start..*at].parse::<usize>() {
                Ok(number) if number <= MAX_WIDTH => Ok(Some(number)),
                Err(_) if start == *at => Ok(None),
                _ => Err((start, "widths and precisions end at 1024")),
            }
        };
        spec.width = number(&mut at)?.unwrap_or(0);
        if bytes.get(at) == Some(&b'.') {
            at += 1;
            // As in C: a point alone is a precision of 0.
            spec.precision = number(&mut at)?.or(Some(0));
        }
        match bytes.get(at) {
            Some(&conversion) if b"diouxXeEfFgGcrsa".contains(&conversion) => {
                spec.conversion = conversion;
                Ok((spec, at + 1))
            }
            // A conversion that was forgotten: the next percent sign is not part of the field.
            Some(b'%') => Err((
                at,
                "unsupported format character '%', expected a conversion such as s",
            )),
            Some(b'*') => Err((at, "a width cannot be taken from an argument")),
            Some(_) => Err((
                at,
                "expected a conversion, one of d i o u x X e E f F g G c r s a",
            )),
            None => Err((at, "a conversion is missing")),
        }
    }

    fn is_plain(&self) -> bool {
        self.conversion == b's' && self.width == 0 && self.precision.is_none()
    }

    pub(super) fn writes_text(&self) -> bool {
        self.conversion == b's'
    }

    pub(super) fn push_instead(&self, text: &str, out: &mut Text) {
        push_padded(out, text, self.width, ' ', self.align());
    }

    pub(super) fn push(&self, value: Scalar<'_>, out: &mut Text) -> Result<(), Error> {
        let conversion = char::from(self.conversion);
        match self.conversion {
            b's' => match value {
                Scalar::Text(text) => self.push_text(text, out),
                other => {
                    self.push_text(&super::plain(other), out);
                }
            },
            b'r' | b'a' => self.push_text(&repr(value, self.conversion == b'a'), out),
            b'c' => match value {
                Scalar::Text(text) if text.chars().count() == 1 => self.push_character(text, out),
                _ => {
                    let character =
                        number::whole(value).and_then(|n| char::from_u32(u32::try_from(n).ok()?));
                    let character = character
                        .ok_or_else(|| unfit("%c requires a character or the number of one"))?;
                    self.push_character(character.encode_utf8(&mut [0; 4]), out);
                }
            },
            b'd' | b'i' | b'u' => {
                let number = number::truncated(value);
                let number =
                    number.ok_or_else(|| unfit(format_args!("%{conversion} requires a number")))?;
                self.push_digits(number < 0, "", number.unsigned_abs().to_string(), out);
            }
            b'o' | b'x' | b'X' => {
                let number = number::whole(value);
                let number = number
                    .ok_or_else(|| unfit(format_args!("%{conversion} requires a whole number")))?;
                let (digits, prefix) = match self.conversion {
                    b'o' => (format!("{:o}", number.unsigned_abs()), "0o"),
                    b'x' => (format!("{:x}", number.unsigned_abs()), "0x"),
                    _ => (format!("{:X}", number.unsigned_abs()), "0X"),
                };
                self.push_digits(
                    number < 0,
                    if self.alternate { prefix } else { "" },
                    digits,
                    out,
                );
            }
            _ => {
                let number = number::float(value);
                let number =
                    number.ok_or_else(|| unfit(format_args!("%{conversion} requires a number")))?;
                let form =
                    FloatForm::of(self.conversion, self.precision.unwrap_or(6), self.alternate);
                self.push_number(
                    number.is_sign_negative() && !number.is_nan(),
                    "",
                    &form.text(number.abs()),
                    number.is_finite(),
                    out,
                );
            }
        }
        Ok(())
    }

    fn push_text(&self, text: &str, out: &mut Text) {
        push_padded(
            out,
            cut(text, self.precision),
            self.width,
            ' ',
            self.align(),
        );
    }

    /// A character is never cut.
    fn push_character(&self, character: &str, out: &mut Text) {
        push_padded(out, character, self.width, ' ', self.align());
    }

    fn align(&self) -> Align {
        if self.left { Align::Left } else { Align::Right }
    }

    fn push_digits(&self, negative: bool, prefix: &str, mut digits: String, out: &mut Text) {
        if let Some(precision) = self.precision {
            digits.insert_str(0, &"0".repeat(precision.saturating_sub(digits.len())));
        }
        self.push_number(negative, prefix, &digits, true, out);
    }

    fn push_number(
        &self,
        negative: bool,
        prefix: &str,
        digits: &str,
        may_fill: bool,
        out: &mut Text,
    ) {
        let sign = self.sign.text(negative);
        let zeros = if self.zero && !self.left && may_fill {
            self.width
                .saturating_sub(sign.len() + prefix.len() + digits.len())
        } else {
            0
        };
        let number = format!("{sign}{prefix}{}{digits}", "0".repeat(zeros));
        push_padded(out, &number, self.width, ' ', self.align());
    }
}
