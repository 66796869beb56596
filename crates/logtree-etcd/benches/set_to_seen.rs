//! How long it takes from a change to all followers, and what an idle follower costs:
//! `cargo bench -p logtree-etcd --bench set_to_seen`. Starts an etcd on loopback.
//!
//! `LOGTREE_ETCD_WATCHES=10000x200` has 10,000 watches on 200 connections instead.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use logtree::Level;
use logtree::control::LevelTarget;
use logtree::control::fleet::{
    Batch, Condition, Following, Head, Health, Key, Labels, Report, Selector, Setting, Sink,
    Snapshot, Store,
};
use logtree_etcd::EtcdStore;

#[path = "../tests/it/etcd.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod etcd;

use etcd::{Etcd, memory_of};

const WITHIN: Duration = Duration::from_secs(60);
const CHANGES: u64 = 200;

/// Says when it was passed which change.
struct Clock(Mutex<Sender<Seen>>);

impl Sink for Clock {
    fn snapshot(&self, whole: Snapshot) {
        let now = Instant::now();
        let _ = self.0.lock().unwrap().send(Some((whole.number(), now)));
    }

    fn health(&self, health: Health) {
        if health.condition == Condition::Following {
            let _ = self.0.lock().unwrap().send(None);
        }
    }
}

fn main() {
    // `cargo test` runs it too, to see whether it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let Some(etcd) = Etcd::start() else { return };
    if let Ok(given) = std::env::var("LOGTREE_ETCD_WATCHES") {
        let numbers = given.split('x').map(|number| number.parse().unwrap());
        let numbers: Vec<usize> = numbers.collect();
        return watches(&etcd, numbers[0], numbers[1]);
    }
    if is_bench {
        idle(&etcd);
    }
    for followers in if is_bench { vec![1, 20, 200] } else { vec![2] } {
        set_to_seen(&etcd, followers, if is_bench { CHANGES } else { 3 });
    }
}

fn set_to_seen(etcd: &Etcd, followers: usize, changes: u64) {
    let url = etcd.url(&format!("bench{followers}"));
    let (following, receiver) = follow(&url, followers, followers);
    change(&url, followers, changes, &receiver);
    drop(following);
}

/// Many watches on few connections: what they cost etcd, and how long a change takes to all.
fn watches(etcd: &Etcd, followers: usize, connections: usize) {
    let url = etcd.url("watches");
    let (before, start) = (memory_of(etcd.id()), Instant::now());
    let (following, receiver) = follow(&url, followers, connections);
    println!(
        "{followers} watches on {connections} connections: begun within {:.1} s; etcd holds {} MiB, \
         {} KiB a watch",
        start.elapsed().as_secs_f64(),
        memory_of(etcd.id()) / 1024,
        memory_of(etcd.id()).saturating_sub(before) / followers as u64,
    );
    change(&url, followers, CHANGES / 4, &receiver);
    println!("etcd holds {} MiB then", memory_of(etcd.id()) / 1024);
    drop(following);
}

type Seen = Option<(u64, Instant)>;

/// Follows on so many connections, until all have listed and watch.
fn follow(
    url: &str,
    followers: usize,
    connections: usize,
) -> (Vec<Box<dyn Following>>, Receiver<Seen>) {
    let (sender, receiver) = channel();
    let stores: Vec<_> = (0..connections)
        .map(|_| EtcdStore::from_url(url).unwrap())
        .collect();
    let following = (0..followers).map(|n| {
        let clock = Clock(Mutex::new(sender.clone()));
        stores[n % connections].follow(Arc::new(clock)).unwrap()
    });
    let following = following.collect();
    let mut begun = 0;
    while begun < followers {
        begun += usize::from(receiver.recv().unwrap().is_none());
    }
    (following, receiver)
}

/// Makes changes one by one, each once all have the one before.
fn change(url: &str, followers: usize, changes: u64, receiver: &Receiver<Seen>) {
    let store = EtcdStore::from_url(url).unwrap();
    let (mut all, mut last, mut made) = (Vec::new(), Vec::new(), Vec::new());
    let mut head_version = store.load(WITHIN).unwrap().head_version;
    for number in 1..=changes {
        let mut head = Head::default();
        head.n = number;
        head.change = number.to_string();
        let key = Key::Level(Selector::all(), LevelTarget::logger("botocore"));
        let batch = Batch::new(number, number.to_string())
            .head_version(head_version)
            .put(Key::Head, head.to_json())
            .put(key, Setting::new(Level::DEBUG).to_json());
        let start = Instant::now();
        head_version = store.commit(&batch, WITHIN).unwrap().position;
        made.push(start.elapsed());
        let mut latest = Duration::ZERO;
        for _ in 0..followers {
            let (seen, when) = loop {
                if let Some(seen) = receiver.recv().unwrap() {
                    if seen.0 > 0 {
                        break seen;
                    }
                }
            };
            assert_eq!(seen, number);
            all.push(when - start);
            latest = latest.max(when - start);
        }
        last.push(latest);
        thread::sleep(Duration::from_millis(5));
    }
    println!(
        "{followers} followers, {changes} changes; p50/p99 in ms: made {}, seen {}, by the last {}",
        percentiles(made),
        percentiles(all),
        percentiles(last),
    );
}

fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    format!("{:.1}/{:.1}", at(50), at(99))
}

/// One follower without changes, beside a report that it keeps alive.
fn idle(etcd: &Etcd) {
    let busy = || -> u64 {
        let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let fields: Vec<_> = text.split_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|n| n.parse::<u64>().ok());
        number(13).unwrap_or(0) + number(14).unwrap_or(0)
    };
    let before = memory_of(std::process::id());
    let (sender, _receiver) = channel();
    let store = EtcdStore::from_url(&etcd.url("idle")).unwrap();
    let following = store.follow(Arc::new(Clock(Mutex::new(sender)))).unwrap();
    store.report(Report::new(Labels::new("idle", "i")), Duration::ZERO);
    thread::sleep(Duration::from_secs(2));
    let start = busy();
    thread::sleep(Duration::from_secs(60));
    let ticks = busy() - start;
    let after = memory_of(std::process::id());
    drop(following);
    println!(
        "an idle follower: {ticks} ticks of 10 ms in 60 s; {} KiB more",
        after.saturating_sub(before),
    );
}
