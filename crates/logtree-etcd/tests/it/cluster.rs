//! Three members, of which some hang.

use std::time::Duration;

use logtree::Level;
use logtree::control::fleet::{Condition, Store, StoreErrorKind};
use logtree_etcd::EtcdStore;

use crate::changes::{insist, level};
use crate::etcd::Etcd;
use crate::place::{Place, level_of};

fn store(members: &[&Etcd]) -> EtcdStore {
    let builder = EtcdStore::builder("shop");
    let builder = members.iter().fold(builder, |builder, member| {
        builder.endpoint(member.address())
    });
    builder.build().unwrap()
}

/// Followers that were there, and one that comes while it hangs, leave it for the others.
#[test]
fn a_member_that_hangs_keeps_none_from_what_the_others_have() {
    let Some(members) = Etcd::start_three() else {
        return;
    };
    let all: Vec<_> = members.iter().collect();
    // Each has its connections to all members, and its watch on one of them.
    let stores: Vec<_> = (0..6).map(|_| store(&all)).collect();
    let followers: Vec<_> = stores.iter().map(Place::follow).collect();
    for (place, _) in &followers {
        place.until_condition(Condition::Following);
    }
    members[0].pause();
    let late = store(&all);
    let (late, _following) = Place::follow(&late);
    let number = insist(&store(&all[1..]), &[level("botocore", Level::DEBUG)]).number;
    for place in followers.iter().map(|(place, _)| place).chain([&late]) {
        place.until_number(number);
        assert_eq!(level_of(&place.newest(), "botocore"), Some(Level::DEBUG));
    }
    members[0].resume();
}

/// The one that is left answers, but a watch on it would be silent for ever.
#[test]
fn a_cluster_without_a_quorum_is_noticed_and_what_is_in_place_stays() {
    let Some(members) = Etcd::start_three() else {
        return;
    };
    let last = store(&[&members[2]]);
    let (place, following) = Place::follow(&last);
    insist(&last, &[level("botocore", Level::DEBUG)]);
    place.until_number(1);
    members[0].pause();
    members[1].pause();
    place.until_condition(Condition::CutOff);
    assert!(following.health().reason.is_some());
    let error = last.load(Duration::from_millis(100)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unreachable, "{error}");
    assert_eq!(level_of(&place.newest(), "botocore"), Some(Level::DEBUG));
    members[0].resume();
    place.until_condition(Condition::Following);
    insist(&last, &[level("botocore", Level::ERROR)]);
    place.until_number(2);
}
