//! The same configuration in every syntax.

use logtree::config::{
    DictConfig, Factories, FilterSection, FormatterSection, HandlerSection, LoggerSection, Syntax,
};
use logtree::{Level, Registry};

use super::{factories_with, install, shown};
use crate::support::Text;

const JSON: &str = r#"{
    "version": 1,
    "formatters": {"brief": {"format": "%(levelname)-8s %(name)s: %(message)s"}},
    "filters": {"own": {"name": "app"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "stream": "ext://test", "formatter": "brief",
                    "level": "INFO", "filters": ["own"]}
    },
    "loggers": {"app.db": {"level": "DEBUG"}, "noisy": {"level": "ERROR", "propagate": false}},
    "root": {"level": "WARNING", "handlers": ["console"]}
}"#;

const TOML: &str = r#"
    version = 1
    formatters.brief.format = "%(levelname)-8s %(name)s: %(message)s"
    filters.own.name = "app"

    [handlers.console]
    class = "stream"
    stream = "ext://test"
    formatter = "brief"
    level = "info"
    filters = ["own"]

    [loggers]
    "app.db" = { level = 10 }
    noisy = { level = "ERROR", propagate = false }

    [root]
    level = "WARNING"
    handlers = ["console"]
"#;

const YAML: &str = "
version: 1
formatters:
  brief: {format: '%(levelname)-8s %(name)s: %(message)s'}
filters:
  own:
    '()': logging.Filter
    name: app
handlers:
  console:
    class: logging.StreamHandler
    stream: ext://test
    formatter: brief
    level: cfg://own.levels[1]
    filters: [own]
own: {levels: [DEBUG, INFO]}
loggers:
  app.db: {level: DEBUG}
  noisy:
    level: ERROR
    propagate: no
root:
  level: WARNING
  handlers: [console]
";

fn built() -> DictConfig {
    DictConfig::builder()
        .formatter(
            "brief",
            FormatterSection::new("%(levelname)-8s %(name)s: %(message)s"),
        )
        .filter("own", FilterSection::name("app"))
        .handler(
            "console",
            HandlerSection::new("stream")
                .with("stream", "ext://test")
                .formatter("brief")
                .level(Level::INFO)
                .filters(["own"]),
        )
        .logger("app.db", LoggerSection::new().level(Level::DEBUG))
        .logger(
            "noisy",
            LoggerSection::new().level(Level::ERROR).propagate(false),
        )
        .root(
            LoggerSection::new()
                .level(Level::WARNING)
                .handlers(["console"]),
        )
        .build()
}

#[test]
fn the_notations_say_the_same() {
    let documents = [
        ("JSON", DictConfig::from_json(JSON)),
        ("TOML", DictConfig::from_toml(TOML)),
        ("YAML", DictConfig::from_yaml(YAML)),
        ("code", Ok(built())),
        (
            "value",
            DictConfig::from_value(&serde_json::from_str::<serde_json::Value>(JSON).unwrap()),
        ),
    ];
    let mut dumps = Vec::new();
    for (notation, document) in documents {
        let (registry, text) = (Registry::new(), Text::default());
        document
            .unwrap()
            .factories(factories_with(&text))
            .install_in(&registry)
            .unwrap();
        logtree::debug!(registry.get_logger("app.db"), "not for this handler");
        logtree::info!(registry.get_logger("app.db"), "shown");
        logtree::error!(registry.get_logger("noisy"), "cut off");
        logtree::error!(registry.get_logger("other"), "filtered");
        assert_eq!(text.get(), "INFO     app.db: shown\n", "{notation}");
        // Filters are shown by their address.
        let dump = registry.dump().to_string();
        dumps.push(dump.replace("\"console\" ", ""));
    }
    assert!(
        dumps.windows(2).all(|pair| pair[0] == pair[1]),
        "{dumps:#?}"
    );
}

#[test]
fn yaml_anchors_and_merges() {
    let text = Text::default();
    let yaml = "
version: 1
handlers:
  first: &stream {class: stream, stream: ext://test, level: ERROR}
  second:
    <<: *stream
    level: INFO
  third: *stream
root: {level: 1, handlers: [first, second, third]}
";
    let registry = Registry::new();
    let config = DictConfig::from_yaml(yaml)
        .unwrap()
        .factories(factories_with(&text));
    config.install_in(&registry).unwrap();
    let levels: Vec<_> = registry
        .root()
        .handlers()
        .iter()
        .map(|handler| handler.level().number())
        .collect();
    assert_eq!(levels, [40, 20, 40]);
}

#[test]
fn ini_as_in_pythons_documentation() {
    const INI: &str = "
; A comment, as the documentation of configparser has them.
[DEFAULT]
where = ext

[loggers]
keys=root,simpleExample

[handlers]
keys=consoleHandler, fileHandler

[formatters]
keys=simpleFormatter

[logger_root]
level=DEBUG
handlers=consoleHandler

[logger_simpleExample]
level=DEBUG
handlers=fileHandler
qualname=simpleExample
propagate=0

[handler_consoleHandler]
class=StreamHandler
level=DEBUG
formatter=simpleFormatter
args=(test,)

[handler_fileHandler]
class=handlers.RotatingFileHandler
args=('%(name)s.log',
      'a', 10*1024, 3)
kwargs={'encoding': 'utf-8', 'delay': True}
name = app

[formatter_simpleFormatter]
format=%(name)s - %(levelname)s - %(message)s

[alembic]
script_location = %(here)s/of another program
";
    // As in Python, a section may bring a value for its own use.
    let ini = INI.replace("where = ext", "name = other");
    let directory = tempfile::tempdir().unwrap();
    let (registry, text) = (Registry::new(), Text::default());
    let config = DictConfig::from_text(&ini, Syntax::Ini).unwrap();
    config
        .factories(factories_with(&text))
        .directory(directory.path())
        .install_in(&registry)
        .unwrap();
    logtree::debug!(registry.get_logger("other"), "to the console");
    logtree::debug!(registry.get_logger("simpleExample"), "to the file");
    assert_eq!(text.get(), "other - DEBUG - to the console\n");
    assert_eq!(
        std::fs::read_to_string(directory.path().join("app.log")).unwrap(),
        "to the file\n"
    );
}

/// What Django, uvicorn and the like hand to `dictConfig`, with their own classes given as
/// factories.
#[test]
fn documents_of_python_frameworks() {
    let text = Text::default();
    let django = r#"{
        "version": 1, "disable_existing_loggers": false,
        "filters": {"require_debug_false": {"()": "django.utils.log.RequireDebugFalse"}},
        "formatters": {"django.server": {"()": "django.utils.log.ServerFormatter", "format": "[{server_time}] {message}", "style": "{"}},
        "handlers": {
            "console": {"level": "INFO", "filters": ["require_debug_false"], "class": "logging.StreamHandler", "stream": "ext://test"},
            "django.server": {"level": "INFO", "class": "logging.StreamHandler", "formatter": "django.server", "stream": "ext://test"}
        },
        "loggers": {
            "django": {"handlers": ["console"], "level": "INFO"},
            "django.server": {"handlers": ["django.server"], "level": "INFO", "propagate": false}
        }
    }"#;
    let unknown = DictConfig::from_json(django)
        .unwrap()
        .check_in(&Registry::new())
        .unwrap_err();
    let paths: Vec<_> = unknown
        .problems()
        .iter()
        .map(|problem| problem.path().to_owned())
        .collect();
    assert!(
        paths.contains(&"filters.require_debug_false.()".to_owned()),
        "{paths:?}"
    );
    assert!(
        paths.contains(&"formatters.django.server.()".to_owned()),
        "{paths:?}"
    );

    let factories = factories_with(&text)
        .filter("django.utils.log.RequireDebugFalse", |_| {
            Ok(|_: &mut logtree::Record<'_>| true)
        })
        .formatter("django.utils.log.ServerFormatter", |arguments| {
            let template: String = arguments.required("format");
            let style = arguments.optional("style").unwrap_or_default();
            let formatter = logtree::Formatter::builder().format(template).style(style);
            formatter.defaults([("server_time", "now")]).build()
        });
    let registry = Registry::new();
    DictConfig::from_json(django)
        .unwrap()
        .factories(factories)
        .install_in(&registry)
        .unwrap();
    logtree::info!(registry.get_logger("django.server"), "GET /");
    logtree::info!(registry.get_logger("django.request"), "served");
    assert_eq!(text.get(), "[now] GET /\nserved\n");
}

/// Whole sections may be referenced.
#[test]
fn sections_may_be_references() {
    let text = Text::default();
    let document = serde_json::json!({
        "version": 1,
        "ours": {
            "handlers": {"h": {"class": "cfg://ours.class", "stream": "ext://test", "formatter": "f"}},
            "formatters": {"f": {"format": "%(name)s"}},
            "class": "stream",
            "logger": {"handlers": ["h"], "level": "INFO"}
        },
        "handlers": "cfg://ours.handlers",
        "formatters": "cfg://ours.formatters",
        "loggers": {"a": "cfg://ours.logger"}
    });
    let registry = Registry::new();
    install(&document, &text, &registry).unwrap();
    logtree::info!(registry.get_logger("a"), "x");
    assert_eq!(text.get(), "a\n");
}

#[test]
fn a_part_of_a_larger_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.toml");
    std::fs::write(
        &path,
        "port = 80\n[tool.logging]\nversion = 1\nroot = {level = 'LOUD'}\n",
    )
    .unwrap();
    let config = DictConfig::from_file(&path).unwrap();
    assert!(config.clone().section("tool.nothing").is_err());
    let error = config
        .section("tool.logging")
        .unwrap()
        .check_in(&Registry::new())
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("{} has 1 error\n", path.display())),
        "{error}"
    );
    assert_eq!(
        (error.problems()[0].line(), error.problems()[0].column()),
        (Some(4), Some(17))
    );
}

/// A factory of one stage runs while the document is checked: what it cannot build is a problem
/// like any other, but not where its arguments are already known to be wrong, and nothing is
/// reported twice.
#[test]
fn a_factory_of_one_stage() {
    let factories = Factories::new().handler("app.Ring", |arguments| {
        let size: usize = arguments.required("size");
        if size == 0 {
            let cause = std::io::Error::other("no memory");
            let error = logtree::Error::new(logtree::ErrorKind::InvalidConfig, "an empty ring");
            return Err(error.with_source(cause));
        }
        Ok(logtree::handler::StreamHandler::new(Vec::with_capacity(
            size,
        )))
    });
    let config = |arguments: &str| {
        let text = format!(
            r#"{{"version": 1, "handlers": {{"ring": {{"class": "app.Ring"{arguments}}}}}, "root": {{"handlers": ["ring"]}}}}"#
        );
        DictConfig::from_json(&text)
            .unwrap()
            .factories(factories.clone())
    };
    for (arguments, says) in [
        (r#", "size": 0"#, "handlers.ring: an empty ring: no memory"),
        (
            "",
            "handlers.ring: expected the key \"size\", which is missing",
        ),
        (
            r#", "size": "x""#,
            "handlers.ring.size: expected a whole number",
        ),
    ] {
        let registry = Registry::new();
        for checked in [
            config(arguments).check_in(&registry),
            config(arguments).install_in(&registry),
        ] {
            let found = shown(checked);
            assert!(found.len() == 1 && found[0].contains(says), "{found:?}");
        }
        assert!(registry.root().handlers().is_empty());
    }
    let registry = Registry::new();
    config(r#", "size": 8"#).install_in(&registry).unwrap();
    assert_eq!(registry.root().handlers().len(), 1);
    assert!(factories.json_schema().contains("\"app.Ring\""));
}
