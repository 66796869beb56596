//! Compares the architecture in `ARCHITECTURE.md` with the imports of the sources.
//!
//! Layers: a top-level module uses modules of lower layers only; the table "Layers" of the document
//! is the list. Files: inside a folder, no circle of files. Imports: they name the module that
//! defines the item, not one that re-exports it within the same room.
//!
//! `cargo test --test modules_point_downwards -- --nocapture` prints the graph's size.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

type ModulePath = Vec<String>;

/// How long a file may be.
const MAX_LINES: usize = 500;

/// A source file, with what it names of the crate.
struct Module {
    file: PathBuf,
    /// Paths that it uses, from the crate's root.
    uses: BTreeSet<ModulePath>,
    /// Names that it re-exports, and what they are.
    exports: BTreeMap<String, ModulePath>,
    /// Macros that it exports, whose paths start at the crate's root.
    macros: BTreeSet<String>,
}

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

/// The modules, with each path of an exported macro replaced by one of the module that defines it.
fn with_macros_in_place(mut modules: BTreeMap<ModulePath, Module>) -> BTreeMap<ModulePath, Module> {
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
fn shown(modules: &BTreeMap<ModulePath, Module>, path: &ModulePath) -> String {
    let file = &modules[path].file;
    let below = file.iter().skip_while(|part| *part != "src").skip(1);
    below.collect::<PathBuf>().display().to_string()
}

/// Edges between top-level modules, each with one pair of files that makes it.
fn room_edges(
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

fn check_layers(
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

/// Edges between the direct children of a folder (and its own face), each with the item that makes
/// it.
fn file_edges(
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
fn imports_through_faces(modules: &BTreeMap<ModulePath, Module>) -> Vec<String> {
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

/// The longest part of a path that is a module.
fn module_of(modules: &BTreeMap<ModulePath, Module>, path: &[String]) -> ModulePath {
    (0..=path.len())
        .rev()
        .map(|length| path[..length].to_vec())
        .find(|module| modules.contains_key(module))
        .unwrap_or_default()
}

/// What a path names once re-exports are followed.
fn definition(modules: &BTreeMap<ModulePath, Module>, mut path: ModulePath) -> ModulePath {
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

/// Groups of nodes that reach each other.
fn circles(edges: &BTreeSet<(ModulePath, ModulePath)>) -> Vec<Vec<ModulePath>> {
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

/// The layers of the table "Layers": number by module, 0 at the bottom.
fn read_layers(document: &Path) -> BTreeMap<String, usize> {
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

fn read_modules(src: &Path) -> BTreeMap<ModulePath, Module> {
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

struct Reader {
    path: ModulePath,
    uses: BTreeSet<ModulePath>,
    exports: BTreeMap<String, ModulePath>,
    macros: BTreeSet<String>,
    /// Modules in files, with the file's name where an attribute gives it.
    children: Vec<(String, Option<String>)>,
}

impl Reader {
    /// Reads what is in a file, or in a group of one; what only tests compile is left out. `depth`
    /// counts modules inside the file.
    fn read(&mut self, tokens: TokenStream, depth: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut visible = false;
        let mut file = None;
        let mut exported = false;
        while at < tokens.len() {
            match word(&tokens, at).as_str() {
                "#" if for_tests(tokens.get(at + 1)) => {
                    at = end_of_item(&tokens, at + 2);
                    continue;
                }
                "#" => {
                    exported |= tokens
                        .get(at + 1)
                        .is_some_and(|t| t.to_string() == "[macro_export]");
                    file = file.or_else(|| named_file(tokens.get(at + 1)));
                    at += if word(&tokens, at + 1) == "!" { 3 } else { 2 };
                    continue;
                }
                "pub" => {
                    visible = true;
                    at += 1;
                    if matches!(&tokens.get(at), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis)
                    {
                        at += 1;
                    }
                    continue;
                }
                "mod" if word(&tokens, at + 2) == ";" => {
                    self.children.push((word(&tokens, at + 1), file.take()));
                    at += 3;
                }
                "mod" if matches!(tokens.get(at + 2), Some(TokenTree::Group(_))) => {
                    if let Some(TokenTree::Group(group)) = tokens.get(at + 2) {
                        self.read(group.stream(), depth + 1);
                    }
                    at += 3;
                }
                "macro_rules" if exported => {
                    self.macros.insert(word(&tokens, at + 2));
                    at += 4;
                }
                "use" => {
                    let end = at + tokens[at..].iter().position(is_semicolon).unwrap_or(1);
                    for (path, name) in tree(&tokens[at + 1..end]) {
                        if let Some(path) = self.absolute(&path, depth) {
                            self.uses.insert(path.clone());
                            if visible {
                                self.exports.insert(name, path);
                            }
                        }
                    }
                    at = end;
                }
                "crate" | "super" | "self"
                    if word(&tokens, at + 1) == ":" && word(&tokens, at.wrapping_sub(1)) != "$" =>
                {
                    let (path, end) = path(&tokens, at);
                    if let Some(path) = self.absolute(&path, depth) {
                        self.uses.insert(path);
                    }
                    at = end;
                }
                _ => {
                    if let Some(TokenTree::Group(group)) = tokens.get(at) {
                        self.read(group.stream(), depth);
                    }
                    at += 1;
                }
            }
            visible = false;
            file = None;
            exported = false;
        }
    }

    /// A path from the crate's root; `None` for one into another crate, or into a module inside the
    /// file.
    fn absolute(&self, path: &[String], depth: usize) -> Option<ModulePath> {
        let mut base = self.path.clone();
        let mut inside = depth;
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate") => return Some(path[1..].to_vec()),
            Some("self") => rest = &rest[1..],
            Some("super") => {}
            _ => return None,
        }
        while rest.first().is_some_and(|first| first == "super") {
            rest = &rest[1..];
            match inside {
                0 => drop(base.pop()),
                _ => inside -= 1,
            }
        }
        (inside == 0).then(|| base.into_iter().chain(rest.iter().cloned()).collect())
    }
}

fn word(tokens: &[TokenTree], at: usize) -> String {
    match tokens.get(at) {
        Some(TokenTree::Group(_)) | None => String::new(),
        Some(token) => token.to_string(),
    }
}

fn is_semicolon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == ';')
}

/// Whether an attribute has `cfg(test)`, alone or as one of several conditions that must all hold.
fn for_tests(attribute: Option<&TokenTree>) -> bool {
    let text = attribute
        .map(ToString::to_string)
        .unwrap_or_default()
        .replace(' ', "");
    text == "[cfg(test)]" || text.starts_with("[cfg(all(test,")
}

/// The file that an attribute `path = "…"` gives to a module.
fn named_file(attribute: Option<&TokenTree>) -> Option<String> {
    let text = attribute?.to_string();
    let name = text.strip_prefix("[path = \"")?.strip_suffix("\"]")?;
    Some(name.to_owned())
}

/// The end of the item that starts here: past its semicolon, or past its braces.
fn end_of_item(tokens: &[TokenTree], start: usize) -> usize {
    let end = tokens[start..].iter().position(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_semicolon(token),
    });
    end.map_or(tokens.len(), |end| start + end + 1)
}

/// A path of names with `::` between, from a token on, and where it ends.
fn path(tokens: &[TokenTree], start: usize) -> (Vec<String>, usize) {
    let mut path = vec![word(tokens, start)];
    let mut at = start + 1;
    while word(tokens, at) == ":"
        && word(tokens, at + 1) == ":"
        && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_)))
    {
        path.push(word(tokens, at + 2));
        at += 3;
    }
    (path, at)
}

/// The leaves of a `use` tree, each with the name that it gets.
fn tree(tokens: &[TokenTree]) -> Vec<(Vec<String>, String)> {
    let mut leaves = Vec::new();
    for part in tokens.split(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == ',')) {
        if part.is_empty() {
            continue;
        }
        let (stem, end) = path(part, 0);
        match part[end..]
            .iter()
            .find(|token| matches!(token, TokenTree::Group(_)))
        {
            Some(TokenTree::Group(group)) => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                for (rest, name) in tree(&inner) {
                    let own = rest.len() == 1 && rest[0] == "self";
                    let whole: Vec<_> = match own {
                        true => stem.clone(),
                        false => stem.iter().cloned().chain(rest).collect(),
                    };
                    let name = if own && name == "self" {
                        stem[stem.len() - 1].clone()
                    } else {
                        name
                    };
                    leaves.push((whole, name));
                }
            }
            _ => {
                let name = if word(part, end) == "as" {
                    word(part, end + 1)
                } else {
                    stem[stem.len() - 1].clone()
                };
                leaves.push((stem, name));
            }
        }
    }
    leaves
}
