//! Scenes that need a separate process: environment, forks, exhausted descriptors.
#![expect(unsafe_code, reason = "forks and limits have no safe form")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use logtree::Registry;
use logtree::control::{Control, Endpoint};
use logtree::handler::StreamHandler;

use crate::http::{files, request_on};

/// Prints a line for the test.
const MARK: &str = "scene: ";

/// A process that runs a scene.
struct Scene {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Scene {
    fn start(name: &str, directory: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "scene::play", "--nocapture"])
            .env("ENDPOINT_SCENE", name)
            .env("LOGTREE_CONTROL_DIR", directory)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take(), process.stdout.take());
        Self {
            process,
            input: input.unwrap(),
            output: BufReader::new(output.unwrap()),
        }
    }

    /// Waits for the next line of the scene.
    fn line(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.output.read_line(&mut line).unwrap();
            assert!(read > 0, "the scene has ended");
            if let Some((_, said)) = line.split_once(MARK) {
                return said.trim_end().to_owned();
            }
        }
    }

    fn go_on(&mut self) {
        self.input.write_all(b"\n").unwrap();
    }

    fn end(mut self) {
        drop(self.input);
        assert!(self.process.wait().unwrap().success());
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn say(text: impl std::fmt::Display) {
    println!("{MARK}{text}");
}

fn wait() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}

/// Runs the scene that the environment names, in a process started by another test; without one,
/// there is nothing to do.
#[test]
fn play() {
    let Ok(scene) = std::env::var("ENDPOINT_SCENE") else {
        return;
    };
    match &*scene {
        "default" => default(),
        "environment" => environment(),
        "fork" => fork(false),
        "serving_fork" => fork(true),
        "exhausted" => exhausted(),
        "foreign" => foreign(),
        "crowd" => crowd(),
        _ => unreachable!("{scene}"),
    }
}

fn default() {
    let control = Control::new(&Registry::new());
    match control.serve(Endpoint::new().name("scene").tcp("127.0.0.1:0")) {
        Ok(server) => {
            say(&server.addresses()[0]);
            wait();
        }
        Err(error) => say(error),
    }
}

#[test]
fn files_of_processes_that_are_gone_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control");
    let mut killed = Scene::start("default", &path, &[]);
    killed.line();
    let left = files(&path);
    assert_eq!(left.len(), 2, "{left:?}");
    killed.kill();
    assert_eq!(files(&path), left);
    // Files of other processes stay.
    fs::write(path.join("notes.txt"), "").unwrap();
    let mut next = Scene::start("default", &path, &[]);
    let mut other = Scene::start("default", &path, &[]);
    let address = next.line();
    other.line();
    let now = files(&path);
    assert_eq!(now.len(), 5, "{now:?}");
    assert!(!left.iter().any(|name| now.contains(name)), "{now:?}");
    assert!(address.starts_with("unix:"), "{address}");
    next.go_on();
    next.end();
    other.go_on();
    other.end();
    assert_eq!(files(&path), ["notes.txt"]);
}

#[test]
fn a_directory_of_others_is_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let directory = tempfile::tempdir().unwrap();
    let refused = |path: &Path| {
        let mut scene = Scene::start("default", path, &[]);
        let said = scene.line();
        scene.end();
        said
    };
    let open = directory.path().join("open");
    fs::create_dir(&open).unwrap();
    for mode in [0o777, 0o750, 0o701] {
        fs::set_permissions(&open, fs::Permissions::from_mode(mode)).unwrap();
        assert!(refused(&open).contains("run chmod go="), "{mode:o}");
    }
    fs::set_permissions(&open, fs::Permissions::from_mode(0o700)).unwrap();
    let link = directory.path().join("link");
    symlink(&open, &link).unwrap();
    assert!(refused(&link).contains("no link"));
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(refused(&file).contains("expected a directory"));
    assert!(refused(&directory.path().join("a/b")).contains("cannot create"));
    let long = directory.path().join("x".repeat(100));
    assert!(refused(&long).contains("expected a path of at most"));
}

fn environment() {
    logtree::init_from_env();
    say("ready");
    wait();
}

#[test]
fn the_environment_serves_and_refuses() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control");
    let served = |value: &str| {
        let mut scene = Scene::start("environment", &path, &[("LOGTREE_CONTROL", value)]);
        scene.line();
        let found = if path.exists() {
            files(&path)
        } else {
            Vec::new()
        };
        scene.go_on();
        scene.end();
        found
    };
    for off in ["off", "", "tcp", "tcp:x", "tcp:70000", "yes"] {
        assert_eq!(served(off), [""; 0], "{off}");
    }
    let unix = served("unix");
    assert!(
        matches!(&*unix, [socket] if socket.ends_with(".sock")),
        "{unix:?}"
    );
    let tcp = served("tcp:0");
    assert!(
        matches!(&*tcp, [_, token] if token.ends_with(".token")),
        "{tcp:?}"
    );
    assert_eq!(files(&path), [""; 0], "removed at the end of the process");
}

/// How many sockets the process has open.
fn sockets() -> usize {
    let descriptors = fs::read_dir("/proc/self/fd").unwrap();
    let targets = descriptors.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    targets
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}

fn fork(serves: bool) {
    let directory = std::env::var("LOGTREE_CONTROL_DIR").unwrap();
    let path = Path::new(&directory).join("log.sock");
    let before = sockets();
    let control = Control::new(&Registry::new());
    let endpoint = Endpoint::new().socket(&path).tcp("127.0.0.1:0");
    let server = control.serve(endpoint.serve_in_children(serves)).unwrap();
    let in_service = sockets();
    // SAFETY: the child uses what a child of a fork may.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let open = sockets();
        if serves {
            // Until a thread that the child starts serves it.
            let own = Path::new(&directory).join(format!("log-{}.sock", std::process::id()));
            while !own.exists() {
                std::thread::yield_now();
            }
            say(own.display());
            wait();
        }
        drop(server);
        let is_there = path.exists();
        say(format_args!("{before} {in_service} {open} {is_there}"));
        // SAFETY: ends the child without the test harness.
        unsafe { libc::_exit(0) };
    }
    let mut status = 0;
    // SAFETY: waits for the child.
    unsafe { libc::waitpid(child, &raw mut status, 0) };
    let answer = request_on(&path, "GET", "/v1/status").send().expect(200);
    say(answer.json()["pid"] == std::process::id());
    drop(server);
    say(path.exists());
}

#[test]
fn a_child_closes_its_copy_and_leaves_the_parents_socket() {
    let directory = tempfile::tempdir().unwrap();
    let mut scene = Scene::start("fork", directory.path(), &[]);
    let line = scene.line();
    let words: Vec<_> = line.split(' ').collect();
    assert_ne!(words[0], words[1], "the listeners are sockets");
    assert_eq!((words[2], words[3]), (words[0], "true"), "{line}");
    assert_eq!((&*scene.line(), &*scene.line()), ("true", "false"));
    scene.end();
}

#[test]
fn a_child_serves_if_it_is_to() {
    let directory = tempfile::tempdir().unwrap();
    let mut scene = Scene::start("serving_fork", directory.path(), &[]);
    let own = scene.line();
    let answer = request_on(Path::new(&own), "GET", "/v1/status")
        .send()
        .expect(200);
    assert!(
        own.contains(&format!("-{}.sock", answer.json()["pid"])),
        "{own}"
    );
    scene.go_on();
    scene.line();
    assert!(!Path::new(&own).exists());
    assert_eq!((&*scene.line(), &*scene.line()), ("true", "false"));
    scene.end();
}

/// No descriptor is left for accepting a connection; later there is one.
fn exhausted() {
    let control = Control::new(&Registry::new());
    let server = control.serve(Endpoint::new().name("scene")).unwrap();
    let limit = libc::rlimit {
        rlim_cur: 64,
        rlim_max: 64,
    };
    // SAFETY: reads the numbers.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    let mut open = Vec::new();
    while let Ok(file) = fs::File::open("/dev/null") {
        open.push(file);
    }
    say(&server.addresses()[0]);
    wait();
    drop(open);
    say("free");
    wait();
}

#[test]
fn exhausted_descriptors_end_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control");
    let mut scene = Scene::start("exhausted", &path, &[]);
    let address = scene.line();
    let socket = Path::new(address.strip_prefix("unix:").unwrap());
    let mut waiting: Vec<_> = (0..5)
        .map(|_| request_on(socket, "GET", "/v1/status").open())
        .collect();
    scene.go_on();
    scene.line();
    for answer in &mut waiting {
        let mut text = String::new();
        answer.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    }
    scene.go_on();
    scene.end();
}

/// A peer of another user, where neither the directory nor the socket keep it out.
fn foreign() {
    use std::os::unix::fs::PermissionsExt;

    let directory = std::env::var("LOGTREE_CONTROL_DIR").unwrap();
    let path = Path::new(&directory).join("log.sock");
    let control = Control::new(&Registry::new());
    let server = control.serve(Endpoint::new().socket(&path)).unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    // SAFETY: the child makes calls to the system alone, and ends.
    let child = unsafe { libc::fork() };
    if child == 0 {
        const NOBODY: u32 = 65534;
        // SAFETY: changes the user of the child.
        let is_other = unsafe { libc::setgid(NOBODY) == 0 && libc::setuid(NOBODY) == 0 };
        let answered = || {
            let mut stream = std::os::unix::net::UnixStream::connect(&path)?;
            // It may be closed before.
            let _ = stream.write_all(b"GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
            let mut byte = [0];
            Ok::<_, std::io::Error>(std::io::Read::read(&mut stream, &mut byte).unwrap_or(0))
        };
        let status = match answered() {
            _ if !is_other => 3,
            Ok(0) => 0,
            Ok(_) => 1,
            Err(_) => 2,
        };
        // SAFETY: ends the child without the test harness.
        unsafe { libc::_exit(status) };
    }
    let mut status = 0;
    // SAFETY: waits for the child.
    unsafe { libc::waitpid(child, &raw mut status, 0) };
    say(libc::WEXITSTATUS(status));
    request_on(&path, "GET", "/v1/status").send().expect(200);
    drop(server);
}

#[test]
fn a_peer_of_another_user_gets_no_answer() {
    // SAFETY: reads a number.
    if unsafe { libc::geteuid() } != 0 {
        eprintln!("skipped: only root can become another user");
        return;
    }
    // Where the other user can get to.
    let directory = tempfile::tempdir_in("/tmp").unwrap();
    let mut scene = Scene::start("foreign", directory.path(), &[]);
    assert_eq!(
        scene.line(),
        "0",
        "0 is no answer, 2 no connection, 3 the same user"
    );
    scene.end();
}

/// How many threads the process has.
fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// Raises the limit of descriptors as far as the user may. Returns it.
fn descriptors() -> libc::rlim_t {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: writes, and then reads, the numbers.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
        limit.rlim_cur = limit.rlim_max.min(4096);
        libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
    }
    limit.rlim_cur
}

/// A thousand clients at once that send half a request and take nothing, fewer if the system has a
/// lower limit, while threads log.
fn crowd() {
    const PLACES: usize = 32;
    const LOGGING: usize = 4;
    const RECORDS: usize = 20_000;
    let clients = usize::try_from(descriptors()).unwrap_or(1000);
    let clients = clients.saturating_sub(2 * PLACES + 64);
    // More would wait for each other to be connected.
    let may_wait = fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
    let clients = clients.min(may_wait.trim().parse().unwrap()).min(1000);
    let directory = std::env::var("LOGTREE_CONTROL_DIR").unwrap();
    let path = Path::new(&directory).join("log.sock");
    let registry = Registry::new();
    let file = fs::File::create(Path::new(&directory).join("records")).unwrap();
    registry.root().add_handler(StreamHandler::new(file));
    let control = Control::new(&registry);
    let server = control.serve(Endpoint::new().socket(&path)).unwrap();
    let (idle, idle_threads) = (sockets(), threads());
    let connect = |at: usize| {
        let mut stream = std::os::unix::net::UnixStream::connect(&path).unwrap();
        let what: &[u8] = match at % 3 {
            0 => b"",
            1 => b"GET /v1/tail HTTP/1.1\r\nHost: x\r\n",
            _ => b"PATCH /v1/levels HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
        };
        // It may have been given up by now.
        let _ = stream.write_all(what);
        stream
    };
    let crowd: Vec<_> = (0..clients).map(connect).collect();
    let full = idle + clients + PLACES.min(clients);
    // All places are taken again and again, and no more.
    let is_full = || {
        let open = sockets();
        assert!(open <= full, "{open} of {full}");
        open == full
    };
    let log = || {
        let logger = registry.get_logger("app");
        for number in 0..RECORDS {
            logtree::warn!(logger, number = number; "goes on");
        }
    };
    std::thread::scope(|scope| {
        let logging: Vec<_> = (0..LOGGING).map(|_| scope.spawn(log)).collect();
        let (start, mut times) = (std::time::Instant::now(), 0);
        while times < 100 || !logging.iter().all(|one| one.is_finished()) {
            times += usize::from(is_full());
            assert!(start.elapsed().as_secs() < 600, "only {times} times");
            assert!(threads() <= idle_threads + LOGGING);
        }
    });
    drop(crowd);
    while sockets() > idle {
        std::thread::yield_now();
    }
    let response = request_on(&path, "GET", "/v1/handlers").send().expect(200);
    let handler = &response.json()["handlers"][0];
    assert_eq!(handler["accepted"], LOGGING * RECORDS);
    assert_eq!(handler["written"], LOGGING * RECORDS);
    drop(server);
    let records = fs::read_to_string(Path::new(&directory).join("records")).unwrap();
    say(records.lines().count() == LOGGING * RECORDS);
}

#[test]
fn a_crowd_of_slow_clients_takes_no_more_than_its_places() {
    let directory = tempfile::tempdir().unwrap();
    let mut scene = Scene::start("crowd", directory.path(), &[]);
    assert_eq!(scene.line(), "true", "all records are written");
    scene.end();
}
