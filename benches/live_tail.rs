//! What live tails cost the threads that log.
//!
//! `cargo bench --bench live_tail --features control` measures calls of eight threads to a file:
//! without an endpoint's tails, with stalled ones, with a thousand slow clients beside these, and
//! with one tail that reads, in turn, and how many times the p99 without tails the others have, by
//! the median of all rounds: 11, or the number after `rounds`. With `disabled` or `disabled-after`
//! as its argument, it makes a million disabled calls, the latter after a tail has come and gone,
//! to count instructions under callgrind. With `enabled` and a number, it makes so many thousands
//! of enabled calls without a tail, and with `tailed` with one.

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    unix::main()
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
#[path = "shared/latencies.rs"]
mod latencies;

#[cfg(unix)]
mod unix {
    use std::error::Error;
    use std::io::{BufRead, BufReader, Write};
    use std::net::Shutdown;
    use std::os::unix::net::UnixStream;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::thread;
    use std::time::Duration;

    use logtree::control::{Control, Endpoint, Server};
    use logtree::handler::FileHandler;
    use logtree::{Formatter, Level, Registry};
    use tempfile::TempDir;

    use crate::latencies::{enabled, measure, print_ratios, rounds};

    /// A registry that is served.
    struct Scene {
        registry: Registry,
        socket: PathBuf,
        // Dropped in this order.
        _server: Server,
        directory: TempDir,
    }

    impl Scene {
        fn new() -> Result<Self, Box<dyn Error>> {
            let directory = tempfile::tempdir()?;
            let socket = directory.path().join("log.sock");
            let registry = Registry::new();
            let endpoint = Endpoint::new().socket(&socket).max_tails(32);
            Ok(Self {
                _server: Control::new(&registry).serve(endpoint)?,
                registry,
                socket,
                directory,
            })
        }

        fn writes_to_a_file(&self) -> Result<(), Box<dyn Error>> {
            let format = Formatter::new("%(asctime)s %(levelname)s %(name)s %(message)s")?;
            let file = FileHandler::open(self.directory.path().join("app.log"))?;
            self.registry
                .root()
                .add_handler(file.with_formatter(format));
            self.registry.root().set_level(Level::INFO);
            Ok(())
        }
    }

    pub(super) fn main() -> Result<(), Box<dyn Error>> {
        let arguments: Vec<_> = std::env::args().collect();
        let scene = Scene::new()?;
        match arguments.get(1).map(String::as_str) {
            Some("disabled") => disabled(&scene.registry),
            Some("disabled-after") => {
                let logger = scene.registry.get_logger("app");
                drop(begin(&scene.socket, "?level=DEBUG")?);
                while logger.is_enabled_for(Level::DEBUG) {
                    thread::yield_now();
                }
                disabled(&scene.registry);
            }
            Some(which @ ("enabled" | "tailed")) => {
                scene.writes_to_a_file()?;
                let tail = (which == "tailed").then(|| begin(&scene.socket, "?level=INFO"));
                let calls: usize = arguments.get(2).map_or(Ok(10), |text| text.parse())?;
                enabled(&scene.registry, 1000 * calls);
                drop(tail);
            }
            Some("crowd") => crowd(Path::new(&arguments[2]))?,
            _ => latencies(rounds(arguments.get(2))?)?,
        }
        Ok(())
    }

    #[inline(never)]
    fn disabled(registry: &Registry) {
        let logger = registry.get_logger("app");
        for at in 0..1_000_000 {
            logtree::debug!(logger, "disabled {at}");
        }
    }

    /// A registry for each, as the latest records are kept for a minute after a tail.
    fn latencies(rounds: usize) -> Result<(), Box<dyn Error>> {
        let quiet = |name| {
            let scene = Scene::new()?;
            scene.writes_to_a_file()?;
            Ok::<_, Box<dyn Error>>(measure(&scene.registry, name))
        };
        quiet("warm-up")?;
        let mut ratios = [const { Vec::new() }; 5];
        for _ in 0..rounds {
            let base = quiet("no tail")?;
            let scene = Scene::new()?;
            scene.writes_to_a_file()?;
            let stalled = (0..32).map(|_| begin(&scene.socket, "?level=INFO"));
            let stalled = stalled.collect::<Result<Vec<_>, _>>()?;
            // Until their sockets are full.
            let stalling = measure(&scene.registry, "32 tails, stalling");
            let stopped = measure(&scene.registry, "32 tails, stalled");
            let crowd = Crowd::start(&scene.socket)?;
            let crowded = measure(&scene.registry, "and 1,000 slow clients");
            drop((crowd, stalled));
            let scene = Scene::new()?;
            scene.writes_to_a_file()?;
            let mut reading = begin(&scene.socket, "?level=INFO")?;
            let connection = reading.get_ref().try_clone()?;
            let reader = thread::spawn(move || std::io::copy(&mut reading, &mut std::io::sink()));
            let one = measure(&scene.registry, "one tail, reading");
            connection.shutdown(Shutdown::Both)?;
            let _ = reader.join();
            let all = [stalling, stopped, crowded, one, quiet("no tail, again")?];
            for (ratios, time) in ratios.iter_mut().zip(all) {
                ratios.push(time.as_secs_f64() / base.as_secs_f64());
            }
        }
        let names = ["stalling", "stalled", "crowd", "one reading", "none, again"];
        print_ratios("that without tails", &names, &mut ratios);
        Ok(())
    }

    /// A process of a thousand clients, so that their descriptors are not those of the server's.
    struct Crowd(Child);

    impl Crowd {
        /// Returns once all are connected.
        fn start(socket: &Path) -> Result<Self, Box<dyn Error>> {
            let mut command = Command::new(std::env::current_exe()?);
            let command = command.arg("crowd").arg(socket).stdout(Stdio::piped());
            let mut crowd = Self(command.spawn()?);
            let output = crowd.0.stdout.take().ok_or("no output")?;
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line)?;
            if line != "connected\n" {
                return Err("the clients could not connect".into());
            }
            Ok(crowd)
        }
    }

    impl Drop for Crowd {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// Sends a byte of each client's request in turn, until it is killed.
    fn crowd(socket: &Path) -> Result<(), Box<dyn Error>> {
        let clients = (0..1000).map(|_| UnixStream::connect(socket));
        let mut clients = clients.collect::<Result<Vec<_>, _>>()?;
        println!("connected");
        loop {
            for client in &mut clients {
                if client.write_all(b"G").is_err() {
                    *client = UnixStream::connect(socket)?;
                }
                thread::sleep(Duration::from_millis(1));
            }
        }
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
}
