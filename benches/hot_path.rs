//! What a call costs; each bench answers one question. The peers are measured in `benches/peers`.

use std::borrow::Cow;
use std::hint::black_box;
use std::io;
use std::sync::atomic::{AtomicU16, Ordering};

use divan::Bencher;
use divan::counter::BytesCount;
use logtree::filter::RedactingFilter;
use logtree::formatter::{JsonFormatter, Multiline};
use logtree::handler::StreamHandler;
use logtree::{Formatter, Level, Logger, Registry};

fn main() {
    logtree::install().expect("no other backend");
    divan::main();
}

/// The floor: one relaxed load and a compare.
#[divan::bench]
fn floor_load_and_compare() -> bool {
    static LEVEL: AtomicU16 = AtomicU16::new(30);
    black_box(&LEVEL).load(Ordering::Relaxed) <= 10
}

mod off {
    use super::{Bencher, Level, Registry, black_box};

    #[divan::bench]
    fn on_a_held_logger(bencher: Bencher<'_, '_>) {
        let logger = Registry::new().get_logger("off");
        bencher.bench(|| logtree::debug!(black_box(&logger), "{}", 1));
    }

    #[divan::bench(sample_size = 10_000)]
    fn on_the_modules_own() {
        logtree::debug!("{}", 1);
    }

    #[divan::bench]
    fn by_the_facades_own_level() {
        log::trace!(target: "off", "{}", 1);
    }

    /// One target is verbose, and others are configured; the call's own is off.
    #[divan::bench(args = [1, 10, 1_000, 100_000])]
    fn by_a_rule_through_the_facade(bencher: Bencher<'_, '_>, configured: usize) {
        configure(configured);
        bencher.bench(|| log::debug!(target: "quiet.module", "{}", 1));
    }

    /// A thousand targets in turn.
    #[divan::bench(args = [10, 100_000], sample_size = 10_000)]
    fn by_a_rule_for_a_thousand_targets(bencher: Bencher<'_, '_>, configured: usize) {
        configure(configured);
        let targets: Vec<String> = (0..1000).map(|n| format!("quiet.m{n}")).collect();
        let mut at = 0;
        bencher.bench_local(|| {
            at = (at + 1) % targets.len();
            log::debug!(target: &targets[at], "{}", 1);
        });
    }

    fn configure(count: usize) {
        for n in 0..count {
            logtree::get_logger(format!("verbose.m{n}")).set_level(Level::DEBUG);
        }
    }
}

mod on {
    use super::{
        Bencher, Formatter, JsonFormatter, Logger, Multiline, Registry, StreamHandler, black_box,
        io,
    };

    fn logger(multiline: Multiline) -> Logger {
        let registry = Registry::new();
        let formatter = Formatter::builder()
            .format(Formatter::BOTO3)
            .multiline(multiline)
            .build()
            .expect("valid");
        registry
            .root()
            .add_handler(StreamHandler::new(io::sink()).with_formatter(formatter));
        registry.get_logger("app.module")
    }

    #[inline(always)]
    fn log_request(logger: &Logger) {
        let id = black_box(7);
        logtree::warn!(logger, "request {} took {} us status={}", id, 42, 200);
    }

    /// The default line, escapes looked for, on one thread and on two.
    #[divan::bench(threads = [1, 2], sample_size = 10_000)]
    fn to_a_discarding_stream(bencher: Bencher<'_, '_>) {
        let logger = logger(Multiline::Indent);
        bencher.bench(|| log_request(&logger));
    }

    /// What the look for escapes costs.
    #[divan::bench]
    fn without_escapes(bencher: Bencher<'_, '_>) {
        let logger = logger(Multiline::Raw);
        bencher.bench(|| log_request(&logger));
    }

    /// One write a record.
    #[divan::bench(sample_size = 1_000)]
    fn to_a_file(bencher: Bencher<'_, '_>) {
        let path = std::env::temp_dir().join(format!("logtree-bench-{}.log", std::process::id()));
        let file =
            std::fs::File::create(&path).expect("the folder for temporary files takes a file");
        let registry = Registry::new();
        let formatter = Formatter::new(Formatter::BOTO3).expect("valid");
        registry
            .root()
            .add_handler(StreamHandler::new(file).with_formatter(formatter));
        let logger = registry.get_logger("app.module");
        bencher.bench(|| log_request(&logger));
        // A file that is left over harms nobody.
        let _ = std::fs::remove_file(path);
    }

    #[divan::bench(sample_size = 10_000)]
    fn three_key_values_as_json(bencher: Bencher<'_, '_>) {
        let registry = Registry::new();
        registry
            .root()
            .add_handler(StreamHandler::new(io::sink()).with_formatter(JsonFormatter::new()));
        let logger = registry.get_logger("app.module");
        bencher
            .bench(|| logtree::warn!(logger, id = black_box(7), took = 42, status = "ok"; "done"));
    }

    /// Through 0, 1 and 5 levels, with 1 and 3 handlers at the top.
    #[divan::bench(args = [(0, 1), (1, 1), (5, 1), (0, 3), (5, 3)])]
    fn through_levels_to_handlers(bencher: Bencher<'_, '_>, (levels, handlers): (usize, usize)) {
        let registry = Registry::new();
        for _ in 0..handlers {
            registry
                .root()
                .add_handler(StreamHandler::new(io::sink()).with_formatter(Formatter::default()));
        }
        let logger = registry.get_logger(vec!["level"; levels + 1].join("."));
        bencher.bench(|| logtree::warn!(logger, "request {}", black_box(7)));
    }
}

/// What a text costs that has no secret: the real messages of boto3, some 100 kB, without those
/// that have one.
#[divan::bench(args = [false, true])]
fn look_for_secrets(bencher: Bencher<'_, '_>, personal_data: bool) {
    let mut filter = RedactingFilter::credentials();
    if personal_data {
        filter = filter.with_personal_data();
    }
    let events = include_str!("../crates/replay/botocore-events.jsonl");
    let ordinary = |line: &&str| matches!(filter.redact(line), Cow::Borrowed(_));
    let lines: Vec<&str> = events.lines().filter(ordinary).collect();
    let bytes: usize = lines.iter().map(|line| line.len()).sum();
    let bencher = bencher.counter(BytesCount::new(bytes));
    bencher.bench(|| {
        lines
            .iter()
            .filter(|line| filter.redact(black_box(line)).is_empty())
            .count()
    });
}

mod tree {
    use super::{Bencher, Registry};

    fn million() -> (Registry, Vec<String>) {
        let names = (0..1_000_000)
            .map(|n| format!("service.{}.part{n}", n % 100))
            .collect();
        (Registry::new(), names)
    }

    #[divan::bench(sample_count = 3, sample_size = 1)]
    fn create_a_million_loggers(bencher: Bencher<'_, '_>) {
        bencher
            .with_inputs(million)
            .bench_values(|(registry, names)| {
                for name in &names {
                    registry.get_logger(name);
                }
                (registry, names)
            });
    }

    #[divan::bench(sample_count = 3, sample_size = 1)]
    fn set_the_roots_level_over_a_million(bencher: Bencher<'_, '_>) {
        let (registry, names) = million();
        for name in &names {
            registry.get_logger(name);
        }
        let mut level = 0;
        bencher.bench_local(|| {
            level = (level + 1) % 50;
            registry.root().set_level(level + 1);
        });
    }
}
