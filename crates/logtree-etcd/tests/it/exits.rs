//! Processes that end while they follow.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use logtree::Registry;
use logtree::control::Control;
use logtree::control::fleet::{Fleet, Identity, Selector};
use logtree_etcd::EtcdStore;

use crate::etcd::Etcd;
use crate::until;

/// Has this test join with its global registry, and end the process.
const URL: &str = "LOGTREE_ETCD_TEST_EXIT";

/// Not a test, but the process of one.
#[test]
fn a_process_that_exits() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = EtcdStore::from_url(&url).unwrap();
    let identity = Identity::new("shop").instance("global");
    let control = Control::builder(Registry::global())
        .fleet(store, identity)
        .open()
        .unwrap();
    // Until the process that started this one has seen what it waits for.
    let _ = std::io::stdin().read_line(&mut String::new());
    std::mem::forget(control);
    std::process::exit(0);
}

fn start(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "exits::a_process_that_exits", "--nocapture"])
        .env(URL, url)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Has it exit, and reports whether it did in order.
fn ends(mut process: Child) -> bool {
    drop(process.stdin.take());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > Duration::from_secs(60) {
            let _ = process.kill();
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    status.success()
}

#[test]
fn a_process_that_exits_takes_the_report_of_its_global_registry_back() {
    let Some(etcd) = Etcd::start() else { return };
    let fleet = Fleet::new(EtcdStore::from_url(&etcd.url("shop")).unwrap());
    let count = || fleet.status(&Selector::all()).unwrap().instances.len();
    // A second must do for it, which a busy etcd may miss.
    let is_taken_back = (0..5).any(|_| {
        let process = start(&etcd.url("shop"));
        until("its report", || count() == 1);
        assert!(ends(process));
        count() == 0
    });
    assert!(is_taken_back);
    assert!(etcd.ctl(&["lease", "list"]).contains("found 0 leases"));
}

/// What it connects to accepts, and says nothing; or etcd hangs that it has a report on.
#[test]
fn a_process_exits_though_etcd_says_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let process = start(&format!("etcd://{address}/shop"));
    let accepted = silent.accept().unwrap();
    assert!(ends(process));
    drop(accepted);

    let Some(etcd) = Etcd::start() else { return };
    let fleet = Fleet::new(EtcdStore::from_url(&etcd.url("shop")).unwrap());
    let process = start(&etcd.url("shop"));
    until("its report", || {
        fleet.status(&Selector::all()).unwrap().instances.len() == 1
    });
    etcd.pause();
    assert!(ends(process));
}
