//! What was sent last, in case the receiver never got it: [`Resend`].

use std::collections::VecDeque;
use std::time::Duration;

use crate::sys::host::Instant;
use crate::sys::process;

/// How long what was sent counts as recent.
const RECENT: Duration = Duration::from_secs(60);

/// Keeps the frames that were written last to a stream, up to a number of bytes.
///
/// TCP says nothing about what a receiver has read. A reset discards what it had not, and all of it
/// may be in here.
#[derive(Debug)]
pub(super) struct Resend {
    frames: VecDeque<(Instant, Box<[u8]>)>,
    bytes: usize,
    limit: usize,
    generation: u32,
}

impl Resend {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            frames: VecDeque::new(),
            bytes: 0,
            limit,
            generation: process::generation(),
        }
    }

    /// Adds a frame. The last one is kept whatever its size.
    pub(super) fn push(&mut self, frame: &[u8]) {
        if self.limit == 0 {
            return;
        }
        self.bytes += frame.len();
        self.frames.push_back((Instant::now(), frame.into()));
        while self.bytes > self.limit && self.frames.len() > 1 {
            if let Some((_, oldest)) = self.frames.pop_front() {
                self.bytes -= oldest.len();
            }
        }
    }

    /// Forgets what the receiver must have read: it has ended the connection in order, and that was
    /// sent long before.
    pub(super) fn keep_recent(&mut self) {
        while let Some((time, _)) = self.frames.front() {
            if time.elapsed() < RECENT {
                break;
            }
            if let Some((_, frame)) = self.frames.pop_front() {
                self.bytes -= frame.len();
            }
        }
    }

    /// Forgets what a parent process has sent: that is the parent's to send again.
    pub(super) fn keep_own(&mut self) {
        if self.generation != process::generation() {
            *self = Self::new(self.limit);
        }
    }

    /// Returns all of it, as it is sent again.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.bytes);
        for (_, frame) in &self.frames {
            bytes.extend_from_slice(frame);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_of_the_last_frames_are_kept_as_fit() {
        let mut resend = Resend::new(10);
        assert!(resend.bytes().is_empty());
        for frame in ["aaaa", "bbbb", "cc"] {
            resend.push(frame.as_bytes());
        }
        assert_eq!(resend.bytes(), b"aaaabbbbcc");
        resend.push(b"d");
        assert_eq!(resend.bytes(), b"bbbbccd");
        resend.push(b"eeeeeeeeeeeeeeeeeeee");
        assert_eq!(resend.bytes(), b"eeeeeeeeeeeeeeeeeeee");
        resend.push(b"f");
        assert_eq!(resend.bytes(), b"f");
        resend.keep_recent();
        resend.keep_own();
        assert_eq!(resend.bytes(), b"f");
        let mut none = Resend::new(0);
        none.push(b"a");
        assert!(none.bytes().is_empty());
    }
}
