//! What was sent last, in case the receiver never got it: [`Resend`].

use std::collections::VecDeque;
use std::time::Duration;

use crate::handler::network::frames::Frames;
use crate::sys::host::Instant;
use crate::sys::process;

/// How long what was sent counts as recent.
const RECENT: Duration = Duration::from_secs(60);

/// How long it may be unknown whether a frame was read, while others follow. A connection that is
/// idle for long is often reset by a firewall, and all that is here is sent again.
const UNKNOWN_AT_MOST: Duration = Duration::from_secs(10 * 60);

/// Keeps the frames that were written to a stream and that the receiver may not have read, up to a
/// number of bytes.
///
/// TCP says nothing about what a receiver has read, and its system may hold megabytes that it has
/// not. A reset discards them; all of it is in here.
#[derive(Debug)]
pub(super) struct Resend {
    frames: VecDeque<(Instant, Box<[u8]>)>,
    bytes: usize,
    limit: usize,
    /// Whether the receiver ends a connection that this side has ended, as far as is known.
    pub(super) confirms: bool,
    generation: u32,
}

impl Resend {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            frames: VecDeque::new(),
            bytes: 0,
            limit,
            confirms: true,
            generation: process::generation(),
        }
    }

    /// Adds the frames of a batch. The oldest ones make room, where the receiver confirms nothing;
    /// the last one is kept whatever its size.
    pub(super) fn push(&mut self, frames: &Frames) {
        if self.limit == 0 {
            return;
        }
        for frame in frames.iter() {
            self.bytes += frame.len();
            self.frames.push_back((Instant::now(), frame.into()));
        }
        while !self.confirms && self.bytes > self.limit && self.frames.len() > 1 {
            if let Some((_, oldest)) = self.frames.pop_front() {
                self.bytes -= oldest.len();
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Returns how many frames it keeps.
    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }

    /// Reports whether it is time to find out what the receiver has read.
    pub(super) fn is_due(&self) -> bool {
        let oldest = self.frames.front();
        let is_old = oldest.is_some_and(|(time, _)| time.elapsed() >= UNKNOWN_AT_MOST);
        self.confirms && !self.frames.is_empty() && (self.bytes >= self.limit || is_old)
    }

    /// Forgets all of it: the receiver has read it.
    pub(super) fn clear(&mut self) {
        self.frames.clear();
        self.bytes = 0;
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

    /// Adds what another session has kept, which may have ended while this one went on.
    pub(super) fn append(&mut self, mut other: Self) {
        self.keep_own();
        other.keep_own();
        self.confirms = other.confirms;
        self.bytes += other.bytes;
        self.frames.append(&mut other.frames);
        let frames = self.frames.make_contiguous();
        frames.sort_by_key(|(time, _)| *time);
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

    fn push(resend: &mut Resend, text: &str) {
        let mut frames = Frames::default();
        for frame in text.split(' ') {
            frames.push(|out| out.extend_from_slice(frame.as_bytes()));
        }
        resend.push(&frames);
    }

    #[test]
    fn all_is_kept_until_the_receiver_has_read_it() {
        let mut resend = Resend::new(10);
        assert!(resend.bytes().is_empty() && !resend.is_due());
        push(&mut resend, "aaaa bbbb c");
        assert!(!resend.is_due());
        push(&mut resend, "d");
        assert!(resend.is_due());
        push(&mut resend, "eeeeeeeeeeee f");
        assert_eq!(resend.bytes(), b"aaaabbbbcdeeeeeeeeeeeef");
        resend.keep_recent();
        resend.keep_own();
        assert_eq!(resend.bytes().len(), 23);
        resend.clear();
        assert!(resend.bytes().is_empty() && !resend.is_due());
        let mut none = Resend::new(0);
        push(&mut none, "a");
        assert!(none.bytes().is_empty() && !none.is_due());
    }

    #[test]
    fn what_two_sessions_keep_is_one_after_the_other() {
        let (mut first, mut second) = (Resend::new(10), Resend::new(10));
        push(&mut first, "a");
        push(&mut second, "b");
        push(&mut first, "c");
        let mut kept = Resend::new(10);
        for session in [second, first] {
            kept.append(session);
        }
        assert_eq!((&*kept.bytes(), kept.bytes), (&b"abc"[..], 3));
        let mut last = Resend::new(10);
        last.confirms = false;
        kept.append(last);
        assert_eq!((&*kept.bytes(), kept.confirms), (&b"abc"[..], false));
    }

    #[test]
    fn as_many_of_the_last_frames_are_kept_as_fit_if_it_confirms_nothing() {
        let mut resend = Resend::new(10);
        resend.confirms = false;
        push(&mut resend, "aaaa bbbb cc");
        assert_eq!(resend.bytes(), b"aaaabbbbcc");
        push(&mut resend, "d");
        assert_eq!(resend.bytes(), b"bbbbccd");
        push(&mut resend, "eeeeeeeeeeeeeeeeeeee");
        assert_eq!(resend.bytes(), b"eeeeeeeeeeeeeeeeeeee");
        push(&mut resend, "f");
        assert_eq!(resend.bytes(), b"f");
        assert!(!resend.is_due());
    }
}
