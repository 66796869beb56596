//! The gate as a model, tried exhaustively: a thread that goes in and out, and one that forks, on a
//! machine whose stores reach the memory later than they are made, at any time.

use std::collections::{HashSet, VecDeque};

/// The cells of the memory: the thread's announcement, the gate, and what the lock protects.
const ANNOUNCED: usize = 0;
const GATE: usize = 1;
const DATA: usize = 2;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Machine {
    memory: [u8; 3],
    /// Stores that did not reach the memory yet, in order, of each thread.
    buffers: [VecDeque<(usize, u8)>; 2],
    steps: [u8; 2],
    rounds: u8,
}

#[derive(Clone, Copy, PartialEq)]
enum Barrier {
    /// Neither thread has one.
    None,
    /// The thread that forks has one, for itself alone.
    OfForker,
    /// Each has one for itself.
    Both,
    /// The thread that forks has one for all.
    ForAll,
}

const LOCKER: usize = 0;
const FORKER: usize = 1;

impl Machine {
    fn store(&mut self, thread: usize, cell: usize, value: u8) {
        self.buffers[thread].push_back((cell, value));
    }

    /// A thread sees its own latest store, and else the memory.
    fn load(&self, thread: usize, cell: usize) -> u8 {
        let own = self.buffers[thread]
            .iter()
            .rev()
            .find(|(at, _)| *at == cell);
        own.map_or(self.memory[cell], |(_, value)| *value)
    }

    fn drain(&mut self, thread: usize) {
        while let Some((cell, value)) = self.buffers[thread].pop_front() {
            self.memory[cell] = value;
        }
    }

    /// The next step of the thread that goes in and out, as `Inside::enter` and its end.
    fn lock(&mut self, barrier: Barrier) {
        let next = match self.steps[LOCKER] {
            0 => {
                self.store(LOCKER, ANNOUNCED, 1);
                1
            }
            1 => {
                if barrier == Barrier::Both {
                    self.drain(LOCKER);
                }
                2
            }
            2 if self.load(LOCKER, GATE) == 0 => 3,
            2 => {
                self.store(LOCKER, ANNOUNCED, 0);
                0
            }
            3 => {
                self.store(LOCKER, DATA, 1);
                4
            }
            4 => {
                self.store(LOCKER, DATA, 0);
                5
            }
            5 => {
                self.store(LOCKER, ANNOUNCED, 0);
                self.rounds += 1;
                if self.rounds < 2 { 0 } else { 6 }
            }
            done => done,
        };
        self.steps[LOCKER] = next;
    }

    /// The next step of the thread that forks, as `hooks::close`; reports whether it forks while
    /// the data is whole.
    fn fork(&mut self, barrier: Barrier) -> bool {
        let next = match self.steps[FORKER] {
            0 => {
                self.store(FORKER, GATE, 1);
                1
            }
            1 => {
                if barrier != Barrier::None {
                    self.drain(FORKER);
                }
                if barrier == Barrier::ForAll {
                    self.drain(LOCKER);
                }
                2
            }
            2 if self.load(FORKER, ANNOUNCED) == 0 => 3,
            2 => 2,
            3 => {
                // The child has the memory, and what the thread that forks has stored.
                if self.load(FORKER, DATA) != 0 || (4..=5).contains(&self.steps[LOCKER]) {
                    return false;
                }
                4
            }
            4 => {
                self.store(FORKER, GATE, 0);
                5
            }
            done => done,
        };
        self.steps[FORKER] = next;
        true
    }
}

/// Whether no order of steps leads to a fork while the other thread is inside.
fn holds(barrier: Barrier) -> bool {
    let start = Machine {
        memory: [0; 3],
        buffers: [VecDeque::new(), VecDeque::new()],
        steps: [0; 2],
        rounds: 0,
    };
    let mut seen = HashSet::from([start.clone()]);
    let mut open = vec![start];
    let mut forks = 0;
    while let Some(machine) = open.pop() {
        let mut nexts = Vec::new();
        for thread in [LOCKER, FORKER] {
            let mut reached = machine.clone();
            if let Some((cell, value)) = reached.buffers[thread].pop_front() {
                reached.memory[cell] = value;
                nexts.push(reached);
            }
        }
        let mut locked = machine.clone();
        locked.lock(barrier);
        nexts.push(locked);
        let mut forked = machine;
        if !forked.fork(barrier) {
            return false;
        }
        forks += usize::from(forked.steps[FORKER] == 5);
        nexts.push(forked);
        // One that waits at the gate goes round without an end.
        nexts.retain(|next| next.buffers.iter().all(|buffer| buffer.len() < 8));
        open.extend(nexts.into_iter().filter(|next| seen.insert(next.clone())));
    }
    assert!(forks > 0, "the fork comes about");
    true
}

#[test]
fn the_forks_barrier_for_all_is_enough() {
    assert!(holds(Barrier::ForAll));
}

#[test]
fn a_fence_on_either_side_is_enough() {
    assert!(holds(Barrier::Both));
}

#[test]
fn less_is_not() {
    assert!(!holds(Barrier::None));
    assert!(!holds(Barrier::OfForker));
}
