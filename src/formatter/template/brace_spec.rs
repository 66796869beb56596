//! Values in the `{` style: [`BraceSpec`].

use crate::error::Error;
use crate::formatter::template::field::Field;
use crate::formatter::template::number::{self, FloatForm, Sign};
use crate::formatter::template::value::{
    Align, MAX_WIDTH, TOO_WIDE, cut, plain, push_padded, repr, unfit,
};
use crate::record::Scalar;
use crate::text::line_buf::LineBuf;

/// Returns the text of a field that a specification names: `{message:{width}}`.
pub(crate) type Lookup<'l> = &'l dyn Fn(&Field) -> Result<String, Error>;

/// How a value is written, by Python's format specification.
#[derive(Clone, Debug, Default)]
pub(crate) struct BraceSpec {
    /// `!r`, `!s` or `!a`.
    conversion: Option<u8>,
    /// Whether there is nothing after the colon: then the value is written as it is.
    empty: bool,
    /// The specification itself, if it names fields of the record: `{message:{width}}`. Then it is
    /// parsed for each record, and what is below is only its check.
    nested: Option<Box<str>>,
    fill: Option<char>,
    align: Option<Align>,
    sign: Option<Sign>,
    alternate: bool,
    zero: bool,
    width: Option<usize>,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<u8>,
}

impl BraceSpec {
    /// Returns the specification after a field's name, `None` if values are written as they are.
    pub(super) fn new(conversion: Option<u8>, specification: &str) -> Result<Option<Self>, String> {
        let mut spec = Self {
            conversion,
            empty: specification.is_empty(),
            ..Self::default()
        };
        if spec.empty && conversion.is_none() {
            return Ok(None);
        }
        spec.parse(specification)?;
        Ok(Some(spec))
    }

    fn parse(&mut self, text: &str) -> Result<(), String> {
        let align_of = |c: char| {
            Some(match c {
                '<' => Align::Left,
                '>' => Align::Right,
                '^' => Align::Center,
                '=' => Align::AfterSign,
                _ => return None,
            })
        };
        let bad = || format!("bad specification {text:?}");
        let mut rest = text;
        let mut characters = rest.chars();
        let (first, second) = (characters.next(), characters.next());
        if let (Some(fill), Some(align)) = (first, second.and_then(align_of)) {
            (self.fill, self.align) = (Some(fill), Some(align));
            rest = characters.as_str();
        } else if let Some(align) = first.and_then(align_of) {
            self.align = Some(align);
            rest = &rest[1..];
        }
        for (character, sign) in [
            ('+', Sign::Always),
            ('-', Sign::Negative),
            (' ', Sign::Space),
        ] {
            if self.sign.is_none() && rest.starts_with(character) {
                self.sign = Some(sign);
                rest = &rest[1..];
            }
        }
        for (character, flag) in [('#', &mut self.alternate), ('0', &mut self.zero)] {
            if let Some(after) = rest.strip_prefix(character) {
                *flag = true;
                rest = after;
            }
        }
        self.width = self.parse_count(&mut rest)?;
        if let Some(grouping) = rest.chars().next().filter(|c| matches!(c, ',' | '_')) {
            self.grouping = Some(grouping);
            rest = &rest[1..];
        }
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            self.precision = self.parse_count(&mut rest)?;
            if self.precision.is_none() {
                return Err(bad());
            }
        }
        let mut bytes = rest.bytes();
        if let Some(kind) = bytes.next() {
            if !b"bcdeEfFgGnosxXBCDNOS%".contains(&kind) {
                return Err(bad());
            }
            self.kind = Some(kind);
        }
        if bytes.next().is_some() {
            return Err(bad());
        }
        self.nested = self.nested.is_some().then(|| text.into());
        Ok(())
    }

    /// Parses digits, or a field in braces.
    fn parse_count(&mut self, rest: &mut &str) -> Result<Option<usize>, String> {
        if let Some(after) = rest.strip_prefix('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or("a field in the specification is not closed")?;
            if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return Err(format!("{name:?} is no field name"));
            }
            *rest = after;
            self.nested = Some("".into());
            return Ok(Some(0));
        }
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        *rest = after;
        match digits.parse() {
            Ok(count) if count <= MAX_WIDTH => Ok(Some(count)),
            Err(_) if digits.is_empty() => Ok(None),
            _ => Err(TOO_WIDE.to_owned()),
        }
    }

    /// Returns the specification with the fields replaced by their values.
    #[cold]
    fn filled_in(&self, nested: &str, lookup: Lookup<'_>) -> Result<Self, Error> {
        let mut text = String::new();
        let mut rest = nested;
        while let Some((before, inside)) = rest.split_once('{') {
            let (name, after) = inside.split_once('}').unwrap_or((inside, ""));
            text.push_str(before);
            text.push_str(&lookup(&Field::of_name(name))?);
            rest = after;
        }
        text.push_str(rest);
        let mut spec = Self {
            conversion: self.conversion,
            empty: text.is_empty(),
            ..Self::default()
        };
        spec.parse(&text).map_err(unfit)?;
        if spec.nested.is_some() {
            Err(unfit("a field's value holds another field"))
        } else {
            Ok(spec)
        }
    }

    pub(super) fn writes_text(&self) -> bool {
        matches!(
            (self.conversion, self.empty),
            (Some(b's'), _) | (None, true)
        )
    }

    pub(super) fn push_instead(&self, text: &str, out: &mut LineBuf) {
        let align = match self.align {
            None | Some(Align::AfterSign) => Align::Left,
            Some(align) => align,
        };
        push_padded(
            out,
            text,
            self.width.unwrap_or(0),
            self.fill.unwrap_or(' '),
            align,
        );
    }

    pub(super) fn push(
        &self,
        value: Scalar<'_>,
        lookup: Lookup<'_>,
        out: &mut LineBuf,
    ) -> Result<(), Error> {
        if self.grouping.is_some() && self.kind == Some(b'n') {
            return Err(unfit("the kind n has its own separators"));
        }
        if let Some(nested) = &self.nested {
            return self.filled_in(nested, lookup)?.push(value, lookup, out);
        }
        if self.conversion.is_some_and(|conversion| conversion != b's') {
            return self.push_text(&repr(value, self.conversion == Some(b'a')), out);
        }
        match value {
            Scalar::Text(text) => self.push_text(text, out),
            _ if self.conversion.is_some() || self.empty => self.push_text(&plain(value), out),
            Scalar::Other(_) => self.push_text(&plain(value), out),
            Scalar::Null => Err(unfit("None takes no format specification")),
            Scalar::Float(number) => self.push_float(number, out),
            _ => match (number::whole(value), self.kind) {
                (Some(number), None | Some(b'b' | b'd' | b'o' | b'x' | b'X' | b'n' | b'c')) => {
                    self.push_whole(number, out)
                }
                _ => {
                    let number = number::float(value)
                        .ok_or_else(|| unfit("the number is too large to be written"))?;
                    self.push_float(number, out)
                }
            },
        }
    }

    fn push_text(&self, text: &str, out: &mut LineBuf) -> Result<(), Error> {
        let numeric = self.sign.is_some() || self.alternate || self.grouping.is_some();
        if numeric
            || !matches!(self.kind, None | Some(b's'))
            || self.align == Some(Align::AfterSign)
        {
            return Err(unfit(
                "the specification is for numbers, the value is a string",
            ));
        }
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let align = self.align.unwrap_or(Align::Left);
        push_padded(
            out,
            cut(text, self.precision),
            self.width.unwrap_or(0),
            fill,
            align,
        );
        Ok(())
    }

    fn push_whole(&self, number: i128, out: &mut LineBuf) -> Result<(), Error> {
        if self.precision.is_some() {
            return Err(unfit("a whole number takes no precision"));
        }
        let size = number.unsigned_abs();
        let (digits, prefix) = match self.kind {
            Some(b'c') => {
                if self.sign.is_some() || self.grouping.is_some() || self.alternate {
                    return Err(unfit("a character takes no sign, separators or other form"));
                }
                let character = u32::try_from(number).ok().and_then(char::from_u32);
                let character =
                    character.ok_or_else(|| unfit("the number is not that of a character"))?;
                return self.push_number(
                    false,
                    "",
                    character.encode_utf8(&mut [0; 4]),
                    "",
                    true,
                    out,
                );
            }
            Some(b'b') => (format!("{size:b}"), "0b"),
            Some(b'o') => (format!("{size:o}"), "0o"),
            Some(b'x') => (format!("{size:x}"), "0x"),
            Some(b'X') => (format!("{size:X}"), "0X"),
            _ => (size.to_string(), ""),
        };
        if self.grouping == Some(',') && !prefix.is_empty() {
            return Err(unfit("the kind of number takes no such separator"));
        }
        let prefix = if self.alternate { prefix } else { "" };
        self.push_number(number < 0, prefix, &digits, "", true, out)
    }

    fn push_float(&self, number: f64, out: &mut LineBuf) -> Result<(), Error> {
        let size = number.abs();
        let text = match (self.kind, self.precision) {
            (None, None) => {
                let mut text = plain(Scalar::Float(size));
                if self.alternate && !text.contains('.') {
                    let exponent = text.find('e').unwrap_or(text.len());
                    text.insert(exponent, '.');
                }
                text
            }
            (None, Some(precision)) => {
                FloatForm::general_with_point(precision, self.alternate).text(size)
            }
            (Some(b'%'), precision) => {
                let percent =
                    FloatForm::of(b'f', precision.unwrap_or(6), self.alternate).text(size * 100.0);
                format!("{percent}%")
            }
            (Some(b'n'), precision) => {
                FloatForm::of(b'g', precision.unwrap_or(6), self.alternate).text(size)
            }
            (Some(kind @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G')), precision) => {
                FloatForm::of(kind, precision.unwrap_or(6), self.alternate).text(size)
            }
            (Some(kind), _) => {
                return Err(unfit(format_args!(
                    "the kind {:?} cannot write this number",
                    char::from(kind)
                )));
            }
        };
        let whole = text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = text.split_at(whole);
        let negative = number.is_sign_negative() && !number.is_nan();
        self.push_number(negative, "", whole, rest, false, out)
    }

    /// Joins sign, prefix, grouped digits and what follows them, and pads the result.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the end of functions that can fail"
    )]
    fn push_number(
        &self,
        negative: bool,
        prefix: &str,
        whole: &str,
        rest: &str,
        is_whole: bool,
        out: &mut LineBuf,
    ) -> Result<(), Error> {
        let width = self.width.unwrap_or(0);
        let sign = self.sign.unwrap_or(Sign::Negative).text(negative);
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let align = self.align.unwrap_or(if self.zero {
            Align::AfterSign
        } else {
            Align::Right
        });
        let every = if is_whole && matches!(self.kind, Some(b'b' | b'o' | b'x' | b'X')) {
            4
        } else {
            3
        };
        let front = sign.len() + prefix.len();
        let mut digits = whole.to_owned();
        if align == Align::AfterSign && fill == '0' {
            // Zeros are digits, and grouped as well.
            let target = width.saturating_sub(front + rest.len());
            while number::grouped_len(&digits, self.grouping, every) < target {
                digits.insert(0, '0');
            }
        }
        let digits = number::grouped(&digits, self.grouping, every);
        if align == Align::AfterSign {
            out.push_str(sign);
            out.push_str(prefix);
            push_padded(
                out,
                &format!("{digits}{rest}"),
                width.saturating_sub(front),
                fill,
                Align::Right,
            );
        } else {
            push_padded(
                out,
                &format!("{sign}{prefix}{digits}{rest}"),
                width,
                fill,
                align,
            );
        }
        Ok(())
    }
}
