//! Rotations by the clock across the changes of summer time; in a separate process, as the time
//! zone is the process's.

use std::env;
use std::process::Command;

use chrono::{Local, NaiveDateTime, TimeZone as _};
use logtree::handler::{TimedRotatingFileHandler, When};
use logtree::time::Timestamp;

/// The United States' east coast, by the rule itself, so that no table of zones is needed.
const ZONE: &str = "EST+05EDT,M3.2.0,M11.1.0";

/// When, interval, time of day; then from and to: day and time of 2012.
type Case = (
    When,
    u32,
    Option<(u8, u8, u8)>,
    &'static [(&'static str, &'static str)],
);

const CASES: &[Case] = &[
    (
        When::Midnight,
        1,
        None,
        &[
            ("03-10 23:59:59", "03-11 00:00:00"),
            ("03-11 00:00:00", "03-12 00:00:00"),
            ("03-11 01:00:00", "03-12 00:00:00"),
            ("11-04 00:00:00", "11-05 00:00:00"),
            ("11-04 01:00:00", "11-05 00:00:00"),
        ],
    ),
    (
        When::Midnight,
        1,
        Some((12, 0, 0)),
        &[
            ("03-10 12:00:00", "03-11 12:00:00"),
            ("11-03 12:00:00", "11-04 12:00:00"),
        ],
    ),
    (
        When::Midnight,
        1,
        Some((2, 0, 0)),
        &[
            ("03-10 02:00:00", "03-11 03:00:00"),
            ("03-11 01:59:59", "03-11 03:00:00"),
            ("03-11 03:00:00", "03-12 02:00:00"),
            ("11-04 02:00:00", "11-05 02:00:00"),
        ],
    ),
    (
        When::Midnight,
        1,
        Some((2, 30, 0)),
        &[
            ("03-10 02:30:00", "03-11 03:30:00"),
            ("03-11 03:30:00", "03-12 02:30:00"),
            ("11-04 02:30:00", "11-05 02:30:00"),
        ],
    ),
    (
        When::Midnight,
        1,
        Some((1, 30, 0)),
        &[
            ("03-11 01:30:00", "03-12 01:30:00"),
            ("11-04 01:00:00", "11-04 01:30:00"),
            ("11-04 01:30:00", "11-05 01:30:00"),
            ("11-04 02:00:00", "11-05 01:30:00"),
        ],
    ),
    (
        When::Weekday(6),
        1,
        None,
        &[
            ("03-04 23:59:59", "03-05 00:00:00"),
            ("03-05 00:00:00", "03-12 00:00:00"),
        ],
    ),
    (
        When::Weekday(6),
        1,
        Some((0, 0, 0)),
        &[
            ("03-10 23:59:59", "03-11 00:00:00"),
            ("03-11 00:00:00", "03-18 00:00:00"),
        ],
    ),
    (
        When::Weekday(6),
        1,
        Some((2, 0, 0)),
        &[
            ("03-04 02:00:00", "03-11 03:00:00"),
            ("03-11 03:00:00", "03-18 02:00:00"),
        ],
    ),
    (
        When::Midnight,
        3,
        None,
        &[
            ("03-08 23:59:59", "03-11 00:00:00"),
            ("03-09 00:00:00", "03-12 00:00:00"),
        ],
    ),
    (
        When::Weekday(6),
        3,
        None,
        &[
            ("02-19 23:59:59", "03-05 00:00:00"),
            ("02-20 00:00:00", "03-12 00:00:00"),
        ],
    ),
    (When::Day, 1, None, &[("03-10 12:00:00", "03-11 13:00:00")]),
    (When::Hour, 1, None, &[("03-11 01:30:00", "03-11 03:30:00")]),
];

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(&format!("2012-{text}"), "%Y-%m-%d %H:%M:%S").unwrap()
}

fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(seconds * 1_000_000_000)
}

#[test]
fn rotations_keep_their_clock_time() {
    if env::var("TZ").as_deref() != Ok(ZONE) {
        let again = Command::new(env::current_exe().unwrap())
            .args(["--exact", "rotations_keep_their_clock_time", "--nocapture"])
            .env("TZ", ZONE)
            .output()
            .unwrap();
        assert!(
            again.status.success(),
            "{}",
            String::from_utf8_lossy(&again.stderr)
        );
        return;
    }
    let path = env::temp_dir().join(format!("logtree-summer-{}.log", std::process::id()));
    for (when, interval, at_time, vectors) in CASES {
        let mut builder = TimedRotatingFileHandler::builder(&path)
            .when(*when)
            .interval(*interval)
            .delay(true);
        if let Some((hour, minute, second)) = *at_time {
            builder = builder.at_time(hour, minute, second);
        }
        let handler = builder.open().unwrap();
        for (from, to) in *vectors {
            // Of a time that occurs twice, the first one.
            let now = Local.from_local_datetime(&local(from)).earliest().unwrap();
            let next = handler.rollover_after(timestamp(now.timestamp())).unwrap();
            let next = Local
                .timestamp_opt(next.seconds(), 0)
                .unwrap()
                .naive_local();
            assert_eq!(
                next,
                local(to),
                "{when} x {interval} at {at_time:?} from {from}"
            );
        }
    }
    // The second 01:00 of the night of 4 November goes to the second 01:30.
    let handler = TimedRotatingFileHandler::builder(&path)
        .when(When::Midnight)
        .at_time(1, 30, 0)
        .delay(true)
        .open()
        .unwrap();
    let second = Local
        .from_local_datetime(&local("11-04 01:00:00"))
        .latest()
        .unwrap();
    let next = handler
        .rollover_after(timestamp(second.timestamp()))
        .unwrap();
    let expected = Local
        .from_local_datetime(&local("11-04 01:30:00"))
        .latest()
        .unwrap();
    assert_eq!(next.seconds(), expected.timestamp());
}
