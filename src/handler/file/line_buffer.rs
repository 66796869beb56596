//! Lines that are still to be written.

/// Lines that are still to be written, and where each record ends in them: a record may have
/// several lines.
#[derive(Debug, Default)]
pub(super) struct LineBuffer {
    lines: Vec<u8>,
    /// Ascending; the last one is the length of the lines.
    ends: Vec<usize>,
    /// What was written of them last ended in the middle of a line.
    is_cut: bool,
}

impl LineBuffer {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.lines
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether they go on with a line that was begun.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// How many records are in it, those that were written in part among them.
    pub(super) fn records(&self) -> u64 {
        self.ends.len() as u64
    }

    pub(super) fn push(&mut self, record: &[u8], reserve: usize) {
        if self.lines.capacity() == 0 {
            self.lines.reserve_exact(reserve);
        }
        self.lines.extend_from_slice(record);
        self.ends.push(self.lines.len());
    }

    /// Forgets the first bytes, which were written.
    pub(super) fn wrote(&mut self, bytes: usize) {
        if let Some(last) = self.lines[..bytes].last() {
            self.is_cut = *last != b'\n';
        }
        let records = self.ends.partition_point(|end| *end <= bytes);
        self.ends.drain(..records);
        for end in &mut self.ends {
            *end -= bytes;
        }
        self.lines.drain(..bytes);
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.ends.clear();
        self.is_cut = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_whole() {
        let mut buffer = LineBuffer::default();
        for record in ["one\n", "two\nof two lines\n", "three\n"] {
            buffer.push(record.as_bytes(), 0);
        }
        let mut left = Vec::new();
        for bytes in [3, 1, 4, 13, 0, 5, 1] {
            buffer.wrote(bytes);
            left.push((buffer.records(), buffer.is_cut()));
        }
        let cut = true;
        let expected = [
            (3, cut),
            (2, !cut),
            (2, !cut),
            (1, !cut),
            (1, !cut),
            (1, cut),
            (0, !cut),
        ];
        assert_eq!(left, expected);
        assert!(buffer.is_empty());
    }
}
