//! Syslog, as rsyslog and syslog-ng read it.

#[cfg(feature = "tls")]
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use logtree::handler::builder::SysLogHandlerBuilder;
use logtree::handler::{SysLogFacility, SysLogHandler};
use logtree::{Level, Record};
use serde_json::Value;

#[cfg(feature = "tls")]
use super::certificate;
use super::syslog_daemon::{
    LONG, Port, lines, start_rsyslog, start_syslog_ng, wait_for_file, wait_for_port,
};
use super::until;

const MESSAGE: &str = "größe 10 € ] \"x\"";

const LOCAL3: SysLogFacility = SysLogFacility::Local3;

/// Logs one record for each level, with what is hard to carry.
fn log(builder: SysLogHandlerBuilder, facility: SysLogFacility) {
    let handler = builder
        .facility(facility)
        .app_name("shop-1")
        .host("box")
        .start()
        .unwrap();
    for level in [
        Level::CRITICAL,
        Level::ERROR,
        Level::WARNING,
        Level::INFO,
        Level::DEBUG,
    ] {
        let record = Record::builder()
            .name("shop.cart")
            .level(level)
            .process(42, "MainProcess")
            .thread(1, "main")
            .message(MESSAGE)
            .key_value("note", "say \"hi\" \\ [x] ß");
        handler.handle(&record.build());
    }
    handler.flush_within(LONG).unwrap();
}

/// What a field of the header may have, and what it is given: a byte less, as many, a byte more.
const LIMITS: [(&str, usize); 3] = [("host", 255), ("app", 48), ("msgid", 32)];

/// Logs a record for each, with fields of these lengths.
fn log_limits(address: &str) {
    for more in 0..3 {
        let text = |(name, limit): (&str, usize)| name[..1].repeat(limit - 1 + more);
        let [host, app, msgid] = LIMITS.map(text);
        let builder = SysLogHandler::builder(address).host(&*host).app_name(&*app);
        let handler = builder.start().unwrap();
        let record = Record::builder().name(&msgid).level(Level::INFO);
        handler.handle(&record.message(MESSAGE).build());
        handler.flush_within(LONG).unwrap();
    }
}

/// Checks what a daemon has of them, by its names for the fields.
fn check_limits(lines: &[Value], names: [&str; 3], message: &str) {
    for (more, line) in lines.iter().enumerate() {
        for ((name, limit), key) in LIMITS.into_iter().zip(names) {
            let expected = name[..1].repeat(limit.min(limit - 1 + more));
            assert_eq!(line[key], expected, "{key}: {line}");
        }
        assert_eq!(line[message], MESSAGE);
    }
    assert_eq!(lines.len(), 3);
}

const SEVERITIES: [&str; 5] = ["2", "3", "4", "6", "7"];

#[cfg(feature = "tls")]
fn trusting(builder: SysLogHandlerBuilder, certificate: &Path) -> SysLogHandlerBuilder {
    let tls = logtree::delivery::Tls::new()
        .with_ca_file(certificate)
        .with_only_ca_files(true);
    builder.tls(tls)
}

/// What RFC 5424 carries, as rsyslog has it.
fn check_rsyslog_5424(lines: &[Value]) {
    for (number, (line, severity)) in lines.iter().zip(SEVERITIES).enumerate() {
        let data = format!(
            "[logtree@32473 logger=\"shop.cart\" thread=\"main\" \
             note=\"say \\\"hi\\\" \\\\ [x\\] ß\"][meta sequenceId=\"{}\"]",
            number + 1
        );
        for (key, expected) in [
            ("facility", "19"),
            ("severity", severity),
            ("host", "box"),
            ("app", "shop-1"),
            ("procid", "42"),
            ("msgid", "cart"),
            ("data", &data),
            ("msg", MESSAGE),
        ] {
            assert_eq!(line[key], expected, "{key}: {line}");
        }
    }
    assert_eq!(lines.len(), SEVERITIES.len());
}

#[test]
fn rsyslog_reads_each_field_by_socket_udp_and_tcp() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("log");
    let (udp, tcp) = (Port::udp(), Port::tcp());
    let inputs = format!(
        "module(load=\"imuxsock\" SysSock.Use=\"off\")\n\
         input(type=\"imuxsock\" Socket=\"{}\")\n\
         module(load=\"imudp\")\ninput(type=\"imudp\" address=\"127.0.0.1\" port=\"{udp}\")\n\
         module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{tcp}\")\n",
        socket.display()
    );
    let Some((_daemon, out)) = start_rsyslog(directory.path(), &inputs) else {
        return;
    };
    wait_for_port(&tcp);
    wait_for_file(&socket);
    log(
        SysLogHandler::builder(format!("tcp:127.0.0.1:{tcp}")),
        LOCAL3,
    );
    check_rsyslog_5424(&lines(&out, 5));
    log(
        SysLogHandler::builder(format!("udp:127.0.0.1:{udp}")),
        LOCAL3,
    );
    check_rsyslog_5424(&lines(&out, 10)[5..]);
    log(
        SysLogHandler::builder(format!("unix:{}", socket.display())),
        LOCAL3,
    );
    for (line, severity) in lines(&out, 15)[10..].iter().zip(SEVERITIES) {
        assert_eq!(line["facility"], "19");
        assert_eq!(line["severity"], severity);
        assert_eq!(line["app"], "shop-1");
        assert_eq!(line["procid"], "42");
        let message = line["msg"].as_str().unwrap().trim_start();
        assert!(message.starts_with(MESSAGE), "{line}");
    }
}

#[test]
fn rsyslog_counts_octets_over_newlines_and_reads_each_form() {
    let directory = tempfile::tempdir().unwrap();
    let tcp = Port::tcp();
    let inputs = format!(
        "module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{tcp}\")\n"
    );
    let Some((_daemon, out)) = start_rsyslog(directory.path(), &inputs) else {
        return;
    };
    wait_for_port(&tcp);
    let address = format!("tcp:127.0.0.1:{tcp}");
    let raw = || {
        logtree::formatter::format_fn(|record: &Record<'_>, line| {
            line.push_str(record.message());
            Ok(())
        })
    };
    let send = |builder: SysLogHandlerBuilder| {
        let handler = builder
            .formatter(raw())
            .app_name("app")
            .host("box")
            .start()
            .unwrap();
        for message in ["one\ntwo", "größe\n\n", "last"] {
            handler.handle(&Record::builder().message(message).process(7, "p").build());
        }
        handler.flush_within(LONG).unwrap();
    };
    send(SysLogHandler::builder(&address));
    send(SysLogHandler::builder(&address).framing(logtree::handler::SysLogFraming::Newline));
    let all = lines(&out, 6);
    let messages: Vec<_> = all
        .iter()
        .map(|line| line["msg"].as_str().unwrap())
        .collect();
    // It shows control characters as numbers.
    let expected = ["one#012two", "größe#012#012", "last"];
    assert_eq!(messages[3..], expected);
    // A newline at the end of a message is not part of it here.
    assert_eq!(messages[0], expected[0]);
    assert!(messages[1].starts_with("größe"));
    assert_eq!(messages[2], expected[2]);
    send(SysLogHandler::builder(&address).form(logtree::handler::SysLogForm::Rfc3164));
    for line in &lines(&out, 9)[6..] {
        assert_eq!(
            (&line["host"], &line["app"], &line["procid"]),
            (&"box".into(), &"app".into(), &"7".into())
        );
    }
}

#[test]
fn rsyslog_reads_each_facility_and_level_and_fields_of_each_length() {
    let directory = tempfile::tempdir().unwrap();
    let tcp = Port::tcp();
    let inputs = format!(
        "module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{tcp}\")\n"
    );
    let Some((_daemon, out)) = start_rsyslog(directory.path(), &inputs) else {
        return;
    };
    wait_for_port(&tcp);
    let address = format!("tcp:127.0.0.1:{tcp}");
    log_limits(&address);
    check_limits(&lines(&out, 3), ["host", "app", "msgid"], "msg");
    let mut priorities = Vec::new();
    for number in 0..24 {
        let facility = SysLogFacility::try_from(number).unwrap();
        log(SysLogHandler::builder(&address), facility);
        let of_each = SEVERITIES.map(|severity| (number.to_string(), severity));
        priorities.extend(of_each);
        // One connection after another, as each has a thread of the daemon.
        lines(&out, 3 + priorities.len());
    }
    let lines = lines(&out, 3 + priorities.len());
    for (line, (facility, severity)) in lines[3..].iter().zip(priorities) {
        assert_eq!(line["facility"], facility, "{line}");
        assert_eq!(line["severity"], severity, "{line}");
    }
}

#[cfg(feature = "tls")]
#[test]
fn rsyslog_reads_each_field_by_tls() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate::files(directory.path());
    let port = Port::tcp();
    let inputs = format!(
        "global(DefaultNetstreamDriver=\"gtls\" DefaultNetstreamDriverCAFile=\"{0}\" \
         DefaultNetstreamDriverCertFile=\"{0}\" DefaultNetstreamDriverKeyFile=\"{1}\")\n\
         module(load=\"imtcp\" StreamDriver.Name=\"gtls\" StreamDriver.Mode=\"1\" \
         StreamDriver.Authmode=\"anon\")\n\
         input(type=\"imtcp\" address=\"127.0.0.1\" port=\"{port}\")\n",
        certificate.display(),
        key.display()
    );
    let Some((_daemon, out)) = start_rsyslog(directory.path(), &inputs) else {
        return;
    };
    wait_for_port(&port);
    let builder = SysLogHandler::builder(format!("tls:localhost:{port}"));
    log(trusting(builder, &certificate), LOCAL3);
    check_rsyslog_5424(&lines(&out, 5));
}

#[test]
fn rsyslog_that_restarts_misses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let tcp = Port::tcp();
    let inputs = format!(
        "module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{tcp}\")\n"
    );
    let Some((mut daemon, out)) = start_rsyslog(directory.path(), &inputs) else {
        return;
    };
    wait_for_port(&tcp);
    let handler = SysLogHandler::new(format!("tcp:127.0.0.1:{tcp}")).unwrap();
    handler.set_error_hook(|_| {});
    for number in 0..5_000 {
        if number % 1_000 == 500 {
            daemon.restart();
        }
        handler.handle(&Record::builder().message(number.to_string()).build());
    }
    until(|| handler.flush_within(LONG).is_ok());
    assert_eq!(handler.drops().total(), 0);
    let start = Instant::now();
    let mut missing = usize::MAX;
    while missing > 0 {
        let seen = lines(&out, 1);
        let seen: std::collections::BTreeSet<_> = seen
            .iter()
            .filter_map(|line| line["msg"].as_str()?.parse::<u32>().ok())
            .collect();
        missing = (0..5_000).filter(|number| !seen.contains(number)).count();
        assert!(start.elapsed() < LONG, "{missing} missing");
        thread::sleep(Duration::from_millis(50));
    }
}

/// What RFC 5424 carries, as syslog-ng has it: with structured data by name.
fn check_syslog_ng(lines: &[Value]) {
    for (number, (line, severity)) in lines.iter().zip(SEVERITIES).enumerate() {
        assert_eq!(line["number"], severity, "{line}");
        assert_eq!(line["facility"], "local3");
        assert_eq!(line["HOST"], "box");
        assert_eq!(line["PROGRAM"], "shop-1");
        assert_eq!(line["PID"], "42");
        assert_eq!(line["MSGID"], "cart");
        assert_eq!(line["MESSAGE"], MESSAGE);
        // Dots make sections: `.SDATA.logtree@32473.note`.
        let data = &line["_SDATA"];
        let own = &data["logtree@32473"];
        assert_eq!(own["logger"], "shop.cart", "{line}");
        assert_eq!(own["thread"], "main");
        assert_eq!(own["note"], "say \"hi\" \\ [x] ß");
        assert_eq!(data["meta"]["sequenceId"], (number + 1).to_string());
    }
    assert_eq!(lines.len(), SEVERITIES.len());
}

#[test]
fn syslog_ng_reads_each_field_by_tcp_with_octet_counts() {
    let directory = tempfile::tempdir().unwrap();
    let port = Port::tcp();
    let source = format!("syslog(ip(\"127.0.0.1\") port({port}) transport(\"tcp\"));");
    let Some((_daemon, out)) = start_syslog_ng(directory.path(), &source) else {
        return;
    };
    wait_for_port(&port);
    let address = format!("tcp:127.0.0.1:{port}");
    log(SysLogHandler::builder(&address), LOCAL3);
    check_syslog_ng(&lines(&out, 5));
    log_limits(&address);
    check_limits(
        &lines(&out, 8)[5..],
        ["HOST", "PROGRAM", "MSGID"],
        "MESSAGE",
    );
}

#[cfg(feature = "tls")]
#[test]
fn syslog_ng_reads_each_field_by_tls() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate::files(directory.path());
    let port = Port::tcp();
    let source = format!(
        "syslog(ip(\"127.0.0.1\") port({port}) transport(\"tls\") tls(key-file(\"{}\") \
         cert-file(\"{}\") peer-verify(optional-untrusted)));",
        key.display(),
        certificate.display()
    );
    let Some((_daemon, out)) = start_syslog_ng(directory.path(), &source) else {
        return;
    };
    wait_for_port(&port);
    let builder = SysLogHandler::builder(format!("tls:localhost:{port}"));
    log(trusting(builder, &certificate), LOCAL3);
    check_syslog_ng(&lines(&out, 5));
}
