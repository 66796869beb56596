//! What follows the name of a file that is rotated by time: [`Suffix`].

use std::borrow::Cow;

use crate::error::{Error, ErrorKind};
use crate::handler::file::when::When;

/// A format of times, for `strftime`, whose texts have one length, sort as their times do, and can
/// be told from other names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suffix {
    format: Cow<'static, str>,
    /// The texts, with zeros for digits.
    shape: Cow<'static, str>,
}

/// The fields that a format may have, from the first one on.
const FIELDS: [char; 6] = ['Y', 'm', 'd', 'H', 'M', 'S'];

impl Suffix {
    /// Returns Python's for an interval.
    pub(super) fn of(when: When) -> Self {
        let (format, shape) = match when {
            When::Second => ("%Y-%m-%d_%H-%M-%S", "0000-00-00_00-00-00"),
            When::Minute => ("%Y-%m-%d_%H-%M", "0000-00-00_00-00"),
            When::Hour => ("%Y-%m-%d_%H", "0000-00-00_00"),
            When::Day | When::Midnight | When::Weekday(_) => ("%Y-%m-%d", "0000-00-00"),
        };
        Self {
            format: format.into(),
            shape: shape.into(),
        }
    }

    /// Returns the suffix of a format.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRollover`] if its texts would not differ between intervals, not sort, or
    /// not be recognized.
    pub(super) fn new(format: &str, when: When) -> Result<Self, Error> {
        let invalid = |what: &str| {
            let message = format!("invalid suffix {format:?}: {what}");
            Err(Error::new(ErrorKind::InvalidRollover, message))
        };
        let needed = match when {
            When::Second => 6,
            When::Minute => 5,
            When::Hour => 4,
            When::Day | When::Midnight | When::Weekday(_) => 3,
        };
        let mut shape = String::new();
        let (mut fields, mut ends_with_a_field) = (0, false);
        let mut characters = format.chars();
        while let Some(character) = characters.next() {
            ends_with_a_field = character == '%';
            match character {
                '%' if characters.next() == FIELDS.get(fields).copied() => {
                    shape += if fields == 0 { "0000" } else { "00" };
                    fields += 1;
                }
                '%' => return invalid("expected %Y, %m, %d, %H, %M and %S in this order"),
                '-' | '_' | '.' => shape.push(character),
                _ if character.is_ascii_alphabetic() => shape.push(character),
                _ => return invalid("expected letters, '-', '_' and '.' between the fields"),
            }
        }
        if fields < needed {
            let last = FIELDS[needed - 1];
            return invalid(&format!("expected the fields from %Y to %{last}"));
        }
        if !ends_with_a_field {
            return invalid("expected a field at its end");
        }
        Ok(Self {
            format: format.to_owned().into(),
            shape: shape.into(),
        })
    }

    /// Returns the format of its texts, for `strftime`.
    pub(super) fn format(&self) -> &str {
        &self.format
    }

    /// Returns the length of its texts.
    pub(super) fn len(&self) -> usize {
        self.shape.len()
    }

    /// Reports whether a text is one of its texts.
    pub(super) fn is_text(&self, text: &str) -> bool {
        text.len() == self.shape.len()
            && text
                .bytes()
                .zip(self.shape.bytes())
                .all(|(byte, like)| match like {
                    b'0' => byte.is_ascii_digit(),
                    _ => byte == like,
                })
    }
}

/// Checks a format for an interval.
///
/// # Errors
/// Those of [`Suffix::new`].
#[cfg(feature = "config")]
pub(crate) fn check_suffix(format: &str, when: When) -> Result<(), Error> {
    Suffix::new(format, when).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_recognised_whole() {
        let hour = Suffix::of(When::Hour);
        assert!(hour.is_text("2024-02-29_12"));
        for text in [
            "2024-02-29",
            "2024-02-29_1",
            "2024-02-29_123",
            "2024-02-29-12",
            "2024-02-2x_12",
            "é024-02-29_1",
        ] {
            assert!(!hour.is_text(text), "{text}");
        }
        let own = Suffix::new("%Y%m%dT%H", When::Hour).unwrap();
        assert!(own.is_text("20240229T12") && !own.is_text("2024-02-29_12"));
        assert_eq!(own.len(), 11);
    }

    #[test]
    fn formats_must_sort_and_be_recognised() {
        for when in [When::Second, When::Minute, When::Hour, When::Day] {
            let own = Suffix::of(when);
            assert_eq!(Suffix::new(own.format(), when).unwrap(), own);
        }
        for (format, problem) in [
            (
                "%d-%m-%Y",
                "expected %Y, %m, %d, %H, %M and %S in this order",
            ),
            (
                "%Y%Y%m%d",
                "expected %Y, %m, %d, %H, %M and %S in this order",
            ),
            ("%Y-%j", "expected %Y, %m, %d, %H, %M and %S in this order"),
            (
                "%Y-%m-%d%",
                "expected %Y, %m, %d, %H, %M and %S in this order",
            ),
            (
                "%Y/%m/%d",
                "expected letters, '-', '_' and '.' between the fields",
            ),
            (
                "0%Y%m%d",
                "expected letters, '-', '_' and '.' between the fields",
            ),
            ("%Y-%m", "expected the fields from %Y to %d"),
            ("", "expected the fields from %Y to %d"),
            ("%Y%m%d.gz", "expected a field at its end"),
        ] {
            let error = Suffix::new(format, When::Midnight).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRollover);
            assert_eq!(
                error.to_string(),
                format!("invalid suffix {format:?}: {problem}")
            );
        }
        let error = Suffix::new("%Y%m%d", When::Hour).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("expected the fields from %Y to %H")
        );
    }
}
