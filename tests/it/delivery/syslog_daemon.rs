//! Daemons of syslog that are installed: [`Daemon`].

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::{self, AddressFamily, SocketFlags, SocketType};
use serde_json::Value;

use super::program::Program;

/// Long enough for every machine.
pub(super) const LONG: Duration = Duration::from_secs(120);

/// A daemon, in a directory of this test's own.
pub(super) struct Daemon {
    program: PathBuf,
    arguments: Vec<String>,
    modules: Option<PathBuf>,
    running: Program,
}

impl Daemon {
    fn start(program: &Path, arguments: Vec<String>, modules: Option<PathBuf>) -> Self {
        let running = spawn(program, &arguments, modules.as_deref());
        Self {
            program: program.to_owned(),
            arguments,
            modules,
            running,
        }
    }

    /// Ends it in order, and starts it again.
    pub(super) fn restart(&mut self) {
        let id = self.running.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.running.wait();
        self.running = spawn(&self.program, &self.arguments, self.modules.as_deref());
    }
}

fn spawn(program: &Path, arguments: &[String], modules: Option<&Path>) -> Program {
    let mut command = Command::new(program);
    if let Some(modules) = modules {
        command.env("RSYSLOG_MODDIR", modules);
    }
    Program::start(command.args(arguments))
}

/// The daemon and the directory of its modules, if it is installed.
fn rsyslogd() -> Option<(PathBuf, PathBuf)> {
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/receivers");
    for root in [&*unpacked, Path::new("/")] {
        let program = root.join("usr/sbin/rsyslogd");
        let libraries = fs::read_dir(root.join("usr/lib")).into_iter().flatten();
        let folders = libraries.filter_map(|entry| Some(entry.ok()?.path().join("rsyslog")));
        let modules = folders
            .chain([root.join("usr/lib/rsyslog")])
            .find(|path| path.exists());
        if let Some(modules) = modules.filter(|_| program.exists()) {
            return Some((program, modules));
        }
    }
    eprintln!("!! skipped: rsyslogd is not installed; .ci/receivers installs it");
    None
}

fn syslog_ng() -> Option<PathBuf> {
    let program = PathBuf::from("/usr/sbin/syslog-ng");
    if !program.exists() {
        eprintln!("!! skipped: syslog-ng is not installed; .ci/receivers installs it");
        return None;
    }
    Some(program)
}

/// A port for a daemon, which the system gives to no other socket while this lives: it is bound,
/// and not listened on. A daemon can bind it too, because both allow its reuse.
pub(super) struct Port {
    number: u16,
    _bound: OwnedFd,
}

impl Port {
    pub(super) fn tcp() -> Self {
        Self::bind(SocketType::STREAM)
    }

    pub(super) fn udp() -> Self {
        Self::bind(SocketType::DGRAM)
    }

    fn bind(of: SocketType) -> Self {
        let flags = SocketFlags::CLOEXEC;
        let socket = net::socket_with(AddressFamily::INET, of, flags, None).unwrap();
        net::bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
        // Later, or the system could choose the same port for two of these.
        net::sockopt::set_socket_reuseaddr(&socket, true).unwrap();
        let address = net::getsockname(&socket).unwrap();
        let number = SocketAddrV4::try_from(address).unwrap().port();
        Self {
            number,
            _bound: socket,
        }
    }
}

impl Display for Port {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        self.number.fmt(to)
    }
}

/// The lines that a daemon has written, once there are so many.
pub(super) fn lines(path: &Path, count: usize) -> Vec<Value> {
    let start = Instant::now();
    loop {
        let text = fs::read_to_string(path).unwrap_or_default();
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines: Vec<_> = complete.lines().collect();
        if lines.len() >= count {
            let parse = |line: &&str| serde_json::from_str(line).expect(line);
            return lines.iter().map(parse).collect();
        }
        assert!(start.elapsed() < LONG, "{} of {count}: {text}", lines.len());
        thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until a daemon accepts connections.
pub(super) fn wait_for_port(port: &Port) {
    let start = Instant::now();
    while std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port.number)).is_err() {
        assert!(start.elapsed() < LONG, "no daemon");
        thread::sleep(Duration::from_millis(20));
    }
}

pub(super) fn wait_for_file(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < LONG, "no daemon");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The template and the file of rsyslog.
fn rsyslog_output(out: &Path) -> String {
    let properties = [
        ("facility", "syslogfacility"),
        ("severity", "syslogseverity"),
        ("host", "hostname"),
        ("app", "app-name"),
        ("procid", "procid"),
        ("msgid", "msgid"),
        ("data", "structured-data"),
        ("msg", "msg"),
    ];
    let properties = properties.map(|(name, property)| {
        format!("property(outname=\"{name}\" name=\"{property}\" format=\"jsonf\")")
    });
    format!(
        "template(name=\"json\" type=\"list\" option.jsonf=\"on\") {{ {} }}\n\
         action(type=\"omfile\" file=\"{}\" template=\"json\")\n",
        properties.join("\n"),
        out.display()
    )
}

pub(super) fn start_rsyslog(directory: &Path, inputs: &str) -> Option<(Daemon, PathBuf)> {
    let (program, modules) = rsyslogd()?;
    let (conf, out) = (directory.join("conf"), directory.join("out"));
    let head = format!("global(workDirectory=\"{}\")\n", directory.display());
    fs::write(&conf, head + inputs + &rsyslog_output(&out)).unwrap();
    let arguments = ["-n", "-f", conf.to_str().unwrap(), "-i"].map(str::to_owned);
    let mut arguments = arguments.to_vec();
    arguments.push(directory.join("pid").display().to_string());
    Some((Daemon::start(&program, arguments, Some(modules)), out))
}

pub(super) fn start_syslog_ng(directory: &Path, source: &str) -> Option<(Daemon, PathBuf)> {
    let program = syslog_ng()?;
    let (conf, out) = (directory.join("conf"), directory.join("out"));
    let template = "$(format-json --scope rfc5424 --scope nv-pairs --scope sdata \
                    --pair number=$LEVEL_NUM --pair facility=$FACILITY)\\n";
    let text = format!(
        "@version: 3.38\noptions {{ keep-hostname(yes); flush-lines(1); }};\n\
         source s {{ {source} }};\n\
         destination d {{ file(\"{}\" template(\"{template}\")); }};\n\
         log {{ source(s); destination(d); flags(flow-control); }};\n",
        out.display()
    );
    fs::write(&conf, text).unwrap();
    let path = |name: &str| directory.join(name).display().to_string();
    let mut arguments = vec!["-F".to_owned(), "--no-caps".to_owned()];
    for (option, name) in [
        ("-f", "conf"),
        ("-R", "state"),
        ("-p", "pid"),
        ("-c", "ctl"),
    ] {
        arguments.extend([option.to_owned(), path(name)]);
    }
    Some((Daemon::start(&program, arguments, None), out))
}
