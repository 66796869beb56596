//! Plays a scene: the place of the panic, or the type of `main`'s error, `sync` or `queue`,
//! `logged` or `alone`, and the file.

use std::cell::RefCell;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;
use std::{fmt, panic, thread};

use anyhow::Context;
use logtree::handler::{FileHandler, QueueHandler, StreamHandler};
use logtree::{Formatter, Handler, Level, Record, Scope, get_logger, log_panics, setup};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [place, handler, logged, path] = &*arguments else {
        panic!("four arguments");
    };
    set_up(place, handler, path);
    if logged == "logged" {
        log_panics();
    }
    match &**place {
        "main" => {
            let _scope = Scope::new().with("request", 7).enter();
            panic!("boom")
        }
        "thread" => {
            let worker = thread::Builder::new().name("worker".to_owned());
            let worker = worker.spawn(|| panic!("boom {}", 1)).unwrap();
            assert!(worker.join().is_err());
        }
        "pool" => pool(),
        "drop" => {
            let _bomb = Bomb("boom in drop");
            panic!("boom first")
        }
        "display" => logtree::info!(get_logger("app"), "{}", BadDisplay),
        "filter" | "writer" => logtree::info!(get_logger("app"), "trips"),
        "eprintln" => eprintln!("{}", BadDisplay),
        "exit" => {
            thread_local! {
                static AT_END: RefCell<Option<Bomb>> = const { RefCell::new(None) };
            }
            AT_END.with(|bomb| *bomb.borrow_mut() = Some(Bomb("boom at exit")));
        }
        "many" => {
            for n in 0..26 {
                if n == 25 {
                    // The last one has the number of those that were left out.
                    thread::sleep(Duration::from_millis(1100));
                }
                let _ = panic::catch_unwind(|| panic!("boom {n}"));
            }
        }
        "io" => return setup::main(|| Err(io_error())),
        "boxed" => return setup::main(|| -> Result<(), Box<dyn Error>> { Err(io_error().into()) }),
        "sync" => {
            let error: Box<dyn Error + Send + Sync> = io_error().into();
            return setup::report(&error);
        }
        "anyhow" => {
            let run = || -> anyhow::Result<()> { Err(io_error()).context("cannot start") };
            return setup::main(run);
        }
        "nothing" => return setup::main(|| Ok::<_, io::Error>(())),
        "value" => {
            let err = anyhow::Error::new(io_error()).context("cannot start");
            logtree::error!(get_logger("app"), err; "a value");
            logtree::error!(get_logger("app"), error:err = err; "by its key");
        }
        _ => panic!("no such place"),
    }
    ExitCode::SUCCESS
}

fn io_error() -> io::Error {
    io::Error::other("no room")
}

fn set_up(place: &str, handler: &str, path: &str) {
    let formatter = Formatter::new("%(levelname)s %(name)s %(message)s").unwrap();
    let file = FileHandler::open(path)
        .unwrap()
        .with_formatter(formatter.clone());
    let mut handlers = vec![Handler::from(file)];
    match place {
        "filter" => {
            let filter = |record: &mut Record<'_>| {
                assert!(record.message() != "trips", "boom in filter");
                true
            };
            handlers = vec![handlers.remove(0).with_filter(filter)];
        }
        "writer" => handlers.push(StreamHandler::new(BadWriter).into()),
        "eprintln" => {
            // Before the file, so that the file gets nothing while this one waits.
            let stderr = StreamHandler::stderr().with_formatter(formatter);
            handlers.insert(0, stderr.into());
        }
        _ => {}
    }
    let root = get_logger("");
    root.set_level(Level::INFO);
    if handler == "queue" {
        let queue = handlers
            .into_iter()
            .fold(QueueHandler::builder(), |queue, handler| {
                queue.handler(handler)
            });
        root.add_handler(queue.start());
    } else {
        for handler in handlers {
            root.add_handler(handler);
        }
    }
}

/// Three jobs on one thread, of which the second panics.
fn pool() {
    let (jobs, queue) = mpsc::channel::<u32>();
    let worker = thread::spawn(move || {
        for job in queue {
            let _ = panic::catch_unwind(|| {
                assert!(job != 1, "boom in job {job}");
                logtree::info!(get_logger("app"), "job {job} done");
            });
        }
    });
    for job in 0..3 {
        jobs.send(job).unwrap();
    }
    drop(jobs);
    worker.join().unwrap();
}

struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

struct BadDisplay;

impl fmt::Display for BadDisplay {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("boom in display")
    }
}

/// Panics under the lock of its stream, unless it writes a panic.
struct BadWriter;

impl Write for BadWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(!bytes.starts_with(b"trips"), "boom in writer");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
