//! The compiler's messages for wrong macro calls, each beside a call that compiles.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A wrong call, the message of the compiler, and the call as it should be.
type Case = (&'static str, &'static str, &'static str);

/// What fails when the macro is expanded.
const EXPANDED: &[Case] = &[
    (
        r#"logtree::info!(name);"#,
        "expected a message: write the value as an argument of a format string",
        r#"logtree::info!("{}", name);"#,
    ),
    (
        r#"logtree::info!(logger, a = 1, "x");"#,
        "key-values end with a semicolon, before the message",
        r#"logtree::info!(logger, a = 1; "x");"#,
    ),
    (
        r#"logtree::info!(logger, name:?, "x");"#,
        "key-values end with a semicolon, before the message",
        r#"logtree::info!(logger, name:?; "x");"#,
    ),
    (
        r#"logtree::info!(logger, target: "a.b", "x");"#,
        "a logger and a target exclude each other",
        r#"logtree::info!(target: "a.b", "x");"#,
    ),
    (
        r#"logtree::info!(logger, name:upper; "x");"#,
        "a key is followed by its value, or by `:?`, `:%`, `:serde`, `:sval`, `:err` or `:backtrace`",
        r#"logtree::info!(logger, name:%; "x");"#,
    ),
    (
        r#"logtree::info!("http.name"; "x");"#,
        "a key in quotes is followed by `=` and its value",
        r#"logtree::info!("http.name" = name; "x");"#,
    ),
    (
        r#"logtree::info!(logger, a = 1, "b":?; "x");"#,
        "a key in quotes is followed by `=` and its value",
        r#"logtree::info!(logger, a = 1, "b":? = name; "x");"#,
    ),
    (
        r#"logtree::log_once!(println!("x"));"#,
        "expected one of logtree's macros",
        r#"logtree::log_once!(logtree::info!("x"));"#,
    ),
    (
        r#"logtree::info!("{} {}", name);"#,
        "2 positional arguments in format string, but there is 1 argument",
        r#"logtree::info!("{} {}", name, 1);"#,
    ),
];

/// What fails when types are checked.
const TYPED: &[Case] = &[
    (
        r#"logtree::info!(name, "x");"#,
        "`String` is not a logger",
        r#"logtree::info!(logtree::get_logger(&name), "x");"#,
    ),
    (
        r#"logtree::log!(logger: 1_u8, Level::INFO, "x");"#,
        "`u8` is not a logger",
        r#"logtree::log!(logger: logger, Level::INFO, "x");"#,
    ),
    (
        r#"logtree::info!(logger, s = Opaque; "x");"#,
        "`Opaque` cannot be a key-value as it is",
        r#"logtree::info!(logger, s:? = Opaque; "x");"#,
    ),
    (
        r#"logtree::info!(logger, n:err = 3; "x");"#,
        "`{integer}` is not an error",
        r#"logtree::info!(logger, n:err = std::fmt::Error; "x");"#,
    ),
    (
        r#"logtree::info!(logger, n:% = Opaque; "x");"#,
        "`Opaque` doesn't implement `std::fmt::Display`",
        r#"logtree::info!(logger, n:% = 3; "x");"#,
    ),
    (
        r#"logtree::info!("{}", Opaque);"#,
        "`Opaque` doesn't implement `std::fmt::Display`",
        r#"logtree::info!("{:?}", Opaque);"#,
    ),
];

#[test]
fn the_compiler_says_what_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    let twins = EXPANDED.iter().chain(TYPED).map(|(_, _, right)| *right);
    let program = write(folder.path(), "right", twins);
    let library = libraries()
        .into_iter()
        .find(|library| compile(&program, library).is_empty())
        .expect("the right calls compile with a library of this build");
    for (name, cases) in [("expanded", EXPANDED), ("typed", TYPED)] {
        let wrong = write(
            folder.path(),
            name,
            cases.iter().map(|(wrong, _, _)| *wrong),
        );
        let messages = compile(&wrong, &library);
        for (number, (wrong, message, _)) in cases.iter().enumerate() {
            let line = format!(".rs:{}:", line_of(number));
            let own = messages.lines().filter(|message| message.contains(&line));
            let own: Vec<_> = own.collect();
            // Each call of a macro tests the level and logs: types may be wrong in both.
            let is_it = (1..=2).contains(&own.len()) && own.iter().all(|m| m.contains(message));
            assert!(is_it, "{wrong}: {own:#?} of {messages}");
        }
    }
}

/// Returns the line of a call in a program.
fn line_of(number: usize) -> usize {
    6 + 3 * number
}

/// Writes a program with a function for each call.
fn write<'a>(folder: &Path, name: &str, calls: impl Iterator<Item = &'a str>) -> PathBuf {
    let mut text =
        String::from("#![allow(unused)]\nuse logtree::Level;\n#[derive(Debug)]\nstruct Opaque;\n");
    for (number, call) in calls.enumerate() {
        text +=
            &format!("fn f{number}(logger: logtree::Logger, name: String) {{\n    {call}\n}}\n");
    }
    let path = folder.join(name).with_extension("rs");
    fs::write(&path, text).unwrap();
    path
}

/// Returns the messages of the compiler, a line for each.
fn compile(program: &Path, library: &Path) -> String {
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
            "--error-format=short",
        ])
        .arg(format!("--extern=logtree={}", library.display()))
        .arg(format!(
            "-Ldependency={}",
            library.parent().unwrap().display()
        ))
        .arg("-o")
        .arg(program.with_extension("rmeta"))
        .arg(program)
        .output()
        .expect("a compiler");
    String::from_utf8(output.stderr).unwrap()
}

/// Returns the libraries beside this test, from the newest: builds with other features, or by
/// another compiler, may lie there too.
fn libraries() -> Vec<PathBuf> {
    let test = env::current_exe().unwrap();
    let mut found: Vec<_> = fs::read_dir(test.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("liblogtree-") && name.ends_with(".rlib")
        })
        .collect();
    found.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().modified().unwrap()));
    found
}
