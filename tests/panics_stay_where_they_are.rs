//! A panic at each place where user code runs; the process's panic hook is silenced.

use std::io::{self, Write};
use std::panic;
use std::sync::{Arc, Mutex};

use logtree::formatter::{Format, Line};
use logtree::handler::{DropReason, Sink, StreamHandler};
use logtree::{Error, ErrorKind, Formatter, Handler, Level, Record, Registry};

#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Panics;

impl Format for Panics {
    fn format(&self, _: &Record<'_>, _: &mut Line) -> Result<(), Error> {
        panic!("in the formatter")
    }
}

impl Sink for Panics {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        panic!("in the sink")
    }

    fn flush(&self) -> Result<(), Error> {
        panic!("in flush")
    }
}

/// A panic at each place where user code runs; the sibling handler gets every record.
#[test]
fn panics_stay_where_they_are() {
    panic::set_hook(Box::new(|_| {}));
    let registry = Registry::builder()
        .diagnostics(|_| panic!("in the diagnostics"))
        .build();
    let filter = |_: &mut Record<'_>| panic!("in the filter");
    let faulty = [
        Handler::new(Panics),
        StreamHandler::new(io::sink()).with_formatter(Panics).into(),
        StreamHandler::new(io::sink()).with_filter(filter).into(),
    ];
    faulty[1].set_error_hook(|_| panic!("in the hook"));
    let text = Text::default();
    let sibling =
        StreamHandler::new(text.clone()).with_formatter(Formatter::new("%(message)s").unwrap());
    let lines = || {
        String::from_utf8(text.0.lock().unwrap().clone())
            .unwrap()
            .lines()
            .count()
    };
    for handler in faulty.iter().cloned().chain([sibling.into()]) {
        registry.root().add_handler(handler);
    }
    // Otherwise, the handlers would also get the reports about each other.
    registry.get_logger("logging.errors").set_level(Level::OFF);
    let logger = registry.get_logger("p");
    for n in 0..100 {
        logger.warning(n);
    }
    assert_eq!(lines(), 100);
    for handler in &faulty {
        let counters = handler.counters();
        assert_eq!(
            (counters.dropped_for(DropReason::Panic), counters.written()),
            (100, 0),
            "{handler:?}"
        );
    }
    assert_eq!(faulty[0].flush().unwrap_err().kind(), ErrorKind::Panicked);

    logger.add_filter(filter);
    logger.warning("refused by the logger's own filter");
    assert_eq!((lines(), registry.dropped()), (100, 1));
}
