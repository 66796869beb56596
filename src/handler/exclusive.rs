//! A device that one thread at a time writes to: [`Exclusive`].

use crate::sync::Mutex;
use crate::user_code::{self, InDevice};
use crate::{Error, ErrorKind};

/// A value behind a lock that a thread inside any such device does not wait for: writers and namers are user code, and may log,
/// to this device or to one whose writer logs to this one.
///
/// It has its cache lines to itself, so that threads which only read what stands beside it are not slowed down by those that write.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Exclusive<T>(Mutex<T>);

impl<T> Exclusive<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Works on the value.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`] for a thread that would have to wait and is inside a device, be it this one; and those of the work.
    #[inline]
    pub(super) fn with<R>(
        &self,
        work: impl FnOnce(&mut T) -> Result<R, Error>,
    ) -> Result<R, Error> {
        // Nothing is read before the lock is tried: a second look at its cache line would be a second way between two processors.
        let mut value = match self.0.try_lock() {
            Some(value) => value,
            None if user_code::is_inside_device() => return Err(reentrant()),
            None => self.0.lock(),
        };
        let _inside = InDevice::enter();
        work(&mut value)
    }

    /// Whether nobody is inside.
    pub(super) fn is_free(&self) -> bool {
        self.0.is_free()
    }
}

#[cold]
fn reentrant() -> Error {
    Error::new(
        ErrorKind::Reentrant,
        "a device's own code logged to a device that is in use",
    )
}
