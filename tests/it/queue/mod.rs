//! The asynchronous path.

mod ends;
mod handlers;
mod limits;
mod order;
mod records;

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex};

use logtree::handler::StreamHandler;
use logtree::{Handler, Level, Record};

/// A barrier at which a writer can be stopped.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<GateState>, Condvar)>);

#[derive(Default)]
struct GateState {
    closed: bool,
    waiting: bool,
}

impl Gate {
    fn close(&self) {
        self.0.0.lock().unwrap().closed = true;
    }

    fn open(&self) {
        self.0.0.lock().unwrap().closed = false;
        self.0.1.notify_all();
    }

    fn pass(&self) {
        let mut state = self.0.0.lock().unwrap();
        while state.closed {
            state.waiting = true;
            self.0.1.notify_all();
            state = self.0.1.wait(state).unwrap();
        }
        state.waiting = false;
    }

    /// Waits until a writer is stopped.
    fn wait_for_waiting(&self) {
        let state = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(state, |state| !state.waiting).unwrap());
    }
}

struct Gated<W>(Gate, W);

impl<W: Write> Write for Gated<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.pass();
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gated() -> (Gate, StreamHandler, crate::support::Text) {
    let (gate, text) = (Gate::default(), crate::support::Text::default());
    let stream = StreamHandler::new(Gated(gate.clone(), text.clone()));
    (gate, stream, text)
}

fn at(handler: &Handler, level: Level, text: &str) {
    handler.handle(&Record::builder().level(level).message(text).build());
}
