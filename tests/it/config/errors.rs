//! Errors are reported completely: the place, what was expected, and what may have been meant.

use logtree::config::DictConfig;
use logtree::{ErrorKind, Registry};

use super::{problems, shown};

/// One document with a mistake of each kind.
const WRONG: &str = r#"{
  "version": 2,
  "formaters": {},
  "formatters": {
    "a": {"format": "%(message)q"},
    "b": {"format": "x", "style": "!"},
    "c": {"class": "logging.Formater"}
  },
  "filters": {"f": {"class": "level_range", "max": "LOUD"}, "g": 3},
  "handlers": {
    "console": {"class": "StreamHandler"},
    "file": {"class": "file", "filenam": "a.log", "mode": "r"},
    "memory": {"class": "memory", "capacity": -1, "target": "consol"},
    "one": {"class": "memory", "capacity": 1, "target": "two"},
    "two": {"class": "memory", "capacity": 1, "target": "one"},
    "none": {},
    "null": {"class": "null", "level": "WARNIGN", "formatter": "aa", "filters": ["f", "h"], "colour": "red"}
  },
  "loggers": {
    "a": {"levl": "INFO", "handlers": "console"},
    "b": {"handlers": ["console", "nul"], "propagate": "maybe"},
    "c.d": {"level": "cfg://nothing.there"},
    "c::d": {}
  },
  "root": ["console"],
  "incremental": "perhaps"
}"#;

#[test]
fn all_errors_come_at_once() {
    let expected = [
        r#"line 2, column 14: version: expected 1, found 2"#,
        r#"line 3, column 3: formaters: unknown key "formaters", and no cfg:// reference uses it; did you mean "formatters"?"#,
        r#"line 5, column 21: formatters.a.format: invalid format "%(message)q": expected a conversion, one of d i o u x X e E f F g G c r s a, at byte 10"#,
        r#"line 6, column 35: formatters.b.style: expected one of %, {, $, found "!""#,
        r#"line 7, column 20: formatters.c.class: unknown class "logging.Formater"; did you mean "logging.Formatter"?"#,
        r#"line 9, column 52: filters.f.max: expected a level, by name (NOTSET, TRACE, DEBUG, INFO, WARN, WARNING, ERROR, CRITICAL, FATAL, DISABLED, OFF) or as a number from 0 to 65535, found "LOUD""#,
        r#"line 9, column 66: filters.g: expected a section, found 3"#,
        r#"line 11, column 26: handlers.console.class: unknown class "StreamHandler"; did you mean "logging.StreamHandler"?"#,
        r#"line 12, column 5: handlers.file: expected the key "filename", which is missing"#,
        r#"line 12, column 31: handlers.file.filenam: unknown key "filenam"; did you mean "filename"?"#,
        r#"line 12, column 59: handlers.file.mode: expected "a", "w" or "x", found "r""#,
        r#"line 13, column 47: handlers.memory.capacity: expected a whole number from 0 to 18446744073709551615, found -1"#,
        r#"line 13, column 61: handlers.memory.target: unknown handler "consol"; did you mean "console"?"#,
        r#"line 14, column 5: handlers.one: it refers to two, but handlers must not refer to each other in a circle"#,
        r#"line 15, column 5: handlers.two: it refers to one, but handlers must not refer to each other in a circle"#,
        r#"line 16, column 5: handlers.none: expected the key "class", which is missing"#,
        r#"line 17, column 40: handlers.null.level: expected a level, by name (NOTSET, TRACE, DEBUG, INFO, WARN, WARNING, ERROR, CRITICAL, FATAL, DISABLED, OFF) or as a number from 0 to 65535, found "WARNIGN"; did you mean "WARNING"?"#,
        r#"line 17, column 64: handlers.null.formatter: unknown formatter "aa"; did you mean "a"?"#,
        r#"line 17, column 81: handlers.null.filters: unknown filter "h""#,
        r#"line 17, column 93: handlers.null.colour: unknown key "colour""#,
        r#"line 20, column 11: loggers.a.levl: unknown key "levl"; did you mean "level"?"#,
        r#"line 20, column 39: loggers.a.handlers: expected a list, found "console""#,
        r#"line 21, column 23: loggers.b.handlers: unknown handler "nul"; did you mean "null"?"#,
        r#"line 21, column 56: loggers.b.propagate: expected true or false, found "maybe""#,
        r#"line 22, column 22: loggers.c.d.level: the reference cfg://nothing.there leads to nothing: there is no "nothing""#,
        r#"line 23, column 5: loggers.c::d: the logger is also configured under another name"#,
        r#"line 25, column 11: root: expected a section, found a list"#,
        r#"line 26, column 18: incremental: expected true or false, found "perhaps""#,
    ];
    let found = problems(WRONG);
    for (number, expected) in expected.iter().enumerate() {
        assert_eq!(
            found.get(number).map(String::as_str),
            Some(*expected),
            "{found:#?}"
        );
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");

    let error = DictConfig::from_json(WRONG)
        .unwrap()
        .check_in(&Registry::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(
        error
            .to_string()
            .starts_with("the configuration has 28 errors\n  line 2, column 14: version:")
    );
}

#[test]
fn syntax_errors_have_their_place() {
    let check = |result: Result<DictConfig, _>| shown(result.map(drop)).join("; ");
    assert!(
        check(DictConfig::from_json("{\"version\": 1,\n \"root\": }"))
            .starts_with("line 2, column 10: not JSON: expected value")
    );
    assert!(
        check(DictConfig::from_json("{\"a\": 1, \"a\": 2}"))
            .starts_with("line 1, column 10: duplicate key \"a\"")
    );
    assert!(
        check(DictConfig::from_toml("version = 1\nroot = {level =}"))
            .starts_with("line 2, column 16: not TOML:")
    );
    assert!(
        check(DictConfig::from_toml("a = 1\na = 2"))
            .starts_with("line 2, column 1: not TOML: duplicate key")
    );
    assert!(
        check(DictConfig::from_yaml("version: 1\nroot: ["))
            .starts_with("line 2, column 8: not YAML:")
    );
    assert!(
        check(DictConfig::from_yaml("a: 1\na: 2"))
            .starts_with("line 2, column 1: duplicate key \"a\"")
    );
    assert!(check(DictConfig::from_yaml("a: 1\n---\nb: 1")).contains("expected one document"));
    assert!(
        check(DictConfig::from_ini("hello"))
            .starts_with("line 1, column 1: expected a section header")
    );
    assert!(
        check(DictConfig::from_ini("[a]\nb"))
            .starts_with("line 2, column 1: expected `key = value`")
    );
    assert!(
        check(DictConfig::from_ini(""))
            .contains("expected the section [loggers], which is missing")
    );
}

/// Columns count characters, also where a parser counts bytes; no control character of a document
/// reaches a terminal.
#[test]
fn errors_can_be_shown_anywhere() {
    let error = DictConfig::from_json("{\n\"é\": \"ü\" x").unwrap_err();
    let problem = &error.problems()[0];
    assert_eq!((problem.line(), problem.column()), (Some(2), Some(10)));
    for document in [
        "[loggers]\nkeys=\u{1b}[31m\n[handlers]\nkeys=\n[formatters]\nkeys=\n",
        "[loggers]\nkeys=root\n[handlers]\nkeys=\n[formatters]\nkeys=\n[logger_root]\nhandlers=\nlevel\u{1b}\u{7}=1\n",
    ] {
        let error = DictConfig::from_ini(document).unwrap_err().to_string();
        assert!(error.contains("\\u{1b}"), "{error}");
        assert!(!error.contains(['\u{1b}', '\u{7}']), "{error}");
    }
}

#[test]
fn an_ini_file_reports_all_that_is_wrong_with_it() {
    let ini = "[loggers]\nkeys=root,a,b\n[handlers]\nkeys=h\n[formatters]\nkeys=\n\
               [logger_root]\nlevl=INFO\n[logger_a]\nhandlers=h\n\
               [handler_h]\nclass=handlers.MemoryHandler\nargs=(os.urandom(3), 1, 2, 3, 4)\nkwargs=[1]\n";
    let found = shown(DictConfig::from_ini(ini).map(drop));
    let expected = [
        "line 2, column 6: [loggers] lists \"b\", but the section [logger_b] is missing",
        "line 7, column 1: expected the key \"handlers\" in [logger_root], which is missing",
        "line 8, column 6: unknown key \"levl\" in [logger_root]; did you mean \"level\"?",
        "line 9, column 1: expected the key \"qualname\" in [logger_a], which is missing",
        "line 13, column 7: expected a literal, found a call of os.urandom: code is not run",
        "line 14, column 8: expected a dict",
    ];
    assert_eq!(found, expected);
}

/// Go can warn of doubtful entries of its configuration; here an entry is valid or an error.
#[test]
fn g21_what_is_doubtful_is_an_error() {
    for (document, says) in [
        (r#"{"version": 1, "profile": {}}"#, "unknown key"),
        (
            r#"{"version": 1, "loggers": {"a::b": {}, "a.b": {}}}"#,
            "the logger is also configured under another name",
        ),
        (
            r#"{"version": 1, "root": {"handlers": ["none"]}}"#,
            "unknown handler",
        ),
    ] {
        let found = problems(document);
        assert!(found.len() == 1 && found[0].contains(says), "{found:?}");
    }
}

#[test]
fn references_lead_somewhere_or_are_reported() {
    let with = |level: &str| {
        problems(&format!(
            r#"{{"version": 1, "a": {{"b": ["INFO", {{"c d": "cfg://a.b[0]"}}]}}, "x": "cfg://y", "y": "cfg://x", "root": {{"level": "{level}"}}}}"#
        ))
    };
    let only_unknown =
        |found: Vec<String>| found.iter().all(|problem| problem.contains("unknown key"));
    assert!(only_unknown(with("cfg://a.b[0]")));
    assert!(only_unknown(with("cfg://a.b[1][c d]")));
    for (reference, says) in [
        ("cfg://a.c", "there is no \\\"c\\\""),
        ("cfg://a.b[7]", "there is no \\\"7\\\""),
        ("cfg://x", "leads to itself"),
        ("cfg://", "expected a name"),
        ("cfg://a.b[0", "expected `.name` or `[key]`"),
        ("cfg://a!b", "expected `.name` or `[key]`"),
        ("cfg://a", "expected a level"),
    ] {
        let found = with(reference);
        let says = says.replace('\\', "");
        assert!(
            found.iter().any(|problem| problem.contains(&says)),
            "{reference}: {found:#?}"
        );
    }
    // Another scheme is a string like any other.
    assert!(
        with("foo://bar")
            .iter()
            .any(|problem| problem.contains("expected a level"))
    );
}

/// Entries beside the sections at the top: comments, anchors, and misspelt keys.
#[test]
fn keys_at_the_top() {
    let yaml = |text: &str| {
        let config = DictConfig::from_yaml(&format!("version: 1\n{text}"));
        shown(config.and_then(|config| config.check_in(&Registry::new())))
    };
    for text in [
        "$schema: ./logtree-config.schema.json",
        "x-file: {a: 1}",
        ".defaults: &d {level: INFO}\nroot: *d",
        "_comment: text",
        "\"//\": text",
        "shared: &s {level: INFO}\nloggers: {a: *s, b: {<<: *s}}",
        "all: {quiet: &q {level: ERROR}, loud: [&l {level: INFO}]}\nloggers: {a: *l}",
        "levels: [INFO]\nroot: {level: \"cfg://levels[0]\"}",
    ] {
        assert_eq!(yaml(text), [""; 0], "{text}");
    }
    for text in ["shared: &s {level: INFO}", "handler: {}", "profile: {}"] {
        assert!(yaml(text)[0].contains("unknown key"), "{text}");
    }
}

/// References lead through references, also inside lists and sections, and end.
#[test]
fn references_through_references() {
    let document = |root: &str| {
        problems(&format!(
            r#"{{"version": 1, "alist": ["h", {{"deep": "cfg://levels"}}], "levels": {{"low": "DEBUG"}}, "names": ["cfg://list[1][0]"],
                "list": ["o", "cfg://alist", "p"], "circle": ["cfg://circle[0]"], "around": {{"a": "cfg://around.b.c", "b": "cfg://around.a.c"}},
                "bomb": ["cfg://bomb2", "cfg://bomb2"], "bomb2": ["cfg://bomb", "cfg://bomb"],
                "handlers": {{"h": {{"class": "null"}}}}, "root": {root}}}"#
        ))
    };
    let right = r#"{"level": "cfg://list[1][1].deep.low", "handlers": ["cfg://list[1][0]"]}"#;
    let unknown = |found: &[String]| found.iter().all(|problem| problem.contains("unknown key"));
    assert!(unknown(&document(right)), "{:#?}", document(right));
    assert!(unknown(&document(r#"{"handlers": "cfg://names"}"#)));
    for (root, says) in [
        (
            r#"{"level": "cfg://circle[0]"}"#,
            "root.level: the reference cfg://circle[0] leads to itself",
        ),
        (r#"{"level": "cfg://around.a"}"#, "leads to itself"),
        (
            r#"{"handlers": ["cfg://list[7]"]}"#,
            "root.handlers: the reference cfg://list[7] leads to nothing: there is no \"7\"",
        ),
        (
            r#"{"handlers": ["cfg://levels"]}"#,
            "expected a string at index 0 of the list",
        ),
        (
            r#"{"handlers": "cfg://bomb"}"#,
            "expected a string at index 0 of the list",
        ),
    ] {
        let found = document(root);
        assert!(
            found.iter().any(|problem| problem.contains(says)),
            "{root}: {found:#?}"
        );
    }
    let bomb = r#"{"version": 1, "bomb": ["cfg://bomb2", "cfg://bomb2"], "bomb2": ["cfg://bomb", "cfg://bomb"],
        "formatters": {"f": {"format": "%(message)s", "defaults": {"a": "cfg://bomb"}}}}"#;
    assert!(
        problems(bomb)[0].contains("under \"a\""),
        "{:?}",
        problems(bomb)
    );
}

/// A document of another kind, or wrapped in one: one error that says so.
#[test]
fn documents_that_are_something_else() {
    let yaml = |text: &str| {
        let config = DictConfig::from_yaml(text);
        shown(config.and_then(|config| config.check_in(&Registry::new()))).join("; ")
    };
    for (text, says) in [
        ("", "the document is empty"),
        ("# nothing\n---\n", "the document is empty"),
        ("{}", "the document is empty"),
        ("text", "expected a section, found \"text\""),
        (
            "LOGGING: {version: 1, root: {}}",
            "DictConfig::section(\"LOGGING\")",
        ),
        (
            "logging: {version: 1, handlers: {}}",
            "DictConfig::section(\"logging\")",
        ),
        (
            "logger: {handlers: {}, loggers: {}}",
            "DictConfig::section(\"logger\")",
        ),
        (
            "tool: {shop: {logging: {version: 1, root: {}}}}",
            "DictConfig::section(\"tool.shop.logging\")",
        ),
        (
            "appenders: {a: {kind: console}}\nroot: {level: info, appenders: [a]}",
            "this looks like a log4rs file",
        ),
        (
            "global_level: info\nmodules: {a: debug}",
            "this looks like a flexi_logger file",
        ),
        ("formatters: {}\nroot: {}", "expected the key \"version\""),
    ] {
        let found = yaml(text);
        assert!(
            found.contains(says) && found.lines().count() == 1,
            "{text}: {found}"
        );
    }
}

/// Classes of Python, classes of other programs, and misspelt ones.
#[test]
fn classes_that_are_not_there() {
    let handler = |class: &str| {
        problems(&format!(
            r#"{{"version": 1, "handlers": {{"h": {{"class": "{class}", "address": "/dev/log"}}}}}}"#
        ))
    };
    for (class, says) in [
        (
            "logging.handlers.BufferingHandler",
            "is not part of this version of logtree",
        ),
        (
            "ext://logging.handlers.NTEventLogHandler",
            "is not part of this version of logtree",
        ),
        (
            "concurrent_log_handler.ConcurrentRotatingFileHandler",
            "classes of other programs are not loaded; Factories::handler",
        ),
        (
            "logging.handlers.RotatingFileHandlr",
            "did you mean \"logging.handlers.RotatingFileHandler\"?",
        ),
        (
            "RotatingFileHandler",
            "did you mean \"logging.handlers.RotatingFileHandler\"?",
        ),
        ("rotating_fil", "did you mean \"rotating_file\"?"),
    ] {
        let found = handler(class);
        assert!(
            found.len() == 1 && found[0].contains(says),
            "{class}: {found:?}"
        );
        assert!(
            says.starts_with("did you") || !found[0].contains("did you mean"),
            "{found:?}"
        );
    }
}
