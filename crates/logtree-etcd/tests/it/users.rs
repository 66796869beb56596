//! Users, roles and TLS of etcd.

use std::fs;
use std::time::Duration;

use logtree::Level;
use logtree::control::fleet::{Condition, Store, StoreErrorKind};
use logtree_etcd::EtcdStore;

use crate::changes::{change, insist, level};
use crate::etcd::Etcd;
use crate::place::Place;
use crate::{WITHIN, until};

/// Instances read, and report; operators do all. Their passwords are their names.
fn enable_users(etcd: &Etcd) {
    for words in [
        "user add root:root",
        "user grant-role root root",
        "user add pay:pay",
        "user add ann:ann",
        "role add instance",
        "role add operator",
        "role grant-permission instance --prefix=true read /logtree/v1/shop/set/",
        "role grant-permission instance --prefix=true readwrite /logtree/v1/shop/seen/",
        "role grant-permission operator --prefix=true readwrite /logtree/v1/shop/",
        "user grant-role pay instance",
        "user grant-role ann operator",
        "auth enable",
    ] {
        etcd.ctl(&words.split(' ').collect::<Vec<_>>());
    }
}

#[test]
fn instances_read_and_operators_write() {
    let Some(etcd) = Etcd::start() else { return };
    enable_users(&etcd);
    let directory = tempfile::tempdir().unwrap();
    let store = |user: &str, password: &str| {
        let file = directory.path().join(format!("{user}-{password}"));
        fs::write(&file, format!("{password}\n")).unwrap();
        let builder = EtcdStore::builder("shop").endpoint(etcd.address());
        builder.user(user, file).build().unwrap()
    };
    let (instance, operator) = (store("pay", "pay"), store("ann", "ann"));
    let (place, _following) = Place::follow(&instance);
    insist(&operator, &[level("botocore", Level::DEBUG)]);
    place.until_number(1);
    let error = change(&instance, &[level("botocore", Level::ERROR)]).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Denied, "{error}");
    for (user, password) in [("pay", "wrong"), ("nobody", "x")] {
        let error = store(user, password).load(WITHIN).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Denied, "{error}");
        assert!(!error.to_string().contains("wrong"));
    }
    let nobody = EtcdStore::from_url(&etcd.url("shop")).unwrap();
    let error = nobody.load(WITHIN).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Denied, "{error}");

    // All tokens are invalid after a change of roles.
    let root = "--user=root:root";
    etcd.ctl(&[
        root,
        "role",
        "revoke-permission",
        "instance",
        "--prefix=true",
        "/logtree/v1/shop/set/",
    ]);
    let error = instance.load(WITHIN).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Denied, "{error}");
    etcd.ctl(&[
        root,
        "role",
        "grant-permission",
        "instance",
        "--prefix=true",
        "read",
        "/logtree/v1/shop/set/",
    ]);
    instance.load(WITHIN).unwrap();
    insist(&operator, &[level("botocore", Level::ERROR)]);
    place.until_number(2);

    // A password that is exchanged, with the file that has it.
    etcd.ctl(&[root, "user", "delete", "pay"]);
    etcd.ctl(&[root, "user", "add", "pay:new"]);
    etcd.ctl(&[root, "user", "grant-role", "pay", "instance"]);
    fs::write(directory.path().join("pay-pay"), "new").unwrap();
    instance.load(WITHIN).unwrap();
}

#[test]
fn a_follower_that_is_refused_follows_once_it_is_not() {
    let Some(etcd) = Etcd::start() else { return };
    enable_users(&etcd);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    fs::write(&file, "old").unwrap();
    let builder = EtcdStore::builder("shop").endpoint(etcd.address());
    let store = builder.user("pay", &file).build().unwrap();
    let (place, _following) = Place::follow(&store);
    place.until_condition(Condition::CutOff);
    assert!(place.snapshots.lock().unwrap().is_empty());
    // The file is read at each attempt.
    fs::write(&file, "pay").unwrap();
    place.until_condition(Condition::Following);
}

/// A watch that is open goes on; the next list is refused, until the right is back.
#[test]
fn a_follower_whose_role_and_user_are_removed_follows_once_they_are_back() {
    let Some(mut etcd) = Etcd::start() else {
        return;
    };
    enable_users(&etcd);
    etcd.sign_in("root:root");
    let directory = tempfile::tempdir().unwrap();
    let store = |name: &str| {
        let file = directory.path().join(name);
        fs::write(&file, name).unwrap();
        let builder = EtcdStore::builder("shop").endpoint(etcd.address());
        builder.user(name, file).build().unwrap()
    };
    let (instance, operator) = (store("pay"), store("ann"));
    let (place, following) = Place::follow(&instance);
    place.until_condition(Condition::Following);
    let grant = |permission: &str, keys: &str| {
        format!("role grant-permission instance --prefix=true {permission} /logtree/v1/shop/{keys}")
    };
    let role = [
        "role add instance".to_owned(),
        grant("read", "set/"),
        grant("readwrite", "seen/"),
    ];
    let user = ["user add pay:pay".to_owned()];
    let removals: [(_, &[_]); 2] = [("role delete instance", &role), ("user delete pay", &user)];
    for (round, (removal, back)) in (1..).zip(removals) {
        let ctl = |etcd: &Etcd, words: &str| etcd.ctl(&words.split(' ').collect::<Vec<_>>());
        ctl(&etcd, removal);
        insist(&operator, &[level("botocore", Level::new(100 + round))]);
        place.until_number(2 * u64::from(round) - 1);
        // It lists again.
        etcd.kill();
        etcd.start_again();
        until("the refusal", || {
            let reason = following.health().reason;
            let words = ["permission denied", "authentication failed"];
            reason.is_some_and(|reason| words.iter().any(|word| reason.contains(word)))
        });
        insist(&operator, &[level("botocore", Level::new(200 + round))]);
        assert_eq!(place.newest().number(), 2 * u64::from(round) - 1);
        for words in back {
            ctl(&etcd, words);
        }
        ctl(&etcd, "user grant-role pay instance");
        place.until_condition(Condition::Following);
        place.until_number(2 * u64::from(round));
    }
}

#[test]
fn a_password_file_that_is_missing_is_named() {
    let builder = EtcdStore::builder("shop").endpoint("127.0.0.1:1");
    let store = builder
        .user("pay", "/nonexistent/password")
        .build()
        .unwrap();
    let error = store.load(Duration::from_secs(5)).unwrap_err();
    assert!(
        error.to_string().contains("/nonexistent/password"),
        "{error}"
    );
}
