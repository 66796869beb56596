//! A way of installing, and what arrives then.

use std::collections::BTreeMap;
use std::process::ExitCode;

use logtree::handler::DropReason;
use logtree::test::Capture;
use logtree::{Level, Registry};
use tracing::Dispatch;
use tracing_log::LogTracer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is installed, and when.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    BackendFirst,
    BridgeFirst,
    LogTracerFirst,
    /// `tracing-subscriber` installs `LogTracer` with the subscriber.
    TheirInit,
    OurInit,
    OurInitAfterBackend,
}

impl Order {
    pub(crate) const ALL: [(&'static str, Self); 6] = [
        ("backend-first", Self::BackendFirst),
        ("bridge-first", Self::BridgeFirst),
        ("tracer-first", Self::LogTracerFirst),
        ("their-init", Self::TheirInit),
        ("our-init", Self::OurInit),
        ("backend-init", Self::OurInitAfterBackend),
    ];

    pub(crate) fn of(name: &str) -> Self {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.expect("the name of an order").1
    }

    fn has_our_backend(self) -> bool {
        !matches!(self, Self::LogTracerFirst | Self::TheirInit)
    }

    fn install(self, front: Front) {
        let backend = || logtree::install().unwrap();
        let bridge = || tracing::dispatcher::set_global_default(front.dispatch()).unwrap();
        match self {
            Self::BackendFirst => {
                backend();
                bridge();
            }
            Self::BridgeFirst => {
                bridge();
                backend();
            }
            Self::LogTracerFirst => {
                LogTracer::init().unwrap();
                bridge();
                assert!(logtree::install().is_err());
            }
            Self::TheirInit => front.dispatch().try_init().unwrap(),
            Self::OurInit => logtree::tracing::try_init(front.dispatch()).unwrap(),
            Self::OurInitAfterBackend => {
                backend();
                logtree::tracing::try_init(front.dispatch()).unwrap();
            }
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Front {
    Subscriber,
    Layer,
}

impl Front {
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "subscriber" => Self::Subscriber,
            "layer" => Self::Layer,
            _ => panic!("{name} is no front"),
        }
    }

    pub(crate) fn dispatch(self) -> Dispatch {
        let registry = Registry::global();
        match self {
            Self::Subscriber => Dispatch::new(registry.tracing_subscriber()),
            Self::Layer => {
                Dispatch::new(tracing_subscriber::registry().with(logtree::tracing::layer()))
            }
        }
    }
}

/// Logs once for each number.
fn log_all() {
    log::info!("1");
    log::info!(target: "app::net", key = 7; "2");
    tracing::info!("3");
    tracing::info!(target: "app::net", "4");
    tracing::info!(rows = 3, "5");
    // `tracing` sends this one to the facade first.
    tracing::info!(parent: None, "6");
    let span = tracing::info_span!("work", id = 7);
    span.in_scope(|| {
        tracing::info!("7");
        log::info!("8");
    });
    drop(span);
    tracing::info!(target: "app::net", parent: None, rows = 3, "9");
    // Off.
    tracing::debug!("a");
    log::debug!("b");
}

/// An event and a record of one line, as a macro can have them.
#[rustfmt::skip]
fn log_on_one_line() { tracing::info!("event"); log::info!("record"); }

/// Logs from several places while levels move.
fn log_meanwhile() {
    let registry = Registry::global();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(|| {
                for _ in 0..100 {
                    tracing::info!("event");
                    log::info!("record");
                }
            })
        })
        .collect();
    for turn in 0..20 {
        let level = if turn % 2 == 0 {
            Level::DEBUG
        } else {
            Level::INFO
        };
        registry.get_logger("tracing_matrix").set_level(level);
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

pub(crate) fn play(features: &str, order: Order, front: Front) -> ExitCode {
    let registry = Registry::global();
    // It installs the backend where there is none.
    let capture = || {
        Capture::builder(&registry.root())
            .level(Level::INFO)
            .start()
    };
    if order == Order::BackendFirst && features != "none" {
        let capture = capture();
        // Without a subscriber, `tracing` sends its events to the facade.
        tracing::info!("early");
        assert_eq!(capture.records().len(), 1);
    }
    order.install(front);
    let capture = capture();
    log_all();
    let records = capture.records();
    let messages: Vec<_> = records.iter().map(|record| record.message()).collect();
    assert_eq!(messages, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    for record in &records {
        let name = record.name();
        let is_net = matches!(record.message(), "2" | "4" | "9");
        assert_eq!(
            name,
            if is_net {
                "app.net"
            } else {
                "tracing_matrix.scene"
            }
        );
        assert_eq!(record.as_record().source().file(), file!());
        let id = record.key_value("id").map(|id| id.to_string());
        let is_within = matches!(record.message(), "7" | "8");
        assert_eq!(id.as_deref(), is_within.then_some("7"));
    }
    let duplicates = registry.dropped_for(DropReason::Duplicate);
    assert_eq!(duplicates > 0, features == "log-always");
    if order.has_our_backend() {
        log_on_one_line();
        let messages: Vec<_> = capture.records()[9..]
            .iter()
            .map(|record| record.message().to_owned())
            .collect();
        assert_eq!(messages, ["event", "record"]);
    }
    let before = capture.records().len();
    log_meanwhile();
    let mut counts = BTreeMap::new();
    for record in &capture.records()[before..] {
        *counts.entry(record.message().to_owned()).or_insert(0) += 1;
    }
    assert_eq!(
        counts,
        BTreeMap::from([("event".into(), 400), ("record".into(), 400)])
    );
    goes_elsewhere(features, order);
    println!("each once; duplicates dropped: {duplicates}");
    ExitCode::SUCCESS
}

/// Where another subscriber has the thread's events, the facade's copies are no duplicates.
fn goes_elsewhere(features: &str, order: Order) {
    let (registry, other) = (Registry::global(), Registry::new());
    let ours = Capture::builder(&registry.root())
        .level(Level::INFO)
        .start();
    let theirs = Capture::builder(&other.root()).level(Level::INFO).start();
    tracing::subscriber::with_default(other.tracing_subscriber(), || tracing::info!("elsewhere"));
    assert_eq!(theirs.records().len(), 1);
    let has_copy = features == "log-always" && order.has_our_backend();
    assert_eq!(ours.records().len(), usize::from(has_copy));
}
