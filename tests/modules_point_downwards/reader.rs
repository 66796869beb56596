//! What a source file names, read from its tokens.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::modules::ModulePath;

pub(crate) struct Reader {
    pub(crate) path: ModulePath,
    pub(crate) uses: BTreeSet<ModulePath>,
    pub(crate) exports: BTreeMap<String, ModulePath>,
    pub(crate) macros: BTreeSet<String>,
    /// Modules in files, with the file's name where an attribute gives it.
    pub(crate) children: Vec<(String, Option<String>)>,
}

impl Reader {
    /// Reads what is in a file, or in a group of one; what only tests compile is left out. `depth`
    /// counts modules inside the file.
    pub(crate) fn read(&mut self, tokens: TokenStream, depth: usize) {
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
