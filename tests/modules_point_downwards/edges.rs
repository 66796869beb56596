//! Edges between modules and between files, and the circles of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::{Module, ModulePath, definition, module_of, shown};

/// Edges between top-level modules, each with one pair of files that makes it.
pub(crate) fn room_edges(
    modules: &BTreeMap<ModulePath, Module>,
    faults: &mut Vec<String>,
) -> BTreeMap<(String, String), String> {
    let mut edges = BTreeMap::new();
    for (path, module) in modules.iter().filter(|(path, _)| !path.is_empty()) {
        for used in &module.uses {
            let Some(room) = used.first() else { continue };
            if !modules.contains_key(&used[..1]) {
                faults.push(format!(
                    "{} imports crate::{} from the root: name the module that defines it",
                    shown(modules, path),
                    used.join("::")
                ));
            } else if *room != path[0] {
                edges
                    .entry((path[0].clone(), room.clone()))
                    .or_insert_with(|| shown(modules, path));
            }
        }
    }
    edges
}

/// Edges between the direct children of a folder (and its own face), each with the item that makes
/// it.
pub(crate) fn file_edges(
    modules: &BTreeMap<ModulePath, Module>,
    folder: &ModulePath,
) -> BTreeMap<(ModulePath, ModulePath), String> {
    let mut edges = BTreeMap::new();
    for (path, module) in modules.iter().filter(|(path, _)| path.starts_with(folder)) {
        let from = path[..path.len().min(folder.len() + 1)].to_vec();
        for used in module.uses.iter().filter(|used| used.starts_with(folder)) {
            let defining = definition(modules, used.clone());
            if !defining.starts_with(folder) {
                continue;
            }
            let file = module_of(modules, &defining);
            let to = file[..file.len().min(folder.len() + 1)].to_vec();
            if to != from {
                edges
                    .entry((from.clone(), to))
                    .or_insert_with(|| used[folder.len()..].join("::"));
            }
        }
    }
    edges
}

/// Imports of an item of the same room through a face that re-exports it.
pub(crate) fn imports_through_faces(modules: &BTreeMap<ModulePath, Module>) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, module) in modules.iter().filter(|(path, _)| !path.is_empty()) {
        for used in &module.uses {
            let face = module_of(modules, used);
            if path.starts_with(&face) && used.len() > face.len() {
                let exports = &modules[&face].exports;
                if let Some(defining) = exports.get(&used[face.len()]) {
                    faults.push(format!(
                        "{} imports crate::{}: name crate::{}",
                        shown(modules, path),
                        used.join("::"),
                        defining.join("::")
                    ));
                }
            }
        }
    }
    faults
}

/// Groups of nodes that reach each other.
pub(crate) fn circles(edges: &BTreeSet<(ModulePath, ModulePath)>) -> Vec<Vec<ModulePath>> {
    let nodes: BTreeSet<_> = edges.iter().flat_map(|(from, to)| [from, to]).collect();
    let reach = |start: &ModulePath| {
        let mut seen = BTreeSet::new();
        let mut open = vec![start.clone()];
        while let Some(node) = open.pop() {
            for (_, to) in edges.iter().filter(|(from, _)| *from == node) {
                if seen.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<_, _> = nodes
        .iter()
        .map(|node| ((*node).clone(), reach(node)))
        .collect();
    let mut groups: BTreeSet<Vec<ModulePath>> = BTreeSet::new();
    for (node, seen) in &reached {
        let group: Vec<_> = seen
            .iter()
            .filter(|other| reached[*other].contains(node))
            .cloned()
            .collect();
        if !group.is_empty() {
            groups.insert(group);
        }
    }
    groups.into_iter().collect()
}
