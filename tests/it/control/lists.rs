//! Lists of levels and loggers, page by page.

use std::collections::BTreeMap;
use std::time::Duration;

use logtree::control::{LevelTarget, Page, TargetType, Token};
use logtree::handler::StreamHandler;
use logtree::time::{Clock, SystemClock};
use logtree::{ErrorKind, Handler, Level};

use crate::control::{control, pairs};

#[test]
fn i13_k03_pages_of_lists() {
    let (_, control) = control();
    for number in 0..251 {
        control
            .set_level(LevelTarget::logger(format!("l{number:03}")), Level::DEBUG)
            .unwrap();
    }
    let only = Some(TargetType::Logger);
    let first = control.list(only, Page::new(250)).unwrap();
    // Targets that come and go meanwhile do not shift the others.
    control
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    control.clear_level(&LevelTarget::logger("l100")).unwrap();
    let last = control
        .list(only, Page::new(250).after(first.next.clone()))
        .unwrap();
    assert_eq!(
        (first.overrides.len(), last.overrides.len(), &last.next),
        (250, 1, &None)
    );
    assert_eq!(last.overrides[0].target.name(), "l250");
    for size in [0, 251] {
        assert_eq!(
            control.list(None, Page::new(size)).unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
    }
    control
        .set_level(LevelTarget::client_id("c"), Level::DEBUG)
        .unwrap();
    assert_eq!(
        control
            .list(Some(TargetType::ClientId), Page::new(1))
            .unwrap()
            .overrides
            .len(),
        1
    );
    assert_eq!(
        pairs(
            &control
                .list(Some(TargetType::Default), Page::new(1))
                .unwrap()
        ),
        [(LevelTarget::default_level(), Level::WARNING)]
    );
}

#[test]
fn k04_loggers_as_they_are() {
    let (registry, control) = control();
    let logger = registry.get_logger("a.b");
    logger.set_level(Level::DEBUG);
    logger.set_propagate(false);
    logger.set_disabled(true);
    logger.add_handler(Handler::from(StreamHandler::new(Vec::new())));
    registry.get_logger("a.b.c");
    let states: BTreeMap<_, _> = control
        .loggers()
        .into_iter()
        .map(|state| (state.name.clone(), state))
        .collect();
    let state = &states["a.b"];
    assert_eq!(
        (state.configured, state.effective, state.handlers),
        (Some(Level::DEBUG), Level::DEBUG, 1)
    );
    assert!(!state.propagate && state.disabled);
    let state = &states["a.b.c"];
    assert_eq!((state.configured, state.effective), (None, Level::DEBUG));
    assert_eq!(control.loggers()[0].name, "root");
}

#[test]
fn lists_say_who_set_a_level_and_when_it_ends() {
    let (registry, control) = control();
    registry.get_logger("code").set_level(Level::INFO);
    let console = control.clone().with_origin("console");
    console
        .set_level(LevelTarget::logger("a"), Level::DEBUG)
        .unwrap();
    let before = SystemClock.now();
    let minute = Duration::from_secs(60);
    control
        .clone()
        .with_origin("ann")
        .set_level_for(LevelTarget::logger("b"), Level::DEBUG, minute)
        .unwrap();
    let after = SystemClock.now();
    let listed = control.list(None, Page::new(10)).unwrap().overrides;
    let shown: Vec<_> = listed
        .iter()
        .map(|one| {
            (
                one.target.name(),
                one.until.is_some(),
                one.origin.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("", false, None),
            ("a", false, Some("console")),
            ("b", true, Some("ann")),
            ("code", false, None),
        ]
    );
    let until = listed[2].until.unwrap();
    let nanos = 60_000_000_000;
    assert!(until.nanos_since(before) >= nanos && until.nanos_since(after) <= nanos);
    // What code sets meanwhile is the code's.
    registry.get_logger("b").set_level(Level::ERROR);
    let listed = control.list(None, Page::new(10)).unwrap().overrides;
    assert_eq!((listed[2].until, &listed[2].origin), (None, &None));
}

#[test]
fn tokens_cross_wires() {
    let (_, control) = control();
    let targets = [
        LevelTarget::default_level(),
        LevelTarget::event_type("a:b"),
        LevelTarget::logger("a::b"),
        LevelTarget::logger("x y"),
        LevelTarget::source_ip("::1"),
        LevelTarget::client_id("last"),
        LevelTarget::client_id("é, \"7\""),
    ];
    for target in &targets {
        control.set_level(target.clone(), Level::DEBUG).unwrap();
    }
    let mut seen = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let token = next.map(|text| text.parse::<Token>().unwrap());
        let page = control.list(None, Page::new(1).after(token)).unwrap();
        seen.extend(page.overrides.into_iter().map(|one| one.target));
        match page.next {
            Some(token) => next = Some(token.to_string()),
            None => break,
        }
    }
    assert_eq!(seen, targets);
    for wrong in [
        "",
        "a",
        "THING:a",
        "thing_group:a",
        "DEFAULT:x",
        "THING_GROUP:a::b",
    ] {
        let error = wrong.parse::<Token>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}
