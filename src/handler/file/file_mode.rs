//! What becomes of a file that is there: [`FileMode`].

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// What a handler does with a file that is there when it first opens it.
///
/// Whatever the mode, the handler appends from then on: when it opens its file again, after a
/// rotation or a `reopen`, nothing is emptied or refused.
///
/// # Python
/// The argument `mode` of the handlers of files: `a`, `w` and `x`, each with `b`, `t` or `+` after
/// it, which change nothing here.
///
/// # Examples
/// ```
/// use logtree::handler::FileMode;
///
/// assert_eq!("a+".parse::<FileMode>()?, FileMode::Append);
/// assert_eq!("wb".parse::<FileMode>()?, FileMode::Truncate);
/// assert_eq!(FileMode::CreateNew.to_string(), "x");
/// assert!("r".parse::<FileMode>().is_err());
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileMode {
    /// It is appended to. The default.
    #[default]
    Append,
    /// It is emptied.
    Truncate,
    /// It is refused: the file must be a new one. A handler that is dropped before its first record
    /// removes the file again, so that a configuration that fails is not in the way of the next.
    CreateNew,
}

impl FromStr for FileMode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (mode, rest) = match text.as_bytes() {
            [b'a', rest @ ..] => (Self::Append, rest),
            [b'w', rest @ ..] => (Self::Truncate, rest),
            [b'x', rest @ ..] => (Self::CreateNew, rest),
            _ => return Err(invalid(text)),
        };
        match rest {
            [] | [b'+' | b'b' | b't'] | [b'+', b'b' | b't'] | [b'b' | b't', b'+'] => Ok(mode),
            _ => Err(invalid(text)),
        }
    }
}

fn invalid(text: &str) -> Error {
    let message = format!(
        "invalid file mode {text:?}: expected \"a\", \"w\" or \"x\", with \"b\", \"t\" or \"+\" after it or without"
    );
    Error::new(ErrorKind::InvalidConfig, message)
}

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Append => "a",
            Self::Truncate => "w",
            Self::CreateNew => "x",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_as_python_reads_them() {
        for (letter, mode) in [
            ("a", FileMode::Append),
            ("w", FileMode::Truncate),
            ("x", FileMode::CreateNew),
        ] {
            for rest in ["", "+", "b", "t", "+b", "b+", "t+", "+t"] {
                assert_eq!(format!("{letter}{rest}").parse::<FileMode>().unwrap(), mode);
            }
        }
        for text in ["", "r", "r+", "aw", "a++", "abt", "A", "a ", "+a"] {
            assert!(text.parse::<FileMode>().is_err(), "{text:?}");
        }
    }
}
