//! Whatever a file holds, reading it ends soon with an error, takes little memory, and changes
//! nothing.

use std::fs;
use std::time::Duration;

use logtree::config::{DictConfig, Syntax};
use logtree::{Error, ErrorKind, Registry};

use crate::support::thread_time;

/// Far more work than any of these takes, and far less than one that is not bounded; not a measure.
/// It is the thread's own time on a processor, which other programs do not lengthen.
const BOUNDED: Duration = Duration::from_secs(60);

fn refused(syntax: Syntax, text: &str) -> String {
    let start = thread_time();
    let read = DictConfig::from_text(text, syntax);
    let checked = read.and_then(|config| config.check_in(&Registry::new()));
    assert!(thread_time() - start < BOUNDED);
    let error = checked.expect_err("bad input is refused");
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    let message = error.to_string();
    assert!(
        message.len() < 100_000,
        "an error of {} bytes",
        message.len()
    );
    message
}

const ALL: [Syntax; 4] = [Syntax::Json, Syntax::Toml, Syntax::Yaml, Syntax::Ini];

#[test]
fn depth() {
    for depth in [100, 100_000, 500_000] {
        let lists = "[".repeat(depth) + &"]".repeat(depth);
        let maps = "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
        for text in [&lists, &maps] {
            refused(Syntax::Json, text);
            refused(Syntax::Yaml, text);
        }
        refused(Syntax::Toml, &format!("a = {lists}"));
        refused(
            Syntax::Toml,
            &format!("a = {}", "{a=".repeat(depth) + &"}".repeat(depth)),
        );
        refused(Syntax::Toml, &format!("[{}]", vec!["a"; depth].join(".")));
        let block: String = (0..depth.min(1_000))
            .map(|n| format!("{}a:\n", " ".repeat(n)))
            .collect();
        refused(Syntax::Yaml, &block);
        refused(
            Syntax::Ini,
            &format!("[handlers]\nkeys=h\n[handler_h]\nclass=X\nargs={lists}"),
        );
    }
    assert!(
        refused(Syntax::Json, &("[".repeat(100) + &"]".repeat(100))).contains("at most 64 levels")
    );
}

#[test]
fn length() {
    for syntax in ALL {
        let text = " ".repeat(1024 * 1024 + 1);
        assert!(refused(syntax, &text).contains("at most 1048576 bytes, found 1048577"));
    }
}

/// A sparse file of a gigabyte, and a pipe without a writer.
#[test]
fn files_that_are_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("huge.json");
    let read =
        |path: &std::path::Path| -> Result<(), Error> { DictConfig::from_file(path).map(drop) };
    fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
    let error = read(&path).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("expected at most 1048576 bytes, found 1073741824"),
        "{error}"
    );

    #[cfg(unix)]
    {
        let pipe = directory.path().join("pipe.json");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for special in [pipe.as_path(), "/dev/zero".as_ref()] {
            let error = DictConfig::from_file_as(special, Syntax::Json).unwrap_err();
            assert!(
                error.to_string().contains("expected a regular file"),
                "{error}"
            );
        }
    }
    assert!(DictConfig::from_file_as(directory.path(), Syntax::Json).is_err());
    let missing = read(&directory.path().join("no.json")).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    assert!(
        read(&directory.path().join("no.txt"))
            .unwrap_err()
            .to_string()
            .contains("expected a name ending in")
    );

    let open = directory.path().join("open.json");
    fs::write(&open, "{\"version\": 1}").unwrap();
    read(&open).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&open, fs::Permissions::from_mode(0o666)).unwrap();
        let error = read(&open).unwrap_err();
        assert!(
            error.to_string().contains("writable by everyone"),
            "{error}"
        );
    }

    let latin = directory.path().join("latin.json");
    fs::write(&latin, b"{\"version\": 1, \"\xe9\": 2}").unwrap();
    assert!(
        read(&latin)
            .unwrap_err()
            .to_string()
            .contains("expected UTF-8, found other bytes at byte 16")
    );
    let marked = directory.path().join("marked.json");
    fs::write(&marked, "\u{feff}{\"version\": 1}").unwrap();
    read(&marked).unwrap();
}

#[test]
fn yaml_bombs() {
    let mut laughs = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        let list = vec![format!("*{from}"); 10].join(",");
        laughs += &format!("{to}: &{to} [{list}]\n");
    }
    assert!(refused(Syntax::Yaml, &laughs).contains("aliases for at most 10000 values"));
    let merges = laughs.replace('[', "{k: [").replace(']', "]}");
    refused(Syntax::Yaml, &merges);
    assert!(refused(Syntax::Yaml, "a: &a [*a]").contains("inside its own anchor"));
    assert!(refused(Syntax::Yaml, "&a a: *a\n").contains("expected the key \"version\""));
    refused(Syntax::Yaml, "a: *nothing");
    let anchors: String = (0..2_000).map(|n| format!("- &a{n} [1, 2]\n")).collect();
    refused(Syntax::Yaml, &anchors);
    refused(Syntax::Yaml, &format!("a: {}", "&a ".repeat(100_000)));
    refused(Syntax::Yaml, &"? ".repeat(100_000));
    refused(Syntax::Yaml, &"- ".repeat(100_000));
    refused(Syntax::Yaml, &"!".repeat(500_000));
}

#[test]
fn many_of_everything() {
    // As many as fit into a megabyte.
    let json = |key: &str, entry: &dyn Fn(usize) -> String, count: usize| {
        let entries: Vec<_> = (0..count).map(entry).collect();
        format!("{{\"version\": 1, \"{key}\": {{{}}}}}", entries.join(","))
    };
    refused(
        Syntax::Json,
        &json(
            "loggers",
            &|n| format!("\"l{n}\":{{\"handlers\":[\"h{n}\"]}}"),
            25_000,
        ),
    );
    refused(
        Syntax::Json,
        &json(
            "handlers",
            &|n| format!("\"h{n}\":{{\"class\":\"nul\"}}"),
            30_000,
        ),
    );
    refused(Syntax::Json, &json("x", &|n| format!("\"k{n}\":0"), 80_000));
    let chain = json(
        "handlers",
        &|n| {
            format!(
                "\"h{n}\":{{\"class\":\"fallback\",\"handlers\":[\"h{}\"]}}",
                n + 1
            )
        },
        15_000,
    );
    assert!(refused(Syntax::Json, &chain).contains("unknown handler"));
    let ring = chain.replace("[\"h15000\"]", "[\"h0\"]");
    assert!(refused(Syntax::Json, &ring).contains("in a circle"));
    let references = json(
        "loggers",
        &|n| format!("\"l{n}\":{{\"level\":\"cfg://loggers.l{}.level\"}}", n + 1),
        20_000,
    );
    refused(Syntax::Json, &references);
    let keys: String = (0..40_000)
        .map(|n| format!("k{n}=%(k{})s\n", n + 1))
        .collect();
    refused(
        Syntax::Ini,
        &format!("[loggers]\n{keys}keys=%(k0)s%(k0)s%(k0)s"),
    );
    let doubling: String = (0..40)
        .map(|n| format!("k{n}=%(k{0})s%(k{0})s\n", n + 1))
        .collect();
    refused(
        Syntax::Ini,
        &format!("[loggers]\n{doubling}k40=x\nkeys=%(k31)s"),
    );
    let continued = "[loggers]\nkeys=root\n".to_owned() + &" ,root\n".repeat(150_000);
    refused(Syntax::Ini, &continued);
    refused(Syntax::Toml, &"[[a]]\n".repeat(150_000));
    let tables: String = (0..60_000).map(|n| format!("[t{n}.a]\n")).collect();
    refused(Syntax::Toml, &tables);
}

/// Each prefix of a document, as a program that is just writing it would leave it.
#[test]
fn half_written_documents() {
    let json = r#"{"version": 1, "handlers": {"h": {"class": "null"}}, "root": {"handlers": ["h"], "level": "INFO"}}"#;
    for end in 0..json.len() {
        refused(Syntax::Json, &json[..end]);
    }
    // The others have no end that could be missing: what must hold is that nothing panics.
    let yaml =
        "version: 1\nhandlers: {h: {class: 'null'}}\nroot:\n  handlers: [h]\n  level: INFO\n";
    let toml =
        "version = 1\n[handlers.h]\nclass = 'null'\n[root]\nhandlers = ['h']\nlevel = 'INFO'\n";
    for end in 0..yaml.len() {
        let _ = DictConfig::from_yaml(&yaml[..end]).map(|config| config.check_in(&Registry::new()));
    }
    for end in 0..toml.len() {
        let _ = DictConfig::from_toml(&toml[..end]).map(|config| config.check_in(&Registry::new()));
    }
}

#[test]
fn paths_stay_where_they_are_put() {
    let with = |path: &str| {
        let document = serde_json::json!({
            "version": 1, "handlers": {"f": {"class": "file", "filename": path, "delay": true}}
        });
        DictConfig::from_value(&document).unwrap()
    };
    let registry = Registry::new();
    for path in [
        "../app.log",
        "logs/../../app.log",
        "/var/log/../../etc/passwd",
        "a/..",
    ] {
        let error = with(path).check_in(&registry).unwrap_err();
        assert!(
            error.to_string().contains("expected a path without `..`"),
            "{path}: {error}"
        );
        with(path)
            .allow_parent_paths(true)
            .check_in(&registry)
            .unwrap();
    }
    for path in ["", "a\0b"] {
        assert!(
            with(path)
                .check_in(&registry)
                .unwrap_err()
                .to_string()
                .contains("expected a path")
        );
    }
    with("..app.log/a..b").check_in(&registry).unwrap();
}

/// Nothing is looked up in the environment, executed, or included.
#[test]
fn nothing_is_evaluated() {
    let document = serde_json::json!({
        "version": 1,
        "formatters": {"f": {"format": "${HOME} %(message)s {0.__class__} $(id)", "validate": false}},
        "handlers": {"h": {"class": "stream", "stream": "ext://test", "formatter": "f"}},
        "root": {"handlers": ["h"]}
    });
    let (registry, text) = (Registry::new(), crate::support::Text::default());
    let config = DictConfig::from_value(&document)
        .unwrap()
        .factories(super::factories_with(&text));
    config.install_in(&registry).unwrap();
    logtree::warn!(registry.get_logger("a"), "cfg://handlers ext://sys.stdout");
    assert_eq!(
        text.get(),
        "${HOME} cfg://handlers ext://sys.stdout {0.__class__} $(id)\n"
    );
}

/// The largest numbers: nothing is allocated for them, and nothing overflows.
#[test]
fn numbers_that_are_too_large() {
    let directory = tempfile::tempdir().unwrap();
    let most = i64::MAX;
    let document = serde_json::json!({
        "version": 1,
        "handlers": {
            "memory": {"class": "memory", "capacity": most},
            "buffered": {"class": "file", "filename": "b.log", "buffered": most, "flush_interval": 1e18},
            "rotating": {"class": "rotating_file", "filename": "r.log", "maxBytes": most, "backupCount": most},
            "timed": {"class": "timed_rotating_file", "filename": "t.log", "when": "W0", "interval": u32::MAX, "backupCount": most},
            "threads": {"class": "queue", "handlers": ["level"], "bytes_per_thread": most, "max_bytes": most, "block_at_most": "1000000d"},
            "records": {"class": "queue", "handlers": ["level"], "max_records": most},
            "none": {"class": "queue", "handlers": ["level"], "bytes_per_thread": 0, "max_bytes": 0},
            "level": {"class": "null", "level": 65535}
        },
        "root": {"level": 1, "handlers": ["memory", "buffered", "rotating", "timed", "threads", "records", "none", "level"]}
    });
    let registry = Registry::new();
    let config = DictConfig::from_value(&document)
        .unwrap()
        .directory(directory.path());
    config.install_in(&registry).unwrap();
    logtree::warn!(registry.get_logger("a"), "still here");
    for handler in registry.root().handlers() {
        handler.flush().unwrap();
        assert_eq!(handler.counters().dropped(), 0, "{handler:?}");
    }
}
