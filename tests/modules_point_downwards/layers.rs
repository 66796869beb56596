//! The layers of the document.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The layers of the table "Layers": number by module, 0 at the bottom.
pub(crate) fn read_layers(document: &Path) -> BTreeMap<String, usize> {
    let text = fs::read_to_string(document).expect("ARCHITECTURE.md is at the root");
    let mut layers = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Ok(layer) = cells[0].parse::<usize>() else {
            continue;
        };
        for name in cells[1].split('`').skip(1).step_by(2) {
            assert_eq!(
                layers.insert(name.to_owned(), layer),
                None,
                "{name} is listed twice"
            );
        }
    }
    layers
}

pub(crate) fn check_layers(
    edges: &BTreeMap<(String, String), String>,
    layers: &BTreeMap<String, usize>,
    faults: &mut Vec<String>,
) {
    for ((from, to), file) in edges {
        match (layers.get(from), layers.get(to)) {
            (Some(own), Some(used)) if used < own => {}
            (Some(own), Some(used)) => faults.push(format!(
                "src/{file} (module {from}, layer {own}) imports {to} of layer {used}, which is not below it"
            )),
            (None, _) => faults.push(format!("ARCHITECTURE.md lists no layer for {from}")),
            (_, None) => faults.push(format!("ARCHITECTURE.md lists no layer for {to}")),
        }
    }
}
