//! Tables and colours, on a terminal alone.

use std::process::{Command, Stdio};

use crate::daemon::Daemon;
use crate::program::{Run, private_directory};

/// Runs the program under a pseudo-terminal, by util-linux's `script`.
fn on_terminal(directory: &std::path::Path, arguments: &str) -> Option<String> {
    let line = format!(
        "stty cols 100; {} {arguments}",
        env!("CARGO_BIN_EXE_logtree")
    );
    let mut command = Command::new("script");
    command
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::null());
    command
        .env("LOGTREE_CONTROL_DIR", directory)
        .env("TERM", "xterm");
    command.env_remove("NO_COLOR").env_remove("CLICOLOR");
    let output = command.output().ok()?;
    Some(
        String::from_utf8(output.stdout)
            .unwrap()
            .replace("\r\n", "\n"),
    )
}

#[test]
fn tables_and_colours_on_a_terminal_alone() {
    let directory = private_directory();
    let directory = directory.path();
    let _daemon = Daemon::start(directory, "app");
    let Some(text) = on_terminal(directory, "levels app.db") else {
        eprintln!("not played: no program `script`");
        return;
    };
    assert!(text.contains("\x1b[") && !text.contains('\t'), "{text:?}");
    let plain = on_terminal(directory, "levels app.db --color never").unwrap();
    assert!(!plain.contains('\x1b'), "{plain:?}");
    let expected = "\
LOGGER       LEVEL    EFFECTIVE  FROM    UNTIL  BY  NOTE
app.db       WARNING  WARNING    itself  -      -
app.db.pool  -        WARNING    app.db  -      -
";
    assert_eq!(plain, expected);
    let piped = Run::on(directory, &["levels", "app.db"]).good();
    assert!(
        piped.starts_with("LOGGER\tLEVEL\t") && !piped.contains('\x1b'),
        "{piped:?}"
    );
}
