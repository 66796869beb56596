//! Keys of the formatters for people who develop.

use logtree::formatter::{Color, ColorChoice, PrettyFormatter, TextStyle, TimeZone};
use logtree::handler::StreamHandler;
use logtree::record::Source;
use logtree::time::Timestamp;
use logtree::{Level, Registry};
use serde_json::{Value, json};

use super::formatters::formatted;
use crate::config::install;
use crate::support::Text;

#[test]
fn of_pretty_formatters() {
    let line = |class: &str, more: Value| {
        let mut formatter = json!({"class": class, "time_zone": "utc"});
        let more = more.as_object().unwrap().clone();
        formatter.as_object_mut().unwrap().extend(more);
        formatted(&formatter)
    };
    for (more, expected) in [
        (json!({}), "12:34:56.789  INFO  app  a  k=1\n    │ b\n"),
        (
            json!({"ascii": true, "short_levels": true}),
            "12:34:56.789 INF  app  a  k=1\n    | b\n",
        ),
        (
            json!({"name_width": 5, "align_names": true}),
            "12:34:56.789  INFO  app    a  k=1\n    │ b\n",
        ),
        (
            json!({"width": 30, "wrap": true}),
            "12:34:56.789  INFO  app  a\n    k=1\n    │ b\n",
        ),
        (
            json!({"width": 30, "wrap": false, "source": true}),
            "12:34:56.789  INFO  app  a  k=1\n    │ b\n",
        ),
        (
            json!({"repeat_times": true}),
            "12:34:56.789  INFO  app  a  k=1\n    │ b\n",
        ),
        (
            json!({"preset": "loguru"}),
            "2024-02-29 12:34:56.789 | INFO     | app:0 - a  k=1\n    │ b\n",
        ),
        (
            json!({"preset": "zerolog"}),
            "12:34PM INF app > a  k=1\n    │ b\n",
        ),
        (
            json!({"preset": "charm"}),
            "2024/02/29 12:34:56 INFO app: a  k=1\n    │ b\n",
        ),
        (
            json!({"preset": "pino"}),
            "[12:34:56.789] INFO (app): a\n    k: 1\n    │ b\n",
        ),
    ] {
        assert_eq!(line("pretty", more.clone()), expected, "{more}");
        assert_eq!(line("logtree.PrettyFormatter", more), expected);
    }
    for name in [
        "json", "ecs", "gcp", "pino", "bunyan", "logstash", "datadog", "python",
    ] {
        assert!(
            line("auto", json!({"elsewhere": name})).starts_with('{'),
            "{name}"
        );
    }
    assert_eq!(
        line("auto", json!({"elsewhere": "plain"})),
        line("auto", json!({"elsewhere": "text"}))
    );
    assert!(line("auto", json!({})).ends_with(" app [INFO] a\n    b k=1\n"));
    assert!(line("auto", json!({"elsewhere": "json"})).starts_with('{'));
    assert!(line("logtree.AutoFormatter", json!({"elsewhere": "logfmt"})).starts_with("time="));
}

/// The same as in code, and each changes the lines.
#[test]
fn each_option_of_pretty_is_a_key() {
    let play = |registry: &Registry, handler: &logtree::Handler| {
        for (level, millis) in [(Level::INFO, 1), (Level::WARNING, 14)] {
            let record = registry.record_builder().level(level).name("app.db.pool");
            let record = record.message("took 12 \"s\"").key_value("user", "ann");
            let record = record.key_value("took_ms", 1240).key_value("n", 1);
            let source = Source::default().with_file("src/a.rs").with_line(7);
            let record = record
                .source(source)
                .time(Timestamp::from_nanos(millis * 1_000_000));
            handler.handle(&record.build());
        }
    };
    let configured = |keys: &Value| {
        let text = Text::default();
        let mut formatter = json!({"class": "pretty", "time_zone": "utc", "ascii": false});
        let keys = keys.as_object().unwrap().clone();
        formatter.as_object_mut().unwrap().extend(keys);
        let handler = json!({
            "class": "stream", "stream": "ext://test", "formatter": "f", "color": "always"
        });
        let document = json!({
            "version": 1, "formatters": {"f": formatter}, "handlers": {"h": handler},
            "root": {"handlers": ["h"]}
        });
        let registry = Registry::new();
        install(&document, &text, &registry).unwrap();
        play(&registry, &registry.root().handlers()[0]);
        text.get()
    };
    let coded = |option: &dyn Fn(PrettyFormatter) -> PrettyFormatter| {
        let text = Text::default();
        let formatter = option(PrettyFormatter::new().time_zone(TimeZone::Utc).ascii(false));
        let handler = StreamHandler::new(text.clone()).with_color(ColorChoice::Always);
        play(&Registry::new(), &handler.with_formatter(formatter).into());
        text.get()
    };
    let usual = coded(&|formatter| formatter);
    let options: [(Value, &dyn Fn(PrettyFormatter) -> PrettyFormatter); 11] = [
        (json!({"humanize": false}), &|f| f.humanize(false)),
        (json!({"fields_order": ["n", "user"]}), &|f| {
            f.fields_order(["n", "user"])
        }),
        (json!({"exclude": ["user"]}), &|f| f.exclude(["user"])),
        (json!({"color_names": true}), &|f| f.color_names(true)),
        (json!({"icons": true}), &|f| f.icons(true)),
        (json!({"highlight": true}), &|f| f.highlight(true)),
        (json!({"links": true}), &|f| f.links(true)),
        (json!({"since_last": true}), &|f| f.since_last(true)),
        (json!({"source": false}), &|f| f.source(false)),
        (
            json!({"key_styles": {"user": "bold #ff8700", "n": "208"}}),
            &|f| {
                let bold = TextStyle::new().bold(true);
                let orange = bold.color(Color::Rgb(255, 135, 0));
                f.style_key("user", orange)
                    .style_key("n", Color::Fixed(208))
            },
        ),
        (
            json!({"level_styles": {"INFO": "underline bright_red on_black", "warn": "dim italic cyan"}}),
            &|f| {
                let info = TextStyle::new().underline(true).color(Color::BrightRed);
                let warning = TextStyle::new().dim(true).italic(true).color(Color::Cyan);
                f.style_level(Level::INFO, info.background(Color::Black))
                    .style_level(Level::WARNING, warning)
            },
        ),
    ];
    for (keys, option) in options {
        let lines = configured(&keys);
        assert_eq!(lines, coded(option), "{keys}");
        assert_ne!(lines, usual, "{keys}");
    }
    // Which has an effect on spans.
    assert_eq!(configured(&json!({"tree": true})), usual);
    for (keys, problem) in [
        (
            json!({"key_styles": {"user": "bold pink"}}),
            "unknown style \"pink\"",
        ),
        (
            json!({"key_styles": {"user": "on_256"}}),
            "unknown style \"on_256\"",
        ),
        (
            json!({"key_styles": {"user": "#ää"}}),
            "unknown style \"#ää\"",
        ),
        (
            json!({"level_styles": {"LOUD": "red"}}),
            "unknown level \"LOUD\"",
        ),
        (json!({"links": "perhaps"}), "expected true or false"),
    ] {
        let mut formatter = json!({"class": "pretty"});
        let keys = keys.as_object().unwrap().clone();
        formatter.as_object_mut().unwrap().extend(keys);
        let document = json!({"version": 1, "formatters": {"f": formatter}});
        let error = install(&document, &Text::default(), &Registry::new()).unwrap_err();
        let problems: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
        assert!(problems[0].contains(problem), "{problems:?}");
    }
}
