//! The calls that change what a directory holds, one by one.
//!
//! Tests make each of them fail, or end the program between two of them (see `model`).

use std::path::Path;
use std::{fs, io};

/// Renames a file; what stands at the new name is replaced.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    before("rename")?;
    fs::rename(from, to)
}

/// Renames a file, unless something stands at the new name.
pub(super) fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    if is_free(to)? {
        rename(from, to)
    } else {
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    before("remove")?;
    fs::remove_file(path)
}

/// Whether nothing stands at a path. What cannot be known is an error: it must not be taken for a
/// free name.
pub(super) fn is_free(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(not(test))]
#[inline]
pub(super) fn before(_: &str) -> io::Result<()> {
    Ok(())
}

#[cfg(not(test))]
pub(super) fn may_have_threads() -> bool {
    true
}

#[cfg(test)]
pub(super) use self::faults::{before, may_have_threads};

/// What befalls the calls of a thread in tests.
#[cfg(test)]
pub(super) mod faults {
    use std::cell::{Cell, RefCell};
    use std::{io, panic};

    /// What befalls one call.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(in super::super) enum Fault {
        /// It is refused.
        Refused,
        /// The program ends before it.
        Killed,
    }

    /// The payload of the panic that stands for the end of the program.
    pub(in super::super) struct Killed;

    thread_local! {
        static IS_ALONE: Cell<bool> = const { Cell::new(false) };
        static NEXT: RefCell<Option<(usize, &'static str, Fault)>> = const { RefCell::new(None) };
    }

    /// No other threads are begun by this one, so that all happens in one order.
    pub(in super::super) fn stay_alone() {
        IS_ALONE.set(true);
    }

    pub(in super::super) fn may_have_threads() -> bool {
        !IS_ALONE.get()
    }

    /// The call with this number from now on, of this name or of any (`""`), meets the fault; then
    /// no other one does.
    pub(in super::super) fn plan(number: usize, name: &'static str, fault: Fault) {
        NEXT.set(Some((number, name, fault)));
    }

    /// Takes back what was planned. Returns whether it came true.
    pub(in super::super) fn clear() -> bool {
        NEXT.take().is_none()
    }

    pub(in super::super) fn before(name: &str) -> io::Result<()> {
        let fault = NEXT.with_borrow_mut(|next| match next {
            Some((_, of, _)) if !of.is_empty() && *of != name => None,
            Some((0, _, fault)) => {
                let fault = *fault;
                *next = None;
                Some(fault)
            }
            Some((number, ..)) => {
                *number -= 1;
                None
            }
            None => None,
        });
        match fault {
            None => Ok(()),
            Some(Fault::Refused) => Err(io::ErrorKind::PermissionDenied.into()),
            Some(Fault::Killed) => panic::resume_unwind(Box::new(Killed)),
        }
    }
}
