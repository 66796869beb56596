//! The addresses of a host, within a deadline: [`Lookup`].

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::sys::process;
use crate::sys::sync::Mutex;

/// Looks a host up. The system's own function can hang for minutes and cannot be stopped, so it
/// runs on a thread of its own; while one hangs, no second one is started.
#[derive(Debug, Default)]
pub(in crate::handler) struct Lookup {
    pending: Mutex<Option<Pending>>,
}

#[derive(Debug)]
struct Pending {
    /// The process whose thread it is.
    generation: u32,
    found: Receiver<io::Result<Vec<SocketAddr>>>,
}

impl Lookup {
    /// Returns the addresses of a host, at least one.
    ///
    /// # Errors
    /// Where it has none, or the time is over.
    pub(in crate::handler) fn find(
        &self,
        host: &str,
        port: u16,
        within: Duration,
    ) -> io::Result<Vec<SocketAddr>> {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let host = host.to_owned();
        self.run(within, move || {
            (&*host, port).to_socket_addrs().map(Iterator::collect)
        })
    }

    fn run(
        &self,
        within: Duration,
        look_up: impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
    ) -> io::Result<Vec<SocketAddr>> {
        let generation = process::generation();
        let pending = self.pending.lock().take();
        let pending = pending.filter(|pending| pending.generation == generation);
        let pending = match pending {
            Some(pending) => pending,
            None => {
                let (sender, found) = channel();
                thread::Builder::new()
                    .name("logtree-lookup".to_owned())
                    .spawn(move || {
                        let _ = sender.send(look_up());
                    })?;
                Pending { generation, found }
            }
        };
        match pending.found.recv_timeout(within) {
            Ok(found) => found.and_then(|addresses| match addresses.is_empty() {
                true => Err(io::Error::other("the host has no address")),
                false => Ok(addresses),
            }),
            Err(RecvTimeoutError::Timeout) => {
                *self.pending.lock() = Some(pending);
                let message = "looking up the host takes too long";
                Err(io::Error::new(io::ErrorKind::TimedOut, message))
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(io::Error::other("looking up the host failed"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_hangs_is_waited_for_again_and_no_second_one_is_started() {
        let lookup = Lookup::default();
        let (go_on, waits) = channel::<()>();
        let hangs = move || {
            let _ = waits.recv();
            Ok(vec![SocketAddr::from(([127, 0, 0, 1], 514))])
        };
        let error = lookup.run(Duration::ZERO, hangs).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let never = || unreachable!("a second thread");
        let error = lookup.run(Duration::ZERO, never).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(go_on);
        let found = lookup.run(Duration::from_secs(60), never).unwrap();
        assert_eq!(found, [SocketAddr::from(([127, 0, 0, 1], 514))]);
        // What is found is used once: the next connection looks again.
        let empty = lookup.run(Duration::from_secs(60), || Ok(Vec::new()));
        assert!(empty.unwrap_err().to_string().contains("no address"));
    }

    #[test]
    fn addresses_in_numbers_need_no_thread() {
        let lookup = Lookup::default();
        let found = lookup.find("::1", 1, Duration::ZERO).unwrap();
        assert_eq!(found[0].to_string(), "[::1]:1");
    }
}
