//! Tests of the spool: crashes at any point, damage, limits.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::handler::delivery::entry::Entry;
use crate::level::Level;
use crate::time::Timestamp;

fn entry(sequence: u64, length: usize) -> Entry {
    let payload = vec![b'a' + (sequence % 26) as u8; length];
    let mut entry = Entry::new(Level::INFO, Timestamp::from_nanos(0), "spool", payload);
    (entry.boot, entry.sequence) = (1, sequence);
    entry
}

fn entries(sequences: std::ops::Range<u64>, length: usize) -> Vec<Entry> {
    sequences.map(|sequence| entry(sequence, length)).collect()
}

fn next(files: &mut SpoolFiles, losses: &mut Losses) -> Option<(Entry, Cursor)> {
    files.read_ahead(losses);
    files.pop()
}

fn read_all(files: &mut SpoolFiles) -> (Vec<u64>, Losses) {
    let mut losses = Losses::default();
    let mut sequences = Vec::new();
    let mut last = Cursor::default();
    while let Some((entry, place)) = next(files, &mut losses) {
        sequences.push(entry.sequence);
        last = place;
    }
    if !sequences.is_empty() {
        files.acknowledge(last).unwrap();
    }
    (sequences, losses)
}

fn append(files: &mut SpoolFiles, entries: &[Entry]) -> Losses {
    let mut losses = Losses::default();
    files.append(entries, &mut losses).unwrap();
    losses
}

fn segments(directory: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|it| it == "seq"))
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_appended_is_read_once_by_this_process_or_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::new(directory.path().join("spool"));
    let mut files = spool.open(1).unwrap();
    append(&mut files, &entries(1..1001, 100));
    assert_eq!((files.own_unread(), files.is_read()), (1000, false));
    let mut losses = Losses::default();
    let mut last = Cursor::default();
    for expected in 1..=400 {
        let (entry, place) = next(&mut files, &mut losses).unwrap();
        assert_eq!(entry.sequence, expected);
        last = place;
    }
    files.acknowledge(last).unwrap();
    assert!(spool.open(2).is_err(), "it is in use");
    drop(files);
    let mut files = spool.open(2).unwrap();
    assert_eq!(files.own_unread(), 0);
    append(&mut files, &entries(2001..2003, 10));
    let (read, losses) = read_all(&mut files);
    assert!(read.into_iter().eq((401..=1000).chain(2001..=2002)));
    assert_eq!(losses, Losses::default());
    assert!(segments(&directory.path().join("spool")).is_empty() && files.is_read());
    drop(files);
    let mut files = spool.open(3).unwrap();
    assert!(read_all(&mut files).0.is_empty());
}

#[test]
fn the_oldest_segment_goes_when_the_spool_is_full() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool");
    let mut files = Spool::new(&path).max_bytes(64 * 1024).open(1).unwrap();
    let mut lost = 0;
    for first in (1..2001).step_by(10) {
        lost += append(&mut files, &entries(first..first + 10, 500))
            .own
            .total();
        let sizes = segments(&path)
            .into_iter()
            .map(|path| path.metadata().unwrap().len());
        assert!(sizes.sum::<u64>() <= 64 * 1024);
    }
    let huge = append(&mut files, &entries(5000..5001, 100_000));
    assert_eq!(huge.own.total(), 1);
    let (read, losses) = read_all(&mut files);
    assert_eq!(losses, Losses::default());
    assert!(lost > 0 && read.into_iter().eq(lost + 1..=2000));
}

#[test]
fn a_cursor_that_cannot_be_read_costs_duplicates_only() {
    for text in [
        "",
        "x",
        "1",
        "1 2",
        "99999999999999999999 1\n",
        "18446744073709551615 1\n",
        "1 \u{7f}\n",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::new(directory.path().join("spool"));
        let mut files = spool.open(1).unwrap();
        append(&mut files, &entries(1..11, 10));
        drop(files);
        fs::write(directory.path().join("spool/cursor"), text).unwrap();
        let (read, _) = read_all(&mut spool.open(2).unwrap());
        assert!(read.into_iter().eq(1..11), "{text:?}");
    }
}

/// A digit that is another one could be the place after all that is there.
#[test]
fn a_damaged_cursor_costs_duplicates_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool");
    let spool = Spool::new(&path);
    let mut files = spool.open(1).unwrap();
    append(&mut files, &entries(1..11, 10));
    let mut losses = Losses::default();
    let five = (0..5).map(|_| next(&mut files, &mut losses).unwrap().1);
    let place = five.last().unwrap();
    files.acknowledge(place).unwrap();
    drop(files);
    let kept = |name: &str| fs::read(path.join(name)).unwrap();
    let (cursor, segment) = (kept("cursor"), kept("00000001.seq"));
    let read = |cursor: &[u8]| {
        fs::write(path.join("cursor"), cursor).unwrap();
        fs::write(path.join("00000001.seq"), &segment).unwrap();
        read_all(&mut spool.open(2).unwrap()).0
    };
    assert!(read(&cursor).into_iter().eq(6..11));
    for at in 0..cursor.len() {
        for digit in *b"0189 f\n" {
            let mut damaged = cursor.clone();
            damaged[at] = digit;
            let expected = if damaged == cursor { 6 } else { 1 };
            assert!(read(&damaged).into_iter().eq(expected..11), "{at} {digit}");
        }
        assert!(read(&cursor[..at]).into_iter().eq(1..11), "cut at {at}");
    }
}

/// There is none that no other could follow.
#[test]
fn files_with_numbers_beyond_all_are_not_segments() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool");
    let spool = Spool::new(&path);
    drop(spool.open(1).unwrap());
    for number in [u64::MAX, u64::MAX - 1] {
        fs::write(path.join(format!("{number}.seq")), "x").unwrap();
    }
    let mut files = spool.open(2).unwrap();
    append(&mut files, &entries(1..11, 10));
    assert!(read_all(&mut files).0.into_iter().eq(1..11));
}

/// On a full disk nothing but what is removed makes room for it.
#[test]
fn what_is_sent_is_removed_where_no_cursor_can_be_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool");
    let spool = Spool::new(&path).max_bytes(64 * 1024);
    let mut files = spool.open(1).unwrap();
    append(&mut files, &entries(1..101, 500));
    let before = segments(&path).len();
    let obstacle = path.join("cursor.new");
    fs::create_dir(&obstacle).unwrap();
    let mut losses = Losses::default();
    for _ in 1..=80 {
        let (_, place) = next(&mut files, &mut losses).unwrap();
        files.acknowledge(place).unwrap_err();
    }
    assert_eq!((before, segments(&path).len()), (4, 2));
    drop(files);
    // What the next process appends is not taken for sent.
    let mut files = spool.open(1).unwrap();
    append(&mut files, &entries(101..111, 500));
    fs::remove_dir(obstacle).unwrap();
    let (read, losses) = read_all(&mut files);
    assert!(
        read[0] <= 81 && read.iter().copied().eq(read[0]..111),
        "{read:?}"
    );
    assert_eq!(losses, Losses::default());
    assert!(segments(&path).is_empty());
}

#[test]
fn what_cannot_be_appended_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool");
    let mut files = Spool::new(&path).open(1).unwrap();
    fs::create_dir(path.join("00000001.seq")).unwrap();
    let mut losses = Losses::default();
    assert!(files.takes_more());
    let (from, _) = files.append(&entries(1..11, 10), &mut losses).unwrap_err();
    assert!(from == 0 && losses == Losses::default() && !files.takes_more());
    fs::remove_dir(path.join("00000001.seq")).unwrap();
    append(&mut files, &entries(1..11, 10));
    assert!(files.takes_more());
    assert!(read_all(&mut files).0.into_iter().eq(1..11));
}

/// A process that was killed has left any part of what it wrote last.
#[test]
fn a_torn_end_costs_what_was_not_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool");
    let spool = Spool::new(&path);
    append(&mut spool.open(1).unwrap(), &entries(1..4, 20));
    let segment = segments(&path).remove(0);
    let whole = fs::read(&segment).unwrap();
    let frame = frame::length(&entry(1, 20));
    for length in 0..=whole.len() {
        fs::write(&segment, &whole[..length]).unwrap();
        let _ = fs::remove_file(path.join("cursor"));
        let mut files = spool.open(2).unwrap();
        append(&mut files, &entries(10..11, 5));
        let (read, _) = read_all(&mut files);
        let intact = length.saturating_sub(segment::HEADER) / frame;
        assert!(
            read.into_iter().eq((1..=intact as u64).chain([10])),
            "{length}"
        );
        drop(files);
        for segment in segments(&path) {
            fs::remove_file(segment).unwrap();
        }
    }
}

/// A child process has the files open until its program starts, as a clone has.
#[test]
fn a_spool_is_released_whatever_else_has_its_files_open() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::new(directory.path().join("spool"));
    let files = spool.open(1).unwrap();
    let inherited = files.lock.try_clone().unwrap();
    files.release();
    assert!(spool.open(2).is_ok());
    drop(inherited);
}

/// Receivers drop duplicates by what identifies an entry.
#[test]
fn entries_of_other_processes_keep_their_identity() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::new(directory.path().join("spool"));
    let mut all = entries(1..9, 10);
    for (entry, boot) in all.iter_mut().zip([7, 7, 1, 8, 1, 1, 7, 1]) {
        entry.boot = boot;
    }
    let mut files = spool.open(1).unwrap();
    append(&mut files, &all[..5]);
    append(&mut files, &all[5..]);
    assert_eq!(files.own_unread(), 4);
    drop(files);
    let mut files = spool.open(2).unwrap();
    let mut losses = Losses::default();
    let read = std::iter::from_fn(|| next(&mut files, &mut losses).map(|(entry, _)| entry));
    assert!(read.eq(all));
}

/// A process that was killed before its first entry was whole.
#[test]
fn segments_without_entries_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("spool");
    let spool = Spool::new(&path);
    append(&mut spool.open(1).unwrap(), &entries(1..2, 20));
    let segment = segments(&path).remove(0);
    for length in [0, 3, segment::HEADER, segment::HEADER + 5] {
        let whole = fs::read(&segment).unwrap();
        fs::write(path.join("00000009.seq"), &whole[..length]).unwrap();
        let cursor = Cursor {
            segment: 2,
            offset: 0,
        };
        cursor.write(&path).unwrap();
        let mut files = spool.open(2).unwrap();
        assert_eq!(read_all(&mut files).0, [0; 0]);
        files.remove_empty();
        assert!(
            files.is_read() && !path.join("00000009.seq").exists(),
            "{length}"
        );
        fs::write(&segment, whole).unwrap();
    }
}

/// How many times damage and processes are tried: `LOGTREE_CRASHES`.
fn cases() -> u32 {
    std::env::var("LOGTREE_CRASHES").map_or(40, |cases| cases.parse().expect("a number"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Any damage of any file: what is undamaged is read, nothing else is, and the spool goes on.
    #[test]
    fn damage_costs_only_what_is_damaged(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..8), 1..5),
        cut in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("spool");
        let spool = Spool::new(&path).max_bytes(256 * 1024);
        let mut files = spool.open(1).unwrap();
        append(&mut files, &entries(1..201, 1000));
        drop(files);
        let segments = segments(&path);
        prop_assert!(segments.len() > 2);
        let mut damaged = flips.len();
        for (segment, byte, bit) in flips {
            let segment = segment.get(&segments);
            let mut bytes = fs::read(segment).unwrap();
            // A damaged header costs the whole segment; that is tried by cuts.
            let at = segment::HEADER + byte.index(bytes.len() - segment::HEADER);
            bytes[at] ^= 1 << bit;
            fs::write(segment, bytes).unwrap();
        }
        if let Some((segment, length)) = cut {
            let segment = segment.get(&segments);
            let bytes = fs::read(segment).unwrap();
            let length = length.index(bytes.len());
            damaged += (bytes.len() - length) / 1000 + 1;
            fs::write(segment, &bytes[..length]).unwrap();
        }
        let mut files = spool.open(2).unwrap();
        append(&mut files, &entries(1001..1003, 10));
        let (read, losses) = read_all(&mut files);
        prop_assert!(read.is_sorted_by(|a, b| a < b), "once each, in order");
        prop_assert!(read.len() >= 202 - damaged, "{} of 202 with {damaged}", read.len());
        prop_assert!(read.ends_with(&[1001, 1002]));
        prop_assert_eq!(losses.own.total(), 0);
        prop_assert!(files.is_read());
        prop_assert!(files.bytes() <= 256 * 1024);
    }

    /// Appending, reading and acknowledging in any order, with the process killed in between: after
    /// each start, all that was appended and not acknowledged is read, in order.
    #[test]
    fn nothing_is_lost_between_two_processes(
        steps in prop::collection::vec((0_u8..4, 1_u64..40), 1..60),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::new(directory.path().join("spool")).max_bytes(16 * 1024 * 1024);
        let mut boot = 1;
        let mut files = spool.open(boot).unwrap();
        let (mut next, mut acknowledged) = (1, 0);
        let mut read_to = 0;
        let mut place = None;
        for (step, count) in steps {
            match step {
                0 | 1 => {
                    let mut new = entries(next..next + count, 3000);
                    new.iter_mut().for_each(|entry| entry.boot = boot);
                    let losses = append(&mut files, &new);
                    prop_assert_eq!(losses, Losses::default());
                    next += count;
                }
                2 => {
                    let mut losses = Losses::default();
                    for _ in 0..count {
                        files.read_ahead(&mut losses);
                        if files.next_ready().is_none() {
                            break;
                        }
                        let (entry, end) = files.pop().unwrap();
                        prop_assert_eq!(entry.sequence, read_to + 1);
                        (read_to, place) = (entry.sequence, Some(end));
                    }
                    if let Some(place) = place.filter(|_| count % 2 == 0) {
                        files.acknowledge(place).unwrap();
                        acknowledged = read_to;
                    }
                }
                _ => {
                    drop(files);
                    boot += 1;
                    files = spool.open(boot).unwrap();
                    (read_to, place) = (acknowledged, None);
                }
            }
        }
        drop(files);
        let (read, losses) = read_all(&mut spool.open(boot + 1).unwrap());
        prop_assert!(read.into_iter().eq(acknowledged + 1..next));
        prop_assert_eq!(losses, Losses::default());
    }
}
