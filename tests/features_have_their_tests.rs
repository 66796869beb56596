//! The table of features names a test for each row, and that test is there.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(directory: &Path, into: &mut String) {
    let mut paths: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The body of a test of this name that is not ignored or compiled out.
fn test<'s>(sources: &'s str, name: &str) -> Option<&'s str> {
    let (before, after) = sources.split_once(&format!("\nfn {name}() "))?;
    // The attributes right above it.
    let attributes: Vec<_> = before
        .lines()
        .rev()
        .take_while(|line| line.starts_with("#["))
        .collect();
    let is_run =
        attributes.contains(&"#[test]") && !attributes.iter().any(|line| line.contains("ignore"));
    let (body, _) = after.split_once("\n}\n")?;
    is_run.then_some(body)
}

#[test]
fn every_row_names_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(root.join("src/docs/features.md")).unwrap();
    let mut tests = String::new();
    sources(&root.join("tests"), &mut tests);
    let (mut rows, mut to_come) = (0, 0);
    for line in table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| row"))
    {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{line}");
        rows += cells[0].split(',').count();
        if cells[3] == "–" {
            assert!(cells[2].contains("still to come"), "{line}");
            to_come += 1;
        } else {
            for name in cells[3].split(", ").map(|name| name.trim_matches('`')) {
                let mut theirs = String::new();
                let (tests, name) = match name.split_once("::") {
                    Some((package, name)) => {
                        let folder = root.join("crates").join(package).join("tests");
                        if !folder.exists() {
                            // Not part of the published package.
                            continue;
                        }
                        sources(&folder, &mut theirs);
                        (&theirs, name)
                    }
                    None => (&tests, name),
                };
                if name.starts_with("tests/") {
                    assert!(root.join(name).exists(), "no {name}: {line}");
                    continue;
                }
                let body = test(tests, name).unwrap_or_else(|| panic!("no test {name}: {line}"));
                assert!(body.contains("assert"), "the test {name} asserts nothing");
            }
        }
    }
    let expected = [24, 18, 13, 5, 5, 7, 12, 8, 14, 4, 14, 6, 13, 7];
    assert_eq!((rows, to_come), (expected.into_iter().sum(), 0));
}
