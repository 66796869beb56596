//! A model of the rings and their merging, played in all interleavings of a few threads.

use std::collections::BTreeSet;

/// Threads that each do one step after the other, in any order.
struct Model<S> {
    start: S,
    threads: Vec<Vec<Step<S>>>,
}

/// What a thread does in one step; `false` if it cannot do that yet.
type Step<S> = fn(&mut S) -> bool;

impl<S: Clone + Ord> Model<S> {
    /// Plays all interleavings, and looks at each end.
    fn play(&self, look: impl Fn(&S)) -> usize {
        let mut seen = BTreeSet::new();
        let mut open = vec![(self.start.clone(), vec![0; self.threads.len()])];
        let mut ends = 0;
        while let Some((state, at)) = open.pop() {
            if !seen.insert((state.clone(), at.clone())) {
                continue;
            }
            let mut moved = false;
            for (thread, steps) in self.threads.iter().enumerate() {
                let Some(step) = steps.get(at[thread]) else {
                    continue;
                };
                let mut next = (state.clone(), at.clone());
                if step(&mut next.0) {
                    next.1[thread] += 1;
                    open.push(next);
                    moved = true;
                }
            }
            if !moved {
                let is_over = at
                    .iter()
                    .zip(&self.threads)
                    .all(|(at, steps)| *at == steps.len());
                assert!(is_over, "threads wait for each other");
                look(&state);
                ends += 1;
            }
        }
        ends
    }
}

/// The lanes of two threads, and the one that merges them, as `put` and `merge` have them.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Lanes {
    stamps: u64,
    taken: [u64; 2],
    lanes: [Vec<(u64, char)>; 2],
    told: bool,
    cut_off: u64,
    batch: Vec<(u64, char)>,
    out: String,
    closed: bool,
    saw_closed: [bool; 2],
    goal: u64,
    settled: u64,
}

impl Lanes {
    fn stamp(&mut self, lane: usize) -> bool {
        self.taken[lane] = self.stamps;
        self.stamps += 1;
        true
    }

    fn push(&mut self, lane: usize, what: char) -> bool {
        let stamp = self.taken[lane];
        self.lanes[lane].push((stamp, what));
        true
    }

    fn take(&mut self, lane: usize) -> bool {
        let cut_off = self.cut_off;
        let below = |record: &(u64, char)| record.0 < cut_off;
        let all = std::mem::take(&mut self.lanes[lane]);
        let (mut taken, left) = all.into_iter().partition(below);
        self.batch.append(&mut taken);
        self.lanes[lane] = left;
        true
    }

    fn deliver(&mut self) -> bool {
        self.batch.sort_unstable();
        self.settled += self.batch.len() as u64;
        self.out.extend(self.batch.drain(..).map(|record| record.1));
        true
    }

    fn look(&mut self) -> bool {
        self.cut_off = self.stamps;
        true
    }
}

#[test]
fn an_answer_never_comes_before_its_question() {
    let asks: Vec<Step<Lanes>> = vec![|s| s.stamp(0), |s| s.push(0, 'q'), |s| {
        s.told = true;
        true
    }];
    let replies: Vec<Step<Lanes>> = vec![|s| s.told, |s| s.stamp(1), |s| s.push(1, 'a')];
    let pass: [Step<Lanes>; 4] = [Lanes::look, |s| s.take(0), |s| s.take(1), Lanes::deliver];
    let model = Model {
        start: Lanes::default(),
        threads: vec![asks, replies, pass.repeat(3)],
    };
    let ends = model.play(|end| {
        let found = end.out.as_str();
        assert!(["", "q", "qa"].contains(&found), "{found}");
    });
    assert!(ends > 3);
}

/// A record that comes while the queue is closed is handed over by one of the two: by the close, or
/// by its own thread.
#[test]
fn nothing_is_forgotten_by_a_close() {
    let logs: Vec<Step<Lanes>> = vec![|s| s.stamp(0), |s| s.push(0, 'r'), |s| {
        s.saw_closed[0] = s.closed;
        true
    }];
    let closes: Vec<Step<Lanes>> = vec![
        |s| {
            s.closed = true;
            true
        },
        |s| {
            s.goal = s.stamps;
            true
        },
        // Until all below the goal is settled: one that took its stamp before is putting its
        // record in right now.
        |s| {
            s.look();
            s.take(0);
            s.deliver();
            s.settled >= s.goal
        },
    ];
    let model = Model {
        start: Lanes::default(),
        threads: vec![logs, closes],
    };
    model.play(|end| assert!(end.out == "r" || end.saw_closed[0], "{}", end.out));
}
