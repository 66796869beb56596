//! Pickles, of CPython and of enemies.

use logtree::Level;
use logtree::record::OwnedValue;

use crate::delivery::python;
use crate::delivery::socket_receiver::{ANY, Receiving};

#[test]
fn cpythons_handlers_are_received() {
    if !python::has("logging.handlers") {
        return;
    }
    for (kind, address, records) in [
        ("stream", ANY, 500),
        ("datagram", "udp:127.0.0.1:0", 20),
        #[cfg(unix)]
        ("stream", "unix:PATH", 500),
        #[cfg(unix)]
        ("datagram", "unix:PATH", 20),
    ] {
        let receiving = Receiving::with(address, |it| it.datagrams(kind == "datagram"));
        let count = records.to_string();
        python::run(
            "socket_client.py",
            &[kind, receiving.target(), "records", &count],
        );
        receiving.until(records, 0);
        let received = receiving.records("from.python");
        let texts: Vec<_> = received.iter().map(|it| it.message().to_owned()).collect();
        let expected: Vec<_> = (0..records)
            .map(|number| format!("record {number}"))
            .collect();
        assert_eq!(texts, expected, "{address}");
        let record = &received[7];
        assert_eq!(record.level(), Level::INFO);
        assert_eq!(record.key_value("number").unwrap().as_i64(), Some(7));
        let shown = record.as_record();
        assert_eq!(shown.source().file_name(), "socket_client.py");
        assert!(shown.source().line() > 0 && shown.process_id() > 0);
        assert_eq!(shown.thread_name().as_deref(), Some("MainThread"));
        assert_eq!(shown.process_name(), "MainProcess");
        assert_eq!(record.key_values().count(), 1);
    }
}

#[test]
fn each_protocol_of_pickle_is_read() {
    if !python::has("logging.handlers") {
        return;
    }
    let receiving = Receiving::at(ANY);
    python::run(
        "socket_client.py",
        &["stream", receiving.target(), "protocols"],
    );
    receiving.until(6, 0);
    python::run("socket_client.py", &["stream", receiving.target(), "json"]);
    receiving.until(7, 0);
    let records = receiving.records("from.python");
    for (protocol, record) in records.iter().enumerate() {
        let is_json = protocol == 6;
        let value = |key: &str| record.key_value(key).unwrap().to_string();
        assert_eq!(value("text"), "ünï\n😀\\u0041");
        assert_eq!(record.key_value("number"), Some(&(-7).into()));
        assert_eq!(record.key_value("float"), Some(&0.5.into()));
        assert_eq!(record.key_value("none"), Some(&OwnedValue::Null));
        assert_eq!(record.key_value("yes"), Some(&true.into()));
        assert_eq!(value("list"), r#"[1, ["a", []], {"k": 2.5}]"#);
        assert_eq!(value("shared"), r#"[["twice"], ["twice"]]"#);
        if is_json {
            assert_eq!(record.message(), "as JSON");
            assert_eq!(record.level(), Level::CRITICAL);
            continue;
        }
        assert_eq!(record.message(), format!("protocol {protocol}"));
        assert_eq!(value("large"), (1_u128 << 100).to_string());
        let larger = value("larger");
        let decimal = "1606938044258990275541962092341162602522202993782792835301376";
        let hexadecimal = format!("0x01{}", "00".repeat(25));
        assert_eq!(larger, if protocol < 2 { decimal } else { &hexadecimal });
        assert!(record.key_value("nan").unwrap().as_f64().unwrap().is_nan());
        let error = record.error_text().unwrap();
        assert!(
            error.starts_with("Traceback") && error.ends_with("ValueError: no"),
            "{error}"
        );
        let shown = record.as_record();
        let stack = shown.stack().unwrap();
        assert!(stack.starts_with("Stack (most recent call last)"));
    }
}

#[test]
fn nothing_that_a_pickle_names_is_read() {
    if !python::has("logging.handlers") {
        return;
    }
    let receiving = Receiving::at(ANY);
    python::run("socket_client.py", &["stream", receiving.target(), "bad"]);
    receiving.until(1, 48);
    let messages: Vec<_> = receiving.records("from.python");
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].message(), "the end");
    // One for each reason.
    let reports = receiving.records("logging.receiver");
    assert!((1..=3).contains(&reports.len()), "{reports:?}");
    assert!(reports[0].message().contains("names a class or a function"));
}
