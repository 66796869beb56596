//! How long it takes from a change to all followers, and what an idle follower costs:
//! `cargo bench -p logtree-etcd --bench set_to_seen`. Starts an etcd on loopback.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use logtree::Level;
use logtree::control::LevelTarget;
use logtree::control::fleet::{
    Batch, Condition, Head, Health, Key, Selector, Setting, Sink, Snapshot, Store,
};
use logtree_etcd::EtcdStore;

#[path = "../tests/it/etcd.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod etcd;

use etcd::Etcd;

const WITHIN: Duration = Duration::from_secs(60);
const CHANGES: u64 = 200;

/// Says when it was passed which change.
struct Clock(Mutex<Sender<Option<(u64, Instant)>>>);

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
    for followers in if is_bench { vec![1, 20, 200] } else { vec![2] } {
        set_to_seen(&etcd, followers, if is_bench { CHANGES } else { 3 });
    }
    if is_bench {
        idle(&etcd);
    }
}

fn set_to_seen(etcd: &Etcd, followers: usize, changes: u64) {
    let url = etcd.url(&format!("bench{followers}"));
    let (sender, receiver) = channel();
    let following: Vec<_> = (0..followers)
        .map(|_| {
            let store = EtcdStore::from_url(&url).unwrap();
            store
                .follow(Arc::new(Clock(Mutex::new(sender.clone()))))
                .unwrap()
        })
        .collect();
    // All have listed, and watch.
    let mut begun = 0;
    while begun < followers {
        begun += usize::from(receiver.recv().unwrap().is_none());
    }
    let store = EtcdStore::from_url(&url).unwrap();
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
    drop(following);
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
    let status = |name: &str| -> u64 {
        let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    };
    let busy = || -> u64 {
        let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let fields: Vec<_> = text.split_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|n| n.parse::<u64>().ok());
        number(13).unwrap_or(0) + number(14).unwrap_or(0)
    };
    let before = status("VmRSS");
    let (sender, _receiver) = channel();
    let store = EtcdStore::from_url(&etcd.url("idle")).unwrap();
    let following = store.follow(Arc::new(Clock(Mutex::new(sender)))).unwrap();
    thread::sleep(Duration::from_secs(2));
    let start = busy();
    thread::sleep(Duration::from_secs(60));
    let ticks = busy() - start;
    drop(following);
    println!(
        "an idle follower: {ticks} ticks of 10 ms in 60 s; {} KiB more in a process that had many",
        status("VmRSS").saturating_sub(before),
    );
}
