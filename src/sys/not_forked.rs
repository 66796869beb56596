//! Sockets that a forked child closes: [`NotForked`].

use std::ops::{Deref, DerefMut};

#[cfg(unix)]
use crate::sys::process::NotInChild;

/// A socket of which a child process closes its copy.
pub(crate) struct NotForked<T> {
    // Before the socket, and dropped before it.
    #[cfg(unix)]
    _not_in_child: NotInChild,
    socket: T,
}

#[cfg(unix)]
impl<T: std::os::fd::AsRawFd> From<T> for NotForked<T> {
    fn from(socket: T) -> Self {
        Self {
            _not_in_child: NotInChild::new(socket.as_raw_fd()),
            socket,
        }
    }
}

#[cfg(not(unix))]
impl<T> From<T> for NotForked<T> {
    fn from(socket: T) -> Self {
        Self { socket }
    }
}

impl<T> Deref for NotForked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.socket
    }
}

impl<T> DerefMut for NotForked<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.socket
    }
}

impl<T> NotForked<T> {
    /// Makes another value of the same descriptor.
    pub(crate) fn try_map<U, E>(
        self,
        map: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<NotForked<U>, E> {
        Ok(NotForked {
            socket: map(self.socket)?,
            #[cfg(unix)]
            _not_in_child: self._not_in_child,
        })
    }
}
