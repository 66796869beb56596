//! Groups of loggers.

use logtree::control::Control;
use logtree::{ErrorKind, Level, Registry};

use crate::control::{control, effective};

fn names_of(control: &Control) -> Vec<String> {
    control
        .groups()
        .into_iter()
        .map(|group| group.name)
        .collect()
}

#[test]
fn k05_b16_groups_set_several_names_at_once() {
    let (registry, control) = control();
    let names = ["boto3", "botocore", "s3transfer", "urllib3"];
    control.set_group("aws", names).unwrap();
    control.set_group_level("aws", Level::ERROR).unwrap();
    assert!(
        names
            .iter()
            .all(|name| effective(&registry, name) == Level::ERROR)
    );
    assert_eq!(control.group("aws").unwrap().level, Some(Level::ERROR));
    control.clear_group_level("aws").unwrap();
    assert!(
        names
            .iter()
            .all(|name| registry.get_logger(name).level() == Level::NOTSET)
    );
    assert_eq!(
        (names_of(&control), control.group("none")),
        (vec!["aws".to_owned()], None)
    );
    assert_eq!(
        control
            .set_group_level("none", Level::INFO)
            .unwrap_err()
            .kind(),
        ErrorKind::InvalidRequest
    );
}

#[test]
fn groups_have_a_limit() {
    let control = Control::builder(&Registry::new())
        .max_targets(5)
        .open()
        .unwrap();
    control.set_group("a", ["x", "y"]).unwrap();
    let error = control.set_group("b", ["x", "y"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.to_string().contains("at most 5"), "{error}");
    control.set_group("b", ["x"]).unwrap();
    control.set_group("a", ["x", "z"]).unwrap();
    assert_eq!(names_of(&control), ["a", "b"]);
}

#[test]
fn groups_come_back_as_they_were() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("levels");
    let open = || Control::builder(&Registry::new()).persist_to(&path).open();
    let control = open().unwrap();
    control.set_group("all", ["", "a"]).unwrap();
    control.set_group("none", []).unwrap();
    control.set_group("the root", [""]).unwrap();
    control.set_group(" odd  name ", ["b::c", " d "]).unwrap();
    let again = open().unwrap();
    assert_eq!(control.groups(), again.groups());
    for group in control.groups() {
        assert_eq!(again.group(&group.name), Some(group));
    }
}
