//! The key-values of macros as members.

use std::sync::{Arc, Mutex};

use logtree::formatter::{JsonFormatter, JsonTime};
use logtree::handler::StreamHandler;
use logtree::{Level, Record, Registry};

use crate::support::Text;

/// The values of macros, whose types are known, and names of all kinds: as the facade's are.
#[test]
fn values_of_macros_are_those_of_the_facade() {
    let text = Text::default();
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    logger.set_level(Level::INFO);
    let json = JsonFormatter::builder().time(JsonTime::Omitted).build();
    logger.add_handler(StreamHandler::new(text.clone()).with_formatter(json));
    let (name, owned, wide) = ("ann \"x\"\n", String::from("s"), 7_u128);
    logtree::info!(
        logger, a = -1_i8, b = u64::MAX, c = i64::MIN, d = 3_usize, e = true, f = 0.5, g = 'c',
        h = name, i = owned, j = Some(4_u16), k = None::<i32>, l = wide, m:? = [1, 2], n = &&5_i32,
        o = Box::new("boxed"); "all"
    );
    let rest = r#""a":-1,"b":18446744073709551615,"c":-9223372036854775808,"d":3,"e":true,"f":0.5,"g":"c","h":"ann \"x\"\n","i":"s","j":4,"k":null,"l":7,"m":"[1, 2]","n":5,"o":"boxed"}"#;
    let head = r#"{"level":"INFO","logger":"app","message":"all","#;
    assert_eq!(text.take(), format!("{head}{rest}\n"));
    // Names that are taken, long or need an escape.
    logtree::info!(
        logger, message = 1, message_ = 2, "a\"b" = 3, a_name_of_more_than_20_bytes = 4, x = 5,
        x = 6; "all"
    );
    let rest =
        r#""message_":1,"message__":2,"a\"b":3,"a_name_of_more_than_20_bytes":4,"x":5,"x_":6}"#;
    assert_eq!(text.take(), format!("{head}{rest}\n"));
    logtree::info!(logger, x = 1, level = "high"; "all");
    assert_eq!(
        text.take(),
        format!("{head}\"x\":1,\"level_\":\"high\"}}\n")
    );
    let values = |record: &Record<'_>| {
        let values = record.key_values();
        let shown: Vec<_> = values
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let got = values.get("n").and_then(|value| value.to_i64());
        (values.len(), shown.join(" "), got)
    };
    let seen = Arc::new(Mutex::new(None));
    let slot = seen.clone();
    logger.add_filter(move |record: &mut Record<'_>| {
        *slot.lock().unwrap() = Some(values(record));
        true
    });
    logtree::info!(logger, n = 5_u8, s = "t", b = false; "all");
    let expected = (3, "n=5 s=t b=false".to_owned(), Some(5));
    assert_eq!(seen.lock().unwrap().take(), Some(expected));
}
