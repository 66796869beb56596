//! Runs each example and compares its output with the file in `tests/examples`.
//!
//! Times are replaced by a word first. With the variable `LOGTREE_BLESS`, the files are rewritten.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use std::{env, fs};

fn run(name: &str, arguments: &[&str]) -> (String, bool) {
    run_in(name, arguments, &[])
}

fn run_in(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (String, bool) {
    run_binary(&binary(name), arguments, variables)
}

/// The program of an example, which `cargo test` builds, and `cargo test --tests` does not.
fn binary(name: &str) -> PathBuf {
    static BUILT: Once = Once::new();

    // Beside the tests: target/PROFILE/deps/examples-… and target/PROFILE/examples/NAME.
    let me = env::current_exe().unwrap();
    let profile = me.ancestors().nth(2).unwrap();
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = profile.join("examples").join(file);
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    // A program older than the tests may come from another state of the sources.
    if modified(&path).is_none_or(|time| Some(time) < modified(&me)) {
        BUILT.call_once(|| build(profile));
    }
    assert!(path.exists(), "{} is not built", path.display());
    path
}

/// Builds the examples with the features that the tests have.
fn build(profile: &Path) {
    macro_rules! enabled {
        ($($feature:literal)+) => { [$(($feature, cfg!(feature = $feature))),+] };
    }
    let features = enabled!("config" "config-toml" "config-yaml" "reload" "signal" "serde" "web" "http" "tower" "gzip" "control" "delivery" "journald" "http-handler" "otlp" "pretty" "gelf" "syslog" "cloudwatch" "smtp" "socket" "tls");
    let features = features.iter().filter(|(_, enabled)| *enabled);
    let features: Vec<_> = features.map(|(feature, _)| *feature).collect();
    let name = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--examples", "--profile", name])
        .args(["--features", &features.join(",")])
        .arg("--target-dir")
        .arg(profile.parent().unwrap())
        .status();
    assert!(status.unwrap().success(), "the examples do not build");
}

fn run_binary(binary: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (String, bool) {
    let output = Command::new(binary)
        .args(arguments)
        .env("TZ", "UTC")
        .env_remove("LOGTREE")
        .env_remove("RUST_LOG")
        .env_remove("SDK_LOG_MODE")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .concat();
    (text, output.status.success())
}

/// Replaces `2026-11-21 01:02:03,456` by `TIME`.
fn without_times(text: &str) -> String {
    const SHAPES: [&str; 4] = [
        "0000-00-00 00:00:00,000",
        "0000-00-00T00:00:00Z",
        "00:00:00.000",
        "        .000",
    ];
    let mut out = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let shape = SHAPES.iter().find(|shape| {
            let mut both = rest.bytes().zip(shape.bytes());
            rest.len() >= shape.len()
                && both.all(|(byte, shape)| match shape {
                    b'0' => byte.is_ascii_digit(),
                    _ => byte == shape,
                })
        });
        let taken = shape.map_or(character.len_utf8(), |shape| shape.len());
        out.push_str(if shape.is_some() {
            "TIME"
        } else {
            &rest[..taken]
        });
        rest = &rest[taken..];
    }
    out
}

fn check(name: &str, arguments: &[&str]) {
    let (text, success) = run(name, arguments);
    assert!(success, "{text}");
    compare(name, &text);
}

/// Compares an example's output with the expected one.
fn compare(name: &str, text: &str) {
    let actual = without_times(text);
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/examples")
        .join(format!("{name}.txt"));
    if env::var_os("LOGTREE_BLESS").is_some() {
        fs::write(&path, &actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert!(
        actual == expected,
        "{name} printed:\n{actual}\nbut should have printed:\n{expected}"
    );
}

#[test]
fn set_stream_logger() {
    check("01_set_stream_logger", &[]);
}

#[test]
fn per_service() {
    check("02_per_service", &[]);
}

#[test]
fn library() {
    check("03_library", &[]);
}

#[test]
fn handlers() {
    check("04_handlers", &[]);
}

#[test]
fn key_values() {
    check("05_key_values", &[]);
}

#[test]
fn files() {
    check("06_files", &[]);
}

#[test]
fn environment() {
    check("07_environment", &[]);
}

#[test]
fn environment_and_flags_set_levels() {
    const APP: &str = "app";
    const S3: &str = "botocore.client.S3";
    let shown = |arguments: &[&str], variables: &[(&str, &str)]| {
        let (text, success) = run_in("07_environment", arguments, variables);
        assert!(success, "{text}");
        let count = |name: &str| text.lines().filter(|line| line.contains(name)).count();
        (count(APP), count(S3), text)
    };
    let (app, s3, _) = shown(
        &[],
        &[
            ("LOGTREE", "error,botocore::client=debug"),
            ("RUST_LOG", "trace"),
        ],
    );
    assert_eq!((app, s3), (0, 3));
    let (app, s3, _) = shown(&["-vv"], &[("RUST_LOG", "error")]);
    assert_eq!((app, s3), (2, 2));
    // The steps count from the variable's levels, or from the program's default.
    let (app, s3, _) = shown(&["-v"], &[("LOGTREE", "trace")]);
    assert_eq!((app, s3), (3, 3));
    let (app, s3, _) = shown(&["-q", "--log", "botocore=debug"], &[]);
    assert_eq!((app, s3), (0, 3));
    let (app, s3, text) = shown(&[], &[("LOGTREE", "botocore=loud,app=info")]);
    assert_eq!((app, s3), (2, 1), "{text}");
    assert!(
        text.contains(
            "logtree: cannot read the levels: line 1, column 10: LOGTREE: unknown level \"loud\": expected"
        ),
        "{text}"
    );
    let (text, success) = run("07_environment", &["--log=app=loud"]);
    assert!(
        !success && text.contains("unknown level \"loud\""),
        "{text}"
    );
}

/// A program that runs as a user other than its caller ignores the caller's environment.
#[cfg(unix)]
#[test]
fn a_setuid_program_ignores_the_environment() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

    const NOBODY: u32 = 65_534;
    let directory = tempfile::tempdir().unwrap();
    if fs::metadata(directory.path()).unwrap().uid() != 0 {
        eprintln!("not played: only root can make a program another user's");
        return;
    }
    let as_nobody = |program: &Path| {
        let copy = directory.path().join(program.file_name().unwrap());
        // Not `fs::copy`: a process that another test starts meanwhile would inherit the copy open
        // for writing, and what is open for writing cannot be run ("Text file busy").
        let copied = Command::new("cp").arg(program).arg(&copy).status();
        assert!(copied.unwrap().success());
        chown(&copy, Some(NOBODY), None).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o4755)).unwrap();
        copy
    };
    let id = as_nobody(Path::new("/usr/bin/id"));
    if run_binary(&id, &["-u"], &[]).0.trim() != NOBODY.to_string() {
        eprintln!("not played: the file system knows no setuid bit");
        return;
    }
    let program = binary("07_environment");
    let plain = run_binary(&program, &[], &[]);
    for variable in ["LOGTREE", "RUST_LOG"] {
        let asked = [(variable, "trace")];
        assert_ne!(run_binary(&program, &[], &asked), plain);
        let as_nobody = as_nobody(&program);
        let (text, success) = run_binary(&as_nobody, &[], &asked);
        assert!(success);
        assert_eq!(without_times(&text), without_times(&plain.0), "{variable}");
    }
}

#[cfg(all(feature = "config-toml", feature = "reload"))]
#[test]
fn configuration() {
    check("08_configuration", &[]);
    let (text, success) = run("08_configuration", &["examples/logging.toml", "--check"]);
    assert!(success && text.is_empty(), "{text}");
    let (text, success) = run("08_configuration", &["Cargo.toml", "--check"]);
    assert!(
        !success && text.contains("unknown key \"dependencies\""),
        "{text}"
    );
}

#[test]
fn change_levels() {
    check("12_change_levels", &[]);
}

#[cfg(all(feature = "journald", target_os = "linux"))]
#[test]
fn journald() {
    let (text, success) = run("13_journald", &[]);
    assert!(success, "{text}");
    let pid = between(&text, "SYSLOG_PID=", "\n").to_owned();
    compare(
        "13_journald",
        &text.replace(&format!("PID={pid}"), "PID=PID"),
    );
}

#[cfg(feature = "syslog")]
#[test]
fn syslog() {
    check("14_syslog", &[]);
}

#[cfg(feature = "http-handler")]
#[test]
fn http() {
    check("15_http", &[]);
}

#[cfg(feature = "otlp")]
#[test]
fn otlp() {
    check("16_otlp", &[]);
}

#[cfg(feature = "gelf")]
#[test]
fn gelf() {
    check("17_gelf", &[]);
}

#[cfg(feature = "socket")]
#[test]
fn sockets() {
    check("20_sockets", &[]);
}

#[test]
fn panics() {
    let (text, success) = run_in("22_panics", &[], &[("RUST_BACKTRACE", "0")]);
    assert!(!success, "it ends with an error: {text}");
    compare("22_panics", &text);
}

/// A daemon is controlled in the ways that it prints, and ends with its input.
#[cfg(all(unix, feature = "control"))]
#[test]
fn control() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::Stdio;

    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("sockets");
    let place = place.to_str().unwrap();
    let mut daemon = Command::new(binary("10_control"))
        .env("TZ", "UTC")
        .env("LOGTREE_CONTROL_DIR", place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(daemon.stdout.take().unwrap());
    let mut logged = BufReader::new(daemon.stderr.take().unwrap());
    let mut ways = Vec::new();
    for _ in 0..6 {
        let mut line = String::new();
        printed.read_line(&mut line).unwrap();
        ways.push(line);
    }
    let by_shell = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).output().unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let mut wait_for = |text: &str| {
        let mut all = String::new();
        while !all.contains(text) {
            let length = logged.read_line(&mut all).unwrap();
            assert_ne!(length, 0, "{all}");
        }
    };
    let is_there = |program: &str| {
        let is_there = Command::new(program).arg("--version").output().is_ok();
        if !is_there {
            eprintln!("not played: {program} is not there");
        }
        is_there
    };
    wait_for("[INFO] order placed number=1");
    if is_there("curl") {
        let curl = ways[3].trim();
        let listed = by_shell(curl);
        assert!(listed.contains("  botocore.client.S3: info\n"), "{listed}");
        let set = curl.replace("/logging", "/logging?sqlx=debug");
        by_shell(&set.replace("curl ", "curl -X POST "));
        wait_for("level changed target=\"THING_GROUP sqlx\" old=inherited new=DEBUG");
        wait_for("sqlx.query [DEBUG] selected rows=3");
    }
    if is_there("aws") {
        let aws = ways[5].trim();
        let set = "set-v2-logging-level --log-level DEBUG --log-target \
                   targetType=THING_GROUP,targetName=botocore";
        by_shell(&aws.replace("list-v2-logging-levels", set));
        wait_for("botocore.client.S3 [DEBUG] sending the request clientId=sensor-7");
        let listed = by_shell(aws);
        assert!(listed.contains("\"targetName\": \"botocore\""), "{listed}");
    }
    drop(daemon.stdin.take());
    let mut rest = String::new();
    printed.read_to_string(&mut rest).unwrap();
    assert!(daemon.wait().unwrap().success());
    assert_eq!(rest, "ended\n");
    assert_eq!(fs::read_dir(place).unwrap().count(), 0);

    // Without an input it ends at once.
    let (text, success) = run_in("10_control", &[], &[("LOGTREE_CONTROL_DIR", place)]);
    assert!(success, "{text}");
    let pid = between(&text, "/shop-", ".sock").to_owned();
    let port = between(&text, "http://127.0.0.1:", "/").to_owned();
    let token = between(&text, "#token=", "\n").to_owned();
    let text = text.replace(place, "DIRECTORY").replace(&token, "TOKEN");
    let text = text.replace(&format!("shop-{pid}"), "shop-PID");
    compare(
        "10_control",
        &text.replace(&format!("127.0.0.1:{port}"), "127.0.0.1:PORT"),
    );
    let (text, success) = run("10_control", &["--until", "1"]);
    assert!(!success && text.contains("usage: 10_control"), "{text}");
}

/// Returns what is between two strings.
#[cfg(all(unix, feature = "control"))]
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start}: {text}"));
    rest.split_once(end)
        .unwrap_or_else(|| panic!("no {end}: {text}"))
        .0
}

/// The client's mode comes from the environment; each value shows another part of its work.
#[cfg(feature = "tower")]
#[test]
fn client() {
    check("09_client", &[]);
    let shown = |mode: &str| {
        let (text, success) = run_in("09_client", &[], &[("SDK_LOG_MODE", mode)]);
        assert!(success && !text.contains("not-to-be-seen"), "{text}");
        text
    };
    let text = shown("LogRequestWithBody|LogResponse");
    assert_eq!(
        (
            text.matches("Request\n").count(),
            text.matches("Response\n").count()
        ),
        (2, 2)
    );
    assert!(
        text.contains("authorization: Bearer ***") && text.contains("content"),
        "{text}"
    );
    assert!(
        text.contains("HTTP/1.1 503 Service Unavailable") && !text.contains("slow down"),
        "{text}"
    );
    assert_eq!(shown("Off").lines().count(), 1);
    let (text, success) = run_in("09_client", &[], &[("SDK_LOG_MODE", "LogRetry")]);
    assert!(
        !success && text.contains("unknown client log mode \"LogRetry\""),
        "{text}"
    );
}

#[test]
fn own_sink() {
    check("11_own_sink", &[]);
}

#[test]
#[cfg(feature = "cloudwatch")]
fn cloudwatch() {
    check("18_cloudwatch", &[]);
}

#[test]
#[cfg(feature = "smtp")]
fn smtp() {
    check("19_smtp", &[]);
}

/// Every example has a test here.
#[test]
fn no_example_is_forgotten() {
    let kept = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap();
    for path in kept
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
    {
        let expected = path.file_stem().unwrap().to_string_lossy().into_owned();
        let output = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/examples")
            .join(format!("{expected}.txt"));
        assert!(output.exists(), "{expected} has no expected output");
    }
}

#[cfg(feature = "pretty")]
#[test]
fn pretty() {
    let variables = [("LOGTREE_FORMAT", "pretty"), ("COLUMNS", "90"), ("CI", "")];
    let (text, success) = run_in("24_pretty", &[], &variables);
    assert!(success, "{text}");
    compare("24_pretty", &text);
}

#[test]
fn progress_bars() {
    check("25_progress_bars", &[]);
}

#[test]
fn limits() {
    check("21_limits", &[]);
}

#[test]
fn formats() {
    check("23_formats", &[]);
}
