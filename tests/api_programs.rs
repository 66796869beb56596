//! Everyday programs, as users write them, with their surroundings stubbed: they must compile.
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
