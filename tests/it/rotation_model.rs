//! Rotation under random operations, obstacles and restarts, against what must hold of the files at
//! any time.

use std::fs;
use std::path::{Path, PathBuf};

use logtree::handler::RotatingFileHandler;
use proptest::prelude::*;
use tempfile::tempdir;

use crate::files::log;

const BACKUPS: usize = 3;

/// What can happen to a log.
#[derive(Clone, Debug)]
enum Operation {
    /// A record with a filling of this length.
    Log(usize),
    Rotate,
    /// Something that is no log stands at a number.
    Block(usize),
    Unblock(usize),
    /// The program ends and begins again.
    Restart,
    /// Another program compresses, or leaves, a file of another name.
    Foreign(usize),
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        8 => (0_usize..40).prop_map(Operation::Log),
        2 => Just(Operation::Rotate),
        1 => (1..=BACKUPS).prop_map(Operation::Block),
        1 => (1..=BACKUPS).prop_map(Operation::Unblock),
        1 => Just(Operation::Restart),
        1 => (4_usize..7).prop_map(Operation::Foreign),
    ];
    proptest::collection::vec(operation, 1..60)
}

fn numbered(path: &Path, number: usize) -> PathBuf {
    format!("{}.{number}", path.display()).into()
}

fn open(path: &Path) -> RotatingFileHandler {
    RotatingFileHandler::builder(path)
        .max_bytes(100)
        .backup_count(BACKUPS)
        .open()
        .unwrap()
}

/// The numbers of the records in a file; the file is whole lines.
fn records(path: &Path) -> Vec<usize> {
    if !path.is_file() {
        return Vec::new();
    }
    let text = fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    let number = |line: &str| line.split(' ').next().unwrap().parse().unwrap();
    text.lines().map(number).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// From the oldest file to the newest, the records are there once each and in order, up to the
    /// last one; only the oldest can be missing, and only because there were more files than are
    /// kept. What is not ours stays as it is.
    #[test]
    fn each_record_is_in_one_file(operations in operations()) {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        let mut handler = open(&path);
        let (mut logged, mut foreign) = (0, Vec::new());
        for operation in operations {
            match operation {
                Operation::Log(filling) => {
                    log(&handler, &format!("{logged} {}", "x".repeat(filling)));
                    logged += 1;
                }
                Operation::Rotate => {
                    let blocked = (1..=BACKUPS).any(|number| numbered(&path, number).is_dir());
                    prop_assert!(handler.rotate().is_ok() || blocked);
                }
                Operation::Block(number) => {
                    let inside = numbered(&path, number).join("inside");
                    // Where a log stands there it stays.
                    let _ = fs::create_dir_all(inside);
                }
                Operation::Unblock(number) => {
                    let _ = fs::remove_dir_all(numbered(&path, number));
                }
                Operation::Restart => handler = open(&path),
                Operation::Foreign(number) => {
                    fs::write(numbered(&path, number), "not ours").unwrap();
                    foreign.push(number);
                }
            }
            let mut found = Vec::new();
            for number in (1..=BACKUPS).rev() {
                found.extend(records(&numbered(&path, number)));
            }
            found.extend(records(&path));
            let first = logged - found.len();
            prop_assert!(found.iter().copied().eq(first..logged), "{found:?} of {logged}");
            // Something is missing only where there was no place left, and a rotation that cannot
            // be ended is not begun.
            if first > 0 {
                prop_assert!((1..=BACKUPS).all(|number| numbered(&path, number).is_file()));
            }
            for number in &foreign {
                let text = fs::read_to_string(numbered(&path, *number)).unwrap();
                prop_assert_eq!(text, "not ours");
            }
        }
        prop_assert_eq!(handler.counters().dropped(), 0);
    }
}
