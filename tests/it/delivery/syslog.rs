//! Syslog, as rsyslog and syslog-ng read it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

#[cfg(feature = "tls")]
use super::certificate;
use super::program::Program;
use super::until;

use logtree::handler::builder::SysLogHandlerBuilder;
use logtree::handler::{SysLogFacility, SysLogHandler};
use logtree::{Level, Record};
use serde_json::Value;

/// Long enough for every machine.
const LONG: Duration = Duration::from_secs(120);

/// A daemon, in a directory of this test's own.
struct Daemon {
    program: PathBuf,
    arguments: Vec<String>,
    modules: Option<PathBuf>,
    running: Program,
}

impl Daemon {
    fn start(program: &Path, arguments: Vec<String>, modules: Option<PathBuf>) -> Self {
        let running = spawn(program, &arguments, modules.as_deref());
        Self {
            program: program.to_owned(),
            arguments,
            modules,
            running,
        }
    }

    /// Ends it in order, and starts it again.
    fn restart(&mut self) {
        let id = self.running.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.running.wait();
        self.running = spawn(&self.program, &self.arguments, self.modules.as_deref());
    }
}

fn spawn(program: &Path, arguments: &[String], modules: Option<&Path>) -> Program {
    let mut command = Command::new(program);
    if let Some(modules) = modules {
        command.env("RSYSLOG_MODDIR", modules);
    }
    Program::start(command.args(arguments))
}

/// The daemon and the directory of its modules, if it is installed.
fn rsyslogd() -> Option<(PathBuf, PathBuf)> {
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/receivers");
    for root in [&*unpacked, Path::new("/")] {
        let program = root.join("usr/sbin/rsyslogd");
        let libraries = fs::read_dir(root.join("usr/lib")).into_iter().flatten();
        let folders = libraries.filter_map(|entry| Some(entry.ok()?.path().join("rsyslog")));
        let modules = folders
            .chain([root.join("usr/lib/rsyslog")])
            .find(|path| path.exists());
        if let Some(modules) = modules.filter(|_| program.exists()) {
            return Some((program, modules));
        }
    }
    eprintln!("!! skipped: rsyslogd is not installed; .ci/receivers installs it");
    None
}

fn syslog_ng() -> Option<PathBuf> {
    let program = PathBuf::from("/usr/sbin/syslog-ng");
    if !program.exists() {
        eprintln!("!! skipped: syslog-ng is not installed; .ci/receivers installs it");
        return None;
    }
    Some(program)
}

/// Ports that nothing listens on.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// The lines that a daemon has written, once there are so many.
fn lines(path: &Path, count: usize) -> Vec<Value> {
    let start = Instant::now();
    loop {
        let text = fs::read_to_string(path).unwrap_or_default();
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines: Vec<_> = complete.lines().collect();
        if lines.len() >= count {
            let parse = |line: &&str| serde_json::from_str(line).expect(line);
            return lines.iter().map(parse).collect();
        }
        assert!(start.elapsed() < LONG, "{} of {count}: {text}", lines.len());
        thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until a daemon accepts connections.
fn wait_for_port(port: u16) {
    let start = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < LONG, "no daemon");
        thread::sleep(Duration::from_millis(20));
    }
}

fn wait_for_file(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < LONG, "no daemon");
        thread::sleep(Duration::from_millis(20));
    }
}

const MESSAGE: &str = "größe 10 € ] \"x\"";

/// Logs one record for each level, with what is hard to carry.
fn log(builder: SysLogHandlerBuilder) {
    let handler = builder
        .facility(SysLogFacility::Local3)
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

const SEVERITIES: [&str; 5] = ["2", "3", "4", "6", "7"];

#[cfg(feature = "tls")]
fn trusting(builder: SysLogHandlerBuilder, certificate: &Path) -> SysLogHandlerBuilder {
    let tls = logtree::delivery::Tls::new()
        .with_ca_file(certificate)
        .with_only_ca_files(true);
    builder.tls(tls)
}

/// The template and the file of rsyslog.
fn rsyslog_output(out: &Path) -> String {
    let properties = [
        ("facility", "syslogfacility"),
        ("severity", "syslogseverity"),
        ("host", "hostname"),
        ("app", "app-name"),
        ("procid", "procid"),
        ("msgid", "msgid"),
        ("data", "structured-data"),
        ("msg", "msg"),
    ];
    let properties = properties.map(|(name, property)| {
        format!("property(outname=\"{name}\" name=\"{property}\" format=\"jsonf\")")
    });
    format!(
        "template(name=\"json\" type=\"list\" option.jsonf=\"on\") {{ {} }}\n\
         action(type=\"omfile\" file=\"{}\" template=\"json\")\n",
        properties.join("\n"),
        out.display()
    )
}

fn start_rsyslog(directory: &Path, inputs: &str) -> Option<(Daemon, PathBuf)> {
    let (program, modules) = rsyslogd()?;
    let (conf, out) = (directory.join("conf"), directory.join("out"));
    let head = format!("global(workDirectory=\"{}\")\n", directory.display());
    fs::write(&conf, head + inputs + &rsyslog_output(&out)).unwrap();
    let arguments = ["-n", "-f", conf.to_str().unwrap(), "-i"].map(str::to_owned);
    let mut arguments = arguments.to_vec();
    arguments.push(directory.join("pid").display().to_string());
    Some((Daemon::start(&program, arguments, Some(modules)), out))
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
    let [udp, tcp] = free_ports();
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
    wait_for_port(tcp);
    wait_for_file(&socket);
    log(SysLogHandler::builder(format!("tcp:127.0.0.1:{tcp}")));
    check_rsyslog_5424(&lines(&out, 5));
    log(SysLogHandler::builder(format!("udp:127.0.0.1:{udp}")));
    check_rsyslog_5424(&lines(&out, 10)[5..]);
    log(SysLogHandler::builder(format!("unix:{}", socket.display())));
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
    let [tcp] = free_ports();
    let inputs = format!(
        "module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{tcp}\")\n"
    );
    let Some((_daemon, out)) = start_rsyslog(directory.path(), &inputs) else {
        return;
    };
    wait_for_port(tcp);
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

#[cfg(feature = "tls")]
#[test]
fn rsyslog_reads_each_field_by_tls() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate::files(directory.path());
    let [port] = free_ports();
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
    wait_for_port(port);
    let builder = SysLogHandler::builder(format!("tls:localhost:{port}"));
    log(trusting(builder, &certificate));
    check_rsyslog_5424(&lines(&out, 5));
}

#[test]
fn rsyslog_that_restarts_misses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let [tcp] = free_ports();
    let inputs = format!(
        "module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{tcp}\")\n"
    );
    let Some((mut daemon, out)) = start_rsyslog(directory.path(), &inputs) else {
        return;
    };
    wait_for_port(tcp);
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

fn start_syslog_ng(directory: &Path, source: &str) -> Option<(Daemon, PathBuf)> {
    let program = syslog_ng()?;
    let (conf, out) = (directory.join("conf"), directory.join("out"));
    let template = "$(format-json --scope rfc5424 --scope nv-pairs --scope sdata \
                    --pair number=$LEVEL_NUM --pair facility=$FACILITY)\\n";
    let text = format!(
        "@version: 3.38\noptions {{ keep-hostname(yes); flush-lines(1); }};\n\
         source s {{ {source} }};\n\
         destination d {{ file(\"{}\" template(\"{template}\")); }};\n\
         log {{ source(s); destination(d); flags(flow-control); }};\n",
        out.display()
    );
    fs::write(&conf, text).unwrap();
    let path = |name: &str| directory.join(name).display().to_string();
    let mut arguments = vec!["-F".to_owned(), "--no-caps".to_owned()];
    for (option, name) in [
        ("-f", "conf"),
        ("-R", "state"),
        ("-p", "pid"),
        ("-c", "ctl"),
    ] {
        arguments.extend([option.to_owned(), path(name)]);
    }
    Some((Daemon::start(&program, arguments, None), out))
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
    let [port] = free_ports();
    let source = format!("syslog(ip(\"127.0.0.1\") port({port}) transport(\"tcp\"));");
    let Some((_daemon, out)) = start_syslog_ng(directory.path(), &source) else {
        return;
    };
    wait_for_port(port);
    log(SysLogHandler::builder(format!("tcp:127.0.0.1:{port}")));
    check_syslog_ng(&lines(&out, 5));
}

#[cfg(feature = "tls")]
#[test]
fn syslog_ng_reads_each_field_by_tls() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate::files(directory.path());
    let [port] = free_ports();
    let source = format!(
        "syslog(ip(\"127.0.0.1\") port({port}) transport(\"tls\") tls(key-file(\"{}\") \
         cert-file(\"{}\") peer-verify(optional-untrusted)));",
        key.display(),
        certificate.display()
    );
    let Some((_daemon, out)) = start_syslog_ng(directory.path(), &source) else {
        return;
    };
    wait_for_port(port);
    let builder = SysLogHandler::builder(format!("tls:localhost:{port}"));
    log(trusting(builder, &certificate));
    check_syslog_ng(&lines(&out, 5));
}
