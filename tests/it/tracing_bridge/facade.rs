//! Records of the `log` facade beside events. `tests/tracing_matrix` has all set-ups, each in a
//! process of its own.

use log::Log;
use logtree::formatter::Format;
use logtree::handler::{DropReason, Sink};
use logtree::test::Capture;
use logtree::{Error, Handler, Level, Record, Registry};
use tracing::dispatcher::with_default;

use crate::tracing_bridge::by_each_front;

/// Sends a record of the facade as `tracing` does.
fn send(registry: &Registry, line: u32, text: &str) {
    let mut record = log::Record::builder();
    let record = record.level(log::Level::Info).target("app");
    let record = record.file(Some(file!())).line(Some(line));
    registry.log(&record.args(format_args!("{text}")).build());
}

/// Returns the line of the call site of an event.
#[rustfmt::skip]
fn event(text: &str) -> u32 { tracing::info!("{text}"); line!() }

#[test]
fn a_copy_of_an_event_is_dropped_where_the_event_is_a_record() {
    by_each_front(|front| {
        let registry = Registry::new();
        let capture = Capture::builder(&registry.root())
            .level(Level::INFO)
            .start();
        let messages = || -> Vec<_> {
            let records = capture.records();
            records.iter().map(|it| it.message().to_owned()).collect()
        };
        let line = with_default(&front(&registry), || {
            let line = event("event");
            send(&registry, line, "copy");
            send(&registry, 1, "of another place");
            // The facade's macros, on whatever line.
            let record = log::Record::builder()
                .level(log::Level::Info)
                .file_static(Some(file!()))
                .line(Some(line))
                .build();
            registry.log(&record);
            line
        });
        assert_eq!(messages(), ["event", "of another place", ""]);
        assert_eq!(registry.dropped_for(DropReason::Duplicate), 1);
        assert_eq!(registry.dropped(), 1);
        // The event goes to another registry, or to none.
        let other = Registry::new();
        with_default(&front(&other), || send(&registry, line, "no copy here"));
        send(&registry, line, "nor here");
        assert_eq!(messages()[3..], ["no copy here", "nor here"]);
        assert_eq!(registry.dropped_for(DropReason::Duplicate), 1);
    });
}

/// Logs through the facade what it does.
struct Speaks(Registry);

impl Sink for Speaks {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        send(&self.0, 1, &format!("wrote {}", record.message()));
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }
}

struct LogsInside<'r>(&'r Registry);

impl std::fmt::Display for LogsInside<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        send(self.0, 1, "inside");
        f.write_str("outside")
    }
}

#[test]
fn what_a_handler_of_an_event_logs_through_the_facade_is_refused() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = crate::support::to_text("%(message)s");
        registry.root().set_level(Level::INFO);
        registry.root().add_handler(handler);
        registry
            .root()
            .add_handler(Handler::new(Speaks(registry.clone())));
        with_default(&front(&registry), || tracing::info!("event"));
        assert_eq!(text.lines(), ["event"]);
        assert_eq!(registry.dropped_for(DropReason::Reentrant), 1);
        registry.root().clear_handlers();
    });
}

#[test]
fn what_values_of_an_event_log_through_the_facade_is_logged() {
    let scene = |registry: &Registry| {
        tracing::info!("{}", LogsInside(registry));
        tracing::info!(value = %LogsInside(registry), "second");
        assert_eq!(registry.dropped(), 0);
    };
    for lines in crate::tracing_bridge::lines(Level::INFO, "%(message)s", scene) {
        assert_eq!(
            lines,
            ["inside", "outside", "inside", "second value=outside"]
        );
    }
}
