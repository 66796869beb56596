//! Panics at every place of a program, with `panic = "unwind"` and `"abort"`, each in a process of
//! its own: the record is written, nothing hangs, and the process ends as it does without it.
//!
//! The program is `tests/panicking`. A process that does not end in two minutes has hung.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use logtree::panics::{PanicGuard, PanicLogger};
use logtree::record::OwnedValue;
use logtree::test::Capture;
use logtree::{Level, Registry};

/// Builds the program. Returns its path.
fn build(profile: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = root.join("tests/panicking");
    // The versions that everything else is tested with.
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let target = root.join("target/panics");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(&package)
        .args(["build", "--quiet", "--profile", profile, "--target-dir"])
        .arg(&target)
        .status();
    assert!(status.unwrap().success(), "the program does not build");
    let directory = if profile == "dev" { "debug" } else { profile };
    let file = format!("panicking{}", env::consts::EXE_SUFFIX);
    target.join(directory).join(file)
}

/// What became of a process: its end, its log, and standard error.
struct End {
    status: ExitStatus,
    log: String,
    stderr: String,
}

fn run(program: &Path, place: &str, handler: &str, logged: &str) -> End {
    let profile = program.parent().unwrap().file_name().unwrap();
    let log = env::temp_dir().join(format!(
        "logtree-panics-{}-{}-{place}-{handler}-{logged}.log",
        std::process::id(),
        profile.to_string_lossy()
    ));
    let _ = fs::remove_file(&log);
    let child = Command::new(program)
        .args([place, handler, logged])
        .arg(&log)
        .env("RUST_BACKTRACE", if place == "thread" { "1" } else { "0" })
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            panic!("{place}, {handler}, {logged}: hung");
        }
        thread::sleep(Duration::from_millis(2));
    }
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    let text = fs::read_to_string(&log).unwrap();
    fs::remove_file(&log).unwrap();
    End {
        status,
        log: text,
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// The places of the program, and records that a panic there makes.
const PLACES: [(&str, &[&str]); 9] = [
    ("main", &["panic boom request=7 thread=main location="]),
    ("thread", &["panic boom 1 thread=worker location="]),
    ("pool", &["panic boom in job 1 thread=Thread-"]),
    (
        "drop",
        &[
            "panic boom first thread=main",
            // Not with `abort`: the first one ends the process.
            "panic boom in drop thread=main",
            "panic panic in a destructor during cleanup thread=main",
        ],
    ),
    ("display", &["panic boom in display thread="]),
    ("filter", &["panic boom in filter thread="]),
    ("writer", &["panic boom in writer thread="]),
    ("eprintln", &["panic boom in display thread=main"]),
    ("exit", &["panic boom at exit thread=main"]),
];

/// Plays all scenes. Returns how many there were.
fn check(profile: &str) -> usize {
    let program = build(profile);
    let is_abort = profile == "abort";
    let mut scenes = 0;
    for (place, expected) in PLACES {
        for handler in ["sync", "queue"] {
            scenes += 1;
            let what = format!("{place}, {handler}, {profile}");
            let alone = run(&program, place, handler, "alone");
            let logged = run(&program, place, handler, "logged");
            assert_eq!(logged.status, alone.status, "{what}: {}", logged.stderr);
            assert!(!alone.log.contains("CRITICAL"), "{what}");
            // The hook before is called all the same.
            let has_line = |end: &End| end.stderr.contains("panicked at src/main.rs");
            assert_eq!(
                (has_line(&alone), has_line(&logged)),
                (true, true),
                "{what}"
            );
            let in_queue = matches!((place, handler), ("filter" | "writer", "queue"));
            if is_abort && in_queue {
                // The queue's own thread is in the hook: the record is the line on standard error.
                let line =
                    "logtree: a panic may not be logged: thread logtree-queue at src/main.rs";
                assert!(logged.stderr.contains(line), "{what}: {}", logged.stderr);
                continue;
            }
            for (at, expected) in expected.iter().enumerate() {
                if at == 0 || !is_abort {
                    let expected = format!("CRITICAL {expected}");
                    let count = logged.log.matches(&expected).count();
                    assert_eq!(count, 1, "{what}: {expected:?} in\n{}", logged.log);
                }
            }
            let has_backtrace = logged.log.contains("   0: ");
            assert_eq!(has_backtrace, place == "thread", "{what}: {}", logged.log);
        }
    }
    scenes
}

#[test]
fn panics_that_unwind_are_logged_wherever_they_occur() {
    assert_eq!(check("dev"), 18);
}

#[test]
fn panics_that_abort_are_logged_wherever_they_occur() {
    assert_eq!(check("abort"), 18);
}

/// All of them are printed, as without it.
#[test]
fn ten_panics_a_second_are_logged_for_a_location() {
    let program = build("dev");
    let end = run(&program, "many", "sync", "logged");
    assert_eq!(end.stderr.matches("panicked at").count(), 26);
    let records = end.log.matches("CRITICAL panic boom ").count();
    let left_out = end.log.split("suppressed=").skip(1).map(|rest| {
        let mut words = rest.split_whitespace();
        words.next().unwrap().parse::<usize>().unwrap()
    });
    assert_eq!(records + left_out.sum::<usize>(), 26, "{}", end.log);
}

/// With the causes, and std prints nothing.
#[test]
fn an_error_of_main_is_logged_once_and_ends_with_1() {
    let program = build("dev");
    for (error, expected) in [
        ("io", "    no room\n"),
        ("boxed", "    no room\n"),
        ("sync", "    no room\n"),
        ("anyhow", "    cannot start\n    caused by: no room\n"),
    ] {
        for handler in ["sync", "queue"] {
            let end = run(&program, error, handler, "alone");
            assert_eq!(end.status.code(), Some(1), "{error}: {}", end.stderr);
            let log = format!("ERROR root the program failed\n{expected}");
            assert_eq!((end.log, end.stderr), (log, String::new()), "{error}");
        }
    }
    let end = run(&program, "nothing", "sync", "alone");
    assert_eq!(
        (end.status.code(), end.log, end.stderr),
        (Some(0), String::new(), String::new())
    );
}

/// `anyhow`'s, by its name or any other.
#[test]
fn errors_are_values_with_their_causes() {
    let end = run(&build("dev"), "value", "sync", "alone");
    let error = "    cannot start\n    caused by: no room\n";
    assert_eq!(
        end.log,
        format!("ERROR app a value\n{error}ERROR app by its key\n{error}")
    );
}

#[test]
fn the_last_panic_logger_logs_until_its_guard_is_dropped() {
    let registry = Registry::new();
    let (first, second) = (registry.get_logger("first"), registry.get_logger("second"));
    let names = |capture: &Capture| -> Vec<_> {
        let records = capture.records();
        let message = |name: &str, text: &str| format!("{name} {text}");
        let all = records.iter();
        all.map(|record| message(record.name(), record.message()))
            .collect()
    };
    let capture = Capture::new(&registry.root());
    let panics = |text: &'static str| {
        let ended = thread::spawn(move || panic!("{text}")).join();
        assert!(ended.is_err());
    };
    let outer = PanicLogger::new().logger(&first).silent().install();
    panics("one");
    let inner = PanicLogger::new().logger(&second).silent().install();
    panics("two");
    drop(inner);
    panics("three");
    // A guard may end while its thread is panicking, and nothing can be installed then.
    struct InstallsAtEnd(Option<PanicGuard>);
    impl Drop for InstallsAtEnd {
        fn drop(&mut self) {
            self.0.take();
            std::mem::forget(PanicLogger::new().silent().install());
        }
    }
    let ended = thread::spawn(move || {
        let _ends = InstallsAtEnd(Some(outer));
        panic!("four")
    });
    assert!(ended.join().is_err());
    panics("printed");
    let expected = ["first one", "second two", "first three", "first four"];
    assert_eq!(names(&capture), expected);
}

#[test]
fn panics_are_logged_by_the_module_of_their_file() {
    let registry = Registry::new();
    let logger = registry.get_logger("panic");
    let capture = Capture::new(&registry.root());
    let by_module = PanicLogger::new().logger(&logger).by_module("app");
    let _guard = by_module.silent().install();
    let nameless = thread::spawn(|| std::panic::panic_any(7));
    let id = format!("{:?}", nameless.thread().id());
    assert!(nameless.join().is_err());
    let records = capture.records();
    let [record] = &*records else {
        panic!("{records:?}");
    };
    // This file is a crate of its own.
    assert_eq!(
        (record.name(), record.message()),
        ("panics", "Box<dyn Any>")
    );
    let text = |key| match record.key_value(key) {
        Some(OwnedValue::Text(text)) => text.clone(),
        other => panic!("{key}: {other:?}"),
    };
    assert_eq!(
        text("thread").replace('-', "Id("),
        format!("{}", id.trim_end_matches(')'))
    );
    assert!(text("location").starts_with("tests/panics.rs:"));
    assert_eq!(record.level(), Level::CRITICAL);
}
