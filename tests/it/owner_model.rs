//! Owners against a plain model, over random operations.

use logtree::scope::ScopeGuard;
use logtree::test::Capture;
use logtree::{Handler, Level, Logger, Registry, Scope};

use crate::support::{Random, Text, to_text};

/// The parent of each is named by its number; the first is the root.
const LOGGERS: [(&str, usize); 6] = [
    ("", 0),
    ("a", 0),
    ("a.b", 1),
    ("a.b.c", 2),
    ("d", 0),
    ("d.e", 4),
];

const LEVELS: [Level; 6] = [
    Level::NOTSET,
    Level::TRACE,
    Level::DEBUG,
    Level::WARNING,
    Level::ERROR,
    Level::OFF,
];

/// The levels of records.
const LOGGED: [Level; 4] = [Level::TRACE, Level::DEBUG, Level::WARNING, Level::ERROR];

const HANDLERS: usize = 3;

struct Node {
    level: Level,
    is_disabled: bool,
    propagates: bool,
    handlers: Vec<usize>,
}

/// A scope that is active.
#[derive(Clone, Copy, Default)]
struct Says {
    owner: Option<usize>,
    level: Option<Level>,
}

struct Model {
    nodes: Vec<Node>,
    disabled_up_to: Level,
    scopes: Vec<Says>,
    /// The logger and level of each capture.
    taps: Vec<(usize, Level)>,
}

impl Model {
    /// The logger and its ancestors.
    fn upwards(at: usize) -> Vec<usize> {
        let mut all = vec![at];
        while let Some(&last) = all.last().filter(|last| **last > 0) {
            all.push(LOGGERS[last].1);
        }
        all
    }

    /// The level that decides, and whether it is the root's.
    fn effective(&self, at: usize) -> (Level, bool) {
        let set = Self::upwards(at)
            .into_iter()
            .find(|at| *at == 0 || self.nodes[*at].level != Level::NOTSET);
        let set = set.unwrap();
        (self.nodes[set].level, set == 0)
    }

    fn owner(&self) -> Option<usize> {
        let owner = self.scopes.iter().rev().find_map(|scope| scope.owner)?;
        (!self.nodes[owner].is_disabled).then_some(owner)
    }

    fn is_closed(&self, at: usize, level: Level) -> bool {
        self.nodes[at].is_disabled || level <= self.disabled_up_to
    }

    fn is_shown(&self, at: usize, level: Level) -> bool {
        let by_scope = self.scopes.iter().filter_map(|scope| scope.level).min();
        let (own, _) = self.effective(at);
        let by_level = match self.owner().map(|owner| self.effective(owner)) {
            Some((level, false)) => level,
            _ => own,
        };
        level >= by_level || by_scope.is_some_and(|from| level >= from)
    }

    /// The captures that get a record.
    fn taps(&self, at: usize, level: Level) -> Vec<bool> {
        let mut all = Self::upwards(at);
        all.extend(self.owner().map(Self::upwards).into_iter().flatten());
        let taps = self.taps.iter();
        taps.map(|(on, from)| all.contains(on) && level >= *from)
            .collect()
    }

    fn handlers_from(&self, at: usize) -> Vec<usize> {
        let mut handlers = Vec::new();
        for at in Self::upwards(at) {
            handlers.extend(&self.nodes[at].handlers);
            if !self.nodes[at].propagates {
                break;
            }
        }
        handlers
    }

    /// How often each handler gets a record.
    fn handlers(&self, at: usize) -> [usize; HANDLERS] {
        let own = self.handlers_from(at);
        let of_owner = self.owner().map(|owner| self.handlers_from(owner));
        let of_owner = of_owner.unwrap_or_default();
        std::array::from_fn(|handler| {
            let count = own.iter().filter(|own| **own == handler).count();
            count.max(usize::from(of_owner.contains(&handler)))
        })
    }
}

/// The registry and the model.
struct Both {
    registry: Registry,
    loggers: Vec<Logger>,
    handlers: Vec<(Handler, Text)>,
    captures: Vec<Capture>,
    guards: Vec<ScopeGuard>,
    model: Model,
}

impl Both {
    fn new() -> Self {
        let registry = Registry::new();
        let node = |at| Node {
            level: if at == 0 {
                Level::WARNING
            } else {
                Level::NOTSET
            },
            is_disabled: false,
            propagates: true,
            handlers: Vec::new(),
        };
        let mut both = Self {
            loggers: LOGGERS.map(|(name, _)| registry.get_logger(name)).into(),
            handlers: (0..HANDLERS).map(|_| to_text("%(message)s")).collect(),
            captures: Vec::new(),
            guards: Vec::new(),
            model: Model {
                nodes: (0..LOGGERS.len()).map(node).collect(),
                disabled_up_to: Level::NOTSET,
                scopes: Vec::new(),
                taps: Vec::new(),
            },
            registry,
        };
        both.add_handler(0, 0);
        both
    }

    fn add_handler(&mut self, at: usize, handler: usize) {
        let own = &mut self.model.nodes[at].handlers;
        if !own.contains(&handler) {
            own.push(handler);
            self.loggers[at].add_handler(self.handlers[handler].0.clone());
        }
    }

    fn step(&mut self, random: &mut Random) {
        let at = random.below(LOGGERS.len());
        let level = LEVELS[random.below(LEVELS.len())];
        match random.below(16) {
            0..=4 => {
                self.loggers[at].set_level(level);
                self.model.nodes[at].level = level;
            }
            5..=7 => {
                let says = Says {
                    owner: (random.below(4) > 0).then_some(at),
                    level: (random.below(6) == 0).then_some(level),
                };
                let mut scope = Scope::new();
                if let Some(owner) = says.owner {
                    scope = scope.owner(&self.loggers[owner]);
                }
                if let Some(level) = says.level {
                    scope = scope.level(level);
                }
                self.guards.push(scope.enter());
                self.model.scopes.push(says);
            }
            8..=10 if !self.guards.is_empty() => {
                let which = random.below(self.guards.len());
                drop(self.guards.remove(which));
                self.model.scopes.remove(which);
            }
            11 => {
                let is_disabled = random.below(3) == 0;
                self.loggers[at].set_disabled(is_disabled);
                self.model.nodes[at].is_disabled = is_disabled;
            }
            12 => {
                let level = [Level::NOTSET, Level::DEBUG][random.below(2)];
                self.registry.disable(level);
                self.model.disabled_up_to = level;
            }
            13 if random.below(2) == 0 || self.captures.is_empty() => {
                let capture = Capture::builder(&self.loggers[at]).level(level);
                self.captures.push(capture.start());
                self.model.taps.push((at, level));
            }
            13 => {
                let which = random.below(self.captures.len());
                drop(self.captures.remove(which));
                self.model.taps.remove(which);
            }
            14 => {
                let propagates = random.below(3) > 0;
                self.loggers[at].set_propagate(propagates);
                self.model.nodes[at].propagates = propagates;
            }
            _ => self.add_handler(at, random.below(HANDLERS)),
        }
    }

    fn check(&self) {
        for (at, logger) in self.loggers.iter().enumerate() {
            for level in LOGGED {
                let is_open = !self.model.is_closed(at, level);
                let is_shown = is_open && self.model.is_shown(at, level);
                let mut taps = self.model.taps(at, level);
                taps.iter_mut().for_each(|tap| *tap &= is_open);
                let is_wanted = is_shown || taps.contains(&true);
                assert_eq!(logger.is_enabled_for(level), is_wanted, "{at} {level}");
                logger.log(level, format_args!("x"));
                let captured = self.captures.iter().map(|capture| capture.take().len());
                let taps: Vec<_> = taps.into_iter().map(usize::from).collect();
                assert_eq!(captured.collect::<Vec<_>>(), taps, "{at} {level}");
                let written = self.handlers.iter().map(|(_, text)| text.take().len() / 2);
                let expected = match is_shown {
                    true => self.model.handlers(at),
                    false => [0; HANDLERS],
                };
                assert_eq!(written.collect::<Vec<_>>(), expected, "{at} {level}");
            }
        }
    }
}

#[test]
fn owners_are_as_in_the_model() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let mut both = Both::new();
        for _ in 0..120 {
            both.step(&mut random);
            both.check();
        }
    }
}
