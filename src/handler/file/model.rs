//! Rotation under random operations, calls that fail and ends of the program between any two calls,
//! against what must hold of the files at any time: each record is in one file, in the order of
//! age, and only the oldest end, when there are too many.
#![expect(
    clippy::unwrap_used,
    reason = "a test ends where the unexpected happens"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use tempfile::{TempDir, tempdir};

use crate::formatter::TimeZone;
use crate::handler::file::compression;
use crate::handler::file::rotating::RotatingFileHandler;
use crate::handler::file::system::faults::{self, Fault};
use crate::handler::file::timed::TimedRotatingFileHandler;
use crate::handler::file::when::When;
use crate::handler::handler::Handler;
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::time::{Clock, ManualClock, Timestamp};

/// What can happen to a log.
#[derive(Clone, Debug)]
enum Operation {
    /// A record with a filling of this length.
    Log(usize),
    Rotate,
    /// The thread that compresses comes to its turn.
    Compress,
    /// The program ends and begins again, with other options.
    Restart {
        count: usize,
        compress: bool,
    },
    /// The operator removes a rotated file, by its place in the order of names.
    Remove(usize),
    /// The operator puts a file of his own at a number.
    Add(usize),
    /// Another process has the same file open from now on, and takes turns.
    OtherProcess,
    /// In days; negative is back.
    Clock(i64),
}

/// What befalls one call of an operation: which, and how.
type Mishap = Option<(usize, &'static str, Fault)>;

fn operations() -> impl Strategy<Value = Vec<(Operation, Mishap)>> {
    let operation = prop_oneof![
        12 => (0_usize..40).prop_map(Operation::Log),
        3 => Just(Operation::Rotate),
        3 => Just(Operation::Compress),
        2 => (1_usize..5, any::<bool>())
            .prop_map(|(count, compress)| Operation::Restart { count, compress }),
        1 => (0_usize..5).prop_map(Operation::Remove),
        1 => (1_usize..5).prop_map(Operation::Add),
        1 => Just(Operation::OtherProcess),
        2 => (-3_i64..4).prop_map(Operation::Clock),
    ];
    let names = prop_oneof![
        6 => Just(""),
        1 => Just("rename"),
        1 => Just("remove"),
        1 => Just("create"),
        1 => Just("chmod"),
        1 => Just("list"),
    ];
    let fault = prop_oneof![Just(Fault::Refused), Just(Fault::Killed)];
    let mishap = prop_oneof![
        2 => Just(None),
        1 => (0_usize..9, names, fault).prop_map(Some),
    ];
    proptest::collection::vec((operation, mishap), 1..50)
}

/// What the handlers of both kinds can do.
#[derive(Clone)]
enum Log {
    BySize(RotatingFileHandler),
    ByTime(TimedRotatingFileHandler),
}

impl Log {
    fn handler(&self) -> &Handler {
        match self {
            Self::BySize(handler) => handler,
            Self::ByTime(handler) => handler,
        }
    }

    fn rotate(&self) {
        // What it may return when calls are refused is its own matter: the files are looked at.
        let _ = match self {
            Self::BySize(handler) => handler.rotate(),
            Self::ByTime(handler) => handler.rotate(),
        };
    }

    fn compress(&self) {
        compression::compress_all(match self {
            Self::BySize(handler) => handler.file(),
            Self::ByTime(handler) => handler.file(),
        });
    }
}

/// A directory with a log, and what must be in it.
struct World {
    by_time: bool,
    directory: TempDir,
    path: PathBuf,
    clock: Arc<ManualClock>,
    count: usize,
    compress: bool,
    shared: bool,
    /// The same file as several processes have it open.
    logs: Vec<Log>,
    turn: usize,
    logged: usize,
    /// Records that the operator removed.
    removed: BTreeSet<usize>,
    /// The oldest record that is still to be there.
    first: usize,
    /// The clock was set back since the program began, so names alone do not give the order.
    is_set_back: bool,
    has_begun_again: bool,
    had_mishap: bool,
}

impl World {
    fn new(by_time: bool) -> Self {
        let directory = tempdir().unwrap();
        #[cfg(target_os = "linux")]
        let name = {
            use std::os::unix::ffi::OsStrExt;
            std::ffi::OsStr::from_bytes(b"a\xff.log").to_owned()
        };
        #[cfg(not(target_os = "linux"))]
        let name = std::ffi::OsString::from("a.log");
        let mut world = Self {
            by_time,
            path: directory.path().join(name),
            directory,
            clock: Arc::new(ManualClock::new(Timestamp::from_nanos(
                1_700_000_000_000_000_000,
            ))),
            count: 3,
            compress: false,
            shared: false,
            logs: Vec::new(),
            turn: 0,
            logged: 0,
            removed: BTreeSet::new(),
            first: 0,
            is_set_back: false,
            has_begun_again: false,
            had_mishap: false,
        };
        world.logs.push(world.open());
        world
    }

    fn open(&self) -> Log {
        loop {
            // The second try meets no mishap.
            let opened = panic::catch_unwind(AssertUnwindSafe(|| self.try_open()));
            if let Ok(Ok(log)) = opened {
                log.handler().set_error_hook(|_| {});
                return log;
            }
        }
    }

    fn try_open(&self) -> Result<Log, crate::error::Error> {
        if self.by_time {
            let builder = TimedRotatingFileHandler::builder(&self.path)
                .when(When::Midnight)
                .time_zone(TimeZone::Utc)
                .clock(self.clock.clone())
                .max_bytes(100)
                .backup_count(self.count)
                .multi_process(self.shared);
            #[cfg(feature = "gzip")]
            let builder = builder.compress(self.compress);
            return builder.open().map(Log::ByTime);
        }
        let builder = RotatingFileHandler::builder(&self.path)
            .max_bytes(100)
            .backup_count(self.count)
            .multi_process(self.shared);
        #[cfg(feature = "gzip")]
        let builder = builder.compress(self.compress);
        builder.open().map(Log::BySize)
    }

    fn restart(&mut self) {
        self.logs.clear();
        self.is_set_back = false;
        self.has_begun_again = true;
        self.logs.push(self.open());
        if self.shared {
            self.logs.push(self.open());
        }
    }

    fn play(&mut self, operation: &Operation, mishap: Mishap) {
        self.had_mishap = mishap.is_some();
        if let Some((number, name, fault)) = mishap {
            // A process that can open no file writes on in the old one, which another one may
            // remove meanwhile. And what cannot be removed stays, though newer ones go.
            let name = match (fault, name) {
                (Fault::Refused, _) if self.shared => "rename",
                (Fault::Refused, "" | "remove") if self.by_time => "rename",
                _ => name,
            };
            faults::plan(number, name, fault);
        }
        self.turn += 1;
        let log = self.logs[self.turn % self.logs.len()].clone();
        let guarded = |work: &dyn Fn()| {
            let _ = panic::catch_unwind(AssertUnwindSafe(work));
        };
        match *operation {
            Operation::Log(filling) => {
                let text = format!("{} {}", self.logged, "x".repeat(filling));
                let record = Record::builder().message(text).build();
                guarded(&|| {
                    log.handler().handle(&record);
                });
                self.logged += 1;
            }
            Operation::Rotate => guarded(&|| log.rotate()),
            Operation::Compress => guarded(&|| log.compress()),
            Operation::Restart { count, compress } if !self.is_set_back => {
                if count < self.count && !self.by_time {
                    // What is beyond the count is not the handler's any more.
                    for number in count + 1..=self.count {
                        self.remove(self.backups().remove(&(String::new(), number)));
                    }
                }
                (self.count, self.compress) = (count, compress);
                drop(log);
                self.restart();
            }
            Operation::Remove(place) => {
                let files = self.backups();
                // Where there was no room for a new one, the newest is the one that is written.
                let paths = files.into_values().nth(place);
                self.remove(paths.filter(|_| self.path.exists()));
            }
            Operation::Add(number) => {
                let path = self.with_suffix(&number.to_string());
                if !path.exists() && !with_gz(&path).exists() && !self.by_time {
                    fs::write(path, "not ours\n").unwrap();
                }
            }
            // The files of two processes have no common order but that of their names.
            Operation::OtherProcess if !self.is_set_back && !self.shared => {
                self.shared = true;
                drop(log);
                self.restart();
            }
            // Nor have those of an earlier start: only their names show their age.
            Operation::Clock(days) if days >= 0 || !self.shared && !self.has_begun_again => {
                self.is_set_back |= days < 0;
                let by = Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
                let now = self.clock.now();
                let by = i64::try_from(by.as_nanos()).unwrap() * days.signum();
                self.clock.set(Timestamp::from_nanos(now.as_nanos() + by));
            }
            _ => {}
        }
        let came_true = faults::clear();
        if came_true && matches!(mishap, Some((_, _, Fault::Killed))) {
            if matches!(operation, Operation::Log(_)) && !self.all().contains(&(self.logged - 1)) {
                // It ended before the record was written.
                self.logged -= 1;
            }
            self.restart_after_kill();
        }
    }

    fn remove(&mut self, paths: Option<Vec<PathBuf>>) {
        for path in paths.unwrap_or_default() {
            self.removed.extend(records(&path));
            fs::remove_file(path).unwrap();
        }
    }

    fn restart_after_kill(&mut self) {
        // Names no longer give an order; the directory is left as it is, with a new log in another
        // one.
        if self.is_set_back {
            *self = Self::new(self.by_time);
        } else {
            self.restart();
        }
    }

    fn with_suffix(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{suffix}"));
        name.into()
    }

    /// The rotated files by number or interval, each with its forms.
    fn backups(&self) -> BTreeMap<(String, usize), Vec<PathBuf>> {
        let base = self.path.file_name().unwrap().as_encoded_bytes();
        let mut files = BTreeMap::<_, Vec<_>>::new();
        for entry in fs::read_dir(self.directory.path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().as_encoded_bytes();
            let Some(suffix) = name
                .strip_prefix(base)
                .and_then(|rest| rest.strip_prefix(b"."))
            else {
                continue;
            };
            let suffix = std::str::from_utf8(suffix).unwrap();
            if suffix == "lock" || suffix.ends_with(".tmp") {
                continue;
            }
            let plain = suffix.trim_end_matches(".gz");
            let key = match plain.split_once('.') {
                _ if !self.by_time => (String::new(), plain.parse().unwrap()),
                None => (plain.to_owned(), 0),
                Some((interval, number)) => (interval.to_owned(), number.parse().unwrap()),
            };
            files.entry(key).or_default().push(path.clone());
        }
        files
    }

    /// The records in all files; by number, from the oldest to the newest.
    fn all(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for paths in self.backups().values().rev() {
            let mut texts: Vec<_> = paths.iter().map(|path| text(path)).collect();
            // Both forms of one file, after an end between the two steps of an exchange; or, after
            // an end between two steps of a rotation, the oldest in one form beside the
            // one that took its number in the other.
            texts.sort_by_key(|text| numbers(text));
            texts.dedup();
            found.extend(texts.iter().flat_map(|text| numbers(text)));
        }
        found.extend(records(&self.path));
        found
    }

    fn check(&mut self) {
        let mut found = self.all();
        if self.by_time || self.shared {
            found.sort_unstable();
        }
        let first = found.first().copied().unwrap_or(self.logged);
        let expected: Vec<_> = (self.first..self.logged)
            .filter(|number| !self.removed.contains(number))
            .collect();
        if found != expected {
            // Only the oldest may be gone, and only as there were too many.
            let expected: Vec<_> = (first..self.logged)
                .filter(|number| !self.removed.contains(number))
                .collect();
            assert_eq!(found, expected);
            assert!(first > self.first, "{} came back", self.first);
            // A step that fails may find the oldest replaced already.
            let replaced = usize::from(self.had_mishap);
            let kept = self.backups().len() + replaced;
            assert!(kept >= self.count, "removed too early");
            self.first = first;
        }
        for log in &self.logs {
            assert_eq!(log.handler().counters().dropped(), 0);
        }
    }
}

fn with_gz(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    name.into()
}

fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut text = String::new();
        let mut reader = flate2::read::GzDecoder::new(&bytes[..]);
        reader.read_to_string(&mut text).unwrap();
        return text;
    }
    String::from_utf8(bytes).unwrap()
}

fn records(path: &Path) -> Vec<usize> {
    numbers(&text(path))
}

fn numbers(text: &str) -> Vec<usize> {
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    let numbers = text.lines().map(|line| line.split(' ').next().unwrap());
    numbers.filter_map(|number| number.parse().ok()).collect()
}

fn play(by_time: bool, operations: &[(Operation, Mishap)]) {
    faults::stay_alone();
    // The ends of the program are panics.
    let mut world = World::new(by_time);
    for (operation, mishap) in operations {
        world.play(operation, *mishap);
        world.check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn by_size_each_record_is_in_one_file(operations in operations()) {
        play(false, &operations);
    }

    #[test]
    fn by_time_each_record_is_in_one_file(operations in operations()) {
        play(true, &operations);
    }
}
