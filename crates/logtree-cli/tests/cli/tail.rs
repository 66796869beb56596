//! `logtree tail`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use logtree::Level;
use serde_json::Value;

use crate::daemon::Daemon;
use crate::fake::{End, Fake};
use crate::program::{Run, logtree, private_directory};

/// Returns a record as a tail sends it, at a second of a minute.
fn record(second: u32, level: (&str, u16), logger: &str, message: &str) -> String {
    let (name, number) = level;
    format!(
        r#"{{"time":"2024-01-02T03:04:{second:02}.000Z","level":"{name}","logger":"{logger}","message":"{message}","levelNumber":{number},"seq":{second},"pid":7}}"#
    )
}

const INFO: (&str, u16) = ("INFO", 20);
const ERROR: (&str, u16) = ("ERROR", 40);

#[test]
fn records_of_several_processes_by_time() {
    let directory = private_directory();
    let directory = directory.path();
    let lines = [
        record(1, INFO, "a", "one"),
        record(3, INFO, "a", "three"),
        r#"{"dropped":{"DEBUG":312,"INFO":4},"since":"2024-01-02T03:04:03Z"}"#.to_owned(),
        record(5, ("NOTE", 25), "a", "five"),
    ];
    let others = [
        record(2, INFO, "b", "two"),
        record(4, ERROR, "b", "four\\u001b[2J"),
    ];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let others: Vec<_> = others.iter().map(String::as_str).collect();
    let one = Fake::stream(directory, "one", &lines, End::Whole);
    let two = Fake::stream(directory, "two", &others, End::Whole);
    let level = "info,a=debug";
    let arguments = [
        "tail", "--once", "--utc", "--level", level, "--logger", "a*", "--kv", "k:v", "-n", "50",
    ];
    let run = Run::on(directory, &arguments);
    let pid = std::process::id();
    let expected = format!(
        "one[{pid}] 03:04:01.000 INFO     a: one\n\
         two[{pid}] 03:04:02.000 INFO     b: two\n\
         one[{pid}] 03:04:03.000 INFO     a: three\n\
         two[{pid}] 03:04:04.000 ERROR    b: four\\x1b[2J\n\
         one[{pid}] 03:04:05.000 NOTE     a: five\n"
    );
    assert_eq!((run.code, &*run.out), (0, &*expected), "{}", run.errors);
    let dropped = format!("logtree: one[{pid}]: dropped 312 DEBUG, 4 INFO");
    assert!(run.errors.contains(&dropped), "{}", run.errors);
    let request = "GET /v1/tail?level=info%2Ca%3Ddebug&logger=a%2A&kv=k%3Av&backlog=50 HTTP/1.1";
    assert_eq!((&*one.request(), &*two.request()), (request, request));
}

#[test]
fn what_is_shown_and_when_it_ends() {
    let lines = [
        record(1, INFO, "a", "starting"),
        record(2, INFO, "a", "user=7"),
        record(3, ERROR, "b", "failed"),
        record(4, INFO, "a", "user=8"),
        record(5, ERROR, "b", "failed again"),
    ];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    for (arguments, expected) in [
        (
            &[][..],
            &["starting", "user=7", "failed", "user=8", "failed again"][..],
        ),
        (&["--until-error"], &["starting", "user=7", "failed"]),
        (&["--limit", "2"], &["starting", "user=7"]),
        (&["--grep", "user=[0-9]"], &["user=7", "user=8"]),
        (&["--grep", "again", "--until-error"], &["failed again"]),
        (&["--grep", "^b "], &["failed", "failed again"]),
    ] {
        let directory = private_directory();
        let _one = Fake::stream(directory.path(), "one", &lines, End::Whole);
        let mut all = vec!["tail", "--once", "--format", "{name} {message}"];
        all.extend(arguments);
        let run = Run::on(directory.path(), &all);
        let shown: Vec<_> = run
            .out
            .lines()
            .map(|line| line.split_once(' ').unwrap().1)
            .collect();
        assert_eq!((run.code, &*shown), (0, expected), "{arguments:?}: {run:?}");
    }
}

#[test]
fn json_has_the_process_beside_each_record() {
    let directory = private_directory();
    let record = record(1, INFO, "a", "x");
    let lines = [&*record, r#"{"dropped":{"INFO":1},"since":"-"}"#];
    let _one = Fake::stream(directory.path(), "one", &lines, End::Whole);
    let run = Run::on(directory.path(), &["tail", "--once", "--json"]);
    let lines: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let label = format!("one[{}]", std::process::id());
    assert!(
        lines.iter().all(|line| line["process"] == *label),
        "{run:?}"
    );
    assert_eq!(
        lines[0]["record"],
        serde_json::from_str::<Value>(&record).unwrap()
    );
    assert_eq!(lines[1]["note"]["dropped"]["INFO"], 1);
    assert_eq!((lines.len(), &lines[2]["end"]), (3, &"ended".into()));
}

#[test]
fn a_process_that_dies_does_not_end_the_others() {
    let directory = private_directory();
    let (one, two) = (record(1, INFO, "a", "one"), record(2, INFO, "b", "two"));
    let _one = Fake::stream(directory.path(), "one", &[&one], End::Cut);
    let _two = Fake::stream(directory.path(), "two", &[&two], End::Whole);
    let refusal =
        "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 22\r\n\r\n{\"message\":\"too many\"}";
    let _three = Fake::respond(directory.path(), "three", refusal.to_owned());
    let run = Run::on(directory.path(), &["tail", "--once"]);
    assert_eq!((run.code, run.out.lines().count()), (1, 2), "{run:?}");
    for expected in [
        "one[",
        "the tail ended",
        "two[",
        "ended",
        "three[",
        "too many (status 429)",
    ] {
        assert!(run.errors.contains(expected), "{expected}: {run:?}");
    }
}

/// Returns how many records the handlers of a process have accepted.
fn accepted(directory: &Path) -> u64 {
    let all = Run::on(directory, &["handlers", "--json", "--name", "one"]).json();
    all[0]["result"]["handlers"][0]["accepted"]
        .as_u64()
        .unwrap()
}

#[test]
fn real_processes() {
    let directory = private_directory();
    let directory = directory.path();
    let mut one = Daemon::start(directory, "one");
    let mut two = Daemon::start(directory, "two");
    let mut command = logtree(directory);
    command.args(["tail", "--level", "debug", "--format", "{name} {message}"]);
    command.args(["--until-error", "--grep", "ready|shown"]);
    let mut tail = command.stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(tail.stdout.take().unwrap());
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in out.lines() {
            sender.send(line.unwrap()).unwrap();
        }
    });
    // The tail is there when it shows something.
    let (mut ready, mut waits) = ([false; 2], 0);
    while ready != [true; 2] {
        for (daemon, ready) in [(&mut one, ready[0]), (&mut two, ready[1])] {
            if !ready {
                daemon.log(Level::DEBUG, "app.db", "ready");
            }
        }
        while let Ok(line) = receiver.recv_timeout(Duration::from_millis(20)) {
            for (label, ready) in [one.label(), two.label()].iter().zip(&mut ready) {
                *ready |= line == format!("{label} app.db ready");
            }
        }
        waits += 1;
        assert!(waits < 5_000, "the tail shows nothing");
    }
    let before = accepted(directory);
    one.log(Level::DEBUG, "app.db", "shown below the logger's level");
    one.log(Level::TRACE, "app.db", "shown? no");
    one.log(Level::DEBUG, "app.db", "not asked for");
    // No handler got what its logger hides.
    assert_eq!(accepted(directory), before);
    two.log(Level::ERROR, "app.http", "shown at the end");
    assert_eq!(tail.wait().unwrap().code(), Some(0));
    reader.join().unwrap();
    let shown: Vec<_> = receiver
        .iter()
        .filter(|line| !line.ends_with(" ready"))
        .collect();
    let expected = [
        format!("{} app.db shown below the logger's level", one.label()),
        format!("{} app.http shown at the end", two.label()),
    ];
    assert_eq!(shown, expected);
}

/// Lines that a program prints, as they come.
fn lines_of(out: impl std::io::Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(out).lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// A process that starts again has another number, and so another socket.
#[test]
fn it_goes_on_when_a_process_is_back() {
    const PATIENCE: Duration = Duration::from_secs(60);
    let directory = private_directory();
    let directory = directory.path();
    let mut first = Daemon::start(directory, "one");
    let mut command = logtree(directory);
    command.args(["tail", "--format", "{message}", "--until-error"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut tail = command.spawn().unwrap();
    let out = lines_of(tail.stdout.take().unwrap());
    let errors = lines_of(tail.stderr.take().unwrap());
    // The tail is there when it shows something.
    let show = |daemon: &mut Daemon, message: &str| {
        for _ in 0..5_000 {
            daemon.log(Level::INFO, "app.http", message);
            if let Ok(line) = out.recv_timeout(Duration::from_millis(20)) {
                return line;
            }
        }
        panic!("the tail shows nothing");
    };
    assert_eq!(show(&mut first, "before"), "before");
    first.kill();
    let waits = errors.recv_timeout(PATIENCE).unwrap();
    assert!(waits.contains(&first.label()), "{waits}");
    assert!(waits.ends_with("waiting for it to come back"), "{waits}");
    let mut second = Daemon::start(directory, "one");
    let back = format!("logtree: {}: is back", second.label());
    assert_eq!(errors.recv_timeout(PATIENCE).unwrap(), back);
    second.log(Level::ERROR, "app.http", "after");
    let mut shown = out.recv_timeout(PATIENCE).unwrap();
    while shown == "before" {
        shown = out.recv_timeout(PATIENCE).unwrap();
    }
    assert_eq!(shown, "after");
    assert_eq!(tail.wait().unwrap().code(), Some(0));
}

/// A connection that breaks goes on after the last record that was shown.
#[test]
fn it_resumes_after_the_last_record() {
    let directory = private_directory();
    let line = |id: &str, message: &str| {
        let record = record(1, INFO, "a", message);
        format!("id: {id}\nevent: record\ndata: {record}\n")
    };
    let path = directory
        .path()
        .join(format!("one-{}.sock", std::process::id()));
    let listener = std::os::unix::net::UnixListener::bind(path).unwrap();
    let server = thread::spawn(move || {
        let mut resumed = Vec::new();
        for (id, message) in [("boot-1", "one"), ("boot-2", "two")] {
            let (stream, _) = listener.accept().unwrap();
            let head = BufReader::new(&stream).lines().map(Result::unwrap);
            let head: Vec<_> = head.take_while(|line| !line.is_empty()).collect();
            let id_of = |line: &String| {
                line.to_lowercase()
                    .strip_prefix("last-event-id: ")
                    .map(str::to_owned)
            };
            resumed.push(head.iter().find_map(id_of));
            let body = line(id, message);
            let response = format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n",
                body.len()
            );
            std::io::Write::write_all(&mut &stream, response.as_bytes()).unwrap();
        }
        resumed
    });
    let run = Run::on(
        directory.path(),
        &["tail", "--format", "{message}", "--limit", "2"],
    );
    assert_eq!((run.code, &*run.out), (0, "one\ntwo\n"), "{run:?}");
    assert_eq!(server.join().unwrap(), [None, Some("boot-1".to_owned())]);
}

/// A process that starts again at its address may write a new token.
#[test]
fn it_resumes_with_a_new_token() {
    let directory = private_directory();
    let file = directory.path().join("token");
    let write_token = |token: &str| {
        fs::write(&file, token).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    };
    write_token("old");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serve = || {
        let mut valid = "old";
        while valid != "none" {
            let (stream, _) = listener.accept().unwrap();
            let head = BufReader::new(&stream).lines().map(Result::unwrap);
            let head: Vec<_> = head.take_while(|line| !line.is_empty()).collect();
            let token = format!("authorization: bearer {valid}");
            let response = if !head.iter().any(|line| line.to_lowercase() == token) {
                "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}".to_owned()
            } else if head[0].contains("/v1/tail") {
                let line = record(1, INFO, "a", valid);
                valid = if valid == "old" { "new" } else { "none" };
                write_token(valid);
                let length = line.len() + 1;
                format!(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{line}\n\r\n"
                )
            } else {
                "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"name\":\"one\",\"pid\":123}"
                    .to_owned()
            };
            (&stream).write_all(response.as_bytes()).unwrap();
        }
    };
    thread::scope(|scope| {
        let server = scope.spawn(serve);
        let mut arguments = vec!["tail", "--format", "{message}", "--limit", "2"];
        arguments.extend(["--url", &url, "--token-file", file.to_str().unwrap()]);
        let run = Run::on(directory.path(), &arguments);
        assert_eq!((run.code, &*run.out), (0, "old\nnew\n"), "{run:?}");
        server.join().unwrap();
    });
}
