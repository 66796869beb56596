//! Values in the `%` style: [`PercentSpec`].

use crate::error::Error;
use crate::formatter::template::number::{self, FloatForm, Sign};
use crate::formatter::template::value::{
    Align, MAX_WIDTH, TOO_WIDE, cut, plain, push_padded, repr, unfit,
};
use crate::record::Scalar;
use crate::text::line_buf::LineBuf;

/// How a value is written, as by Python's `%` operator.
#[derive(Clone, Debug)]
pub(crate) struct PercentSpec {
    left: bool,
    zero: bool,
    alternate: bool,
    sign: Sign,
    width: usize,
    precision: Option<usize>,
    conversion: u8,
}

impl PercentSpec {
    /// Parses flags, width, precision and conversion. Returns the length parsed as well, or the
    /// position and the reason of an error.
    pub(super) fn parse(text: &str) -> Result<(Self, usize), (usize, &'static str)> {
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
                _ => Err((start, TOO_WIDE)),
            }
        };
        spec.width = number(&mut at)?.unwrap_or(0);
        if bytes.get(at) == Some(&b'.') {
            at += 1;
            // As in C, a point alone is a precision of 0.
            spec.precision = number(&mut at)?.or(Some(0));
        }
        match bytes.get(at) {
            Some(&conversion) if b"diouxXeEfFgGcrsa".contains(&conversion) => {
                spec.conversion = conversion;
                Ok((spec, at + 1))
            }
            // A conversion is missing: the next percent sign is not part of the field.
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

    /// Reports whether it writes values as they are.
    pub(super) fn is_plain(&self) -> bool {
        self.conversion == b's' && self.width == 0 && self.precision.is_none()
    }

    pub(super) fn writes_text(&self) -> bool {
        self.conversion == b's'
    }

    pub(super) fn push_instead(&self, text: &str, out: &mut LineBuf) {
        push_padded(out, text, self.width, ' ', self.align());
    }

    pub(super) fn push(&self, value: Scalar<'_>, out: &mut LineBuf) -> Result<(), Error> {
        let conversion = char::from(self.conversion);
        match self.conversion {
            b's' => match value {
                Scalar::Text(text) => self.push_text(text, out),
                other => {
                    self.push_text(&plain(other), out);
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

    fn push_text(&self, text: &str, out: &mut LineBuf) {
        push_padded(
            out,
            cut(text, self.precision),
            self.width,
            ' ',
            self.align(),
        );
    }

    /// Appends a character, which is never truncated.
    fn push_character(&self, character: &str, out: &mut LineBuf) {
        push_padded(out, character, self.width, ' ', self.align());
    }

    fn align(&self) -> Align {
        if self.left { Align::Left } else { Align::Right }
    }

    fn push_digits(&self, negative: bool, prefix: &str, mut digits: String, out: &mut LineBuf) {
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
        out: &mut LineBuf,
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
