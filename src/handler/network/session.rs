//! Connections to a receiver, one after another: [`Receiver`] and [`Session`].

use std::io;
use std::mem;
use std::time::Duration;

use crate::error::Error;
use crate::handler::network::dialer::{Dialer, Link, WRITE_WITHIN};
use crate::handler::network::frames::Frames;
use crate::handler::network::resend::Resend;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Mutex};

/// How much a receiver may have unread before this side waits for it, unless users say otherwise.
pub(in crate::handler) const RESEND_BYTES: usize = 1024 * 1024;

/// A connection that ends after so long is replaced at once: receivers restart, and firewalls close
/// what is idle. One that ends sooner is an outage.
const LASTING: Duration = Duration::from_secs(10);

/// How long a receiver may take to read what it has not read and to end the connection.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(30);

/// Where a receiver may be, and what was sent to it last.
#[derive(Debug)]
pub(in crate::handler) struct Receiver {
    /// The first that accepts a connection is used.
    dialers: Vec<Dialer>,
    resend_bytes: usize,
    pub(super) confirmed_within: Duration,
    /// Of the sessions that have ended, until the next one begins.
    resend: Mutex<Resend>,
}

impl Receiver {
    pub(in crate::handler) fn new(dialers: Vec<Dialer>, resend_bytes: usize) -> Self {
        Self {
            dialers,
            resend_bytes,
            confirmed_within: CONFIRMED_WITHIN,
            resend: Mutex::new(Resend::new(resend_bytes)),
        }
    }

    /// Connects.
    ///
    /// # Errors
    /// Where no address accepts it.
    pub(in crate::handler) fn connect(self: &Arc<Self>) -> Result<Session, Error> {
        let link = self.dial()?;
        let empty = Resend::new(self.resend_bytes);
        let mut resend = mem::replace(&mut *self.resend.lock(), empty);
        resend.keep_own();
        Ok(Session {
            receiver: Arc::clone(self),
            link,
            is_finished: false,
            since: Instant::now(),
            resend,
            must_resend: true,
        })
    }

    fn dial(&self) -> Result<Link, Error> {
        let mut failed = None;
        for dialer in &self.dialers {
            match dialer.connect() {
                Ok(link) => return Ok(link),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.unwrap_or_else(|| io::Error::from(io::ErrorKind::NotFound).into()))
    }
}

/// A connection to a receiver. Where it is a stream, what the receiver may not have read is sent
/// again after a reset.
///
/// A stream has no acknowledgement of what was read. So before more is unread than the receiver's
/// limit says, this side ends the connection and waits until the receiver has done the same, which
/// it does once it has read all of it. Then it connects again.
#[derive(Debug)]
pub(in crate::handler) struct Session {
    receiver: Arc<Receiver>,
    link: Link,
    /// Whether both sides have ended the connection, with nothing unread.
    is_finished: bool,
    since: Instant,
    /// What was sent on a stream, by earlier sessions as well.
    resend: Resend,
    /// Whether some of it was sent on an earlier connection, and not yet again.
    must_resend: bool,
}

impl Session {
    pub(in crate::handler) fn link(&self) -> &Link {
        &self.link
    }

    /// Writes frames to a stream, on a new connection where the present one has ended without an
    /// outage.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(in crate::handler) fn send(&mut self, frames: &Frames) -> io::Result<()> {
        let try_send = |session: &mut Self| {
            session.prepare()?;
            session.write(frames)
        };
        try_send(self).or_else(|error| {
            if !self.renew(&error) {
                return Err(error);
            }
            try_send(self)
        })
    }

    /// Prepares a stream for the next frames: finds out whether the receiver has ended the
    /// connection, and waits for what it has not read, where that is too much. The link may be
    /// another one then.
    ///
    /// # Errors
    /// Where the connection has ended.
    pub(in crate::handler) fn prepare(&mut self) -> io::Result<()> {
        let prepared = self.try_prepare();
        if let Err(error) = &prepared {
            // One that takes too long does not end connections, or hangs: to wait again would not
            // help the former, and the others are found by a write.
            self.resend.confirms = error.kind() != io::ErrorKind::TimedOut;
        }
        prepared
    }

    fn try_prepare(&mut self) -> io::Result<()> {
        let Link::Stream(stream) = &mut self.link else {
            return Ok(());
        };
        if !self.is_finished {
            if let Err(error) = stream.check() {
                if error.kind() == io::ErrorKind::UnexpectedEof {
                    self.resend.keep_recent();
                }
                return Err(error);
            }
            if self.resend.is_due() {
                self.finish()?;
            }
        }
        if self.is_finished {
            self.link = self.receiver.dial().map_err(io::Error::other)?;
            self.is_finished = false;
        }
        Ok(())
    }

    /// Ends the connection, and waits until the receiver has read all that was sent.
    fn finish(&mut self) -> io::Result<()> {
        self.write_again()?;
        if let Link::Stream(stream) = &mut self.link {
            stream.finish(self.receiver.confirmed_within)?;
            self.resend.clear();
            self.is_finished = true;
        }
        Ok(())
    }

    /// Returns how many of the last frames the receiver may not have read.
    pub(in crate::handler) fn unconfirmed(&self) -> usize {
        self.resend.len()
    }

    /// Waits until the receiver has read all that was sent. It may be sent again for that. Returns
    /// `false` for a receiver that would not end the connection.
    ///
    /// # Errors
    /// Where the receiver has not.
    pub(in crate::handler) fn confirm(&mut self) -> io::Result<bool> {
        if self.resend.is_empty() {
            return Ok(true);
        }
        match self.resend.confirms {
            true => self.finish()?,
            false => self.write_again()?,
        }
        Ok(self.resend.confirms)
    }

    /// Writes frames to a stream, after those that the receiver may not have got.
    ///
    /// # Errors
    /// Where it cannot. How much of it was written is not known then.
    pub(in crate::handler) fn write(&mut self, frames: &Frames) -> io::Result<()> {
        self.write_again()?;
        if let Link::Stream(stream) = &mut self.link {
            stream.write(frames.bytes(), WRITE_WITHIN)?;
            self.resend.push(frames);
        }
        Ok(())
    }

    /// Writes again what was sent on earlier connections.
    fn write_again(&mut self) -> io::Result<()> {
        if let (Link::Stream(stream), true) = (&mut self.link, self.must_resend) {
            stream.write(&self.resend.bytes(), WRITE_WITHIN)?;
            self.must_resend = false;
        }
        Ok(())
    }

    /// Connects again, where an error means that a connection has ended which was no outage.
    /// Reports whether it did.
    pub(in crate::handler) fn renew(&mut self, error: &io::Error) -> bool {
        if self.since.elapsed() < LASTING || error.kind() == io::ErrorKind::TimedOut {
            return false;
        }
        let Ok(link) = self.receiver.dial() else {
            return false;
        };
        self.link = link;
        self.is_finished = false;
        (self.since, self.must_resend) = (Instant::now(), true);
        true
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let own = mem::replace(&mut self.resend, Resend::new(0));
        self.receiver.resend.lock().append(own);
    }
}
