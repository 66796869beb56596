//! Bytes as hex: [`HexDump`].

use std::fmt;

/// Displays bytes as hex, 16 per row, followed by the characters.
///
/// # Examples
/// ```
/// use logtree::client::HexDump;
///
/// let shown = HexDump(b"hello, world \x00\x01\x02\x03").to_string();
/// assert_eq!(
///     shown,
///     "00000000  68 65 6c 6c 6f 2c 20 77  6f 72 6c 64 20 00 01 02  |hello, world ...|\n\
///      00000010  03                                                |.|\n"
/// );
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HexDump<'b>(pub &'b [u8]);

impl fmt::Display for HexDump<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (row, bytes) in self.0.chunks(16).enumerate() {
            write!(f, "{:08x} ", row * 16)?;
            for place in 0..16 {
                f.write_str(if place == 8 { "  " } else { " " })?;
                match bytes.get(place) {
                    Some(byte) => write!(f, "{byte:02x}")?,
                    None => f.write_str("  ")?,
                }
            }
            f.write_str("  |")?;
            for byte in bytes {
                let shown = match byte {
                    b' '..=b'~' => char::from(*byte),
                    _ => '.',
                };
                write!(f, "{shown}")?;
            }
            f.write_str("|\n")?;
        }
        Ok(())
    }
}
