//! What happens to the store, and to the instances, of the model.

use crate::control::fleet::machine::MachineEvent;
use crate::control::fleet::machine_model::{Event, SECOND, World};

impl World {
    pub(super) fn happens(&mut self) {
        let at = usize::try_from(self.below(self.instances.len() as u64)).unwrap();
        match self.below(100) {
            0..50 => self.change(),
            50..60 => {
                self.compacted = self
                    .compacted
                    .max(self.position - self.below(4).min(self.position))
            }
            60..64 => self.restore(),
            // Something of others: the revision moves.
            64..70 => self.position += 1 + self.below(50),
            70..75 => {
                // The clock of an instance jumps.
                self.instances[at].clock = i64::try_from(self.below(7_200)).unwrap() - 3_600;
            }
            75..80 => {
                let event = MachineEvent::Compacted;
                let session = self.instances[at].session;
                self.instances[at].watch = None;
                let time = self.soon(1_000);
                self.at(time, Event::Deliver(at, session, event));
            }
            _ => {
                // Cut off for seconds, or hours.
                let longest = if self.chance(20) { 2 * 3_600 } else { 60 };
                let end = self.now + SECOND * u32::try_from(self.below(longest)).unwrap();
                self.instances[at].unreachable = true;
                self.at(end, Event::Reachable(at));
                self.lose(at);
            }
        }
    }

    /// A writer sets several levels as one; it may be gone before they end.
    fn change(&mut self) {
        self.number += 1;
        let (number, time) = (self.number, 10 + self.below(600));
        self.times.insert(number, time);
        let head = format!(r#"{{"n":{number}}}"#);
        let mut edits = vec![("set/head".to_owned(), Some(head.into_bytes()))];
        for _ in 0..=self.below(3) {
            let logger = self.below(6);
            let is_timed = self.chance(60);
            let kind = if is_timed { "for" } else { "level" };
            let key = format!("set/{kind}/all/LOGGER/l{logger}");
            if edits.iter().any(|(known, _)| *known == key) {
                continue;
            }
            let time = if is_timed {
                format!(r#","for_s":{time}"#)
            } else {
                String::new()
            };
            let value = format!(r#"{{"number":{},"n":{number}{time}}}"#, 5 + self.below(50));
            let value = (!self.chance(20)).then(|| value.into_bytes());
            edits.push((key, value));
        }
        self.commit(edits.clone());
        let version = self.position;
        for (key, value) in edits {
            if value.is_some() && key.starts_with("set/for/") {
                // Early, late, or much too late: leases are kept alive by anyone.
                let late = [0, 2, 10, 4_000][usize::try_from(self.below(4)).unwrap()];
                let end = self.now + SECOND * u32::try_from(time + late).unwrap();
                self.at(end, Event::Expire(key, version));
            }
        }
    }

    /// The store is back at an older state: of the same history, or as another cluster.
    fn restore(&mut self) {
        let known: Vec<u64> = self.history.keys().copied().collect();
        let Some(back) = known.get(usize::try_from(self.below(known.len().max(1) as u64)).unwrap())
        else {
            return;
        };
        self.position = *back;
        self.state = self.history[back].1.clone();
        self.history
            .retain(|position, _| position <= &self.position);
        self.compacted = self.compacted.min(*back);
        self.restored += 1;
        if self.chance(50) {
            self.cluster += 1;
        }
        for at in 0..self.instances.len() {
            self.lose(at);
        }
    }
}
