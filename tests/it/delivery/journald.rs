//! The journal of systemd: the bytes it gets, and what a real one makes of them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use logtree::handler::JournaldHandler;
use logtree::record::Source;
use logtree::{Level, Record};
use serde_json::Value;

use super::{namespace, until};

fn sample<'r>() -> logtree::record::RecordBuilder<'r> {
    let source = Source::default().with_file("src/a.rs").with_line(7);
    Record::builder()
        .name("shop.db")
        .level(Level::WARNING)
        .message("slow")
        .process(42, "MainProcess")
        .thread(3, "worker")
        .source(source)
}

/// What a receiver at a socket of its own gets for a record.
fn sent(record: &Record<'_>) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let receiver = UnixDatagram::bind(&path).unwrap();
    receiver
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let handler = JournaldHandler::builder().socket(&path).identifier("shop");
    let handler = handler.facility(3).start().unwrap();
    handler.handle(record);
    handler.flush().unwrap();
    let mut bytes = vec![0; 1 << 20];
    let length = receiver.recv(&mut bytes).unwrap();
    bytes.truncate(length);
    bytes
}

#[test]
fn the_fields_of_a_record() {
    let record = sample()
        .key_value("order.id", 17)
        .key_value("note", "two\nlines")
        .key_value("message_id", "FC2E22BC-6EE6-47B6-B907-29AB34A250B1")
        .key_value("logger", "mine")
        .error_text("it failed");
    let mut expected = b"MESSAGE=slow\n".to_vec();
    expected.extend_from_slice(
        b"PRIORITY=4\nSYSLOG_IDENTIFIER=shop\nSYSLOG_FACILITY=3\nSYSLOG_PID=42\nLOGGER=shop.db\n\
        LEVEL=WARNING\nTID=3\nTHREAD_NAME=worker\nCODE_FILE=src/a.rs\nCODE_LINE=7\n\
        EXCEPTION=it failed\nORDER_ID=17\nNOTE\n\x09\0\0\0\0\0\0\0two\nlines\n\
        MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1\nLOGGER_2=mine\n",
    );
    let bytes = sent(&record.build());
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        String::from_utf8_lossy(&expected)
    );
    assert_eq!(bytes, expected);
}

#[test]
fn a_journal_that_is_away_costs_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    let handler = JournaldHandler::builder().socket(&path).start().unwrap();
    handler.set_error_hook(|_| {});
    assert_eq!(
        format!("{handler:?}"),
        format!("<JournaldHandler <{}> (NOTSET)>", path.display())
    );
    for number in 0..100 {
        handler.handle(&Record::builder().message(number.to_string()).build());
    }
    assert!(handler.flush().is_err());
    let receiver = UnixDatagram::bind(&path).unwrap();
    let mut bytes = [0; 4096];
    for number in 0..100 {
        let length = receiver.recv(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes[..length]);
        assert!(text.starts_with(&format!("MESSAGE={number}\n")));
    }
    // Not `flush`, which returns the failures before as well.
    handler.flush_within(Duration::from_secs(60)).unwrap();
    assert_eq!(handler.counters().written(), 100);
}

/// The journal, in a namespace of this test's own, where it is restarted.
#[test]
fn a_real_journal_has_each_record() {
    const DAEMON: &str = "/lib/systemd/systemd-journald";
    if namespace::is_inside() {
        with_a_real_journal(DAEMON);
    } else if Path::new(DAEMON).exists() {
        namespace::run("delivery::journald::a_real_journal_has_each_record");
    } else {
        eprintln!("!! skipped: no systemd-journald");
    }
}

struct Journal(Child);

impl Journal {
    fn start(daemon: &str) -> Self {
        let socket = Path::new("/run/systemd/journal/socket");
        let _ = fs::remove_file(socket);
        let child = Command::new(daemon).spawn().unwrap();
        let journal = Self(child);
        until(|| socket.exists());
        journal
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").arg(pid).status();
        let _ = self.0.wait();
    }
}

/// Entries of this test, by their messages.
fn entries() -> BTreeMap<String, Value> {
    let mut journalctl = Command::new("journalctl");
    let directories = fs::read_dir("/run/log/journal").unwrap();
    for directory in directories {
        journalctl.arg("-D").arg(directory.unwrap().path());
    }
    let listed = journalctl
        .args(["-o", "json", "--all", "SYSLOG_IDENTIFIER=shop"])
        .output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    let entries = listed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    entries
        .map(|entry: Value| (text(&entry["MESSAGE"]), entry))
        .collect()
}

/// `journalctl` shows what is not plain text as an array of bytes.
fn text(value: &Value) -> String {
    let bytes = |bytes: &Vec<Value>| {
        let bytes = bytes
            .iter()
            .map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap());
        String::from_utf8(bytes.collect()).unwrap()
    };
    value
        .as_str()
        .map_or_else(|| bytes(value.as_array().unwrap()), str::to_owned)
}

fn with_a_real_journal(daemon: &str) {
    namespace::mount(&["-t", "tmpfs", "tmpfs", "/run"]);
    fs::create_dir_all("/run/systemd/journal").unwrap();
    fs::create_dir_all("/run/log/journal").unwrap();
    // Without it, more than 10,000 in 30 seconds are dropped.
    namespace::mount(&["-t", "tmpfs", "tmpfs", "/etc/systemd"]);
    let unlimited = "[Journal]\nRateLimitBurst=0\nForwardToSyslog=no\n";
    fs::write("/etc/systemd/journald.conf", unlimited).unwrap();

    let handler = JournaldHandler::builder()
        .identifier("shop")
        .start()
        .unwrap();
    handler.set_error_hook(|_| {});
    let journal = Journal::start(daemon);
    let huge = "x".repeat(3 * 1024 * 1024);
    for message in ["plain", "two\nlines", "\u{7}\u{1b}[31m", &huge] {
        let record = sample().message(message).key_value("size", message.len());
        handler.handle(&record.build());
    }
    handler.flush().unwrap();
    // A restart, while records come.
    for number in 0..200 {
        handler.handle(&sample().message(format!("number {number}")).build());
    }
    handler.flush().unwrap();
    drop(journal);
    for number in 200..300 {
        handler.handle(&sample().message(format!("number {number}")).build());
    }
    let journal = Journal::start(daemon);
    until(|| handler.counters().queued() == 0);
    assert_eq!(
        (handler.counters().written(), handler.counters().dropped()),
        (304, 0)
    );

    // The journal takes an entry before it can be read.
    until(|| entries().len() >= 304);
    let found = entries();
    for message in ["plain", "two\nlines", "\u{7}\u{1b}[31m", &huge] {
        let entry = &found[message];
        assert_eq!(entry["SIZE"], message.len().to_string());
        for (field, value) in [
            ("PRIORITY", "4"),
            ("LOGGER", "shop.db"),
            ("LEVEL", "WARNING"),
            ("CODE_FILE", "src/a.rs"),
            ("CODE_LINE", "7"),
            ("THREAD_NAME", "worker"),
            ("_TRANSPORT", "journal"),
        ] {
            assert_eq!(entry[field], value, "{field}");
        }
    }
    assert!((0..300).all(|number| found.contains_key(&format!("number {number}"))));
    drop(journal);
}
