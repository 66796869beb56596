//! What a line shows by choice.

use std::time::Duration;

use logtree::formatter::{Color, ColorChoice, PrettyFormatter, TimeZone};
use logtree::handler::StreamHandler;
use logtree::record::{RecordBuilder, Source};
use logtree::time::Timestamp;
use logtree::{Level, Record, Registry};

use crate::support::Text;

fn pretty() -> PrettyFormatter {
    PrettyFormatter::new()
        .time_zone(TimeZone::Utc)
        .wrap(true)
        .ascii(false)
        .links(false)
}

fn record<'a>(message: &'a str) -> RecordBuilder<'a> {
    Record::builder()
        .name("app")
        .level(Level::INFO)
        .time(Timestamp::from_nanos(0))
        .message(message)
}

/// Returns what a formatter writes with colours, after the time.
fn colored(formatter: PrettyFormatter, record: RecordBuilder<'_>) -> String {
    let text = Text::default();
    let handler = StreamHandler::new(text.clone()).with_color(ColorChoice::Always);
    handler.with_formatter(formatter).handle(&record.build());
    let line = text.get().replace('\x1b', "␛");
    line.trim_end().split_once("000␛[0m ").unwrap().1.to_owned()
}

#[test]
fn keys_are_ordered_left_out_and_measured() {
    let with = |formatter: PrettyFormatter| {
        let record = record("m")
            .key_value("a", 1)
            .key_value("took_ms", 1240)
            .key_value("body_bytes", 3)
            .key_value("error", "E")
            .key_value("b", 2);
        let line = formatter.format_to_string(&record.build());
        line.split_once("app  ").unwrap().1.to_owned()
    };
    assert_eq!(with(pretty()), "m  error=E a=1 took=1.24s body=3B b=2");
    assert_eq!(
        with(pretty().fields_order(["b", "x", "took_ms"]).exclude(["a"])),
        "m  error=E b=2 took=1.24s body=3B"
    );
    assert_eq!(
        with(pretty().humanize(false)),
        "m  error=E a=1 took_ms=1240 body_bytes=3 b=2"
    );
}

#[test]
fn durations_are_short() {
    let (text, registry) = (Text::default(), Registry::new());
    let handler = StreamHandler::new(text.clone()).with_formatter(pretty().source(false));
    registry.root().add_handler(handler);
    let took = Duration::from_nanos(12_345_678);
    logtree::error!(registry.root(), took:? = took, text = "12.345678ms"; "m");
    let text = text.get();
    assert!(
        text.ends_with("  m  took=12.3ms text=12.345678ms\n"),
        "{text}"
    );
}

#[test]
fn styles_are_by_key_level_and_name() {
    let own = pretty()
        .style_key("user", Color::Magenta)
        .style_level(Level::INFO, Color::Blue);
    assert_eq!(
        colored(own, record("m").key_value("user", "ann").key_value("n", 1)),
        " ␛[34mINFO␛[0m  app  ␛[1mm␛[0m  ␛[35muser=ann␛[0m ␛[36mn=␛[0m1"
    );
    let name = |name: &'static str| {
        let line = colored(pretty().color_names(true), record("m").name(name));
        line.split("␛[")
            .nth(3)
            .unwrap()
            .split_once('m')
            .unwrap()
            .0
            .to_owned()
    };
    assert_eq!(name("hyper.client.pool"), name("hyper.client.dns"));
    let all = ["a", "b", "c", "d", "e", "f", "g", "h"].map(name);
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert!(
        distinct.len() > 2 && all.iter().all(|code| code.starts_with("38;5;")),
        "{all:?}"
    );
}

#[test]
fn levels_have_icons() {
    let icon = |level: u16, ascii| {
        let formatter = pretty().ascii(ascii).icons(true);
        let line = formatter.format_to_string(&record("m").level(Level::new(level)).build());
        line.chars().nth(24).unwrap()
    };
    let levels = [1, 5, 10, 20, 25, 30, 40, 50, 5000];
    assert_eq!(
        levels.map(|level| icon(level, false)),
        ['·', '·', '◦', '●', '●', '▲', '✖', '✖', '✖']
    );
    assert_eq!(
        levels.map(|level| icon(level, true)),
        ['.', '.', '-', '*', '*', '!', 'x', 'X', 'X']
    );
}

#[test]
fn words_of_a_message_stand_out() {
    let formatter = pretty().highlight(true);
    let line = colored(
        formatter,
        record("took 12.4ms for /etc/x of \"ann\", true: http://h/ 2nd\nmore"),
    );
    let message = line.split_once("app  ").unwrap().1;
    assert_eq!(
        message,
        "␛[1mtook ␛[0m␛[36m12.4ms ␛[0m␛[1mfor ␛[0m␛[35m/etc/x ␛[0m␛[1mof ␛[0m␛[32m\"ann\", ␛[0m\
         ␛[36mtrue: ␛[0m␛[35mhttp://h/ ␛[0m␛[36m2nd␛[0m\n    ␛[2m│␛[0m more"
    );
}

/// By choice also where there is no terminal; by default only where it is known.
#[test]
fn places_are_links_where_they_are_asked_for() {
    let place = || {
        let source = Source::default().with_file("/a b/src/x.rs").with_line(7);
        record("m").source(source)
    };
    let line = colored(pretty().links(true).width(60), place());
    let (before, link) = line.split_once("␛]8;;file://").unwrap();
    assert!(before.ends_with(&" ".repeat(20)), "{before:?}");
    let (_, after) = link.split_once("/a%20b/src/x.rs#7␛\\").unwrap();
    assert_eq!(after, "␛[2msrc/x.rs:7␛[0m␛]8;;␛\\");
    assert!(!colored(pretty(), place()).contains("]8;;"));
    let plain = pretty().links(true).format_to_string(&place().build());
    assert!(!plain.contains('\x1b'));
}

#[test]
fn a_stream_shows_the_time_since_the_line_above() {
    let text = Text::default();
    let handler = StreamHandler::new(text.clone()).with_formatter(pretty().since_last(true));
    for nanos in [0, 7_000, 12_007_000, 72_000_000_000, 71_000_000_000] {
        handler.handle(&record("m").time(Timestamp::from_nanos(nanos)).build());
    }
    assert_eq!(
        text.lines(),
        [
            "00:00:00.000          INFO  app  m",
            "        .000    +7us  INFO  app  m",
            "        .012   +12ms  INFO  app  m",
            "00:01:12.000    +71s  INFO  app  m",
            "00:01:11.000    +0us  INFO  app  m",
        ]
    );
}

#[cfg(feature = "tracing")]
#[test]
fn names_of_spans_are_left_out_below_the_same_ones() {
    let shown = |formatter: PrettyFormatter| {
        let (text, registry) = (Text::default(), Registry::new());
        registry.root().set_level(Level::INFO);
        let formatter = formatter.repeat_times(true);
        registry
            .root()
            .add_handler(StreamHandler::new(text.clone()).with_formatter(formatter));
        tracing::subscriber::with_default(registry.tracing_subscriber(), || {
            let outer = tracing::info_span!("S3.PutObject");
            outer.in_scope(|| {
                tracing::info!(target: "app", "one");
                tracing::info_span!("try").in_scope(|| {
                    tracing::info!(target: "app", "two");
                    tracing::info!(target: "app", "three");
                });
                tracing::info!(target: "app", "four");
            });
            tracing::info!(target: "app", "five");
        });
        let without_time = |line: String| line[12..].to_owned();
        text.lines()
            .into_iter()
            .map(without_time)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        shown(pretty().source(false)),
        [
            "  INFO  app  S3.PutObject  one",
            "  INFO  app  S3.PutObject › try  two",
            "  INFO  app  three",
            "  INFO  app  S3.PutObject  four",
            "  INFO  app  five",
        ]
    );
    assert_eq!(
        shown(pretty().source(false).tree(true)),
        [
            "  INFO  app    one",
            "  INFO  app      two",
            "  INFO  app      three",
            "  INFO  app    four",
            "  INFO  app  five",
        ]
    );
    // What is at the right stays there.
    let columns = |line: &String| line.chars().count();
    assert!(
        shown(pretty().width(120))
            .iter()
            .all(|line| columns(line) == 108)
    );
}
