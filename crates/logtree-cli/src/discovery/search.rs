//! Which processes are meant: [`search`].

use crate::arguments::Target;
use crate::client::Address;
use crate::discovery::{Process, token_file};
use crate::failure::Failure;

/// What a search found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) processes: Vec<Process>,
    /// Directories that were refused.
    pub(crate) refused: Vec<Failure>,
}

/// Returns the processes that the arguments mean, by name and number.
///
/// # Errors
/// Wrong arguments.
pub(crate) fn search(target: &Target) -> Result<Found, Failure> {
    let mut found = Found::default();
    for url in &target.url {
        let address = Address::of_url(url)?;
        let token = target.token_file.as_deref().map(token_file::read);
        found
            .processes
            .push(Process::of_url(address, token.transpose()?));
    }
    for path in &target.socket {
        found.processes.push(Process::of_socket(path));
    }
    if target.url.is_empty() && target.socket.is_empty() {
        in_directories(&mut found);
    }
    if let Some(pattern) = &target.name {
        found
            .processes
            .retain(|process| pattern.matches(&process.name));
    }
    if !target.pid.is_empty() {
        let pids = &target.pid;
        let is_meant = |process: &Process| process.pid.is_some_and(|pid| pids.contains(&pid));
        found.processes.retain(is_meant);
    }
    let key = |process: &Process| (process.name.clone(), process.pid);
    found.processes.sort_by_key(key);
    Ok(found)
}

#[cfg(unix)]
fn in_directories(found: &mut Found) {
    for directory in super::directory::Directory::all() {
        match directory.sockets() {
            Ok(sockets) => {
                let processes = sockets.iter().map(|path| Process::of_socket(path));
                found.processes.extend(processes);
            }
            Err(failure) => found.refused.push(failure),
        }
    }
}

#[cfg(not(unix))]
fn in_directories(_found: &mut Found) {}
