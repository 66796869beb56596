//! Records that found no room on their way to the tails: [`Lost`].

use crate::control::tail::filter::Names;
use crate::level::Level;
use crate::record::Record;
use crate::sys::presence::thread_number;
use crate::sys::sync::{AtomicBool, Mutex, Ordering};
use crate::time::Timestamp;

/// How many parts there are, so that threads seldom meet.
const PARTS: usize = 16;

/// With so many different ones in a part, further ones are counted without their logger.
const MAX_KINDS: usize = 64;

/// Records that found no room on their way to the tails, counted by the threads that logged them.
#[derive(Default)]
pub(super) struct Lost {
    has_any: AtomicBool,
    parts: [Mutex<Vec<LostKind>>; PARTS],
}

/// Records of one logger, owner and level that were lost.
#[derive(Debug)]
pub(super) struct LostKind {
    /// [`None`] for any logger.
    name: Option<Box<str>>,
    owner: Option<Box<str>>,
    pub(super) level: Level,
    /// Whether they were logged regardless of tails.
    pub(super) is_shown: bool,
    pub(super) count: u64,
    /// When the first of them was logged.
    pub(super) since: Timestamp,
}

impl LostKind {
    /// Returns whose they were; [`None`] for any.
    pub(super) fn names(&self) -> Option<Names<'_>> {
        Some(Names {
            logger: self.name.as_deref()?,
            owner: self.owner.as_deref(),
        })
    }
}

impl Lost {
    pub(super) fn note(&self, record: &Record<'_>) {
        let names = Names::of(record);
        let (level, is_shown, since) = (record.level(), !record.is_hidden, record.time());
        let mut kinds = self.parts[thread_number() % PARTS].lock();
        let is_it = |kind: &&mut LostKind| {
            let is_theirs = |of: Names<'_>| (of.logger, of.owner) == (names.logger, names.owner);
            (kind.level, kind.is_shown) == (level, is_shown) && kind.names().is_none_or(is_theirs)
        };
        if let Some(kind) = kinds.iter_mut().find(is_it) {
            kind.count += 1;
            kind.since = kind.since.min(since);
        } else {
            let named = (kinds.len() < MAX_KINDS).then_some(names);
            kinds.push(LostKind {
                name: named.map(|names| names.logger.into()),
                owner: named.and_then(|names| Some(names.owner?.into())),
                level,
                is_shown,
                count: 1,
                since,
            });
        }
        drop(kinds);
        // Written only where it changes, as all threads read it.
        if !self.has_any.load(Ordering::Relaxed) {
            self.has_any.store(true, Ordering::Release);
        }
    }

    /// Returns what was noted since the last call.
    pub(super) fn take(&self) -> Vec<LostKind> {
        // One that is noted meanwhile either is returned or sets it again.
        if !self.has_any.load(Ordering::Relaxed) || !self.has_any.swap(false, Ordering::AcqRel) {
            return Vec::new();
        }
        let parts = self.parts.iter();
        parts
            .flat_map(|part| std::mem::take(&mut *part.lock()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_counted_and_none_without_end() {
        let lost = Lost::default();
        assert!(lost.take().is_empty());
        for at in 0..1_000 {
            let name = format!("logger{}", at % 100);
            let record = Record::builder().name(&name).level(Level::INFO);
            lost.note(&record.message("x").build());
        }
        let kinds = lost.take();
        assert_eq!(kinds.len(), MAX_KINDS + 1);
        assert_eq!(kinds.iter().map(|kind| kind.count).sum::<u64>(), 1_000);
        let named = |kind: &&LostKind| kind.name.as_deref() == Some("logger3");
        assert_eq!(kinds.iter().find(named).map(|kind| kind.count), Some(10));
        assert!(lost.take().is_empty());
    }
}
