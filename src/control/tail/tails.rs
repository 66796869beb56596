//! All tails of an endpoint: [`Tails`].

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::context::RegistryContext;
use crate::control::tail::event::Event;
use crate::control::tail::exchange::Exchange;
use crate::control::tail::inlet::Inlet;
use crate::control::tail::options::TailOptions;
use crate::control::tail::position::Position;
use crate::handler::{Handler, QueueListener};
use crate::level::Level;
use crate::registry::{NodeId, Registry, RegistryCore};
use crate::sys::host;
use crate::sys::process::{self, InChild};
use crate::sys::sync::{Arc, Mutex, Weak};

/// All tails of an endpoint. Clones are the same.
#[derive(Clone)]
pub(in crate::control) struct Tails(pub(super) Arc<TailsCore>);

/// Not held by the tree, so that the taps end with it.
pub(super) struct TailsCore {
    /// With the process, which a fork changes.
    boot: RandomState,
    pub(super) options: TailOptions,
    pub(super) registry: Weak<RegistryCore>,
    environment: Arc<RegistryContext>,
    pub(super) handler: Handler,
    /// The end of the queue, which runs as long as there is a history.
    listener: QueueListener,
    pub(super) exchange: Arc<Exchange>,
    /// Held while tails come and go, and taps with them.
    pub(super) arranging: Mutex<()>,
}

impl Tails {
    pub(in crate::control) fn new(registry: &Registry, options: TailOptions) -> Self {
        let exchange = Arc::new(Exchange::new(&options));
        let (inlet, listener) = Inlet::new(&exchange, &options);
        let inner = registry.inner();
        let core = Arc::new(TailsCore {
            boot: RandomState::new(),
            options,
            registry: Arc::downgrade(inner),
            environment: Arc::clone(&inner.environment),
            handler: Handler::new(inlet),
            listener,
            exchange,
            arranging: Mutex::new(()),
        });
        process::in_child_of(&core);
        if options.keeps_backlog {
            core.begin_history(inner);
        }
        Self(core)
    }

    /// Returns where a record stands in the streams.
    pub(in crate::control) fn position(&self, event: &Event) -> Position {
        Position {
            boot: self.0.boot(),
            seq: event.seq,
        }
    }

    pub(in crate::control) fn level_name(&self, level: Level) -> String {
        self.0.environment.level_names.name(level).to_string()
    }

    /// Returns how many tails have ended so far.
    pub(in crate::control) fn departures(&self) -> u64 {
        self.0.exchange.state().departures
    }

    /// Ends the history, unless it is to be kept always, there is a tail, or another one has ended
    /// since.
    pub(in crate::control) fn rest(&self, departures: u64) {
        let core = &*self.0;
        let arranging = core.arranging.lock();
        let state = core.exchange.state();
        let is_used = core.options.keeps_backlog
            || !state.listeners.is_empty()
            || state.departures != departures;
        drop(state);
        if !is_used {
            core.end_history();
        }
        drop(arranging);
    }
}

impl TailsCore {
    pub(super) fn boot(&self) -> u64 {
        self.boot.hash_one(host::process_id())
    }

    /// Waits until the tails have what was logged before, for a time.
    pub(super) fn settle(&self) {
        let is_running = self.exchange.state().history_tap.is_some();
        if is_running {
            let _ = self.handler.flush();
        }
    }

    /// Has what is shown come to the handler, which opens no gates.
    pub(super) fn begin_history(&self, registry: &RegistryCore) {
        if self.exchange.state().history_tap.is_some() {
            return;
        }
        self.listener.start();
        let tap = registry.tap(vec![(NodeId::ROOT, Level::OFF)], self.handler.clone());
        let mut state = self.exchange.state();
        // A number that no record has: what was shown while there was no history was not kept.
        state.seq += 1;
        let seq = state.seq;
        state.history.begin(seq);
        state.history_tap = Some(tap);
        self.exchange.publish(&mut state);
        drop(state);
    }

    fn end_history(&self) {
        let mut state = self.exchange.state();
        let (tap, events) = state.end_history();
        self.exchange.publish(&mut state);
        drop(state);
        drop(events);
        if let (Some(tap), Some(registry)) = (tap, self.registry.upgrade()) {
            registry.end_tap(tap);
        }
        self.listener.stop_soon();
    }
}

impl Drop for TailsCore {
    fn drop(&mut self) {
        self.end_history();
    }
}

impl InChild for TailsCore {
    /// The tails are the parent's: their sockets, and the thread that serves them.
    fn in_child(self: Arc<Self>) {
        let mut state = self.exchange.state();
        let listeners = std::mem::take(&mut state.listeners);
        self.exchange.publish(&mut state);
        drop(state);
        for listener in listeners {
            if let (Some(tap), Some(registry)) = (listener.tap, self.registry.upgrade()) {
                registry.end_tap(tap);
            }
            // Its task is the parent's: nothing of it may end here.
            std::mem::forget(listener.waker);
        }
        self.end_history();
    }
}
