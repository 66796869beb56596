//! What the crates below the client log: alone in its process, as it has the `log` backend.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use logtree::control::fleet::{Health, Sink, Snapshot, Store};
use logtree::test::Capture;
use logtree_etcd::EtcdStore;

#[path = "it/etcd.rs"]
#[expect(dead_code, reason = "the other tests use more of it")]
mod etcd;

struct Told(Sender<()>);

impl Sink for Told {
    fn snapshot(&self, _: Snapshot) {
        log::debug!(target: "shop", "a state");
    }

    fn health(&self, _: Health) {
        let _ = self.0.send(());
    }
}

/// `tracing` has them logged through the `log` facade, as its feature `log` is on here.
#[test]
fn frames_of_the_client_are_not_logged_and_all_else_is() {
    let Some(etcd) = etcd::Etcd::start() else {
        return;
    };
    let capture = Capture::new("");
    let (sender, told) = channel();
    let store = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let _following = store.follow(Arc::new(Told(sender))).unwrap();
    told.recv_timeout(Duration::from_secs(60)).unwrap();
    store.load(Duration::from_secs(60)).unwrap();
    let targets: Vec<_> = capture
        .records()
        .iter()
        .map(|record| record.name().to_owned())
        .collect();
    assert_eq!(targets, ["shop"]);
}
