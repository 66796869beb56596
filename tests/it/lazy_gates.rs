//! The protocol by which gates open for scopes and close again (`src/scope/floor.rs`), in every
//! order in which it can run.
//!
//! Two threads enter and leave a scope and log in it, one closes gates twice. Every thread has a
//! store buffer, as processors have: a store that is not sequentially consistent is seen by others
//! some time later, a sequentially consistent one empties the buffer first. In each state every
//! thread can do its next step, and every buffer can give out its oldest store. A record is lost
//! where a thread in its scope finds the gate closed.

use std::collections::HashSet;

/// What threads share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Gate,
    Open,
    Slot(u8),
}

const THREADS: usize = 2;

/// All is a matter of one level: `true` is open, or asked for.
#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    gate: bool,
    open: bool,
    slots: [bool; THREADS],
    /// The owner of the lock: a thread that enters, or the one that closes.
    lock: Option<u8>,
    steps: [u8; THREADS + 1],
    rounds: [u8; THREADS + 1],
    /// What the one that closes has read of the slots.
    is_asked: bool,
    buffers: [Vec<(Place, bool)>; THREADS + 1],
}

/// How the protocol is followed, or not.
#[derive(Clone, Copy)]
struct Protocol {
    /// The entering thread writes its slot before it reads `OPEN`.
    slot_first: bool,
    /// The store to the slot is sequentially consistent.
    slot_in_order: bool,
    /// The closing thread writes `OPEN` before it reads the slots.
    open_first: bool,
    /// The opening thread opens before it announces so.
    gate_first: bool,
}

const RIGHT: Protocol = Protocol {
    slot_first: true,
    slot_in_order: true,
    open_first: true,
    gate_first: true,
};

const CLOSER: usize = THREADS;

impl State {
    fn new() -> Self {
        Self {
            gate: false,
            open: false,
            slots: [false; THREADS],
            lock: None,
            steps: [0; THREADS + 1],
            rounds: [0; THREADS + 1],
            is_asked: false,
            buffers: Default::default(),
        }
    }

    fn memory(&mut self, place: Place) -> &mut bool {
        match place {
            Place::Gate => &mut self.gate,
            Place::Open => &mut self.open,
            Place::Slot(slot) => &mut self.slots[usize::from(slot)],
        }
    }

    /// What a thread reads: its own stores, also those that others do not see yet.
    fn load(&self, thread: usize, place: Place) -> bool {
        let own = self.buffers[thread].iter().rev();
        let own = own.clone().find(|(known, _)| *known == place);
        own.map_or_else(|| *self.clone().memory(place), |(_, value)| *value)
    }

    fn store(&mut self, thread: usize, place: Place, value: bool) {
        self.buffers[thread].push((place, value));
    }

    fn flush(&mut self, thread: usize) {
        for (place, value) in std::mem::take(&mut self.buffers[thread]) {
            *self.memory(place) = value;
        }
    }

    fn store_in_order(&mut self, thread: usize, place: Place, value: bool) {
        self.flush(thread);
        *self.memory(place) = value;
    }

    /// Takes the lock, or `None` where another thread has it.
    fn take(mut self, thread: usize) -> Option<Self> {
        if self.lock.is_some() {
            return None;
        }
        self.flush(thread);
        self.lock = u8::try_from(thread).ok();
        Some(self)
    }

    fn release(&mut self, thread: usize) {
        self.flush(thread);
        self.lock = None;
    }

    fn at(mut self, thread: usize, step: u8) -> Self {
        self.steps[thread] = step;
        self
    }
}

/// What becomes of a thread's next step: another state, none where it waits or is done, or a record
/// that is lost.
enum Next {
    State(State),
    None,
    Lost,
}

fn step_of_scope(state: &State, thread: usize, protocol: Protocol) -> Next {
    const ROUNDS: u8 = 2;
    let slot = Place::Slot(u8::try_from(thread).unwrap());
    let mut next = state.clone();
    let write_slot = |next: &mut State| match protocol.slot_in_order {
        true => next.store_in_order(thread, slot, true),
        false => next.store(thread, slot, true),
    };
    let read_open = |state: &State| {
        if state.load(thread, Place::Open) {
            6
        } else {
            2
        }
    };
    Next::State(match state.steps[thread] {
        _ if state.rounds[thread] == ROUNDS => return Next::None,
        // Enters: the slot, then whether gates are open.
        0 if protocol.slot_first => {
            write_slot(&mut next);
            next.at(thread, 1)
        }
        1 if protocol.slot_first => {
            let step = read_open(&next);
            next.at(thread, step)
        }
        0 => {
            let step = read_open(&next);
            next.at(thread, if step == 6 { 8 } else { 9 })
        }
        8 => {
            write_slot(&mut next);
            next.at(thread, 6)
        }
        9 => {
            write_slot(&mut next);
            next.at(thread, 2)
        }
        // They are not: opens them, and says so.
        2 => match next.take(thread) {
            Some(next) => next.at(thread, 3),
            None => return Next::None,
        },
        3 if next.load(thread, Place::Open) => next.at(thread, 5),
        3 => {
            match protocol.gate_first {
                true => next.store(thread, Place::Gate, true),
                false => next.store_in_order(thread, Place::Open, true),
            }
            next.at(thread, 4)
        }
        4 => {
            match protocol.gate_first {
                true => next.store_in_order(thread, Place::Open, true),
                false => next.store(thread, Place::Gate, true),
            }
            next.at(thread, 5)
        }
        5 => {
            next.release(thread);
            next.at(thread, 6)
        }
        // Logs.
        6 if !next.load(thread, Place::Gate) => return Next::Lost,
        6 => next.at(thread, 7),
        // Leaves; a release store, which nothing before it comes after.
        _ => {
            next.store(thread, slot, false);
            next.rounds[thread] += 1;
            next.at(thread, 0)
        }
    })
}

fn step_of_closer(state: &State, protocol: Protocol) -> Next {
    const ROUNDS: u8 = 2;
    let mut next = state.clone();
    let read = |next: &State| {
        let slots = 0..u8::try_from(THREADS).unwrap();
        let mut slots = slots.map(|slot| next.load(CLOSER, Place::Slot(slot)));
        slots.any(|asked| asked)
    };
    Next::State(match state.steps[CLOSER] {
        _ if state.rounds[CLOSER] == ROUNDS => return Next::None,
        0 => match next.take(CLOSER) {
            Some(next) => next.at(CLOSER, 1),
            None => return Next::None,
        },
        step @ (1 | 2) => {
            if (step == 1) == protocol.open_first {
                next.store_in_order(CLOSER, Place::Open, false);
            } else {
                next.is_asked = read(&next);
            }
            next.at(CLOSER, step + 1)
        }
        3 => {
            let is_asked = next.is_asked;
            next.store(CLOSER, Place::Gate, is_asked);
            next.at(CLOSER, 4)
        }
        4 => {
            let is_asked = next.is_asked;
            next.store_in_order(CLOSER, Place::Open, is_asked);
            next.at(CLOSER, 5)
        }
        _ => {
            next.release(CLOSER);
            next.rounds[CLOSER] += 1;
            next.at(CLOSER, 0)
        }
    })
}

/// Tries all orders; returns whether a record can be lost, and how many states there are.
fn try_all(protocol: Protocol) -> (bool, usize) {
    let mut seen = HashSet::new();
    let mut to_do = vec![State::new()];
    while let Some(state) = to_do.pop() {
        if !seen.insert(state.clone()) {
            continue;
        }
        for thread in 0..=CLOSER {
            let next = match thread {
                CLOSER => step_of_closer(&state, protocol),
                _ => step_of_scope(&state, thread, protocol),
            };
            match next {
                Next::State(next) => to_do.push(next),
                Next::None => {}
                Next::Lost => return (true, seen.len()),
            }
            if !state.buffers[thread].is_empty() {
                let mut next = state.clone();
                let (place, value) = next.buffers[thread].remove(0);
                *next.memory(place) = value;
                to_do.push(next);
            }
        }
    }
    (false, seen.len())
}

#[test]
fn no_order_loses_a_record() {
    let (is_lost, states) = try_all(RIGHT);
    assert!(!is_lost);
    assert!(states > 1_000, "{states}");
}

/// Without any one part of the protocol, the model finds a lost record.
#[test]
fn every_part_of_the_protocol_is_needed() {
    let without = [
        Protocol {
            slot_first: false,
            ..RIGHT
        },
        Protocol {
            slot_in_order: false,
            ..RIGHT
        },
        Protocol {
            open_first: false,
            ..RIGHT
        },
        Protocol {
            gate_first: false,
            ..RIGHT
        },
    ];
    for (number, protocol) in without.into_iter().enumerate() {
        assert!(try_all(protocol).0, "without part {number}");
    }
}
