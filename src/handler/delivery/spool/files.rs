//! The files of a spool: [`SpoolFiles`].

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::handler::delivery::entry::Entry;
use crate::handler::delivery::spool::cursor::Cursor;
use crate::handler::delivery::spool::frame;
use crate::handler::delivery::spool::segment::{self, Segment};
use crate::level::drop_counts::DropCounts;
use crate::sys::file_lock;
use crate::sys::host::Instant;

/// How large a segment becomes at most.
const SEGMENT_BYTES: u64 = 4 * 1024 * 1024;

/// How long a disk that fails is let alone, as an attempt moves all that is in the memory.
const REST: Duration = Duration::from_secs(1);

/// What becomes of a segment that held damaged bytes, the last one.
const DAMAGED: &str = "damaged.bad";

/// Entries on disk, in order: appended at the end, read at the beginning, and removed once they are
/// acknowledged.
///
/// A segment belongs to one process: a new one never appends to what another one may have left
/// torn. There is no index: the segments are read as they are, from the cursor on.
#[derive(Debug)]
pub(in crate::handler::delivery) struct SpoolFiles {
    directory: PathBuf,
    max_bytes: u64,
    boot: u64,
    /// Whether each append is synced, and not only each whole segment.
    syncs_each: bool,
    /// Locked as long as it is open.
    pub(super) lock: File,
    segments: VecDeque<Info>,
    /// The last of them.
    writing: Option<Segment>,
    next_number: u64,
    /// How far entries were read into `ready`.
    read_to: Cursor,
    ready: VecDeque<(Entry, Cursor)>,
    /// The place after the last one that was taken out.
    taken_to: Cursor,
    acknowledged: Cursor,
    bad_bytes: u64,
    /// When the last append failed.
    failed: Option<Instant>,
}

#[derive(Debug)]
struct Info {
    number: u64,
    bytes: u64,
    /// How many entries of this process in it were not read yet.
    own: DropCounts,
    is_damaged: bool,
}

/// What an operation has cost: entries that are not in the spool any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::handler::delivery) struct Losses {
    /// Entries of this process.
    pub(in crate::handler::delivery) own: DropCounts,
    /// Entries that another process had left, as far as is known.
    pub(in crate::handler::delivery) foreign: u64,
    /// Bytes that are no entries.
    pub(in crate::handler::delivery) damaged: u64,
}

impl Losses {
    pub(in crate::handler::delivery) fn add(&mut self, other: Self) {
        self.own.add(&other.own);
        self.foreign += other.foreign;
        self.damaged += other.damaged;
    }
}

impl SpoolFiles {
    /// Takes over a directory, which nothing else uses and which `lock` belongs to.
    pub(in crate::handler::delivery) fn open(
        directory: &Path,
        lock: File,
        boot: u64,
        max_bytes: u64,
        syncs_each: bool,
    ) -> io::Result<Self> {
        let cursor = Cursor::read(directory);
        let mut segments = VecDeque::new();
        let mut last = cursor.segment;
        for (number, bytes) in segment::list(directory)? {
            last = last.max(number);
            if number < cursor.segment {
                // The process ended between the cursor and the removal.
                fs::remove_file(segment::path(directory, number))?;
                continue;
            }
            segments.push_back(Info {
                number,
                bytes,
                own: DropCounts::default(),
                is_damaged: false,
            });
        }
        let bad = fs::metadata(directory.join(DAMAGED));
        Ok(Self {
            directory: directory.to_owned(),
            max_bytes,
            boot,
            syncs_each,
            lock,
            segments,
            writing: None,
            next_number: last + 1,
            read_to: cursor,
            ready: VecDeque::new(),
            taken_to: cursor,
            acknowledged: cursor,
            bad_bytes: bad.map_or(0, |bad| bad.len()),
            failed: None,
        })
    }

    /// How many bytes all files take.
    pub(in crate::handler::delivery) fn bytes(&self) -> u64 {
        self.segment_bytes() + self.bad_bytes
    }

    fn segment_bytes(&self) -> u64 {
        self.segments.iter().map(|info| info.bytes).sum()
    }

    /// How many bytes of [entries](Self::most_bytes) can be appended without another entry having
    /// to go.
    pub(in crate::handler::delivery) fn room(&self) -> u64 {
        let taken = self.segment_bytes() + segment::HEADER as u64;
        self.max_bytes.saturating_sub(taken)
    }

    /// How many bytes an entry takes at most: it may begin a segment.
    pub(in crate::handler::delivery) fn most_bytes(entry: &Entry) -> u64 {
        (frame::length(entry) + segment::HEADER) as u64
    }

    /// How many entries of this process were not read yet.
    pub(in crate::handler::delivery) fn own_unread(&self) -> u64 {
        let own = |entry: &&(Entry, Cursor)| self.is_own(&entry.0);
        let ready = self.ready.iter().filter(own).count() as u64;
        let segments = self.segments.iter().map(|info| info.own.total());
        segments.sum::<u64>() + ready
    }

    /// Whether there is nothing to be read.
    pub(in crate::handler::delivery) fn is_read(&self) -> bool {
        let is_read = |info: &Info| {
            info.number < self.read_to.segment
                || info.number == self.read_to.segment && info.bytes <= self.read_to.offset
                || info.bytes <= segment::HEADER as u64
        };
        self.ready.is_empty() && self.segments.iter().all(is_read)
    }

    /// Reports whether it is worth an attempt to append, as the disk has not failed lately.
    pub(in crate::handler::delivery) fn takes_more(&self) -> bool {
        self.failed.is_none_or(|failed| failed.elapsed() >= REST)
    }

    /// Appends entries. Returns what had to go for them; none are left out but those that are
    /// larger than a spool may be.
    ///
    /// # Errors
    /// After which those from the returned place on are not in the spool.
    pub(in crate::handler::delivery) fn append(
        &mut self,
        entries: &[Entry],
        losses: &mut Losses,
    ) -> Result<(), (usize, io::Error)> {
        let appended = self.append_all(entries, losses);
        self.failed = appended.is_err().then(Instant::now);
        appended
    }

    fn append_all(
        &mut self,
        entries: &[Entry],
        losses: &mut Losses,
    ) -> Result<(), (usize, io::Error)> {
        let limit = SEGMENT_BYTES.min(self.max_bytes / 4).max(1);
        let mut from = 0;
        while from < entries.len() {
            let room = match &self.writing {
                Some(segment) => limit.saturating_sub(segment.length),
                None => limit.saturating_sub(segment::HEADER as u64),
            };
            let mut size = 0;
            // A segment has the entries of one process.
            let boot = match &self.writing {
                Some(segment) => segment.boot,
                None => entries[from].boot,
            };
            let fit = entries[from..].iter().take_while(|entry| {
                size += frame::length(entry) as u64;
                size <= room && entry.boot == boot
            });
            let mut count = fit.count();
            let used = self.writing.as_ref();
            let is_used =
                |it: &Segment| it.length > segment::HEADER as u64 || it.boot != entries[from].boot;
            if count == 0 && used.is_some_and(is_used) {
                self.end_segment().map_err(|error| (from, error))?;
                continue;
            }
            // One that is larger than a segment has one for itself.
            count = count.max(1);
            let chunk: Vec<_> = entries[from..from + count].iter().collect();
            let chunk_bytes: u64 = chunk.iter().map(|entry| frame::length(entry) as u64).sum();
            if chunk_bytes + 2 * segment::HEADER as u64 > self.max_bytes {
                losses.own.add(&self.count_own(chunk.iter().copied()));
            } else {
                losses.add(self.make_room(chunk_bytes));
                self.append_chunk(&chunk).map_err(|error| (from, error))?;
            }
            from += count;
        }
        Ok(())
    }

    fn append_chunk(&mut self, chunk: &[&Entry]) -> io::Result<()> {
        let own = self.count_own(chunk.iter().copied());
        if self.writing.is_none() {
            let number = self.next_number;
            self.next_number += 1;
            let segment = Segment::create(&self.directory, number, chunk[0].boot)?;
            self.segments.push_back(Info {
                number,
                bytes: segment.length,
                own: DropCounts::default(),
                is_damaged: false,
            });
            self.writing = Some(segment);
        }
        let (Some(segment), Some(info)) = (&mut self.writing, self.segments.back_mut()) else {
            return Err(io::ErrorKind::Other.into());
        };
        let written = segment.append(chunk).and_then(|()| match self.syncs_each {
            true => segment.sync(),
            false => Ok(()),
        });
        info.bytes = segment.length;
        if written.is_err() {
            // What is there of them would be read.
            self.writing = None;
            let path = segment::path(&self.directory, info.number);
            if info.bytes == segment::HEADER as u64 {
                // A full disk would get one more with each attempt.
                let _ = fs::remove_file(path);
                self.segments.pop_back();
            } else {
                let cut = File::options().write(true).open(path);
                let _ = cut.and_then(|file| file.set_len(info.bytes));
            }
            return written;
        }
        info.own.add(&own);
        Ok(())
    }

    /// Removes the oldest segments until so many bytes more are within the limit.
    fn make_room(&mut self, bytes: u64) -> Losses {
        let mut losses = Losses::default();
        let header = segment::HEADER as u64;
        while self.bytes() + bytes + header > self.max_bytes {
            if self.bad_bytes > 0 {
                let _ = fs::remove_file(self.directory.join(DAMAGED));
                self.bad_bytes = 0;
                continue;
            }
            let Some(oldest) = self.segments.pop_front() else {
                break;
            };
            if self.segments.is_empty() {
                self.writing = None;
            }
            losses.own.add(&oldest.own);
            losses.foreign += self.foreign_unread(&oldest);
            let next = Cursor {
                segment: oldest.number + 1,
                offset: 0,
            };
            self.read_to = self.read_to.max(next);
            let _ = fs::remove_file(segment::path(&self.directory, oldest.number));
        }
        losses
    }

    /// How many entries of other processes were not read.
    fn foreign_unread(&self, info: &Info) -> u64 {
        let from = match self.read_to.segment.cmp(&info.number) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => self.read_to.offset,
            std::cmp::Ordering::Greater => return 0,
        };
        let contents = segment::read(&self.directory, info.number, from, info.bytes);
        contents.map_or(0, |contents| {
            let foreign = contents.entries.iter();
            foreign.filter(|(entry, _)| entry.boot != self.boot).count() as u64
        })
    }

    /// Ends the segment that is being written: the next entry begins another one.
    fn end_segment(&mut self) -> io::Result<()> {
        self.writing.take().map_or(Ok(()), |segment| segment.sync())
    }

    /// Makes sure that all that was appended survives a power cut.
    pub(in crate::handler::delivery) fn sync(&self) -> io::Result<()> {
        self.writing.as_ref().map_or(Ok(()), Segment::sync)
    }

    /// Reads on until there is an entry that is [ready](Self::next_ready), or nothing to read.
    pub(in crate::handler::delivery) fn read_ahead(&mut self, losses: &mut Losses) {
        while self.ready.is_empty() {
            match self.read_next() {
                Some(lost) => losses.add(lost),
                None => break,
            }
        }
    }

    /// Returns the next entry that was read ahead, without taking it out.
    pub(in crate::handler::delivery) fn next_ready(&self) -> Option<&Entry> {
        self.ready.front().map(|(entry, _)| entry)
    }

    /// Takes out the next entry, with the place after it.
    pub(in crate::handler::delivery) fn pop(&mut self) -> Option<(Entry, Cursor)> {
        let next = self.ready.pop_front()?;
        self.taken_to = next.1;
        Some(next)
    }

    /// Reads on; `None` at the end.
    fn read_next(&mut self) -> Option<Losses> {
        let read_to = self.read_to;
        let (boot, directory) = (self.boot, &self.directory);
        let unread = self.segments.iter_mut().find(|info| {
            info.number > read_to.segment
                || info.number == read_to.segment && info.bytes > read_to.offset
        })?;
        let number = unread.number;
        let from = if number == read_to.segment {
            read_to.offset
        } else {
            0
        };
        // A segment that is missing or cannot be read is one without entries: the others are sent.
        let contents = segment::read(directory, number, from, unread.bytes);
        let mut contents = contents.unwrap_or_default();
        let own = |entry: &&Entry| entry.boot == boot && entry.is_counted;
        let found = contents.entries.iter().map(|(entry, _)| entry);
        let found = DropCounts::of(found.filter(own).map(|entry| entry.level));
        let losses = Losses {
            own: unread.own.since(&found),
            foreign: 0,
            damaged: contents.damaged,
        };
        unread.own = DropCounts::default();
        unread.is_damaged |= contents.damaged > 0;
        self.read_to = Cursor {
            segment: number,
            offset: unread.bytes,
        };
        let place = |offset| Cursor {
            segment: number,
            offset,
        };
        let entries = contents.entries.drain(..);
        self.ready
            .extend(entries.map(|(entry, end)| (entry, place(end))));
        Some(losses)
    }

    /// Notes that all before a place is with the receiver, and removes what is not needed any more:
    /// after the cursor is written, so that a killed process has at most some of it sent again.
    /// Where it cannot be written, as on a full disk, what is removed makes room for it.
    pub(in crate::handler::delivery) fn acknowledge(&mut self, place: Cursor) -> io::Result<()> {
        self.acknowledged = self.acknowledged.max(place);
        if self.is_read() && self.acknowledged >= self.taken_to {
            // All is sent: no file is needed any more.
            self.writing = None;
            self.acknowledged = Cursor {
                segment: self.next_number - 1,
                offset: u64::MAX,
            };
        }
        let noted = self.acknowledged.write(&self.directory);
        let removed = self.remove_acknowledged()?;
        if !removed {
            return noted;
        }
        // There may be room now.
        self.failed = None;
        noted.or_else(|_| self.acknowledged.write(&self.directory))
    }

    /// Removes segments that are with the receiver. Reports whether there were any.
    fn remove_acknowledged(&mut self) -> io::Result<bool> {
        let acknowledged = self.acknowledged;
        let mut removed = false;
        let is_done = |info: &Info| {
            info.number < acknowledged.segment
                || info.number == acknowledged.segment && acknowledged.offset == u64::MAX
        };
        while self.segments.front().is_some_and(is_done) {
            let Some(done) = self.segments.pop_front() else {
                break;
            };
            removed = true;
            let path = segment::path(&self.directory, done.number);
            if done.is_damaged {
                // Kept for those who look into it.
                fs::rename(path, self.directory.join(DAMAGED))?;
                self.bad_bytes = done.bytes;
            } else {
                match fs::remove_file(path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(removed)
    }

    /// Removes segments that have no entries, as a killed process leaves them: no acknowledgement
    /// of an entry would do it.
    pub(in crate::handler::delivery) fn remove_empty(&mut self) {
        if !self.segments.is_empty() && self.is_read() {
            // They do no harm where they cannot be removed.
            let _ = self.acknowledge(self.acknowledged);
        }
    }

    /// Makes unread again what was read ahead, and what was taken out and is not acknowledged.
    /// Returns those entries whose segments had to go meanwhile.
    pub(in crate::handler::delivery) fn put_back(
        &mut self,
        taken: impl Iterator<Item = (Entry, Cursor)>,
    ) -> Vec<Entry> {
        let ready = std::mem::take(&mut self.ready);
        let mut gone = Vec::new();
        for (entry, place) in taken.chain(ready) {
            let own = self.count_own([&entry]);
            let mut segments = self.segments.iter_mut();
            match segments.find(|info| info.number == place.segment) {
                Some(info) => info.own.add(&own),
                None => gone.push(entry),
            }
        }
        self.read_to = self.acknowledged;
        self.taken_to = self.acknowledged;
        gone
    }

    /// Hands what is there, none of which is [taken out](Self::put_back), to the next process, or
    /// to this one under another boot id: none of it is counted as this process's.
    pub(in crate::handler::delivery) fn hand_over(&mut self, boot: u64) {
        self.boot = boot;
        self.writing = None;
        let infos = self.segments.iter_mut();
        infos.for_each(|info| info.own = DropCounts::default());
    }

    /// Lets another handler use the directory at once. A program that this process is just starting
    /// has the files open as well, for a moment, and with them the lock.
    pub(in crate::handler::delivery) fn release(self) {
        file_lock::unlock(&self.lock);
    }

    pub(in crate::handler::delivery) fn is_own(&self, entry: &Entry) -> bool {
        entry.boot == self.boot && entry.is_counted
    }

    /// How many entries are of this process, by level.
    pub(in crate::handler::delivery) fn count_own<'e>(
        &self,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> DropCounts {
        let own = entries.into_iter().filter(|entry| self.is_own(entry));
        DropCounts::of(own.map(|entry| entry.level))
    }
}
