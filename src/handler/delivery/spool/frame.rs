//! How an entry stands in a segment: [`encode`] and [`decode`].
//!
//! ```text
//! length u32 | CRC-32 u32 | sequence u64 | time i64 | level u16 | flags u8
//! name length u32 | name | payload
//! ```
//! All numbers are little-endian. The length counts what follows the CRC, which is of the length
//! and all that follows it.

use crate::handler::delivery::entry::Entry;
use crate::level::Level;
use crate::time::Timestamp;

/// What stands before the part that the length counts.
const PREFIX: usize = 8;
/// What has a fixed length in that part.
const FIXED: usize = 8 + 8 + 2 + 1 + 4;

/// Appends the frame of an entry.
pub(super) fn encode(entry: &Entry, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0; PREFIX]);
    out.extend_from_slice(&entry.sequence.to_le_bytes());
    out.extend_from_slice(&entry.time.as_nanos().to_le_bytes());
    out.extend_from_slice(&entry.level.number().to_le_bytes());
    out.push(u8::from(entry.is_counted));
    let name = entry.logger.as_bytes();
    out.extend_from_slice(&u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(name);
    out.extend_from_slice(&entry.payload);
    let length = u32::try_from(out.len() - start - PREFIX).unwrap_or(u32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    let sum = checksum(length, &out[start + PREFIX..]);
    out[start + 4..start + PREFIX].copy_from_slice(&sum.to_le_bytes());
}

/// How long the frame of an entry is.
pub(super) fn length(entry: &Entry) -> usize {
    PREFIX + FIXED + entry.logger.len() + entry.payload.len()
}

/// Reads the frame at the start of these bytes; returns the entry and the frame's length. `None` if
/// there is none, or not the whole of it.
pub(super) fn decode(bytes: &[u8], boot: u64) -> Option<(Entry, usize)> {
    let (length, rest) = number(bytes)?;
    let (sum, rest) = number(rest)?;
    let body = rest.get(..length as usize)?;
    if length as usize >= FIXED && checksum(length, body) == sum {
        let entry = entry(body, boot)?;
        return Some((entry, PREFIX + body.len()));
    }
    None
}

fn entry(body: &[u8], boot: u64) -> Option<Entry> {
    let (sequence, body) = body.split_first_chunk()?;
    let (time, body) = body.split_first_chunk()?;
    let (level, body) = body.split_first_chunk()?;
    let (flags, body) = body.split_first()?;
    let (name, body) = number(body)?;
    let (name, payload) = body.split_at_checked(name as usize)?;
    Some(Entry {
        boot,
        sequence: u64::from_le_bytes(*sequence),
        level: Level::new(u16::from_le_bytes(*level)),
        time: Timestamp::from_nanos(i64::from_le_bytes(*time)),
        logger: std::str::from_utf8(name).ok()?.into(),
        payload: payload.to_vec(),
        is_counted: *flags != 0,
    })
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

fn checksum(length: u32, body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(body);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Entry {
        let time = Timestamp::from_nanos(1_700_000_000_123_456_789);
        let mut entry = Entry::new(Level::WARNING, time, "boto3.ß", &b"a payload\0\n"[..]);
        entry.sequence = 7;
        entry.boot = 9;
        entry
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let mut bytes = Vec::new();
        encode(&sample(), &mut bytes);
        assert_eq!(bytes.len(), length(&sample()));
        bytes.extend_from_slice(b"what follows");
        let whole = bytes.len() - 12;
        assert_eq!(decode(&bytes, 9), Some((sample(), whole)));
    }

    #[test]
    fn no_damaged_frame_is_read() {
        let mut bytes = Vec::new();
        encode(&sample(), &mut bytes);
        for length in 0..bytes.len() {
            assert_eq!(decode(&bytes[..length], 9), None, "cut at {length}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(&damaged, 9), None, "bit {bit} flipped");
        }
        assert_eq!(decode(&[0; 64], 9), None);
    }
}
