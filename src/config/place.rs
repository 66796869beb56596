//! Where something is in a document: [`Place`].

/// Where something is in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// Not in a text.
    #[default]
    Nowhere,
    /// At a byte, counted from the start. Lines are counted only for what is reported.
    Byte(usize),
    /// At a line and column, both from 1.
    #[cfg(feature = "config-yaml")]
    Line(usize, usize),
}

impl Place {
    /// Returns the line and the column, from 1.
    pub(super) fn position(self, text: &str) -> Option<(usize, usize)> {
        match self {
            Self::Nowhere => None,
            #[cfg(feature = "config-yaml")]
            Self::Line(line, column) => {
                // The parser counts in its own way: limited to the text's extent.
                let lines = text.split('\n').count();
                let column = if line > lines { usize::MAX } else { column };
                let line = line.clamp(1, lines);
                let text = text.split('\n').nth(line - 1).unwrap_or_default();
                Some((line, column.clamp(1, text.chars().count() + 1)))
            }
            Self::Byte(byte) => {
                let before = &text.as_bytes()[..byte.min(text.len())];
                let line_start = before.iter().rposition(|&byte| byte == b'\n');
                let line_start = line_start.map_or(0, |at| at + 1);
                let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
                let characters = String::from_utf8_lossy(&before[line_start..])
                    .chars()
                    .count();
                Some((line, characters + 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\nbé c";
        assert_eq!(Place::Byte(0).position(text), Some((1, 1)));
        assert_eq!(Place::Byte(2).position(text), Some((2, 1)));
        assert_eq!(Place::Byte(6).position(text), Some((2, 4)));
        assert_eq!(Place::Byte(99).position(text), Some((2, 5)));
    }
}
