//! Everyday programs, as users write them, with their surroundings stubbed: they must compile.
//! The program with a custom formatter is in `it/formats.rs`.
#![allow(dead_code, reason = "most of it need only compile")]

mod anyhow {
    pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
}

mod command_line {
    use logtree::setup::EnvLogger;
    use logtree::{Verbosity, debug};

    use crate::anyhow;

    #[derive(Debug)]
    struct Args {
        verbose: u8,
        quiet: u8,
        log: Vec<String>,
    }

    impl Args {
        fn parse() -> Self {
            let log = vec!["hyper=warn".to_owned()];
            Self {
                verbose: 1,
                quiet: 0,
                log,
            }
        }
    }

    fn run(args: &Args) -> anyhow::Result<()> {
        assert_eq!(args.quiet, 0);
        Ok(())
    }

    pub(crate) fn main() -> anyhow::Result<()> {
        let args = Args::parse();
        EnvLogger::new()
            .variable("MYCLI_LOG")
            .default_levels("info")
            .install();
        Verbosity::new(args.verbose, args.quiet)
            .for_logger("mycli")
            .levels(&args.log)?
            .apply();
        debug!(args:?; "parsed");
        run(&args)
    }
}

mod service {
    use logtree::formatter::JsonFormatter;
    use logtree::scope::InScopeExt;
    use logtree::{Error, Handler, Level, Scope, StaticLogger, StreamLogger, info, logger};

    mod tokio {
        pub(crate) fn spawn<F: Future + Send + 'static>(future: F) {
            drop(future);
        }

        pub(crate) mod task {
            pub(crate) async fn spawn_blocking<R>(run: impl FnOnce() -> R) -> Result<R, ()> {
                Ok(run())
            }
        }
    }

    static LOG: StaticLogger = logger!();

    pub(crate) fn set_up() -> Result<Handler, Error> {
        StreamLogger::new("", Level::INFO)
            .formatter(JsonFormatter::new())
            .install()
    }

    async fn audit(id: u64) {
        info!(LOG, id; "audited");
    }

    fn digest() {}

    async fn handle(id: u64) {
        Scope::new()
            .with("request_id", id)
            .wrap(async move {
                info!(LOG, rows = 3; "loaded");
                tokio::spawn(audit(id).in_current_scope());
                tokio::task::spawn_blocking(Scope::current().bind(digest)).await
            })
            .await
            .ok();
    }
}

mod tests {
    use logtree::test::{Capture, assert_no_logs};
    use logtree::{Level, info};

    fn open_twice() {
        log::warn!(target: "mylib::store", "opened twice");
    }

    fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
        text.parse()
    }

    #[test]
    fn warns_once() {
        let capture = Capture::thread_local("mylib");
        open_twice();
        capture.assert_logged(Level::WARN, "opened twice");
    }

    #[test]
    fn is_silent() {
        assert_no_logs("mylib", Level::INFO, || drop(parse("1")));
    }

    #[test]
    fn prints_through_the_harness() {
        logtree::test::init();
        info!("captured by the harness");
    }
}

mod verbosity_per_service {
    use std::time::Duration;

    use logtree::control::{Control, LevelTarget};
    use logtree::{Error, Level, Registry, get_logger, set_stream_logger};

    pub(crate) fn tune() -> Result<(), Error> {
        set_stream_logger("", Level::INFO);
        set_stream_logger("hyper", Level::DEBUG);
        get_logger("hyper.proto.h2").set_level(Level::WARN);
        let control = Control::new(Registry::global()).with_origin("admin");
        control
            .set_level_for(
                LevelTarget::logger("sqlx"),
                Level::DEBUG,
                Duration::from_secs(600),
            )
            .map(drop)
    }
}

#[test]
fn programs_set_up_logging() {
    command_line::main().unwrap();
    service::set_up().unwrap();
    verbosity_per_service::tune().unwrap();
}

/// A library with a logger in a static.
mod library {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use logtree::{StaticLogger, debug, error, logger};

    static LOG: StaticLogger = logger!("mylib.store");

    pub(crate) fn open(path: &Path) -> io::Result<File> {
        debug!(LOG, path; "opening");
        File::open(path).inspect_err(|err| error!(LOG, path, err; "cannot open"))
    }

    #[test]
    fn failures_carry_path_and_error() {
        let capture = logtree::test::Capture::thread_local("mylib.store");
        assert!(open(Path::new("/does/not/exist")).is_err());
        let records = capture.records();
        let failed = &records[1];
        let path = failed.key_value("path").map(|value| value.to_string());
        assert_eq!(path.as_deref(), Some("/does/not/exist"));
        assert!(failed.error_text().is_some());
    }
}

/// A queue before a rotating file and standard error.
mod queue_and_rotation {
    use logtree::formatter::JsonFormatter;
    use logtree::handler::{Overflow, QueueHandler, RotatingFileHandler, StreamHandler};
    use logtree::{BasicConfig, Error, Level};

    pub(crate) fn set_up() -> Result<(), Error> {
        let file = RotatingFileHandler::builder("app.log")
            .max_bytes(10 << 20)
            .backup_count(5)
            .formatter(JsonFormatter::new())
            .open()?;
        let errors = StreamHandler::stderr().with_level(Level::ERROR);
        let queue = QueueHandler::builder()
            .overflow(Overflow::BySeverity)
            .handler(file)
            .handler(errors)
            .start();
        BasicConfig::new()
            .level(Level::INFO)
            .handler(queue)
            .install()
            .map(drop)
    }
}

/// A custom sink.
mod own_sink {
    use std::sync::mpsc::{self, Sender};

    use logtree::formatter::Format;
    use logtree::handler::{Sink, formatted};
    use logtree::{Error, ErrorKind, Handler, Record, Registry};

    struct Channel(Sender<String>);

    impl Sink for Channel {
        fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
            let closed =
                |e| Error::new(ErrorKind::Closed, "cannot send to the channel").with_source(e);
            formatted(format, record, |line| {
                self.0.send(line.as_str().into()).map_err(closed)
            })
        }
    }

    #[test]
    fn lines_arrive_in_the_channel() {
        let (sender, receiver) = mpsc::channel();
        let registry = Registry::new();
        let ui = registry.get_logger("ui");
        ui.add_handler(Handler::new(Channel(sender)).with_name("ui"));
        ui.warning("low");
        assert_eq!(receiver.recv().unwrap(), "low");
    }
}

/// A service whose levels are changed by itself, and from a console in the browser.
#[cfg(feature = "control")]
mod console {
    use std::time::Duration;

    use logtree::control::{Control, Endpoint, LevelTarget};
    use logtree::{Error, Level, Registry, info, set_stream_logger};

    pub(crate) fn main() -> Result<(), Error> {
        set_stream_logger("", Level::INFO);
        let control = Control::new(Registry::global());
        control.on_change(|change| eprintln!("{change:?}")).detach();
        let sqlx = LevelTarget::logger("sqlx");
        control.set_level_for(sqlx, Level::DEBUG, Duration::from_secs(600))?;
        let server = control.serve(Endpoint::new().tcp("127.0.0.1:0").console(true))?;
        info!("console at {}", server.console_url().unwrap_or_default());
        serve()
    }

    fn serve() -> Result<(), Error> {
        Ok(())
    }
}

/// A daemon that follows its configuration file and has a custom handler.
#[cfg(all(unix, feature = "reload", feature = "signal"))]
mod daemon {
    use std::path::PathBuf;

    use logtree::config::{Factories, Reloader};
    use logtree::formatter::Format;
    use logtree::handler::Sink;
    use logtree::setup::reopen_on_sighup;
    use logtree::{Error, Handler, Record};

    struct Tty(PathBuf);

    impl Tty {
        fn new(path: PathBuf) -> Self {
            Self(path)
        }
    }

    impl Sink for Tty {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            assert!(!self.0.as_os_str().is_empty());
            Ok(())
        }
    }

    pub(crate) fn main() -> Result<(), Error> {
        let own = Factories::new().handler("myd.Tty", |args| {
            Ok(Handler::new(Tty::new(args.required("path"))))
        });
        let _reloader = Reloader::builder("/etc/myd/logging.toml")
            .factories(own)
            .start()?;
        reopen_on_sighup()?;
        Ok(())
    }
}

/// Programs that would change the process or read system files only have to compile.
#[test]
fn further_programs_compile() {
    let _: fn() -> Result<(), logtree::Error> = queue_and_rotation::set_up;
    #[cfg(feature = "control")]
    let _: fn() -> Result<(), logtree::Error> = console::main;
    #[cfg(all(unix, feature = "reload", feature = "signal"))]
    let _: fn() -> Result<(), logtree::Error> = daemon::main;
}
