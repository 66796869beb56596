//! How many records a `CloudWatchHandler` delivers in a second, one call at a time.
//!
//! `cargo bench --bench cloudwatch --features cloudwatch` has a service whose calls take 50
//! milliseconds, or as many as the argument says. It logs without a pause, in turn with lines of
//! 100, 300 and 1,000 bytes, for 3 seconds each, and prints what arrived in a second: calls,
//! records, MiB. Then it logs a number of lines of 300 bytes in each second, and prints how many
//! were dropped for lack of room.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use logtree::delivery::{LogEvent, LogGroup, PutLogEvents, RejectedLogEvents, ServiceError};
use logtree::formatter::format_fn;
use logtree::handler::{CloudWatchHandler, Overflow};
use logtree::{Level, Record};

const LASTS: Duration = Duration::from_secs(3);

struct Service {
    takes: Duration,
    calls: AtomicU64,
    events: AtomicU64,
    bytes: AtomicU64,
}

impl PutLogEvents for Service {
    fn put_log_events(
        &self,
        _: &str,
        _: &str,
        events: &[LogEvent<'_>],
    ) -> Result<RejectedLogEvents, ServiceError> {
        thread::sleep(self.takes);
        let bytes: usize = events.iter().map(|event| event.message.len()).sum();
        for (sum, more) in [
            (&self.calls, 1),
            (&self.events, events.len()),
            (&self.bytes, bytes),
        ] {
            sum.fetch_add(more as u64, Ordering::Relaxed);
        }
        Ok(RejectedLogEvents::default())
    }

    fn create_log_group(&self, _: &LogGroup) -> Result<(), ServiceError> {
        Ok(())
    }

    fn create_log_stream(&self, _: &str, _: &str) -> Result<(), ServiceError> {
        Ok(())
    }

    fn put_retention_policy(&self, _: &str, _: u32) -> Result<(), ServiceError> {
        Ok(())
    }
}

fn handler(
    takes: Duration,
    overflow: Overflow,
) -> Result<(Arc<Service>, CloudWatchHandler), logtree::Error> {
    let service = Arc::new(Service {
        takes,
        calls: AtomicU64::new(0),
        events: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
    });
    let handler = CloudWatchHandler::builder(Arc::clone(&service), "group")
        .overflow(overflow)
        .close_within(Duration::ZERO)
        .formatter(format_fn(|record, line| {
            line.push_str(record.message());
            Ok(())
        }));
    let handler = handler.start()?;
    handler.set_error_hook(|_| {});
    Ok((service, handler))
}

fn log(handler: &CloudWatchHandler, text: &str) {
    handler.handle(&Record::builder().level(Level::INFO).message(text).build());
}

fn main() -> Result<(), Box<dyn Error>> {
    let millis = std::env::args().skip(1).find_map(|it| it.parse().ok());
    let takes = Duration::from_millis(millis.unwrap_or(50));
    println!("calls of {takes:?}, without a pause");
    for length in [100, 300, 1_000] {
        let (service, handler) = handler(takes, Overflow::Block)?;
        let text = "x".repeat(length);
        let start = Instant::now();
        while start.elapsed() < LASTS {
            (0..100).for_each(|_| log(&handler, &text));
        }
        let seconds = start.elapsed().as_secs_f64();
        let of = |sum: &AtomicU64| {
            #[expect(clippy::cast_precision_loss, reason = "a number to be read")]
            let sum = sum.load(Ordering::Relaxed) as f64;
            sum / seconds
        };
        println!(
            "{length:5} bytes: {:4.1} calls, {:7.0} records, {:5.1} MiB",
            of(&service.calls),
            of(&service.events),
            of(&service.bytes) / 1024.0 / 1024.0
        );
    }
    println!("lines of 300 bytes at a rate");
    for rate in [10_000, 20_000, 50_000, 60_000, 80_000] {
        let (_, handler) = handler(takes, Overflow::BySeverity)?;
        let text = "x".repeat(300);
        let start = Instant::now();
        let mut logged = 0_u32;
        while start.elapsed() < LASTS {
            let due = start.elapsed().as_secs_f64() * f64::from(rate);
            while f64::from(logged) < due {
                log(&handler, &text);
                logged += 1;
            }
            thread::sleep(Duration::from_micros(200));
        }
        let counters = handler.counters();
        let (accepted, dropped) = (counters.accepted(), counters.dropped());
        println!("{rate:6} in a second: {dropped} of {accepted} dropped");
    }
    Ok(())
}
