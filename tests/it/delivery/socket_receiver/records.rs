//! Records as they arrive in the tree.

use std::io::Write;

use logtree::delivery::Wire;
use logtree::handler::SocketHandler;
use logtree::record::Source;
use logtree::time::Timestamp;
use logtree::{Level, Record};

use crate::delivery::socket_receiver::{ANY, Receiving, frame};

#[test]
fn levels_of_the_tree_decide_and_names_make_no_loggers() {
    let receiving = Receiving::at(ANY);
    let Receiving {
        registry, receiver, ..
    } = &receiving;
    let (handler, text) = crate::support::to_text("%(name)s %(levelname)s %(message)s");
    registry.root().add_handler(handler);
    registry.root().set_level(Level::WARNING);
    registry.get_logger("shop").set_level(Level::ERROR);
    let sender = SocketHandler::new(receiver.address()).unwrap();
    for (name, level) in [
        ("shop.cart.x", Level::WARNING),
        ("shop.cart.x", Level::ERROR),
        ("other", Level::INFO),
        ("other", Level::WARNING),
        ("root", Level::new(35)),
    ] {
        let record = Record::builder().name(name).level(level).message("m");
        sender.handle(&record.build());
    }
    receiving.until(5, 0);
    assert_eq!(
        text.lines(),
        ["shop.cart.x ERROR m", "other WARNING m", "root Level 35 m"]
    );
    assert_eq!(registry.logger_names(), ["shop"]);
}

#[test]
fn what_a_handler_sends_arrives_as_it_was() {
    for wire in [Wire::Pickle, Wire::Json] {
        let receiving = Receiving::at(ANY);
        let builder = SocketHandler::builder(receiving.receiver.address()).wire(wire);
        let handler = builder.start().unwrap();
        let source = Source::default()
            .with_file("src/a.rs")
            .with_line(u32::MAX)
            .with_function("a::b");
        let record = Record::builder()
            .name("a::b")
            .level(1)
            .level_name("TINY")
            .message("ünï\n\0")
            .time(Timestamp::from_nanos(1_793_966_400_123_456_000))
            .source(source)
            .thread(u64::MAX, "t")
            .process(u32::MAX, "p")
            .error_text("e")
            .stack("s")
            .key_value("n", u64::MAX)
            .key_value("taskName", "task")
            .build();
        handler.handle(&record);
        receiving.until(1, 0);
        let records = receiving.capture.records();
        let read = records[0].as_record();
        assert_eq!((read.name(), read.level()), ("a::b", Level::new(1)));
        assert_eq!((&*read.level_name(), read.message()), ("TINY", "ünï\n\0"));
        assert_eq!(read.time(), record.time());
        let source = read.source();
        assert_eq!((source.file(), source.line()), ("src/a.rs", u32::MAX));
        assert_eq!(source.function(), record.source().function());
        assert_eq!((read.thread_id(), read.process_id()), (u64::MAX, u32::MAX));
        assert_eq!(
            (read.thread_name().as_deref(), read.process_name()),
            (Some("t"), "p")
        );
        assert_eq!(read.error_text().as_deref(), Some("e"));
        assert_eq!(read.stack().as_deref(), Some("s"));
        let read = &records[0];
        let number = read.key_value("n").unwrap();
        assert_eq!(number.to_string(), u64::MAX.to_string());
        assert_eq!(read.key_value("taskName"), Some(&"task".into()));
    }
}

#[test]
fn whole_numbers_in_json_have_64_bits() {
    let receiving = Receiving::at(ANY);
    let body = br#"{"levelno":30,"name":"a","u":18446744073709551615,"f":18446744073709551616}"#;
    receiving.connect().write_all(&frame(body)).unwrap();
    receiving.until(1, 0);
    let records = receiving.records("a");
    assert_eq!(records[0].key_value("u"), Some(&u64::MAX.into()));
    assert_eq!(records[0].key_value("f"), Some(&(2_f64.powi(64)).into()));
}
