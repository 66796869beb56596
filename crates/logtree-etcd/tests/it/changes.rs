//! Changes of a fleet, as its tools make them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use logtree::Level;
use logtree::control::LevelTarget;
use logtree::control::fleet::{
    Batch, Head, Key, Logged, Revision, Selector, Setting, Snapshot, Store, StoreError,
    StoreErrorKind,
};
use logtree_etcd::EtcdStore;

use crate::WITHIN;

/// What a change does to one key: its value, or none.
pub(crate) type Edit = (Key, Option<String>);

pub(crate) fn level(logger: &str, level: Level) -> Edit {
    let key = Key::Level(Selector::all(), LevelTarget::logger(logger));
    (key, Some(Setting::new(level).to_json()))
}

pub(crate) fn clear(logger: &str) -> Edit {
    let key = Key::Level(Selector::all(), LevelTarget::logger(logger));
    (key, None)
}

/// A change for a state, with its head and its log.
pub(crate) fn batch(state: &Snapshot, edits: &[Edit]) -> Batch {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let change = format!("{}-{count}", std::process::id());
    let number = state.number() + 1;
    let mut head = Head::default();
    head.n = number;
    head.change.clone_from(&change);
    let mut log = Logged::default();
    log.n = number;
    log.change.clone_from(&change);
    let mut batch = Batch::new(number, change)
        .head_version(state.head_version)
        .put(Key::Head, head.to_json())
        .put(Key::Log(number), log.to_json());
    if let Some(old) = number.checked_sub(Logged::KEPT) {
        batch = batch.delete(Key::Log(old));
    }
    for (key, value) in edits {
        batch = match (value, key) {
            (Some(value), Key::For(..)) => batch.put_leased(key.clone(), value.clone()),
            (Some(value), _) => batch.put(key.clone(), value.clone()),
            (None, _) => batch.delete(key.clone()),
        };
    }
    batch
}

/// Makes a change, once.
pub(crate) fn change(store: &EtcdStore, edits: &[Edit]) -> Result<Revision, StoreError> {
    let state = store.load(WITHIN)?;
    store.commit(&batch(&state, edits), WITHIN)
}

/// Makes a change, as often as others are first, or there is no etcd.
pub(crate) fn insist(store: &EtcdStore, edits: &[Edit]) -> Revision {
    loop {
        match change(store, edits) {
            Ok(revision) => return revision,
            Err(error) => match error.kind() {
                StoreErrorKind::Conflict | StoreErrorKind::Unreachable => {}
                _ => panic!("{error}"),
            },
        }
    }
}

/// Sets a level for a while, which the store may keep for a shorter time than the tools would.
pub(crate) fn set_for(store: &EtcdStore, logger: &str, level: Level, time: Duration) -> Revision {
    let mut setting = Setting::new(level);
    setting.for_s = Some(time.as_secs());
    let key = Key::For(Selector::all(), LevelTarget::logger(logger));
    let state = store.load(WITHIN).unwrap();
    let batch = batch(&state, &[(key, Some(setting.to_json()))]).lease(time);
    store.commit(&batch, WITHIN).unwrap()
}
