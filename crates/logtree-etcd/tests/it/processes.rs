//! Many processes, which are stopped, killed and started while much is changed.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use logtree::Level;
use logtree::control::fleet::{Batch, Head, Health, Key, Sink, Snapshot, Store, Value};
use logtree_etcd::EtcdStore;

use crate::changes::{Edit, clear, insist, level};
use crate::etcd::Etcd;
use crate::{WITHIN, until};

/// Has this test follow: a URL, and the file that it writes to.
const URL: &str = "LOGTREE_ETCD_TEST_URL";
const FILE: &str = "LOGTREE_ETCD_TEST_FILE";

/// A line for each state: the number of changes, and what the state is.
struct Lines(Mutex<fs::File>);

impl Sink for Lines {
    fn snapshot(&self, whole: Snapshot) {
        let levels = whole.entries.iter().map(|(key, held)| match &held.value {
            Value::Level(setting) => (key.to_string(), setting.level),
            other => panic!("{other:?}"),
        });
        let line = line(whole.number(), &levels.collect());
        self.0.lock().unwrap().write_all(line.as_bytes()).unwrap();
    }

    fn health(&self, _: Health) {}
}

fn line(number: u64, levels: &BTreeMap<String, Level>) -> String {
    let mut hasher = DefaultHasher::new();
    levels.hash(&mut hasher);
    format!("{number} {} {:016x}\n", levels.len(), hasher.finish())
}

/// Not a test, but the process of one.
#[test]
fn a_process_of_another_test() {
    let (Ok(url), Ok(file)) = (std::env::var(URL), std::env::var(FILE)) else {
        return;
    };
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .unwrap();
    let store = EtcdStore::from_url(&url).unwrap();
    let _following = store.follow(Arc::new(Lines(Mutex::new(file)))).unwrap();
    // Ends with the one who started it, whatever happens to that one.
    let parent = std::os::unix::process::parent_id();
    while std::os::unix::process::parent_id() == parent {
        thread::sleep(Duration::from_millis(100));
    }
}

/// A process that follows.
struct Follower {
    process: Child,
    file: std::path::PathBuf,
}

impl Follower {
    fn start(url: &str, directory: &Path, name: &str) -> Self {
        let file = directory.join(name);
        let process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::a_process_of_another_test"])
            .env(URL, url)
            .env(FILE, &file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, file }
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Its whole lines: it may be killed within one.
    fn lines(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        let whole = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        whole.map(ToOwned::to_owned).collect()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Numbers that look random, the same at each run.
fn next(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1);
    usize::try_from(*state >> 33).unwrap()
}

fn random_edits(state: &mut u64) -> Vec<Edit> {
    let mut edits = BTreeMap::new();
    for _ in 0..=next(state) % 5 {
        let logger = format!("l{}", next(state) % 12);
        let edit = match next(state) % 4 {
            0 => clear(&logger),
            n => level(&logger, Level::new(u16::try_from(n * 10).unwrap())),
        };
        edits.insert(logger, edit);
    }
    edits.into_values().collect()
}

/// Three writers make so many changes at least, and go on until all disturbances are over.
///
/// Returns how many states there were.
fn processes_and_writers(
    etcd: &mut Etcd,
    followers: usize,
    changes: usize,
    disturbances: usize,
) -> usize {
    let directory = tempfile::tempdir().unwrap();
    let url = etcd.url("shop");
    let start = |name: &str| Follower::start(&url, directory.path(), name);
    let mut running: Vec<_> = (0..followers).map(|n| start(&format!("f{n}"))).collect();
    let mut ended = Vec::new();
    let made = Mutex::new(BTreeMap::new());
    let is_quiet = AtomicBool::new(false);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..3_u64)
            .map(|writer| {
                let store = EtcdStore::from_url(&url).unwrap();
                let (made, is_quiet) = (&made, &is_quiet);
                scope.spawn(move || {
                    let mut state = writer + 1;
                    let mut count = 0;
                    while count < changes / 3 || !is_quiet.load(Ordering::Relaxed) {
                        count += 1;
                        let edits = random_edits(&mut state);
                        let number = insist(&store, &edits).number;
                        assert!(made.lock().unwrap().insert(number, edits).is_none());
                        thread::sleep(Duration::from_millis(next(&mut state) as u64 % 20));
                    }
                })
            })
            .collect();
        for round in 0..disturbances {
            // A writer that panicked would leave the others waiting.
            if writers.iter().any(|writer| writer.is_finished()) {
                break;
            }
            let at = round % running.len();
            match round % 6 {
                0 => {
                    // It finds what it watches compacted.
                    running[at].signal("-STOP");
                    thread::sleep(Duration::from_millis(300));
                    etcd.compact();
                    running[at].signal("-CONT");
                }
                1 => {
                    let new = start(&format!("r{round}"));
                    let mut old = std::mem::replace(&mut running[at], new);
                    old.process.kill().unwrap();
                    ended.push(old);
                }
                2 => {
                    etcd.pause();
                    thread::sleep(Duration::from_millis(500));
                    etcd.resume();
                }
                3 => {
                    etcd.kill();
                    etcd.start_again();
                }
                _ => etcd.compact(),
            }
            thread::sleep(Duration::from_millis(200));
        }
        is_quiet.store(true, Ordering::Relaxed);
    });
    // All states that were.
    let mut levels = BTreeMap::new();
    let mut last = line(0, &levels);
    let mut states = HashSet::from([last.clone()]);
    let made = made.into_inner().unwrap();
    for (expected, (number, edits)) in (1..).zip(made) {
        assert_eq!(number, expected, "a change without a number");
        for (key, value) in edits {
            match value {
                Some(value) => {
                    let setting = logtree::control::fleet::Setting::from_json(value.as_bytes());
                    levels.insert(key.to_string(), setting.unwrap().level);
                }
                None => drop(levels.remove(&key.to_string())),
            }
        }
        last = line(number, &levels);
        states.insert(last.clone());
    }
    for follower in &running {
        until("the last state", || follower.lines().last() == Some(&last));
    }
    for follower in running.iter().chain(&ended) {
        let mut before = 0;
        for line in follower.lines() {
            assert!(states.contains(&line), "a state that never was: {line}");
            let number: u64 = line.split(' ').next().unwrap().parse().unwrap();
            assert!(number >= before, "back from {before} to {number}");
            before = number;
        }
    }
    states.len()
}

#[test]
fn all_processes_have_what_three_writers_made_and_never_what_they_did_not() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    assert!(processes_and_writers(&mut etcd, 20, 90, 12) > 90);
}

#[test]
#[ignore = "takes minutes"]
fn all_processes_have_what_three_writers_made_of_a_thousand_changes() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    assert!(processes_and_writers(&mut etcd, 20, 1_000, 120) > 990);
}

/// More changes than the server keeps for a watch that does not read: it is canceled.
#[test]
fn a_process_whose_watch_is_compacted_lists_again() {
    let Some(etcd) = Etcd::start() else { return };
    let directory = tempfile::tempdir().unwrap();
    let url = etcd.url("shop");
    let follower = Follower::start(&url, directory.path(), "f");
    until("the first state", || !follower.lines().is_empty());
    follower.signal("-STOP");
    let large = "x".repeat(100_000);
    for _ in 0..20 {
        etcd.ctl(&["put", "/logtree/v1/shop/set/x", &large]);
    }
    let store = EtcdStore::from_url(&url).unwrap();
    let mut version = 0;
    for number in 1..=1_500 {
        let mut head = Head::default();
        head.n = number;
        let batch = Batch::new(number, number.to_string())
            .head_version(version)
            .put(Key::Head, head.to_json());
        version = store.commit(&batch, WITHIN).unwrap().position;
    }
    etcd.compact();
    follower.signal("-CONT");
    until("the last state", || {
        let lines = follower.lines();
        lines.last().is_some_and(|line| line.starts_with("1500 "))
    });
}
