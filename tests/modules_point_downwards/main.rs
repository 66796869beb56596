//! Compares the architecture in `ARCHITECTURE.md` with the imports of the sources.
//!
//! Layers: a top-level module uses modules of lower layers only; the table "Layers" of the document
//! is the list. Files: inside a folder, no circle of files. Imports: they name the module that
//! defines the item, not one that re-exports it within the same room.
//!
//! `cargo test --test modules_point_downwards -- --nocapture` prints the graph's size.

mod edges;
mod layers;
mod modules;
mod reader;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::edges::{circles, file_edges, imports_through_faces, room_edges};
use crate::layers::{check_layers, read_layers};
use crate::modules::{read_modules, shown, with_macros_in_place};

/// How long a file may be.
const MAX_LINES: usize = 500;

#[test]
fn modules_point_downwards() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let modules = read_modules(&root.join("src"));
    let layers = read_layers(&root.join("ARCHITECTURE.md"));
    let modules = with_macros_in_place(modules);
    let mut faults = Vec::new();

    let rooms = room_edges(&modules, &mut faults);
    check_layers(&rooms, &layers, &mut faults);
    let mut folders = 0;
    let mut long = Vec::new();
    for (path, module) in &modules {
        let text = fs::read_to_string(&module.file).expect("it was read before");
        if text.lines().count() > MAX_LINES {
            long.push(format!(
                "{} has more than {MAX_LINES} lines",
                shown(&modules, path)
            ));
        }
    }
    for folder in ["tests", "benches", "examples", "crates", "fuzz"] {
        long_files(&root.join(folder), &mut long);
    }
    faults.extend(long);
    for (path, _) in modules.iter().filter(|(path, _)| !path.is_empty()) {
        let edges = file_edges(&modules, path);
        if !edges.is_empty() {
            folders += 1;
        }
        for circle in circles(&edges.keys().cloned().collect()) {
            let files: Vec<_> = circle.iter().map(|file| shown(&modules, file)).collect();
            let ties: Vec<_> = edges
                .iter()
                .filter(|((from, to), _)| circle.contains(from) && circle.contains(to))
                .map(|((from, to), item)| {
                    format!(
                        "{} uses {item} of {}",
                        shown(&modules, from),
                        shown(&modules, to)
                    )
                })
                .collect();
            faults.push(format!(
                "a circle of files: {}\n    {}",
                files.join(", "),
                ties.join("\n    ")
            ));
        }
    }
    faults.extend(imports_through_faces(&modules));

    for (module, layer) in &layers {
        let used: Vec<_> = rooms
            .keys()
            .filter(|(from, _)| from == module)
            .map(|(_, to)| to.as_str())
            .collect();
        println!("{layer:2} {module}: {}", used.join(" "));
    }
    println!(
        "{} modules at the top, {} edges, {} layers; {} files, {folders} folders with edges",
        layers.len(),
        rooms.len(),
        layers.values().collect::<BTreeSet<_>>().len(),
        modules.len(),
    );
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Finds files of Rust below a folder that are too long.
fn long_files(folder: &Path, long: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("entries can be read").path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "target" {
            long_files(&path, long);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("sources are text");
            if text.lines().count() > MAX_LINES {
                long.push(format!(
                    "{} has more than {MAX_LINES} lines",
                    path.display()
                ));
            }
        }
    }
}
