//! A process whose console a browser operates: started by `tests/console/run`, which sends it
//! commands by standard input.

use std::io::BufRead;
use std::time::Duration;

use logtree::control::{Control, Endpoint, LevelTarget, Server};
use logtree::handler::StreamHandler;
use logtree::{Level, Logger, Registry};

struct Process {
    registry: Registry,
    control: Control,
    endpoint: Endpoint,
    server: Option<Server>,
    token_file: String,
    #[cfg(feature = "fleet")]
    fleet: Option<fleet::Fleet>,
}

impl Process {
    fn new(directory: &str) -> Self {
        let registry = Registry::new();
        registry
            .root()
            .add_handler(StreamHandler::new(std::io::sink()));
        #[cfg(feature = "fleet")]
        let fleet = fleet::Fleet::of_environment();
        #[cfg(feature = "fleet")]
        let control = match &fleet {
            Some((fleet, name)) => fleet.join(&registry, name, "eu-1a"),
            None => Control::new(&registry),
        };
        #[cfg(not(feature = "fleet"))]
        let control = Control::new(&registry);
        let control = control.with_origin("another client");
        let token_file = format!("{directory}/token");
        let endpoint = Endpoint::new().without_socket().name("shop").console(true);
        let endpoint = endpoint.tcp("127.0.0.1:0").token_file(&token_file);
        let server = control.serve(endpoint.clone()).unwrap();
        Self {
            registry,
            control,
            endpoint,
            server: Some(server),
            token_file,
            #[cfg(feature = "fleet")]
            fleet: fleet.map(|(fleet, _)| fleet),
        }
    }

    fn url(&self) -> String {
        let server = self.server.as_ref().unwrap();
        server.console_url().unwrap()
    }

    /// Returns what the command's answer is.
    fn run(&mut self, line: &str) -> String {
        let words: Vec<_> = line.split(' ').collect();
        #[cfg(feature = "fleet")]
        if let Some(answer) = self.fleet.as_mut().and_then(|fleet| fleet.run(&words)) {
            return answer;
        }
        match &words[..] {
            // A logger for each name.
            ["loggers", names @ ..] => {
                for name in names {
                    self.registry.get_logger(name);
                }
            }
            ["many", number] => {
                for at in 0..number.parse().unwrap() {
                    let (service, module) = (at % 50, at % 400);
                    let name = format!("service{service}.module{module}.part{at}");
                    self.registry.get_logger(name);
                }
            }
            ["level", name] => {
                let level = self.registry.get_logger(name).effective_level();
                return self.registry.level_name(level);
            }
            ["handler", level] => {
                let file = std::fs::File::create("/dev/full").unwrap();
                let handler = StreamHandler::new(file).with_level(level.parse::<Level>().unwrap());
                self.registry.root().add_handler(handler);
            }
            // A change that another client makes.
            ["set", name, level] => {
                let level: Level = level.parse().unwrap();
                let target = LevelTarget::logger(*name);
                self.control.set_level(target, level).unwrap();
            }
            ["log", level, name, message @ ..] => {
                let logger = self.registry.get_logger(name);
                log(
                    &logger,
                    level.parse().unwrap(),
                    &message.join(" "),
                    words.len(),
                );
            }
            ["records", number, name] => {
                let logger = self.registry.get_logger(name);
                let levels = [Level::INFO, Level::WARNING, Level::INFO, Level::ERROR];
                for at in 0..number.parse().unwrap() {
                    log(&logger, levels[at % 4], "put object", at);
                    // As fast as a page can read, so that nothing is dropped.
                    if at % 100 == 99 {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                }
            }
            ["clear", name] => {
                self.control
                    .clear_level(&LevelTarget::logger(*name))
                    .unwrap();
            }
            ["stop"] => self.server = None,
            // With a new token, which is in the address that is returned.
            ["restart", address] => {
                std::fs::remove_file(&self.token_file).unwrap();
                self.run(&format!("serve {address}"));
                return self.url();
            }
            // Another process at the same place: the port that a client knows.
            ["serve", address] => {
                let endpoint = self.endpoint.clone().tcp(*address);
                self.server = Some(self.control.serve(endpoint).unwrap());
            }
            _ => panic!("unknown command {line}"),
        }
        "done".to_owned()
    }
}

/// Other instances of a service.
#[cfg(feature = "fleet")]
mod fleet {
    use std::time::Duration;

    use logtree::Registry;
    use logtree::control::Control;
    use logtree::control::fleet::{Identity, Labels, MemoryStore, Report, Store};

    #[derive(Default)]
    pub(super) struct Fleet {
        store: MemoryStore,
        others: Vec<(String, Registry, Control)>,
    }

    impl Fleet {
        /// Returns the fleet and the name of this instance, if the script asks for it.
        pub(super) fn of_environment() -> Option<(Self, String)> {
            let name = std::env::var("LOGTREE_CONSOLE_FLEET").ok()?;
            Some((Self::default(), name))
        }

        pub(super) fn join(&self, registry: &Registry, name: &str, zone: &str) -> Control {
            let identity = Identity::new("pay").instance(name).zone(zone);
            let builder = Control::builder(registry).fleet(self.store.clone(), identity);
            let builder = builder.fleet_wait(Duration::from_secs(60));
            builder.open().unwrap()
        }

        /// Returns what the command's answer is, if it is one of a fleet.
        pub(super) fn run(&mut self, words: &[&str]) -> Option<String> {
            match words {
                ["join", name, zone] => {
                    let registry = Registry::new();
                    registry.root().set_level(logtree::Level::INFO);
                    let control = self.join(&registry, name, zone);
                    self.others.push(((*name).to_owned(), registry, control));
                }
                ["level", name, instance] => {
                    let mut others = self.others.iter();
                    let (_, registry, _) = others.find(|one| one.0 == *instance).unwrap();
                    let level = registry.get_logger(name).effective_level();
                    return Some(registry.level_name(level));
                }
                ["disabled", instance] => {
                    let mut others = self.others.iter();
                    let (_, _, control) = others.find(|one| one.0 == *instance).unwrap();
                    return Some(
                        control
                            .options()
                            .unwrap()
                            .disable_all
                            .unwrap_or(false)
                            .to_string(),
                    );
                }
                // An instance that has reported once, and takes nothing any more.
                ["away", name] => {
                    let report = Report::new(Labels::new("pay", name));
                    self.store.report(report, Duration::ZERO);
                }
                ["store", state] => self.store.set_reachable(*state == "on"),
                _ => return None,
            }
            Some("done".to_owned())
        }
    }
}

fn log(logger: &Logger, level: Level, message: &str, at: usize) {
    let trace = format!("trace-{}", at % 7);
    let trace = trace.as_str();
    match message.contains('<') {
        true => logtree::log!(logger: logger, level, trace_id = trace, html = message; "{message}"),
        false => logtree::log!(logger: logger, level, trace_id = trace, size = at; "{message}"),
    }
}

/// Returns at once unless the script asks for it.
#[test]
fn process() {
    let Ok(directory) = std::env::var("LOGTREE_CONSOLE_PROCESS") else {
        return;
    };
    let mut process = Process::new(&directory);
    println!("\nconsole: {}", process.url());
    for line in std::io::stdin().lock().lines() {
        println!("\nconsole: {}", process.run(&line.unwrap()));
    }
}
