//! The program `logtree-replay`.

use std::fs;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_logtree-replay");
    Command::new(program).args(arguments).output().unwrap()
}

#[test]
fn the_sample_at_three_levels() {
    let output = run(&[
        "--level",
        "botocore=WARNING",
        "--level",
        "botocore.credentials=INFO",
        "--level",
        "s3transfer=DEBUG",
    ]);
    assert!(output.status.success());
    let found = String::from_utf8(output.stdout).unwrap();
    assert_eq!(found, include_str!("sample.txt"));
}

#[test]
fn what_it_does_not_know_is_refused() {
    for (arguments, why) in [
        (&["--level", "botocore=LOUD"][..], "unknown level \"LOUD\""),
        (&["--levels"], "usage"),
        (&["a", "b"], "usage"),
        (&["/no/such/file"], "cannot open /no/such/file"),
    ] {
        let output = run(arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(why), "{text}");
    }
}

#[test]
fn lines_without_an_event_are_counted_and_skipped() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mixed.jsonl");
    fs::write(
        &path,
        "{\"level\":\"INFO\",\"logger\":\"a\",\"message\":\"one\"}\nstarting\n\n[1]\n\
         {\"level\":\"DEBUG\",\"logger\":\"a\",\"message\":\"two\"}\n",
    )
    .unwrap();
    let output = run(&[path.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("a [INFO] one") && !text.contains("two"),
        "{text}"
    );
    assert!(text.ends_with("total                                     2          1          1\n"));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("lines without an event: 2, the first is line 2"),
        "{error}"
    );
    assert_eq!(output.status.code(), Some(1));
}
