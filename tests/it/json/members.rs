//! Members that are renamed, chosen and constant.

use logtree::Level;
use logtree::formatter::{JsonFormatter, JsonFormatterBuilder, JsonTime};
use logtree::record::OwnedValue;

use super::{object, record};

fn text(formatter: JsonFormatterBuilder) -> String {
    let record = record(Level::INFO, "m")
        .key_value("level", "sea")
        .key_value("n", 1);
    let formatter = formatter.time(JsonTime::Omitted).build();
    object(&formatter, &record.error_text("E").build()).0
}

#[test]
fn members_are_chosen_in_their_order() {
    let new = JsonFormatter::builder;
    let chosen = new().members(["message", "line", "error", "message"]);
    assert_eq!(
        text(chosen.clone()),
        r#"{"message":"m","line":41,"error":"E","level":"sea","n":1}"#
    );
    // A choice of none, key-values among the chosen, and an error that is not chosen.
    assert_eq!(text(new().members([""; 0])), r#"{"level":"sea","n":1}"#);
    assert_eq!(
        text(new().members(["n", "user", "time"])),
        r#"{"n":1,"user":null,"level":"sea"}"#
    );
    let renamed = chosen.name("message", "level").name("error", "level");
    assert_eq!(
        text(renamed),
        r#"{"level":"m","line":41,"level_":"E","level__":"sea","n":1}"#
    );
    let preset = new()
        .pino()
        .members(["message", "hostname", "level"])
        .name("hostname", "host");
    let shown = text(preset);
    assert!(shown.starts_with(r#"{"msg":"m","host":""#), "{shown}");
    assert!(
        shown.ends_with(r#"","level":30,"level_":"sea","n":1}"#),
        "{shown}"
    );
}

#[test]
fn constants_are_in_each_object() {
    let new = || JsonFormatter::builder().members(["message"]);
    let nested = OwnedValue::Map(vec![("a\"".into(), OwnedValue::List(vec![1.into()]))]);
    let constants = new()
        .constant("env", "prod")
        .constant("nested", nested)
        .constant("env", "\n")
        .constant("ratio", 0.5);
    assert_eq!(
        text(constants),
        concat!(
            r#"{"message":"m","env":"\n","nested":{"a\"":[1]},"ratio":0.5,"#,
            r#""level":"sea","n":1}"#
        )
    );
    // In place of a member, and of a preset's; a key-value of its name gets an underscore.
    let logger = JsonFormatter::builder()
        .constant("logger", "x")
        .constant("n", 7);
    assert_eq!(
        text(logger),
        r#"{"level":"INFO","message":"m","logger":"x","n":7,"level_":"sea","n_":1,"error":"E"}"#
    );
    let ecs = text(
        JsonFormatter::builder()
            .ecs()
            .constant("ecs.version", "9.0.0"),
    );
    assert!(
        ecs.contains(r#""ecs.version":"9.0.0""#) && !ecs.contains("8.11"),
        "{ecs}"
    );
    let service = text(new().service("shop").service_version("1"));
    assert!(
        service.contains(r#""service":"shop","service_version":"1","#),
        "{service}"
    );
}

#[test]
fn parts_of_a_preset_are_switched() {
    let ecs = text(
        JsonFormatter::builder()
            .ecs()
            .source(false)
            .thread(false)
            .process(false),
    );
    assert!(
        !ecs.contains("log.origin") && !ecs.contains("process."),
        "{ecs}"
    );
    let logstash = text(
        JsonFormatter::builder()
            .logstash()
            .source(true)
            .process(true),
    );
    assert!(
        logstash.contains(r#""caller_line_number":41"#),
        "{logstash}"
    );
    let gcp = text(JsonFormatter::builder().gcp("").source(false));
    assert!(!gcp.contains("sourceLocation"), "{gcp}");
}
