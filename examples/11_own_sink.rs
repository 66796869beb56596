//! A custom sink that keeps the last lines in memory, such as for a status page.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use logtree::formatter::Format;
use logtree::handler::{Sink, SinkFacts, check_sink, formatted};
use logtree::{Error, Handler, Level, Record, get_logger};

/// The last lines of the log.
struct LastLines {
    lines: Mutex<VecDeque<String>>,
    most: usize,
}

impl LastLines {
    fn new(most: usize) -> Arc<Self> {
        let lines = Mutex::default();
        Arc::new(Self { lines, most })
    }

    fn read(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }
}

impl Sink for LastLines {
    fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
        // Formatting runs user code, so it comes before the lock.
        formatted(format, record, |line| {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() == self.most {
                lines.pop_front();
            }
            lines.push_back(line.as_str().to_owned());
            drop(lines);
            Ok(())
        })
    }

    fn facts(&self) -> SinkFacts {
        SinkFacts::new(format!("LastLines {}", self.most))
    }
}

fn main() {
    let last = LastLines::new(2);
    let app = get_logger("app");
    app.set_level(Level::INFO);
    app.add_handler(Handler::new(Arc::clone(&last)).with_name("last"));
    for step in ["connect", "send", "receive"] {
        logtree::info!(app, "{step}");
    }
    println!("{:?}: {:?}", app.handlers()[0], last.read());

    // In a test: check the contract of `Sink`. Each broken rule is returned as a sentence.
    let all = LastLines::new(10_000);
    let broken = check_sink(|| Handler::new(Arc::clone(&all)), || all.read());
    println!("broken rules: {broken:?}");
}
