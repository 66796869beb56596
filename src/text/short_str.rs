//! Strings of a fixed size: [`ShortStr`].

/// A string of at most `N` bytes that always occupies `N`, so that it is appended to a line by one
/// copy of a fixed size instead of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortStr<const N: usize> {
    pub(super) bytes: [u8; N],
    pub(super) len: u8,
}

impl<const N: usize> ShortStr<N> {
    pub(crate) const EMPTY: Self = Self {
        bytes: [0; N],
        len: 0,
    };

    /// Takes ASCII characters.
    pub(crate) const fn of_ascii(bytes: [u8; N], len: usize) -> Self {
        debug_assert!(len <= N && N <= u8::MAX as usize);
        #[expect(clippy::cast_possible_truncation, reason = "at most N, which fits")]
        let len = len as u8;
        Self { bytes, len }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Returns `None` for a string that is too long.
    pub(crate) const fn new(text: &str) -> Option<Self> {
        let (mut short, mut at) = (Self::EMPTY, 0);
        if text.len() > N || N > u8::MAX as usize {
            return None;
        }
        while at < text.len() {
            short.bytes[at] = text.as_bytes()[at];
            at += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most N, which fits")]
        let len = at as u8;
        short.len = len;
        Some(short)
    }
}
