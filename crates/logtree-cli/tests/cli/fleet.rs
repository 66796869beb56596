//! Several processes at once.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::thread;

use crate::daemon::Daemon;
use crate::fake::Fake;
use crate::program::{Run, private_directory};

#[test]
fn reads_merge_and_writes_go_to_all() {
    let directory = private_directory();
    let directory = directory.path();
    let (one, two) = (
        Daemon::start(directory, "one"),
        Daemon::start(directory, "two"),
    );
    let text = Run::on(directory, &["levels", "app.db"]).good();
    let rows: Vec<_> = text
        .lines()
        .map(|line| line.split('\t').take(2).collect::<Vec<_>>())
        .collect();
    let (a, b) = (one.label(), two.label());
    let expected = [
        vec!["PROCESS", "LOGGER"],
        vec![&a, "app.db"],
        vec![&b, "app.db"],
        vec![&a, "app.db.pool"],
        vec![&b, "app.db.pool"],
    ];
    assert_eq!(rows, expected);

    let text = Run::on(directory, &["set", "app.db=DEBUG"]).good();
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].starts_with(&format!("{a}: app.db=DEBUG (revision ")),
        "{text}"
    );
    assert!(
        lines[1].starts_with(&format!("{b}: app.db=DEBUG (revision ")),
        "{text}"
    );

    // Some of them.
    let pid = two.pid().to_string();
    for select in [
        &["--pid", &*pid][..],
        &["--name", "tw*"],
        &["--socket", two.socket(directory).to_str().unwrap()],
    ] {
        let mut arguments = vec!["set", "app.db=ERROR"];
        arguments.extend(select);
        let text = Run::on(directory, &arguments).good();
        assert!(text.starts_with(&b) && text.lines().count() == 1, "{text}");
    }
    let json = Run::on(directory, &["levels", "app.db", "--json"]).json();
    let level = |at: usize| json[at]["result"]["loggers"][0]["effective"].clone();
    assert_eq!((level(0), level(1)), ("DEBUG".into(), "ERROR".into()));
    assert_eq!(json[1]["process"]["name"], "two");
    assert_eq!(json[1]["process"]["pid"], two.pid());
}

#[test]
fn twenty_processes() {
    let directory = private_directory();
    let directory = directory.path();
    let daemons: Vec<_> = (0..20)
        .map(|number| Daemon::start(directory, &format!("app{number:02}")))
        .collect();
    let text = Run::on(directory, &["ps"]).good();
    let pids: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| line.split('\t').nth(1).unwrap())
        .collect();
    let expected: Vec<_> = daemons
        .iter()
        .map(|daemon| daemon.pid().to_string())
        .collect();
    assert_eq!(pids, expected);
    let text = Run::on(directory, &["set", "app=TRACE"]).good();
    assert_eq!(text.lines().count(), 20);
    let text = Run::on(directory, &["audit"]).good();
    assert_eq!(
        text.matches("\tapp\tinherited\tTRACE\t").count(),
        20,
        "{text}"
    );
}

#[test]
fn a_process_that_is_gone_is_none() {
    let directory = private_directory();
    let directory = directory.path();
    let mut gone = Daemon::start(directory, "gone");
    gone.kill();
    assert!(gone.socket(directory).exists());
    let run = Run::on(directory, &["ps"]);
    assert_eq!((run.code, &*run.out), (3, ""), "{}", run.errors);
    let here = Daemon::start(directory, "here");
    let text = Run::on(directory, &["set", "a=INFO"]).good();
    assert!(
        text.starts_with(&here.label()) && text.lines().count() == 1,
        "{text}"
    );
}

/// A process that accepts a request and dies before it answers.
#[test]
fn a_process_that_dies_meanwhile_is_said_so() {
    let directory = private_directory();
    let directory = directory.path();
    let here = Daemon::start(directory, "here");
    // Its number is that of a process that runs: the tests.
    let pid = std::process::id();
    let listener = UnixListener::bind(directory.join(format!("dies-{pid}.sock"))).unwrap();
    let dies = thread::spawn(move || {
        for part in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"] {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(part.as_bytes()).unwrap();
        }
    });
    for json in [false, true] {
        let mut arguments = vec!["set", "a=INFO"];
        arguments.extend(json.then_some("--json"));
        let run = Run::on(directory, &arguments);
        assert_eq!(run.code, 1, "{run:?}");
        if json {
            let all = run.json();
            assert!(all[0]["error"].is_string(), "{all}");
            assert!(all[1]["result"]["revision"].is_u64(), "{all}");
        } else {
            assert!(run.out.starts_with(&here.label()), "{run:?}");
            assert!(
                run.errors.starts_with(&format!("logtree: dies[{pid}]: ")),
                "{run:?}"
            );
        }
    }
    dies.join().unwrap();
}

#[test]
fn changes_of_several_processes_are_by_time() {
    let directory = private_directory();
    let directory = directory.path();
    let serve = |name: &str, times: &[&str]| {
        let changes = times.iter().map(|time| {
            let target = format!("{name}{}", time.len());
            serde_json::json!({"time": time, "revision": 1, "origin": "api", "target": target})
        });
        let body = serde_json::json!({"changes": changes.collect::<Vec<_>>()}).to_string();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        Fake::respond(directory, name, head + &body)
    };
    let fakes = [
        serve("one", &["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.188Z"]),
        serve(
            "two",
            &[
                "2024-01-02T03:04:05.187999999Z",
                "2024-01-02T03:04:05.188001Z",
            ],
        ),
    ];
    let text = Run::on(directory, &["audit"]).good();
    let targets: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| line.split('\t').nth(3).unwrap())
        .collect();
    assert_eq!(targets, ["one20", "two30", "one24", "two27"]);
    drop(fakes);
}

#[test]
fn every_verb_prints_json() {
    let directory = private_directory();
    let directory = directory.path();
    let (_one, _two) = (
        Daemon::with_console(directory, "one"),
        Daemon::start(directory, "two"),
    );
    for arguments in [
        &["ps"][..],
        &["levels"],
        &["set", "a=DEBUG"],
        &["set", "a=DEBUG", "--dry-run"],
        &["clear", "a"],
        &["off"],
        &["on"],
        &["groups"],
        &["groups", "storage", "--level", "INFO"],
        &["handlers"],
        &["audit"],
        &["console"],
        &["complete-names"],
    ] {
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        let run = Run::on(directory, &arguments);
        let json = run.json();
        if arguments[0] == "console" {
            // The second has none.
            assert_eq!(run.code, 1);
            assert!(
                json[0]["result"]["url"]
                    .as_str()
                    .unwrap()
                    .contains("/#token=")
            );
            assert!(
                json[1]["error"]
                    .as_str()
                    .unwrap()
                    .contains("Endpoint::console")
            );
            continue;
        }
        assert_eq!(run.code, 0, "{run:?}");
        let count = json.as_array().unwrap().len();
        assert!(
            count == 2 || arguments[0] == "complete-names",
            "{arguments:?}: {run:?}"
        );
    }
}
