//! What live tails cost the threads that log.
//!
//! `cargo bench --bench live_tail --features control` measures calls of eight threads to a file:
//! without an endpoint's tails, with stalled ones, and with one that reads. With `disabled` or
//! `disabled-after` as its argument, it makes a million disabled calls, the latter after a tail has
//! come and gone, to count instructions under callgrind.

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    unix::main()
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod unix {
    use std::error::Error;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::Shutdown;
    use std::os::unix::net::UnixStream;
    use std::path::Path;
    use std::sync::Barrier;
    use std::thread;
    use std::time::{Duration, Instant};

    use logtree::control::{Control, Endpoint};
    use logtree::handler::FileHandler;
    use logtree::{Formatter, Level, Registry};

    const THREADS: usize = 8;
    const CALLS: usize = 20_000;

    pub(super) fn main() -> Result<(), Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let socket = directory.path().join("log.sock");
        let registry = Registry::new();
        let endpoint = Endpoint::new().socket(&socket).max_tails(32);
        let server = Control::new(&registry).serve(endpoint)?;
        match std::env::args().nth(1).as_deref() {
            Some("disabled") => disabled(&registry),
            Some("disabled-after") => {
                let logger = registry.get_logger("app");
                drop(begin(&socket, "?level=DEBUG")?);
                while logger.is_enabled_for(Level::DEBUG) {
                    thread::yield_now();
                }
                disabled(&registry);
            }
            _ => latencies(&registry, &socket, directory.path())?,
        }
        drop(server);
        Ok(())
    }

    #[inline(never)]
    fn disabled(registry: &Registry) {
        let logger = registry.get_logger("app");
        for at in 0..1_000_000 {
            logtree::debug!(logger, "disabled {at}");
        }
    }

    fn latencies(
        registry: &Registry,
        socket: &Path,
        directory: &Path,
    ) -> Result<(), Box<dyn Error>> {
        let format = Formatter::new("%(asctime)s %(levelname)s %(name)s %(message)s")?;
        let file = FileHandler::open(directory.join("app.log"))?.with_formatter(format);
        registry.root().add_handler(file);
        registry.root().set_level(Level::INFO);
        measure(registry, "warm-up");
        for _ in 0..3 {
            measure(registry, "no tail");
            let stalled: Result<Vec<_>, _> =
                (0..32).map(|_| begin(socket, "?level=INFO")).collect();
            // Until their sockets are full.
            measure(registry, "32 tails, stalling");
            measure(registry, "32 tails, stalled");
            drop(stalled);
            wait(socket);
            let mut reading = begin(socket, "?level=INFO")?;
            let connection = reading.get_ref().try_clone()?;
            let reader = thread::spawn(move || std::io::copy(&mut reading, &mut std::io::sink()));
            measure(registry, "one tail, reading");
            connection.shutdown(Shutdown::Both)?;
            let _ = reader.join();
            wait(socket);
        }
        Ok(())
    }

    /// Begins a tail, and returns the connection.
    fn begin(socket: &Path, query: &str) -> Result<BufReader<UnixStream>, std::io::Error> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        write!(stream, "GET /v1/tail{query} HTTP/1.1\r\nHost: x\r\n\r\n")?;
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while line != "retry: 1000\n" {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(stream)
    }

    /// Waits until tails have ended, so that there is room for another one.
    fn wait(socket: &Path) {
        let has_room = || {
            let mut stream = UnixStream::connect(socket)?;
            write!(stream, "GET /v1/tail?limit=1 HTTP/1.1\r\nHost: x\r\n\r\n")?;
            let mut status = [0; 12];
            stream.read_exact(&mut status)?;
            Ok::<_, std::io::Error>(&status == b"HTTP/1.1 200")
        };
        while !matches!(has_room(), Ok(true)) {
            thread::yield_now();
        }
    }

    fn measure(registry: &Registry, name: &str) {
        let barrier = Barrier::new(THREADS);
        let mut all: Vec<Duration> = thread::scope(|scope| {
            let each = |number: usize| {
                let logger = registry.get_logger(format!("app.t{number}"));
                let barrier = &barrier;
                scope.spawn(move || {
                    let mut times = Vec::with_capacity(CALLS);
                    barrier.wait();
                    for at in 0..CALLS {
                        let start = Instant::now();
                        logtree::info!(logger, at = at; "a record of some length");
                        times.push(start.elapsed());
                    }
                    times
                })
            };
            let threads: Vec<_> = (0..THREADS).map(each).collect();
            let times = threads.into_iter().map(|thread| thread.join());
            times.filter_map(Result::ok).flatten().collect()
        });
        all.sort_unstable();
        let at = |part: usize| all[(all.len() - 1) * part / 1000];
        println!(
            "{name:20} p50 {:>9.2?}  p90 {:>9.2?}  p99 {:>9.2?}  p99.9 {:>9.2?}",
            at(500),
            at(900),
            at(990),
            at(999)
        );
    }
}
