//! Variables of the environment, where they can be trusted: [`variable`].

use std::env::{self, VarError};

/// Returns a variable of the environment, or `NotPresent` where the program runs as another user or
/// group than its caller, by a setuid or setgid bit: the caller must not choose what such a program
/// writes, or have it dump what it sends.
pub(crate) fn variable(name: &str) -> Result<String, VarError> {
    if has_foreign_rights() {
        return Err(VarError::NotPresent);
    }
    env::var(name)
}

/// Whether the user or group that counts is another one than the caller's.
// Miri cannot ask for the group.
#[cfg(all(unix, not(miri)))]
fn has_foreign_rights() -> bool {
    use rustix::process::{getegid, geteuid, getgid, getuid};

    getuid() != geteuid() || getgid() != getegid()
}

#[cfg(any(not(unix), miri))]
fn has_foreign_rights() -> bool {
    false
}
