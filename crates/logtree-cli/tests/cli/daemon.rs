//! Processes that the program looks at: [`Daemon`].
//!
//! They are this test program itself, with the test `daemon` alone.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use logtree::control::{Control, Endpoint};
use logtree::handler::MemoryHandler;
use logtree::{Level, Registry};

const NAME: &str = "LOGTREE_TEST_DAEMON";
const CONSOLE: &str = "LOGTREE_TEST_CONSOLE";

/// A process that serves its control; it ends when this is dropped.
pub(crate) struct Daemon {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    pub(crate) name: String,
    /// Its address for TCP, if it has a console.
    pub(crate) url: String,
}

impl Daemon {
    /// Starts a process and waits until it serves.
    pub(crate) fn start(directory: &Path, name: &str) -> Self {
        Self::with(directory, name, false)
    }

    /// Starts a process with a console.
    pub(crate) fn with_console(directory: &Path, name: &str) -> Self {
        Self::with(directory, name, true)
    }

    fn with(directory: &Path, name: &str, console: bool) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "daemon::daemon", "--nocapture"])
            .env("LOGTREE_CONTROL_DIR", directory)
            .env(NAME, name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if console {
            command.env(CONSOLE, "1");
        }
        let mut child = command.spawn().unwrap();
        let mut daemon = Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            name: name.to_owned(),
            url: String::new(),
        };
        daemon.url = daemon.answer();
        daemon
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns `NAME[PID]`.
    pub(crate) fn label(&self) -> String {
        format!("{}[{}]", self.name, self.pid())
    }

    pub(crate) fn socket(&self, directory: &Path) -> PathBuf {
        directory.join(format!("{}-{}.sock", self.name, self.pid()))
    }

    /// Has the process log, and waits until it has.
    pub(crate) fn log(&mut self, level: Level, logger: &str, message: &str) {
        let command = format!("{}\t{logger}\t{message}\n", level.number());
        self.input
            .as_mut()
            .unwrap()
            .write_all(command.as_bytes())
            .unwrap();
        self.answer();
    }

    /// Ends the process at once, as by `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for a line of its own between those of the test harness.
    fn answer(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "it ended");
            if let Some(at) = line.find("daemon: ") {
                return line[at + "daemon: ".len()..].trim_end().to_owned();
            }
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

/// The process itself. An input line has a level, a logger and a message.
#[test]
fn daemon() {
    let Ok(name) = std::env::var(NAME) else {
        return;
    };
    let registry = Registry::global();
    registry.root().set_level(Level::INFO);
    let memory = MemoryHandler::new(16);
    registry.root().add_handler(memory.with_name("memory"));
    registry.get_logger("app.db").set_level(Level::WARNING);
    for name in ["app.db.pool", "app.http", "evil\u{1b}[2J\u{9b}31m"] {
        registry.get_logger(name);
    }
    let control = Control::new(registry);
    let group = control.set_group("storage", ["app.db", "app.cache"]);
    group.unwrap();
    let mut endpoint = Endpoint::new().name(name);
    if std::env::var_os(CONSOLE).is_some() {
        endpoint = endpoint.tcp("127.0.0.1:0").console(true);
    }
    let server = control.serve(endpoint).unwrap();
    println!("daemon: {}", server.console_url().unwrap_or_default());
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let mut parts = line.splitn(3, '\t');
        let (level, logger, message) = (parts.next(), parts.next(), parts.next());
        let level = Level::new(level.unwrap().parse().unwrap());
        let logger = registry.get_logger(logger.unwrap());
        logtree::log!(logger, level, "{}", message.unwrap());
        println!("daemon: logged");
    }
}
