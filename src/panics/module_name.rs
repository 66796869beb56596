//! The module that a file holds, by its path.

/// Returns the name of the logger for a file, where files under `src/` are those of `program`.
pub(super) fn module_name(file: &str, program: &str) -> String {
    let file = file.replace('\\', "/");
    let segments: Vec<_> = file
        .split('/')
        .filter(|segment| !matches!(*segment, "" | "."))
        .collect();
    let Some((last, folders)) = segments.split_last() else {
        return program.to_owned();
    };
    let sources = folders
        .iter()
        .rposition(|folder| matches!(*folder, "src" | "tests" | "examples" | "benches"));
    let at = sources.unwrap_or(0);
    let stem = last.strip_suffix(".rs").unwrap_or(last);
    let is_named_by_folder = matches!(stem, "lib" | "main" | "mod");
    let inner = folders.iter().skip(at + 1).copied();
    let mut modules: Vec<_> = inner.chain((!is_named_by_folder).then_some(stem)).collect();
    let is_own_program =
        folders.get(at).is_some_and(|folder| *folder != "src") || modules.first() == Some(&"bin");
    if is_own_program && !modules.is_empty() {
        // Each file in `tests`, `examples` and `src/bin` is a crate of its own.
        modules.retain(|module| *module != "bin");
        return modules.join(".").replace('-', "_");
    }
    let name = match at.checked_sub(1).and_then(|at| folders.get(at)) {
        Some(_) => package(&folders[..at]),
        None => program,
    };
    modules.insert(0, name);
    modules.join(".").replace('-', "_")
}

/// Returns the name of the package in a directory.
fn package<'s>(directory: &[&'s str]) -> &'s str {
    let last = directory.last().copied().unwrap_or_default();
    if let [.., "checkouts", repository, commit] = directory {
        // Where cargo keeps a repository: its name and a hash, then the commit.
        if *commit == last {
            return repository.rsplit_once('-').map_or(*repository, |it| it.0);
        }
    }
    match last.rsplit_once('-') {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => name,
        _ => last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_names_of_their_modules() {
        for (file, name) in [
            ("src/main.rs", "app"),
            ("src/lib.rs", "app"),
            ("src/db/mod.rs", "app.db"),
            ("src/db/pool.rs", "app.db.pool"),
            (r"src\db\pool.rs", "app.db.pool"),
            ("./src/db/pool.rs", "app.db.pool"),
            ("src/bin/tool.rs", "tool"),
            ("src/bin/my-tool/main.rs", "my_tool"),
            ("tests/it/tree.rs", "it.tree"),
            ("examples/01_hello.rs", "01_hello"),
            ("crates/my-store/src/lib.rs", "my_store"),
            ("crates/my-store/src/disk/page.rs", "my_store.disk.page"),
            (
                "/home/ann/.cargo/registry/src/index.crates.io-6f17/tokio-util-0.7.1/src/io/mod.rs",
                "tokio_util.io",
            ),
            (
                "/home/ann/.cargo/git/checkouts/logtree-0a1b2c/9f8e7d6/src/level.rs",
                "logtree.level",
            ),
            ("/rustc/9fc6b431/library/core/src/option.rs", "core.option"),
            ("", "app"),
            ("generated.rs", "app.generated"),
        ] {
            assert_eq!(module_name(file, "app"), name, "{file}");
        }
    }
}
