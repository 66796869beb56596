//! Scopes go where work goes.

use std::future::{self, Future};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;

use logtree::record::OwnedRecord;
use logtree::scope::InScopeExt;
use logtree::test::Capture;
use logtree::{Level, Logger, Registry, Scope};

fn shown(record: &OwnedRecord) -> String {
    let mut text = record.message().to_owned();
    for (key, value) in record.key_values() {
        text += &format!(" {key}={value}");
    }
    text
}

/// Returns what was logged, with its key-values.
fn logged(scene: impl FnOnce(&Logger)) -> Vec<String> {
    let registry = Registry::new();
    let capture = Capture::builder(&registry.root())
        .level(Level::INFO)
        .start();
    scene(&registry.get_logger("app"));
    capture.records().iter().map(shown).collect()
}

fn poll<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    let mut task = Context::from_waker(Waker::noop());
    future.as_mut().poll(&mut task)
}

#[test]
fn a_poll_that_panics_leaves_its_thread_and_its_future_in_their_scopes() {
    let lines = logged(|logger| {
        let mut panics = true;
        let task = future::poll_fn(|_| {
            logger.info("polled");
            assert!(!std::mem::take(&mut panics), "boom");
            Poll::Ready(())
        });
        let mut task = Box::pin(task.in_scope(Scope::new().with("task", 1)));
        let _around = Scope::new().with("around", 2).enter();
        assert!(catch_unwind(AssertUnwindSafe(|| poll(&mut task))).is_err());
        logger.info("between");
        assert!(poll(&mut task).is_ready());
        logger.info("after");
    });
    let expected = [
        "polled task=1",
        "between around=2",
        "polled task=1",
        "after around=2",
    ];
    assert_eq!(lines, expected);
}

/// Logs where it is dropped.
struct Dropped<'l>(&'l Logger);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        self.0.info("dropped");
    }
}

#[test]
fn a_future_that_waits_is_dropped_in_its_scope() {
    let lines = logged(|logger| {
        let kept = Dropped(logger);
        let task = async move {
            let _kept = &kept;
            future::pending::<()>().await;
        };
        let mut task = Box::pin(task.in_scope(Scope::new().with("task", 1)));
        assert!(poll(&mut task).is_pending());
        let never_polled = Dropped(logger);
        let never_polled = async move { drop(never_polled) };
        let never_polled = never_polled.in_scope(Scope::new().with("task", 2));
        thread::scope(|threads| {
            threads.spawn(move || {
                let _around = Scope::new().with("around", 2).enter();
                drop(task);
                drop(never_polled);
                logger.info("after");
            });
        });
        logger.info("here");
    });
    let expected = ["dropped task=1", "dropped task=2", "after around=2", "here"];
    assert_eq!(lines, expected);
}

#[test]
fn a_destructor_that_panics_ends_the_scope() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let lines = logged(|logger| {
        let kept = Panics;
        let task = async move { drop(kept) }.in_scope(Scope::new().with("task", 1));
        assert!(catch_unwind(AssertUnwindSafe(|| drop(task))).is_err());
        logger.info("after");
    });
    assert_eq!(lines, ["after"]);
}

#[test]
fn futures_and_guards_nest() {
    let lines = logged(|logger| {
        let inner = async {
            let _guard = Scope::new().with("guard", 3).enter();
            logger.info("inner");
        };
        let outer = async {
            logger.info("outer");
            inner.in_scope(Scope::new().with("inner", 2)).await;
            logger.info("outer");
        };
        let mut task = Box::pin(outer.in_scope(Scope::new().with("outer", 1)));
        assert!(poll(&mut task).is_ready());
    });
    let expected = [
        "outer outer=1",
        "inner outer=1 inner=2 guard=3",
        "outer outer=1",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn ten_thousand_scopes_nest() {
    let lines = logged(|logger| {
        let enter = |depth: i32| Scope::new().with("depth", depth).enter();
        let mut guards: Vec<_> = (0..10_000).map(enter).collect();
        logger.info("down there");
        Scope::current().bind(|| logger.info("bound"))();
        // The second one first.
        drop(guards.remove(1));
        while let Some(guard) = guards.pop() {
            drop(guard);
        }
        logger.info("out again");
    });
    assert_eq!(
        lines,
        ["down there depth=9999", "bound depth=9999", "out again"]
    );
}

/// As an executor of several threads does: each poll is on the next thread.
#[test]
fn tasks_that_move_between_threads_keep_their_scopes() {
    const THREADS: usize = 4;
    const TASKS: usize = 16;
    const POLLS: usize = 40;
    let lines = logged(|logger| {
        let task = |number: usize| {
            let _request = Scope::new().with("request", number).enter();
            let mut polls = 0;
            let work = future::poll_fn(move |_| {
                polls += 1;
                logger.info(format_args!("{number}"));
                if polls == POLLS {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            });
            Box::pin(work.in_current_scope())
        };
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..THREADS).map(|_| mpsc::channel()).unzip();
        for number in 0..TASKS {
            senders[number % THREADS].send(task(number)).unwrap();
        }
        thread::scope(|threads| {
            for (at, receiver) in receivers.into_iter().enumerate() {
                let next = senders[(at + 1) % THREADS].clone();
                threads.spawn(move || {
                    let _own = Scope::new().with("thread", at).enter();
                    for mut task in receiver.iter().take(TASKS * POLLS / THREADS) {
                        if poll(&mut task).is_pending() {
                            next.send(task).unwrap();
                        }
                    }
                });
            }
        });
    });
    assert_eq!(lines.len(), TASKS * POLLS);
    for line in lines {
        let number = line.split(' ').next().unwrap();
        assert_eq!(line, format!("{number} request={number}"));
    }
}

#[test]
fn tasks_that_are_spawned_carry_the_scopes_of_their_spawner() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut lines = logged(|logger| {
        let (task, blocking) = (logger.clone(), logger.clone());
        let request = async move {
            let spawned = async move { task.info("spawned") }.in_current_scope();
            tokio::spawn(spawned).await.unwrap();
            let bound = Scope::current().bind(move || blocking.info("on a thread"));
            tokio::task::spawn_blocking(bound).await.unwrap();
        };
        runtime.block_on(request.in_scope(Scope::new().with("request", 7)));
        logger.info("after");
    });
    lines.sort();
    let expected = ["after", "on a thread request=7", "spawned request=7"];
    assert_eq!(lines, expected);
}
