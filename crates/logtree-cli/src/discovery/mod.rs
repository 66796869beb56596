//! From sockets, or an address, to processes.

#[cfg(unix)]
mod directory;
mod process;
mod search;
mod token_file;

pub(crate) use self::process::Process;
pub(crate) use self::search::search;
