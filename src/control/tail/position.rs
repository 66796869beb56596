//! Where a tail was: [`Position`].

use std::fmt;
use std::str::FromStr;

/// The number of a record, and which endpoint counted: `BOOT-SEQ`, where `BOOT` differs from one
/// endpoint to the next, and so from process to process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::control) struct Position {
    pub(in crate::control) boot: u64,
    pub(in crate::control) seq: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.boot, self.seq)
    }
}

impl FromStr for Position {
    type Err = ();

    /// Reads what `Display` writes, and nothing else.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (boot, seq) = text.split_once('-').ok_or(())?;
        let position = Self {
            boot: u64::from_str_radix(boot, 16).map_err(|_| ())?,
            seq: seq.parse().map_err(|_| ())?,
        };
        // Not `+1`, `00001` or capitals.
        if position.to_string() == text {
            Ok(position)
        } else {
            Err(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_its_own_form_is_read() {
        for text in [
            "",
            "-",
            "1-1",
            "0000000000000001",
            "0000000000000001-",
            "0000000000000001-+1",
            "0000000000000001-01",
            "000000000000000A-1",
            "+000000000000001-1",
            "0000000000000001-18446744073709551616",
            " 0000000000000001-1",
        ] {
            assert_eq!(text.parse::<Position>(), Err(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(boot: u64, seq: u64) {
            let position = Position { boot, seq };
            prop_assert_eq!(position.to_string().parse(), Ok(position));
        }
    }
}
