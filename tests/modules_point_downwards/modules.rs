//! The modules of the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

use crate::reader::Reader;

pub(crate) type ModulePath = Vec<String>;

/// A source file, with what it names of the crate.
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// Paths that it uses, from the crate's root.
    pub(crate) uses: BTreeSet<ModulePath>,
    /// Names that it re-exports, and what they are.
    pub(crate) exports: BTreeMap<String, ModulePath>,
    /// Macros that it exports, whose paths start at the crate's root.
    pub(crate) macros: BTreeSet<String>,
}

pub(crate) fn read_modules(src: &Path) -> BTreeMap<ModulePath, Module> {
    let mut modules = BTreeMap::new();
    read_module(src, &src.join("lib.rs"), Vec::new(), &mut modules);
    modules
}

fn read_module(
    folder: &Path,
    file: &Path,
    path: ModulePath,
    modules: &mut BTreeMap<ModulePath, Module>,
) {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let tokens: TokenStream = text
        .parse()
        .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let mut reader = Reader {
        path: path.clone(),
        uses: BTreeSet::new(),
        exports: BTreeMap::new(),
        macros: BTreeSet::new(),
        children: Vec::new(),
    };
    reader.read(tokens, 0);
    for (child, named) in reader.children {
        let mut child_path = path.clone();
        child_path.push(child.clone());
        let nested = folder.join(&child);
        let alone = folder.join(named.unwrap_or_else(|| format!("{child}.rs")));
        let file = if alone.exists() {
            alone
        } else {
            nested.join("mod.rs")
        };
        read_module(&nested, &file, child_path, modules);
    }
    // A module that has a file for each platform uses what any of them uses.
    let module = modules.entry(path).or_insert_with(|| Module {
        file: file.to_owned(),
        uses: BTreeSet::new(),
        exports: BTreeMap::new(),
        macros: BTreeSet::new(),
    });
    module.macros.extend(reader.macros);
    module.uses.extend(reader.uses);
    module.exports.extend(reader.exports);
}

/// The modules, with each path of an exported macro replaced by one of the module that defines it.
pub(crate) fn with_macros_in_place(
    mut modules: BTreeMap<ModulePath, Module>,
) -> BTreeMap<ModulePath, Module> {
    let homes: BTreeMap<String, ModulePath> = modules
        .iter()
        .flat_map(|(path, module)| {
            module
                .macros
                .iter()
                .map(|name| (name.clone(), path.clone()))
        })
        .collect();
    for module in modules.values_mut() {
        module.uses = std::mem::take(&mut module.uses)
            .into_iter()
            .map(|used| match used.last().and_then(|name| homes.get(name)) {
                Some(home) if used.len() == 1 => home.iter().cloned().chain(used).collect(),
                _ => used,
            })
            .collect();
    }
    modules
}

/// The file of a module, below `src`.
pub(crate) fn shown(modules: &BTreeMap<ModulePath, Module>, path: &ModulePath) -> String {
    let file = &modules[path].file;
    let below = file.iter().skip_while(|part| *part != "src").skip(1);
    below.collect::<PathBuf>().display().to_string()
}

/// The longest part of a path that is a module.
pub(crate) fn module_of(modules: &BTreeMap<ModulePath, Module>, path: &[String]) -> ModulePath {
    (0..=path.len())
        .rev()
        .map(|length| path[..length].to_vec())
        .find(|module| modules.contains_key(module))
        .unwrap_or_default()
}

/// What a path names once re-exports are followed.
pub(crate) fn definition(
    modules: &BTreeMap<ModulePath, Module>,
    mut path: ModulePath,
) -> ModulePath {
    for _ in 0..10 {
        let module = module_of(modules, &path);
        let Some(name) = path.get(module.len()) else {
            return path;
        };
        let Some(target) = modules[&module].exports.get(name) else {
            return path;
        };
        let rest = path[module.len() + 1..].to_vec();
        path = target.iter().cloned().chain(rest).collect();
    }
    path
}
