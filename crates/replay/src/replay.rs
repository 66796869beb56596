//! The replay of events through a registry: [`Replay`].

use std::io::{self, BufRead};
use std::thread;
use std::time::Duration;

use logtree::time::Timestamp;
use logtree::{Handler, Logger, Registry};

use crate::counts::Counts;
use crate::event::Event;

/// Logs events as recorded, with their times, places and threads, and counts what each logger
/// showed and hid. An event is shown if a handler accepts it.
///
/// The handlers and levels are those of the registry when the replay begins; see the [crate's
/// example](crate).
#[derive(Debug)]
pub struct Replay {
    registry: Registry,
    handlers: Vec<Handler>,
    speed: Option<f64>,
    previous: Option<Timestamp>,
    counts: Counts,
    unread: Vec<usize>,
}

impl Replay {
    /// Returns a replay through a registry, as fast as possible.
    #[must_use]
    pub fn new(registry: &Registry) -> Self {
        let mut handlers = registry.handlers();
        handlers.extend(registry.last_resort());
        Self {
            registry: registry.clone(),
            handlers,
            speed: None,
            previous: None,
            counts: Counts::default(),
            unread: Vec::new(),
        }
    }

    /// Waits between events as long as recorded, divided by `speed`: 1 is the recorded pace, 2 is
    /// twice as fast. [`None`] does not wait.
    #[must_use]
    pub fn with_speed(self, speed: impl Into<Option<f64>>) -> Self {
        Self {
            speed: speed.into(),
            ..self
        }
    }

    /// Replays the lines of a file. `progress` is called with the number of lines so far, and ends
    /// the replay by returning false. Lines without an event are [noted](Self::unread) and skipped.
    ///
    /// # Errors
    /// Those of `input`.
    pub fn lines(
        &mut self,
        mut input: impl BufRead,
        mut progress: impl FnMut(usize) -> bool,
    ) -> io::Result<()> {
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if input.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let text = String::from_utf8_lossy(&line);
            match Event::read_in(&self.registry, &text) {
                Some(event) => _ = self.event(&event),
                None if text.trim().is_empty() => {}
                None => self.unread.push(number),
            }
            if !progress(number) {
                break;
            }
        }
        Ok(())
    }

    /// Replays an event. Reports whether a handler accepted it.
    pub fn event(&mut self, event: &Event) -> bool {
        self.wait(event.time);
        let logger = self.registry.get_logger(&event.logger);
        let shown = logger.is_enabled_for(event.level) && self.log(&logger, event);
        self.counts.add(&event.logger, shown);
        shown
    }

    fn log(&self, logger: &Logger, event: &Event) -> bool {
        let accepted = || -> u64 {
            let handlers = self.handlers.iter();
            handlers.map(|handler| handler.counters().accepted()).sum()
        };
        let before = accepted();
        logger.handle(&event.record_builder(logger).build());
        accepted() > before
    }

    fn wait(&mut self, time: Option<Timestamp>) {
        let (Some(speed), Some(time)) = (self.speed, time) else {
            return;
        };
        let previous = self.previous.replace(time).unwrap_or(time);
        let nanos = time.as_nanos().saturating_sub(previous.as_nanos());
        let pause = Duration::from_nanos(u64::try_from(nanos).unwrap_or_default());
        if let Ok(pause) = Duration::try_from_secs_f64(pause.as_secs_f64() / speed) {
            thread::sleep(pause);
        }
    }

    /// Returns what each logger showed and hid so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Returns the numbers of the lines that held no event, from 1.
    #[must_use]
    pub fn unread(&self) -> &[usize] {
        &self.unread
    }
}
