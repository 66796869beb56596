//! Scopes against a model: any guard may end at any time, and futures hide what is around them
//! where they are polled.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::thread;

use logtree::scope::{InScope, ScopeGuard};
use logtree::test::Capture;
use logtree::{Level, Logger, Registry, Scope};

use crate::support::Random;

const LEVELS: [Level; 4] = [Level::TRACE, Level::DEBUG, Level::INFO, Level::ERROR];

/// A scope's key-values and level.
#[derive(Clone, Default)]
struct Says {
    values: Vec<(&'static str, u32)>,
    level: Option<Level>,
}

impl Says {
    fn random(random: &mut Random, number: u32) -> Self {
        let keys = ["tenant", "request", "job"];
        Self {
            values: keys
                .into_iter()
                .filter(|_| random.below(3) == 0)
                .map(|key| (key, number))
                .collect(),
            level: (random.below(3) == 0).then(|| LEVELS[random.below(LEVELS.len())]),
        }
    }

    fn scope(&self) -> Scope {
        let scope = Scope::new();
        let scope = self
            .values
            .iter()
            .fold(scope, |scope, (key, value)| scope.with(*key, *value));
        match self.level {
            Some(level) => scope.level(level),
            None => scope,
        }
    }
}

/// The scopes of a thread, the innermost last.
#[derive(Clone)]
enum Entry {
    Scope(u32, Says),
    /// With what holds in it; hides what is before it.
    Future(u32, Vec<Says>),
}

#[derive(Clone, Default)]
struct Model {
    stack: Vec<Entry>,
}

impl Model {
    /// The scopes that hold, the innermost last.
    fn holding(&self) -> Vec<Says> {
        let mut holding = Vec::new();
        for entry in &self.stack {
            match entry {
                Entry::Scope(_, says) => holding.push(says.clone()),
                Entry::Future(_, says) => holding.clone_from(says),
            }
        }
        holding
    }

    fn end(&mut self, number: u32) {
        self.stack.retain(|entry| match entry {
            Entry::Scope(known, _) | Entry::Future(known, _) => *known != number,
        });
    }
}

fn values(holding: &[Says]) -> BTreeMap<String, String> {
    let all = holding.iter().flat_map(|says| &says.values);
    all.map(|(key, value)| ((*key).to_owned(), value.to_string()))
        .collect()
}

/// What a thread plays: operations at random, also from inside futures.
struct Player {
    random: Random,
    model: Model,
    guards: Vec<(u32, ScopeGuard)>,
    futures: Vec<(u32, Vec<Says>, InScope<Step>)>,
    numbers: u32,
    logger: Logger,
    capture: Capture,
}

type Shared = Rc<RefCell<Player>>;

/// What a future is to do next.
type Work = Rc<Cell<Option<Box<dyn FnOnce()>>>>;

/// A future that plays its next operations at each poll.
struct Step {
    work: Work,
}

impl Future for Step {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if let Some(work) = self.work.take() {
            work();
        }
        Poll::Pending
    }
}

fn check(shared: &Shared) {
    let player = shared.borrow();
    let holding = player.model.holding();
    let logger = &player.logger;
    let floor = holding.iter().filter_map(|says| says.level).min();
    for level in LEVELS {
        let expected = level >= Level::WARNING || floor.is_some_and(|floor| level >= floor);
        assert_eq!(logger.is_enabled_for(level), expected, "{level}");
    }
    logtree::error!(logger, "x");
    let records = player.capture.take();
    let found: BTreeMap<_, _> = records[0]
        .key_values()
        .map(|(key, value)| (key.to_owned(), value.to_string()))
        .collect();
    assert_eq!(found, values(&holding));
}

fn step(shared: &Shared, depth: usize) {
    let mut player = shared.borrow_mut();
    player.numbers += 1;
    let number = player.numbers;
    match player.random.below(7) {
        0 | 1 => {
            let says = Says::random(&mut player.random, number);
            let guard = says.scope().enter();
            player.model.stack.push(Entry::Scope(number, says));
            player.guards.push((number, guard));
        }
        2 | 3 if !player.guards.is_empty() => {
            let count = player.guards.len();
            let at = player.random.below(count);
            let (number, guard) = player.guards.remove(at);
            drop(guard);
            player.model.end(number);
        }
        4 => {
            let says = Says::random(&mut player.random, number);
            let mut inside = player.model.holding();
            inside.push(says.clone());
            let work = Rc::default();
            let future = says.scope().wrap(Step {
                work: Rc::clone(&work),
            });
            player.futures.push((number, inside, future));
            WORK.with(|all| all.borrow_mut().insert(number, work));
        }
        5 | 6 if depth < 3 && !player.futures.is_empty() => {
            let count = player.futures.len();
            let at = player.random.below(count);
            let (number, inside, mut future) = player.futures.swap_remove(at);
            let steps = player.random.below(4);
            player
                .model
                .stack
                .push(Entry::Future(number, inside.clone()));
            drop(player);
            let again = Rc::clone(shared);
            let work = WORK.with(|all| Rc::clone(&all.borrow()[&number]));
            let panics = steps == 3;
            work.set(Some(Box::new(move || {
                check(&again);
                for _ in 0..steps {
                    step(&again, depth + 1);
                    check(&again);
                }
                if panics {
                    std::panic::resume_unwind(Box::new(()));
                }
            })));
            let poll = std::panic::AssertUnwindSafe(|| {
                Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop()))
            });
            assert_eq!(std::panic::catch_unwind(poll).is_err(), panics);
            let mut player = shared.borrow_mut();
            player.model.end(number);
            player.futures.push((number, inside, future));
        }
        _ => {}
    }
}

thread_local! {
    static WORK: RefCell<BTreeMap<u32, Work>> = RefCell::default();
}

fn play(seed: u64, registry: &Registry, name: &str) {
    let logger = registry.get_logger(name);
    let shared = Rc::new(RefCell::new(Player {
        random: Random::new(seed),
        model: Model::default(),
        guards: Vec::new(),
        futures: Vec::new(),
        numbers: 0,
        capture: Capture::builder(&logger).level(Level::ERROR).start(),
        logger,
    }));
    for _ in 0..60 {
        step(&shared, 0);
        check(&shared);
    }
    // Whatever is left ends in any order, and leaves nothing.
    let mut player = shared.borrow_mut();
    let mut guards = std::mem::take(&mut player.guards);
    while !guards.is_empty() {
        let at = player.random.below(guards.len());
        drop(guards.swap_remove(at));
    }
    player.futures.clear();
    player.model = Model::default();
    drop(player);
    check(&shared);
}

#[test]
fn guards_end_their_own_scope_in_any_order() {
    let registry = Registry::new();
    registry
        .root()
        .add_handler(logtree::handler::NullHandler::new());
    thread::scope(|threads| {
        for thread in 0..3 {
            let registry = &registry;
            threads.spawn(move || {
                for seed in 0..60 {
                    play(seed * 3 + thread, registry, &format!("thread{thread}"));
                }
            });
        }
    });
}
