//! Keys of formatters.

use logtree::Registry;
use serde_json::{Value, json};

use crate::config::install;
use crate::support::Text;

/// What a formatter writes for one record.
pub(super) fn formatted(formatter: &Value) -> String {
    let text = Text::default();
    let document = json!({
        "version": 1,
        "formatters": {"f": formatter},
        "handlers": {"h": {"class": "stream", "stream": "ext://test", "formatter": "f"}},
        "root": {"handlers": ["h"]}
    });
    let registry = Registry::new();
    install(&document, &text, &registry).unwrap();
    let record = registry.record_builder();
    let record = record
        .name("app")
        .level(logtree::Level::INFO)
        .message("a\nb")
        .time(logtree::time::Timestamp::from_nanos(
            1_709_210_096_789_000_000,
        ));
    registry.root().handlers()[0].handle(&record.key_value("k", 1).build());
    text.get()
}

#[test]
fn of_text_formatters() {
    let exact = |more: Value| {
        let mut formatter = json!({"append_key_values": false});
        formatter
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        formatted(&formatter)
    };
    assert_eq!(exact(json!({"format": "%(name)s"})), "app\n");
    assert_eq!(exact(json!({"fmt": "%(name)s"})), "app\n");
    assert_eq!(
        exact(json!({"()": "logging.Formatter", "fmt": "%(name)s"})),
        "app\n"
    );
    assert_eq!(
        exact(json!({"class": "text", "format": "{name}", "style": "{"})),
        "app\n"
    );
    assert_eq!(
        exact(json!({"format": "%(asctime)s", "datefmt": "%Y", "time_zone": "utc"})),
        "2024\n"
    );
    assert_eq!(
        exact(json!({"format": "%(asctime)s", "time_zone": "utc"})),
        "2024-02-29 12:34:56,789\n"
    );
    let attributes = json!({"converter": "ext://time.gmtime", "default_time_format": "%H:%M:%S", "default_msec_format": "%s.%03d"});
    assert_eq!(
        exact(json!({"format": "%(asctime)s", ".": attributes})),
        "12:34:56.789\n"
    );
    assert_eq!(
        exact(json!({"format": "plain", "validate": false})),
        "plain\n"
    );
    assert_eq!(
        exact(json!({"format": "%(req)s%(n)d", "defaults": {"req": "-", "n": 5}})),
        "-5\n"
    );
    assert_eq!(exact(json!({"format": "%(message)s"})), "a\n    b\n");
    assert_eq!(
        exact(json!({"format": "%(message)s", "multiline": "escape"})),
        "a\\nb\n"
    );
    assert_eq!(
        exact(json!({"format": "%(message)s", "multiline": "raw"})),
        "a\nb\n"
    );
    assert_eq!(formatted(&json!({"format": "%(name)s"})), "app k=1\n");
    assert_eq!(
        exact(json!({"format": "%(message)s", "sd_daemon": true})),
        "<6>a\n<6>    b\n"
    );
    assert_eq!(
        exact(json!({"format": "%(name)s", "sd_daemon": false})),
        "app\n"
    );
    let json = formatted(&json!({"class": "json", "sd_daemon": true}));
    assert!(json.starts_with("<6>{"), "{json}");
}

#[test]
fn of_json_formatters() {
    let parsed = |more: Value| {
        let mut formatter = json!({"class": "json"});
        formatter
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        serde_json::from_str::<Value>(&formatted(&formatter)).unwrap()
    };
    let plain = parsed(json!({}));
    for (key, adds) in [
        ("source", "line"),
        ("thread", "thread"),
        ("process", "process"),
    ] {
        let (on, off) = (parsed(json!({key: true})), parsed(json!({key: false})));
        assert_ne!(on, off, "{key} {adds}");
        assert!(plain == on || plain == off);
    }
    let times = [
        "millis",
        "nanos",
        "local_millis",
        "epoch_millis",
        "epoch_nanos",
        "omitted",
    ]
    .map(|time| parsed(json!({"time": time})).to_string());
    let distinct: std::collections::BTreeSet<_> = times.iter().collect();
    // In UTC, `millis` and `local_millis` can only differ in their offsets.
    assert!(distinct.len() >= 5, "{times:#?}");
}

/// The object that a formatter of a class writes.
fn json_of(class: &str, more: Value) -> Value {
    let mut formatter = json!({"class": class});
    let more = more.as_object().unwrap().clone();
    formatter.as_object_mut().unwrap().extend(more);
    serde_json::from_str(&formatted(&formatter)).unwrap()
}

#[test]
fn of_json_for_other_systems() {
    let choice = json!({
        "time": "omitted", "members": ["message", "k", "line"], "names": {"message": "msg"},
        "constants": {"env": "prod", "n": 7}, "service": "shop", "service_version": "1"
    });
    assert_eq!(
        json_of("json", choice),
        json!({
            "msg": "a\nb", "k": 1, "line": 0, "service": "shop", "service_version": "1",
            "env": "prod", "n": 7
        })
    );
    let spans = json_of("json", json!({"spans": true}));
    assert_eq!(spans["message"], "a\nb");
    let ecs = json_of("ecs", json!({"service": "shop", "custom_prefix": "own"}));
    assert_eq!(
        (&ecs["event.dataset"], &ecs["own.k"]),
        (&json!("shop.log"), &json!(1))
    );
    assert_eq!(json_of("ecs", json!({}))["labels.k"], "1");
    let gcp = json_of("gcp", json!({"project": "p", "names": {"k": "trace_id"}}));
    assert_eq!(
        (&gcp["severity"], &gcp["trace_id"]),
        (&json!("INFO"), &json!(1))
    );
    let traced = json!({"project": "p", "constants": {"env": "prod"}});
    assert_eq!(json_of("gcp", traced)["env"], "prod");
    for (class, name, value) in [
        ("pino", "level", json!(30)),
        ("bunyan", "v", json!(0)),
        ("logstash", "level_value", json!(20_000)),
        ("datadog", "status", json!("info")),
    ] {
        assert_eq!(json_of(class, json!({}))[name], value, "{class}");
    }
}

/// As python-json-logger 4.2 writes the same record.
#[test]
fn of_python_json_logger() {
    let class = "pythonjsonlogger.jsonlogger.JsonFormatter";
    let fmt = "%(asctime)s %(levelname)-8s %(name)s:%(lineno)d %(message)s %(user)s";
    let whole = json!({
        "format": fmt, "datefmt": "%Y", "rename_fields": {"levelname": "level", "k": "key"},
        "static_fields": {"service": "shop"}, "timestamp": true, "json_indent": 2,
        "json_ensure_ascii": false,
    });
    assert_eq!(
        json_of(class, whole),
        json!({
            "asctime": "2024", "level": "INFO", "name": "app", "lineno": 0, "message": "a\nb",
            "user": null, "service": "shop", "timestamp": "2024-02-29T12:34:56.789000+00:00",
            "key": 1,
        })
    );
    for class in [class, "pythonjsonlogger.json.JsonFormatter"] {
        assert_eq!(
            json_of(class, json!({})),
            json!({"message": "a\nb", "k": 1})
        );
        let brace = json!({"fmt": "{name}", "style": "{", "timestamp": "at"});
        let brace = json_of(class, brace);
        assert_eq!(
            (&brace["name"], brace.get("message")),
            (&json!("app"), None)
        );
        assert!(brace["at"].is_string());
    }
    let reserved = json_of(
        class,
        json!({"reserved_attrs": ["k", "thread", "created", "msecs"]}),
    );
    assert_eq!((reserved.get("k"), reserved.get("thread")), (None, None));
    assert_eq!(
        (&reserved["levelno"], &reserved["msg"]),
        (&json!(20), &json!("a\nb"))
    );
    let prefix = json!({"class": class, "prefix": "@cee: "});
    assert_eq!(
        formatted(&prefix),
        "@cee: {\"message\":\"a\\nb\",\"k\":1}\n"
    );
    let plain = json!({"class": class, "format": "message", "validate": false});
    assert_eq!(formatted(&plain), "{\"k\":1}\n");
}

/// As colorlog 6.12 writes the same record.
#[test]
fn of_colorlog() {
    let line = |more: Value| {
        let mut formatter = json!({"class": "colorlog.ColoredFormatter"});
        let more = more.as_object().unwrap().clone();
        formatter.as_object_mut().unwrap().extend(more);
        formatted(&formatter)
    };
    // The stream shows no colours.
    assert_eq!(line(json!({})), "INFO:app:a\n    b k=1\n");
    let fmt = "%(log_color)s%(levelname)s%(reset)s|%(bg_blue)s%(message_log_color)s%(name)s";
    assert_eq!(line(json!({"format": fmt})), "INFO|-app k=1\n");
    let green = "\x1b[32m";
    let shown = line(json!({"force_color": true, "fmt": "%(log_color)s%(name)s"}));
    assert_eq!(shown, format!("{green}app k=1\x1b[0m\n"));
    let all = json!({
        "force_color": true, "no_color": true, "reset": false, "stream": "ext://sys.stdout",
        "log_colors": {"INFO": "bold_light_red,bg_white"}, "fmt": fmt,
        "secondary_log_colors": {"message": {"INFO": "fg_208,bg_bold_cyan", "ERROR": "red"}},
    });
    assert_eq!(
        line(all),
        "\x1b[1;91m\x1b[47mINFO\x1b[0m|\x1b[44m\x1b[38;5;208m\x1b[106mapp k=1\n"
    );
    let others = json!({"force_color": true, "log_colors": {"ERROR": "thin_blue"}, "fmt": "{name}",
                        "style": "{", "validate": true, "defaults": {"x": 1}, "datefmt": "%Y"});
    assert_eq!(line(others), "app k=1\x1b[0m\n");
    assert_eq!(
        line(json!({"no_color": true, "fmt": "%(thin)s%(name)s"})),
        "app k=1\n"
    );
}

/// As uvicorn 0.54 writes the same record, for a stream without colours and with them.
#[test]
fn of_uvicorn() {
    let line = |class: &str, fmt: &str, colors: Value| {
        let class = format!("uvicorn.logging.{class}");
        formatted(&json!({"()": class, "fmt": fmt, "use_colors": colors}))
    };
    let fmt = "%(levelprefix)s %(name)s";
    for colors in [Value::Null, json!(false)] {
        assert_eq!(line("DefaultFormatter", fmt, colors), "INFO:     app k=1\n");
    }
    let colored = line("DefaultFormatter", fmt, json!(true));
    assert_eq!(colored, "\x1b[32mINFO\x1b[0m:     app k=1\n");

    let fmt = "%(levelprefix)s %(client_addr)s - \"%(request_line)s\" %(status_code)s";
    let missing = line("AccessFormatter", fmt, Value::Null);
    assert_eq!(missing, "INFO:     - - \"-\" - k=1\n");
    let text = Text::default();
    for colors in [false, true] {
        let access =
            json!({"()": "uvicorn.logging.AccessFormatter", "fmt": fmt, "use_colors": colors});
        let document = json!({
            "version": 1,
            "formatters": {"f": access},
            "handlers": {"h": {"class": "stream", "stream": "ext://test", "formatter": "f"}},
            "root": {"handlers": ["h"]}
        });
        let registry = Registry::new();
        install(&document, &text, &registry).unwrap();
        for code in [200, 404, 599] {
            let record = registry.record_builder().level(logtree::Level::INFO);
            let record = record.key_value("client_addr", "127.0.0.1:5000");
            let record = record.key_value("status_code", code);
            let line = record.key_value("request_line", "GET /\n HTTP/1.1");
            registry.root().handlers()[0].handle(&line.build());
        }
    }
    let start = "INFO:     127.0.0.1:5000 - \"GET /\\n HTTP/1.1\"";
    let colored = "\x1b[32mINFO\x1b[0m:     127.0.0.1:5000 - \"\x1b[1mGET /\\n HTTP/1.1\x1b[0m\"";
    assert_eq!(
        text.lines(),
        [
            format!("{start} 200 OK"),
            format!("{start} 404 Not Found"),
            format!("{start} 599 "),
            format!("{colored} \x1b[32m200 OK\x1b[0m"),
            format!("{colored} \x1b[31m404 Not Found\x1b[0m"),
            format!("{colored} \x1b[91m599 \x1b[0m"),
        ]
    );
}

#[test]
fn of_logfmt_formatters() {
    let line = |more: Value| {
        let mut formatter = json!({"class": "logfmt"});
        let more = more.as_object().unwrap().clone();
        formatter.as_object_mut().unwrap().extend(more);
        formatted(&formatter)
    };
    let rest = "level=info logger=app msg=\"a\\nb\"";
    assert_eq!(
        line(json!({})),
        format!("time=2024-02-29T12:34:56.789Z {rest} k=1\n")
    );
    let omitted = json!({"time": "omitted", "source": true, "sd_daemon": true});
    assert_eq!(line(omitted), format!("<6>{rest} caller=:0 k=1\n"));
}

#[test]
fn of_iot_json_formatters() {
    let written = formatted(&json!({"class": "iot_json", "account": "123456789012"}));
    let entry: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(
        (&entry["accountId"], &entry["eventType"]),
        (&json!("123456789012"), &json!("app"))
    );
}
