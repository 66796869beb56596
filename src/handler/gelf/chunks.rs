//! Messages in the datagrams of GELF: [`datagrams`].

/// What stands before the part of a message in each of its datagrams.
const HEAD: usize = 12;
const MAGIC: [u8; 2] = [0x1e, 0x0f];

/// How many datagrams a message has at most.
const MOST: usize = 128;

/// Returns the datagrams of a message, of up to so many bytes each; `None` if it is too large.
pub(super) fn datagrams(message: &[u8], id: u64, largest: usize) -> Option<Vec<Vec<u8>>> {
    if message.len() <= largest {
        return Some(vec![message.to_vec()]);
    }
    let parts = message.chunks(largest.saturating_sub(HEAD).max(1));
    let count = u8::try_from(parts.len())
        .ok()
        .filter(|count| usize::from(*count) <= MOST)?;
    let datagrams = (0..).zip(parts).map(|(number, part)| {
        let mut datagram = MAGIC.to_vec();
        datagram.extend_from_slice(&id.to_be_bytes());
        datagram.extend_from_slice(&[number, count]);
        datagram.extend_from_slice(part);
        datagram
    });
    Some(datagrams.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_at_most_128_datagrams() {
        let largest = 8192;
        let part = largest - HEAD;
        for (bytes, count) in [
            (0, Some(1)),
            (largest, Some(1)),
            (largest + 1, Some(2)),
            (2 * part, Some(2)),
            (2 * part + 1, Some(3)),
            (128 * part, Some(128)),
            (128 * part + 1, None),
            (129 * part, None),
            (300 * part, None),
        ] {
            let message: Vec<u8> = (0..bytes)
                .map(|at| u8::try_from(at % 251).unwrap())
                .collect();
            let made = datagrams(&message, 7, largest);
            assert_eq!(made.as_ref().map(Vec::len), count, "{bytes}");
            let Some(made) = made.filter(|made| made.len() > 1) else {
                continue;
            };
            let mut joined = Vec::new();
            for (number, datagram) in made.iter().enumerate() {
                assert!(datagram.len() <= largest);
                assert_eq!(datagram[..2], MAGIC);
                assert_eq!(datagram[2..10], 7_u64.to_be_bytes());
                assert_eq!(
                    (usize::from(datagram[10]), usize::from(datagram[11])),
                    (number, made.len())
                );
                joined.extend_from_slice(&datagram[HEAD..]);
            }
            assert_eq!(joined, message);
        }
    }
}
