//! A server of etcd for one test: [`Etcd`].

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A server on loopback, with free ports and a directory of its own. It ends with the test.
pub(crate) struct Etcd {
    server: Child,
    directory: TempDir,
    name: String,
    port: u16,
    peer_port: u16,
    /// All members of its cluster, with their addresses, and what the cluster is known by.
    cluster: String,
    token: String,
    options: Vec<String>,
    /// What `etcdctl` needs beside the address.
    credentials: Vec<String>,
}

impl Etcd {
    /// Returns `None`, with a message on standard error, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(options: &[&str]) -> Option<Self> {
        Self::start_as(options, &[])
    }

    /// With the certificates `server` and `client` of the authority `ca`, which are in a directory.
    pub(crate) fn start_with_tls(directory: &Path) -> Option<Self> {
        let file = |option: &str, name: &str| {
            format!(
                "--{option}={}",
                directory.join(format!("{name}.pem")).display()
            )
        };
        let server = [
            file("cert-file", "server"),
            file("key-file", "server-key"),
            file("trusted-ca-file", "ca"),
            "--client-cert-auth".to_owned(),
        ];
        let client = [
            file("cacert", "ca"),
            file("cert", "client"),
            file("key", "client-key"),
        ];
        Self::start_as(&server.each_ref().map(String::as_str), &client)
    }

    /// Three members of one cluster.
    pub(crate) fn start_three() -> Option<Vec<Self>> {
        Self::start_cluster(3, &[], &[])
    }

    fn start_as(options: &[&str], credentials: &[String]) -> Option<Self> {
        Self::start_cluster(1, options, credentials)?.pop()
    }

    fn start_cluster(
        members: usize,
        options: &[&str],
        credentials: &[String],
    ) -> Option<Vec<Self>> {
        for (program, version) in [("etcd", "--version"), ("etcdctl", "version")] {
            let version = Command::new(program)
                .env("ETCDCTL_API", "3")
                .arg(version)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if version.is_err() {
                eprintln!("!! skipped: {program} is not installed (etcd-server, etcd-client)");
                return None;
            }
        }
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        // Another process may have a port for a moment.
        for _ in 0..100 {
            let places = (0..members).map(|_| {
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let name = format!("t{}-{count}", std::process::id());
                (name, free_port(), free_port())
            });
            let places: Vec<_> = places.collect();
            let peers = places
                .iter()
                .map(|(name, _, peer_port)| format!("{name}=http://127.0.0.1:{peer_port}"));
            let cluster = peers.collect::<Vec<_>>().join(",");
            let token = places[0].0.clone();
            let started = places.into_iter().map(|(name, port, peer_port)| {
                let directory = tempfile::tempdir().unwrap();
                let data = directory.path().join(&name);
                Self {
                    server: serve(&name, &data, (port, peer_port), &cluster, &token, &options),
                    directory,
                    name,
                    port,
                    peer_port,
                    cluster: cluster.clone(),
                    token: token.clone(),
                    options: options.clone(),
                    credentials: credentials.to_vec(),
                }
            });
            let mut started: Vec<_> = started.collect();
            if started.iter_mut().all(Self::is_up) {
                return Some(started);
            }
        }
        panic!("etcd does not stay");
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What `etcd://` takes.
    pub(crate) fn url(&self, service: &str) -> String {
        format!("etcd://{}/{service}", self.address())
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// Starts it at the same address, with what it had stored.
    pub(crate) fn start_again(&mut self) {
        for _ in 0..100 {
            let data = self.directory.path().join(&self.name);
            let ports = (self.port, self.peer_port);
            let (cluster, token) = (&self.cluster, &self.token);
            self.server = serve(&self.name, &data, ports, cluster, token, &self.options);
            if self.is_up() {
                return;
            }
            self.kill();
            thread::sleep(Duration::from_millis(100));
        }
        panic!("etcd does not start again");
    }

    /// Halts it: connections stay open, and nothing answers.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
        // Its threads halt one by one.
        let is_halted = |task: std::io::Result<std::fs::DirEntry>| {
            let status = std::fs::read_to_string(task.unwrap().path().join("status"));
            status.is_ok_and(|status| status.contains("State:\tT"))
        };
        let tasks = format!("/proc/{}/task", self.id());
        let start = Instant::now();
        while !std::fs::read_dir(&tasks).unwrap().all(is_halted) {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "it does not halt"
            );
            thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    /// Has `etcdctl` be a user, such as `root:root`, from now on.
    pub(crate) fn sign_in(&mut self, user: &str) {
        self.credentials.push(format!("--user={user}"));
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.server.id()
    }

    /// Runs `etcdctl`, and returns what it writes.
    pub(crate) fn ctl(&self, arguments: &[&str]) -> String {
        self.try_ctl(arguments)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }

    pub(crate) fn try_ctl(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new("etcdctl")
            .env("ETCDCTL_API", "3")
            .arg(format!("--endpoints={}", self.address()))
            .args(&self.credentials)
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    /// Its revision.
    pub(crate) fn revision(&self) -> u64 {
        let status = self.ctl(&["endpoint", "status", "--write-out=fields"]);
        let line = status.lines().find(|line| line.starts_with("\"Revision\""));
        line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
    }

    pub(crate) fn compact(&self) {
        self.ctl(&["compact", "--physical", &self.revision().to_string()]);
    }

    /// Saves what it has to a file.
    pub(crate) fn save(&self) -> PathBuf {
        let file = self.directory.path().join("saved");
        self.ctl(&["snapshot", "save", file.to_str().unwrap()]);
        file
    }

    /// Has it go on, as another cluster, from what was saved.
    pub(crate) fn restore(&mut self, file: &Path) {
        self.kill();
        let data = self.directory.path().join(&self.name);
        std::fs::remove_dir_all(&data).unwrap();
        let peer = format!("http://127.0.0.1:{}", self.peer_port);
        self.ctl(&[
            "snapshot",
            "restore",
            file.to_str().unwrap(),
            &format!("--name={}", self.name),
            &format!("--data-dir={}", data.display()),
            &format!("--initial-cluster={}={peer}", self.name),
            &format!("--initial-advertise-peer-urls={peer}"),
            "--initial-cluster-token=restored",
        ]);
        self.start_again();
    }

    fn signal(&self, signal: &str) {
        let pid = self.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits until it answers; `false` if it has ended.
    fn is_up(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(120) {
            if self.server.try_wait().unwrap().is_some() {
                return false;
            }
            // Not that of another test, which has the port.
            if TcpStream::connect(self.address()).is_ok()
                && self.try_ctl(&["get", "x"]).is_ok()
                && self.ctl(&["member", "list"]).contains(&self.name)
            {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serve(
    name: &str,
    data: &Path,
    (port, peer_port): (u16, u16),
    cluster: &str,
    token: &str,
    options: &[String],
) -> Child {
    let is_encrypted = options
        .iter()
        .any(|option| option.starts_with("--cert-file"));
    let scheme = if is_encrypted { "https" } else { "http" };
    let client = format!("{scheme}://127.0.0.1:{port}");
    let peer = format!("http://127.0.0.1:{peer_port}");
    Command::new("etcd")
        .args(["--name", name, "--data-dir", data.to_str().unwrap()])
        .args([
            "--listen-client-urls",
            &client,
            "--advertise-client-urls",
            &client,
        ])
        .args([
            "--listen-peer-urls",
            &peer,
            "--initial-advertise-peer-urls",
            &peer,
        ])
        .args(["--initial-cluster", cluster])
        .args(["--initial-cluster-token", token])
        .args(options)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The resident memory of a process, in KiB.
pub(crate) fn memory_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
