//! Tails that go on where others ended.

use super::*;

#[test]
fn a_tail_goes_on_where_another_ended() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let tails = Tails::new(&registry, small(8));
    let mut tail = tails
        .begin(TailFilter::default(), Start::Latest(9))
        .unwrap();
    logger.warning("1");
    let batch = next(&mut tail).unwrap();
    let position = tails.position(&batch.events[0]);
    drop(tail);
    for message in ["2", "3", "4", "5"] {
        logger.warning(message);
    }
    let all = TailFilter::default;
    assert_eq!(
        resume(&tails, all(), position),
        (None, ["2", "3", "4", "5"].map(String::from).to_vec())
    );
    logger.warning("6");
    logger.warning("7");
    let (gap, shown) = resume(&tails, all(), position);
    assert_eq!(
        (gap.unwrap().records, shown),
        (Some(2), ["4", "5", "6", "7"].map(String::from).to_vec())
    );
    // What levels hide is not kept without a tail.
    let last = Position {
        seq: position.seq + 6,
        ..position
    };
    let (gap, shown) = resume(&tails, asks(&registry, "app=DEBUG"), last);
    assert!(shown.is_empty());
    let expected = Gap {
        after: last,
        records: Some(0),
        hidden: true,
    };
    assert_eq!(gap, Some(expected));
    // Of another process, or of a time to come.
    for unknown in [
        Position {
            boot: position.boot ^ 1,
            ..position
        },
        Position {
            seq: u64::MAX,
            ..position
        },
    ] {
        let (gap, shown) = resume(&tails, all(), unknown);
        assert_eq!((gap.unwrap().records, shown.len()), (None, 4));
    }
    // The latest, oldest first.
    let mut tail = tails.begin(all(), Start::Latest(2)).unwrap();
    assert_eq!(messages(&mut tail), ["6", "7"]);
    drop(tail);

    // The history ends after the last tail, if no other one came.
    let departures = tails.departures();
    drop(tails.begin(all(), Start::Latest(0)));
    tails.rest(departures);
    assert!(!registry.root().node().route().taps.is_empty());
    tails.rest(tails.departures());
    assert!(registry.root().node().route().taps.is_empty());
    logger.warning("not kept");
    let (gap, shown) = resume(&tails, all(), last);
    assert_eq!((gap.unwrap().records, shown), (None, Vec::new()));
}

#[test]
fn a_history_that_is_always_kept() {
    let registry = Registry::new();
    let options = TailOptions {
        keeps_backlog: true,
        ..small(8)
    };
    let tails = Tails::new(&registry, options);
    registry.get_logger("app").warning("before any tail");
    tails.rest(tails.departures());
    let mut tail = tails
        .begin(TailFilter::default(), Start::Latest(9))
        .unwrap();
    assert_eq!(messages(&mut tail), ["before any tail"]);
    drop(tail);
    drop(tails);
    assert!(registry.root().node().route().taps.is_empty());
}
