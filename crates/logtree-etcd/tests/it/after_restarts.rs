//! A process that follows while etcd is restarted, over and over. It takes longest, and is named so
//! that it begins first.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use std::{env, fs, thread};

use logtree::control::fleet::{Condition, Health, Identity, Labels, Report, Sink, Snapshot, Store};
use logtree::control::{Control, LevelTarget};
use logtree::{Level, Registry};
use logtree_etcd::EtcdStore;

use crate::changes::{insist, level};
use crate::etcd::{Etcd, memory_of};
use crate::until;

/// Has this test follow.
const URL: &str = "LOGTREE_ETCD_TEST_RESTARTS";

/// How often etcd is restarted in the long test.
const COUNT: &str = "LOGTREE_ETCD_RESTARTS";

/// How many stores the process follows by, each with its connection, beside that of a registry.
const STORES: usize = 9;

/// How often etcd is restarted before the process is measured first.
const WARM: u16 = 3;

/// More memory than this is a leak.
const SLACK_KIB: u64 = 8 * 1024;

#[derive(Default)]
struct Followed {
    number: AtomicU64,
    follows: AtomicUsize,
}

impl Sink for Followed {
    fn snapshot(&self, whole: Snapshot) {
        self.number.store(whole.number(), Ordering::SeqCst);
    }

    fn health(&self, health: Health) {
        if health.condition == Condition::Following {
            self.follows.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Not a test, but the process of one. Once it has the change of a number that it reads, it prints
/// what it holds.
#[test]
fn a_process_that_is_restarted_around() {
    let Ok(url) = env::var(URL) else { return };
    let store = || EtcdStore::from_url(&url).unwrap();
    let following: Vec<_> = (0..STORES)
        .map(|n| {
            let (store, followed) = (store(), Arc::new(Followed::default()));
            let sink = Arc::clone(&followed) as Arc<dyn Sink>;
            let following = store.follow(sink).unwrap();
            let report = Report::new(Labels::new("shop", &format!("i{n}")));
            store.report(report, Duration::ZERO);
            (following, store, followed)
        })
        .collect();
    let registry = Registry::new();
    let identity = Identity::new("shop").instance("registry");
    let builder = Control::builder(&registry).fleet(store(), identity);
    let control = builder.open().unwrap();
    for line in std::io::stdin().lines() {
        let number: u16 = line.unwrap().parse().unwrap();
        let level = Some(Level::new(100 + number));
        until("the change", || {
            let has =
                |followed: &Followed| followed.number.load(Ordering::SeqCst) == u64::from(number);
            control.level(&LevelTarget::logger("botocore")) == level
                && following.iter().all(|(.., followed)| has(followed))
        });
        let counts = following.iter();
        let counts = counts.map(|(.., followed)| followed.follows.load(Ordering::SeqCst));
        let entries = |path: &str| fs::read_dir(path).unwrap().count();
        println!(
            "\nholds {} {} {} {}",
            entries("/proc/self/fd"),
            entries("/proc/self/task"),
            memory_of(std::process::id()),
            counts.sum::<usize>()
        );
    }
}

struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// What the process holds.
#[derive(Debug)]
struct Holds {
    descriptors: usize,
    threads: usize,
    memory_kib: u64,
    /// How often its stores have begun to follow.
    follows: usize,
}

impl Process {
    fn start(url: &str) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "after_restarts::a_process_that_is_restarted_around",
            ])
            .arg("--nocapture")
            .env(URL, url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
        }
    }

    /// What it holds once it has the change of a number.
    fn holds(&mut self, number: u16) -> Holds {
        writeln!(self.input, "{number}").unwrap();
        let mut line = String::new();
        while !line.starts_with("holds ") {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "it has ended");
        }
        let numbers = line.split_whitespace().skip(1);
        let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
        let count = |at: usize| usize::try_from(numbers[at]).unwrap();
        Holds {
            descriptors: count(0),
            threads: count(1),
            memory_kib: numbers[2],
            follows: count(3),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the process holds before and after so many restarts; `None` without etcd.
fn restarts(count: u16) -> Option<(Holds, Holds)> {
    let mut etcd = Etcd::start()?;
    let mut process = Process::start(&etcd.url("shop"));
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let mut made = 0;
    let mut change = || {
        made += 1;
        let revision = insist(&store, &[level("botocore", Level::new(100 + made))]);
        assert_eq!(revision.number, u64::from(made));
        made
    };
    for _ in 0..WARM {
        process.holds(change());
        etcd.kill();
        etcd.start_again();
    }
    let first = process.holds(change());
    for _ in 0..count {
        etcd.kill();
        etcd.start_again();
    }
    let last = process.holds(change());
    println!("after {count} restarts of etcd: {last:?}; before them: {first:?}");
    // A connection that was given up may take a moment to close, and a report have one of its own;
    // threads that the process has once may not have been there yet. What each restart leaves is
    // more.
    let made = made;
    let is_settled = |held: &Holds| {
        held.descriptors <= first.descriptors + STORES
            && held.threads <= first.threads + STORES
            && held.follows > first.follows
    };
    let mut held = process.holds(made);
    for _ in 0..1_800 {
        if is_settled(&held) {
            break;
        }
        thread::sleep(Duration::from_millis(100));
        held = process.holds(made);
    }
    assert!(is_settled(&held), "{held:?}, not {first:?}");
    Some((first, last))
}

fn is_no_leak((first, last): (Holds, Holds)) -> bool {
    last.memory_kib <= first.memory_kib + SLACK_KIB
}

#[test]
fn restarts_of_etcd_leave_nothing_behind() {
    assert!(restarts(15).is_none_or(is_no_leak));
}

#[test]
#[ignore = "takes half an hour"]
fn a_thousand_restarts_of_etcd_leave_nothing_behind() {
    let count = env::var(COUNT).map_or(1_000, |count| count.parse().unwrap());
    assert!(restarts(count).is_none_or(is_no_leak));
}
