//! Following a configuration's file.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};
use std::{fs, thread};

use logtree::config::{Arguments, Factories, Reloader, ReloaderBuilder};
use logtree::handler::StreamHandler;
use logtree::{ErrorKind, Handler, Level, Registry};
use serde_json::{Value, json};

use crate::support::{Text, registry_with_stderr};

/// Far more than a change takes; not a measurement.
const SOON: Duration = Duration::from_secs(600);

fn level(name: &str) -> String {
    json!({"version": 1, "loggers": {"a": {"level": name}}}).to_string()
}

/// A reloader that checks often, and what its hook received.
fn follow(path: &Path, registry: &Registry) -> (Reloader, Receiver<Result<(), String>>) {
    let (tell, told) = mpsc::channel();
    let builder = Reloader::builder(path)
        .registry(registry)
        .interval(Duration::from_millis(10));
    let builder = builder.on_reload(move |result| {
        tell.send(result.as_ref().map_err(ToString::to_string).copied())
            .unwrap();
    });
    (builder.start().unwrap(), told)
}

/// Waits for the next reported change. A writer that was delayed between emptying a file and
/// filling it is not under test.
fn next(told: &Receiver<Result<(), String>>) -> Result<(), String> {
    loop {
        match told.recv_timeout(SOON).expect("a change is told") {
            Err(error) if error.contains("not JSON: EOF") => {}
            result => return result,
        }
    }
}

/// Replaces a file by another one, as editors and careful programs do.
fn rename_over(path: &Path, text: &str) {
    let beside = path.with_extension("tmp");
    fs::write(&beside, text).unwrap();
    rename(&beside, path);
}

/// Renames a file. Windows refuses that while the follower reads what is replaced.
fn rename(from: &Path, to: &Path) {
    while let Err(error) = fs::rename(from, to) {
        let is_read = cfg!(windows) && error.kind() == std::io::ErrorKind::PermissionDenied;
        assert!(is_read, "{error}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn k13_every_way_of_changing_a_file_is_seen() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("logging.json");
    fs::write(&path, level("DEBUG")).unwrap();
    let registry = Registry::new();
    let (reloader, told) = follow(&path, &registry);
    let level_of_a = || registry.get_logger("a").level();
    assert_eq!((level_of_a(), reloader.reload_count()), (Level::DEBUG, 1));

    fs::write(&path, level("ERROR")).unwrap();
    next(&told).unwrap();
    assert_eq!(level_of_a(), Level::ERROR);

    rename_over(&path, &level("INFO"));
    next(&told).unwrap();
    assert_eq!(level_of_a(), Level::INFO);

    // As vim does: the old one is moved away, a new one is made.
    rename(&path, &path.with_extension("json~"));
    fs::write(&path, level("DEBUG")).unwrap();
    next(&told).unwrap();
    assert_eq!(level_of_a(), Level::DEBUG);

    // The same length, and the time of the file before.
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, level("ERROR")).unwrap();
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(time)
        .unwrap();
    next(&told).unwrap();
    assert_eq!(level_of_a(), Level::ERROR);
    assert_eq!((reloader.reload_count(), reloader.failure_count()), (5, 0));
}

/// `logging.json -> ..data/logging.json`, `..data -> ..1`: the second link is swapped.
#[cfg(unix)]
#[test]
fn links_are_followed_as_kubernetes_swaps_them() {
    let directory = tempfile::tempdir().unwrap();
    let volume = directory.path();
    let version = |number: &str, text: &str| {
        fs::create_dir(volume.join(number)).unwrap();
        fs::write(volume.join(number).join("logging.json"), text).unwrap();
        std::os::unix::fs::symlink(number, volume.join("..data_tmp")).unwrap();
        fs::rename(volume.join("..data_tmp"), volume.join("..data")).unwrap();
    };
    version("..1", &level("DEBUG"));
    let path = volume.join("logging.json");
    std::os::unix::fs::symlink("..data/logging.json", &path).unwrap();
    let registry = Registry::new();
    let (_reloader, told) = follow(&path, &registry);
    version("..2", &level("ERROR"));
    fs::remove_dir_all(volume.join("..1")).unwrap();
    next(&told).unwrap();
    assert_eq!(registry.get_logger("a").level(), Level::ERROR);
}

/// A program that has handlers may have no standard error.
#[test]
fn a_bad_file_is_a_record_where_there_are_handlers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("logging.json");
    fs::write(&path, level("DEBUG")).unwrap();
    let (registry, complaints) = registry_with_stderr();
    let capture = logtree::test::Capture::new(&registry.get_logger("logging.config"));
    registry
        .root()
        .add_handler(logtree::handler::NullHandler::new());
    let builder = Reloader::builder(&path).registry(&registry);
    let _reloader = builder.interval(Duration::from_millis(5)).start().unwrap();
    rename_over(&path, &level("LOUD"));
    let start = Instant::now();
    while capture.is_empty() {
        assert!(start.elapsed() < SOON, "{}", complaints.get());
        thread::sleep(Duration::from_millis(5));
    }
    capture.assert_logged(Level::WARNING, "keeping the previous configuration: ");
    assert!(
        complaints
            .get()
            .contains("keeping the previous configuration: ")
    );
}

#[test]
fn a_bad_file_is_reported_once_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("logging.json");
    fs::write(&path, level("DEBUG")).unwrap();
    let (registry, complaints) = registry_with_stderr();
    let builder = Reloader::builder(&path)
        .registry(&registry)
        .interval(Duration::from_millis(5));
    let reloader = builder.start().unwrap();
    let before = registry.dump().to_string();
    let until = |what: &dyn Fn() -> bool| {
        let start = Instant::now();
        while !what() {
            assert!(start.elapsed() < SOON, "{}", complaints.get());
            thread::sleep(Duration::from_millis(5));
        }
    };
    rename_over(&path, &level("LOUD"));
    until(&|| reloader.failure_count() == 1);
    // A few more checks, and the same text again.
    rename_over(&path, &level("LOUD"));
    thread::sleep(Duration::from_millis(100));
    let told = complaints.take();
    assert_eq!(
        told.matches("keeping the previous configuration: ").count(),
        1,
        "{told}"
    );
    assert!(told.contains("loggers.a.level: expected a level"), "{told}");
    assert_eq!(registry.dump().to_string(), before);

    fs::remove_file(&path).unwrap();
    until(&|| complaints.get().contains("cannot read the configuration"));
    thread::sleep(Duration::from_millis(100));
    assert_eq!(complaints.take().lines().count(), 1);
    assert_eq!(registry.dump().to_string(), before);

    // What was in place is no change.
    rename_over(&path, &level("DEBUG"));
    thread::sleep(Duration::from_millis(50));
    assert_eq!(
        (reloader.reload_count(), complaints.get()),
        (1, String::new())
    );
    rename_over(&path, &level("ERROR"));
    until(&|| registry.get_logger("a").level() == Level::ERROR);

    let error = Reloader::builder(directory.path().join("no.json"))
        .registry(&registry)
        .start()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

/// A program that writes a byte at a time. No prefix of the text is applied.
#[test]
fn a_half_written_file_is_not_applied() {
    use std::io::Write;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("logging.json");
    fs::write(&path, level("DEBUG")).unwrap();
    let registry = Registry::new();
    let (reloader, told) = follow(&path, &registry);
    let mut file = fs::File::create(&path).unwrap();
    for byte in level("ERROR").bytes() {
        file.write_all(&[byte]).unwrap();
        thread::sleep(Duration::from_millis(2));
    }
    loop {
        match next(&told) {
            Ok(()) => break,
            // The writer was delayed for longer than two checks: the incomplete text is reported,
            // and not applied.
            Err(error) => assert!(error.contains("not JSON"), "{error}"),
        }
    }
    assert_eq!(registry.get_logger("a").level(), Level::ERROR);
    assert_eq!(reloader.reload_count(), 2);
}

fn shared_factories(texts: &[Text; 2]) -> Factories {
    texts
        .iter()
        .enumerate()
        .fold(Factories::new(), |factories, (number, text)| {
            let text = text.clone();
            factories.stream(&format!("test.{number}"), move || Box::new(text.clone()))
        })
}

/// Eight threads log while the configuration changes 1,000 times, with handlers, formats and their
/// places: each record arrives once.
#[test]
fn no_record_is_lost_by_a_change() {
    const CHANGES: usize = 1_000;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("logging.json");
    let texts = [Text::default(), Text::default()];
    let document = |turn: usize| -> Value {
        let handler = json!({"class": "stream", "stream": format!("ext://test.{}", turn % 2), "formatter": "f"});
        let queue = json!({"class": "queue", "handlers": ["h"]});
        let top = if turn % 3 == 0 { "q" } else { "h" };
        let mut document = json!({
            "version": 1,
            "formatters": {"f": {"format": format!("%(message)s in turn {turn}")}},
            "handlers": {"h": handler, "q": queue},
            "loggers": {"a": {"level": "INFO"}},
            "root": {"level": "INFO"}
        });
        let place = if turn % 5 == 0 { "/loggers/a" } else { "/root" };
        document.pointer_mut(place).unwrap()["handlers"] = json!([top]);
        document
    };
    fs::write(&path, document(0).to_string()).unwrap();
    let (registry, complaints) = registry_with_stderr();
    let builder = Reloader::builder(&path)
        .registry(&registry)
        .factories(shared_factories(&texts));
    let reloader = builder.interval(Duration::from_secs(3600)).start().unwrap();
    let stop = AtomicBool::new(false);
    let log = |thread: usize| {
        let logger = registry.get_logger("a.b");
        let mut count = 0;
        while !stop.load(Ordering::Relaxed) {
            logtree::info!(logger, "{thread}:{count}");
            count += 1;
            thread::sleep(Duration::from_micros(50));
        }
        count
    };
    let counts: Vec<usize> = thread::scope(|scope| {
        let log = &log;
        let threads: Vec<_> = (0..8)
            .map(|thread| scope.spawn(move || log(thread)))
            .collect();
        for turn in 1..=CHANGES {
            fs::write(&path, document(turn).to_string()).unwrap();
            assert!(reloader.reload().unwrap());
        }
        stop.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for handler in registry.handlers() {
        handler.flush().unwrap();
    }
    assert_eq!(complaints.get(), "");
    assert_eq!(reloader.reload_count(), CHANGES as u64 + 1);
    let mut seen: Vec<Vec<bool>> = counts.iter().map(|count| vec![false; *count]).collect();
    for line in texts.iter().flat_map(Text::lines) {
        let (record, _) = line.split_once(" in turn ").unwrap();
        let (thread, number) = record.split_once(':').unwrap();
        let seen = &mut seen[thread.parse::<usize>().unwrap()][number.parse::<usize>().unwrap()];
        assert!(!*seen, "{line} came twice");
        *seen = true;
    }
    assert!(seen.iter().flatten().all(|seen| *seen), "a record was lost");
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
}

#[test]
fn what_stays_the_same_is_not_made_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("logging.json");
    let document = |format: &str, level: &str| {
        json!({
            "version": 1,
            "formatters": {"f": {"format": format}},
            "handlers": {
                "same": {"class": "memory", "capacity": 10, "level": level},
                "formatted": {"class": "memory", "capacity": 10, "formatter": "f"},
                "before": {"class": "memory", "capacity": 10, "target": "formatted"}
            },
            "loggers": {"named": {"level": "DEBUG", "propagate": false, "handlers": ["same"]}},
            "root": {"level": "ERROR", "handlers": ["same", "formatted", "before"]}
        })
    };
    fs::write(&path, document("1 %(message)s", "INFO").to_string()).unwrap();
    let registry = Registry::new();
    let reloader = builder(&path, &registry).start().unwrap();
    let first = registry.root().handlers();
    logtree::error!(registry.get_logger("a"), "kept");

    assert!(!reloader.reload().unwrap(), "nothing has changed");
    fs::write(&path, document("1 %(message)s", "DEBUG").to_string() + "\n").unwrap();
    assert!(reloader.reload().unwrap());
    let second = registry.root().handlers();
    assert!(first.iter().zip(&second).all(|(a, b)| a == b), "{second:?}");
    assert_eq!(
        (second[0].level(), second[0].counters().queued()),
        (Level::DEBUG, 1)
    );

    fs::write(&path, document("2 %(message)s", "DEBUG").to_string()).unwrap();
    assert!(reloader.reload().unwrap());
    let third = registry.root().handlers();
    assert!(third[0] == second[0]);
    // A formatter is changed in place: the handler keeps its file.
    assert!(third.iter().zip(&second).all(|(a, b)| a == b));

    // A logger that is no longer named is as if new.
    let mut without = document("2 %(message)s", "DEBUG");
    without["loggers"] = json!({});
    without["root"].as_object_mut().unwrap().remove("level");
    fs::write(&path, without.to_string()).unwrap();
    assert!(reloader.reload().unwrap());
    let named = registry.get_logger("named");
    assert_eq!(
        (named.level(), named.propagate(), named.handlers().len()),
        (Level::NOTSET, true, 0)
    );
    // No configuration names its level, so it stays.
    assert_eq!(registry.root().level(), Level::ERROR);
    without.as_object_mut().unwrap().remove("root");
    fs::write(&path, without.to_string()).unwrap();
    assert!(reloader.reload().unwrap());
    assert_eq!(
        (registry.root().level(), registry.root().handlers().len()),
        (Level::WARNING, 0)
    );
}

fn builder(path: &Path, registry: &Registry) -> ReloaderBuilder {
    Reloader::builder(path)
        .registry(registry)
        .interval(Duration::from_secs(3600))
}

#[test]
fn kinds_may_panic_and_the_reloader_lives() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("logging.json");
    let kind = |name: &str| {
        json!({"version": 1, "handlers": {"h": {"class": name}}, "root": {"handlers": ["h"]}})
            .to_string()
    };
    let factories = Factories::new().handler_deferred("panics", |_: &mut Arguments<'_>| {
        || -> Result<Handler, _> { panic!("as told") }
    });
    fs::write(&path, kind("null")).unwrap();
    let registry = Registry::new();
    let reloader = builder(&path, &registry)
        .factories(factories)
        .start()
        .unwrap();
    let before = registry.dump().to_string();
    fs::write(&path, kind("panics")).unwrap();
    let error = reloader.reload().unwrap_err();
    assert_eq!(
        (error.kind(), reloader.failure_count()),
        (ErrorKind::Panicked, 1)
    );
    assert_eq!(registry.dump().to_string(), before);
    fs::write(
        &path,
        kind("memory").replace("memory\"", "memory\", \"capacity\": 1"),
    )
    .unwrap();
    assert!(reloader.reload().unwrap());
    assert_ne!(registry.dump().to_string(), before);
}

/// A factory that requests a reload gets an error, as one is under way: it does not wait for
/// itself.
#[test]
fn a_reload_within_a_reload_is_refused() {
    static RELOADER: std::sync::OnceLock<Reloader> = std::sync::OnceLock::new();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("logging.json");
    let document = |level: &str| {
        json!({"version": 1, "handlers": {"h": {"class": "reloads", "level": level, "n": level}}})
            .to_string()
    };
    let factories =
        Factories::new().handler_deferred("reloads", |arguments: &mut Arguments<'_>| {
            let _: Option<String> = arguments.optional("n");
            || {
                if let Some(reloader) = RELOADER.get() {
                    let error = reloader.reload().unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Reentrant);
                }
                Ok(StreamHandler::new(Vec::new()))
            }
        });
    fs::write(&path, document("INFO")).unwrap();
    let registry = Registry::new();
    let reloader = RELOADER.get_or_init(|| {
        builder(&path, &registry)
            .factories(factories)
            .start()
            .unwrap()
    });
    fs::write(&path, document("DEBUG")).unwrap();
    assert!(reloader.reload().unwrap());
}

#[cfg(all(unix, feature = "signal"))]
#[test]
fn a_signal_opens_files_anew() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let handler = logtree::handler::FileHandler::open(&path).unwrap();
    logtree::setup::reopen_on_sighup().unwrap();
    logtree::setup::reopen_on_sighup().unwrap();
    let registry = Registry::new();
    registry.root().add_handler(handler);
    logtree::warn!(registry.get_logger("a"), "before");
    fs::rename(&path, directory.path().join("app.log.1")).unwrap();
    // SAFETY is libc's: the process sends itself a signal that it listens to.
    let kill = std::process::Command::new("kill")
        .arg("-HUP")
        .arg(std::process::id().to_string())
        .status();
    assert!(kill.unwrap().success());
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < SOON, "the file is not opened anew");
        thread::sleep(Duration::from_millis(5));
    }
    logtree::warn!(registry.get_logger("a"), "after");
    assert_eq!(fs::read_to_string(&path).unwrap(), "after\n");
    assert_eq!(
        fs::read_to_string(directory.path().join("app.log.1")).unwrap(),
        "before\n"
    );
}
