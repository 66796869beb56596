//! `logtree check`.

use std::fs;

use crate::program::Run;

#[test]
fn all_problems_with_their_places() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = file("good.toml", "version = 1\n[root]\nlevel = 'INFO'\n");
    let bad = file(
        "bad.json",
        "{\"version\": 1,\n \"root\": {\"level\": \"DEBIG\"},\n \"handler\": {}}",
    );
    let broken = file("broken.yaml", "version: [1\n");
    let nested = file("app.toml", "port = 1\n[tool.logging]\nversion = 1\n");

    assert_eq!(
        Run::with_input(&["check", &good], "").good(),
        format!("{good}: ok\n")
    );
    let run = Run::with_input(&["check", &good, &bad, &broken, "/no/file.toml"], "");
    assert_eq!((run.code, &*run.errors), (1, ""));
    for expected in [
        format!("{good}: ok\n"),
        format!("{bad}:2:20: root.level: "),
        "; did you mean \"DEBUG\"?\n".to_owned(),
        format!("{bad}:3:2: handler: unknown key \"handler\""),
        "; did you mean \"handlers\"?\n".to_owned(),
        format!("{broken}:"),
        "/no/file.toml: ".to_owned(),
    ] {
        assert!(run.out.contains(&expected), "{expected}: {}", run.out);
    }
    let run = Run::with_input(
        &["check", "--json", &good, &bad, &broken, "/no/file.toml"],
        "",
    );
    let json = run.json();
    assert_eq!(run.code, 1);
    assert!(
        json[0]["error"].is_null() && json[3]["error"].is_string(),
        "{json}"
    );
    let problems = json[1]["problems"].as_array().unwrap();
    let level = problems
        .iter()
        .find(|one| one["path"] == "root.level")
        .unwrap();
    assert_eq!((&level["line"], &level["column"]), (&2.into(), &20.into()));
    assert_eq!(level["suggestion"], "DEBUG");

    assert_eq!(Run::with_input(&["check", &nested], "").code, 1);
    Run::with_input(&["check", "--section", "tool.logging", &nested], "").good();
    assert_eq!(Run::with_input(&["check"], "").code, 2);
}

/// Whatever the program that the file is for was built with.
#[test]
fn every_class_is_known() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("all.json");
    let text = r#"{
        "version": 1,
        "formatters": {"a": {"class": "pretty"}, "b": {"class": "auto"}, "c": {"class": "logfmt"}},
        "handlers": {
            "datagram": {"class": "logging.handlers.DatagramHandler", "host": "logs", "port": 9021},
            "gelf": {"class": "gelf", "address": "udp://logs:12201"},
            "gzip": {"class": "rotating_file", "filename": "a.log", "maxBytes": 9, "compress": true},
            "http": {"class": "logging.handlers.HTTPHandler", "host": "logs", "url": "/log"},
            "journal": {"class": "journald"},
            "mail": {"class": "logging.handlers.SMTPHandler", "mailhost": "logs",
                     "fromaddr": "a@logs", "toaddrs": ["b@logs"], "subject": "errors"},
            "otlp": {"class": "otlp", "endpoint": "http://logs:4318/v1/logs"},
            "socket": {"class": "logging.handlers.SocketHandler", "host": "logs", "port": 9020},
            "syslog": {"class": "logging.handlers.SysLogHandler", "address": ["logs", 514]}
        }
    }"#;
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(
        Run::with_input(&["check", path], "").good(),
        format!("{path}: ok\n")
    );
}

#[test]
fn the_schema_is_json() {
    let schema = Run::with_input(&["check", "--schema"], "").json();
    assert_eq!(schema["title"], "Configuration of logging");
}
