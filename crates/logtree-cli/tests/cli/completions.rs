//! `logtree completions`.

use std::process::{Command, Stdio};

use crate::daemon::Daemon;
use crate::program::{Run, logtree, private_directory};

#[test]
fn each_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Run::with_input(&["completions", shell], "").good();
        assert!(script.contains("set-v2-logging-level"), "{shell}");
        let asks = script.contains("logtree complete-names");
        assert_eq!(asks, ["bash", "zsh", "fish"].contains(&shell), "{shell}");
        let json = Run::with_input(&["completions", shell, "--json"], "").json();
        assert_eq!(json["shell"], shell);
    }
    let zsh = Run::with_input(&["completions", "zsh"], "").good();
    assert!(zsh.contains(":_logtree_names'"), "{zsh}");
    assert_eq!(Run::with_input(&["completions", "tcsh"], "").code, 2);
}

#[test]
fn bash_completes_names() {
    let directory = private_directory();
    let _daemon = Daemon::start(directory.path(), "app");
    let Ok(found) = Command::new("bash")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
    else {
        eprintln!("not played: no bash");
        return;
    };
    assert!(found.success());
    let program = logtree(directory.path()).get_program().to_owned();
    let script = "logtree() { \"$PROGRAM\" \"$@\"; }\n\
                  eval \"$(logtree completions bash)\"\n\
                  COMP_WORDS=(logtree set app.d); COMP_CWORD=2\n\
                  _logtree_with_names logtree app.d set\n\
                  printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut command = Command::new("bash");
    command.args(["-c", script]).env("PROGRAM", program);
    command.env("LOGTREE_CONTROL_DIR", directory.path());
    let run = Run::of(command);
    assert!(run.out.contains("app.db\napp.db.pool\n"), "{run:?}");
}
