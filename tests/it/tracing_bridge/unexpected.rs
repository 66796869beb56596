//! Spans, values and call sites where they are not expected.

use std::cell::RefCell;
use std::fmt;
use std::sync::OnceLock;
use std::thread;

use logtree::formatter::Multiline;
use logtree::handler::StreamHandler;
use logtree::{Formatter, Level, Registry};
use tracing::dispatcher::{self, with_default};
use tracing::span::{Attributes, EnteredSpan};
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Event, Metadata, Span, field};
use tracing_core::callsite::{Callsite, Identifier};
use tracing_core::metadata::Kind;
use tracing_core::subscriber::Interest;

use crate::support::{Text, to_text};
use crate::tracing_bridge::{by_each_front, lines};

#[test]
fn spans_that_are_none_or_off_add_nothing() {
    let scene = |_: &Registry| {
        let outer = tracing::info_span!("outer", a = 1).entered();
        let off = tracing::trace_span!("off", b = 1);
        off.record("b", 2);
        off.follows_from(&*outer);
        outer.follows_from(&off);
        off.in_scope(|| tracing::info!("off"));
        for span in [Span::none(), Span::current()] {
            let _entered = span.enter();
            tracing::info!(parent: &span, "within");
            let _child = tracing::info_span!(parent: &span, "child").entered();
            tracing::info!("in child");
        }
        tracing::info!("after");
    };
    for lines in lines(Level::INFO, "%(spans)s %(message)s", scene) {
        assert_eq!(
            lines,
            [
                "outer off a=1",
                "None within",
                "child in child",
                "outer within a=1",
                "outer:child in child a=1",
                "outer after a=1",
            ]
        );
    }
}

#[test]
fn spans_outlive_the_dispatcher_that_others_see() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = to_text("%(spans)s %(message)s");
        registry.root().add_handler(handler);
        registry.root().set_level(Level::INFO);
        let dispatch = front(&registry);
        let span = with_default(&dispatch, || tracing::info_span!("kept", a = 1));
        drop(dispatch);
        let logger = registry.root();
        drop(registry);
        {
            let _entered = span.enter();
            // No subscriber is the default any more.
            tracing::info!("lost");
            logtree::info!(logger, "within");
            with_default(&Dispatch::new(NoSubscriber::default()), || {
                tracing::info!("lost");
                logtree::info!(logger, "within none");
            });
        }
        drop(span);
        logtree::info!(logger, "after");
        assert_eq!(
            text.lines(),
            ["kept within a=1", "kept within none a=1", "None after"]
        );
    });
}

#[test]
fn two_dispatchers_of_one_registry_log_once_each() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = to_text("%(spans)s %(message)s");
        registry.root().add_handler(handler);
        registry.root().set_level(Level::INFO);
        let (first, second) = (front(&registry), front(&registry));
        with_default(&first, || {
            let _outer = tracing::info_span!("outer").entered();
            tracing::info!("one");
            with_default(&second, || {
                let inner = tracing::info_span!("inner");
                let entered = inner.enter();
                tracing::info!("two");
                drop(entered);
                registry.root().set_level(Level::WARNING);
                tracing::info!("off");
                registry.root().set_level(Level::INFO);
            });
            drop(second);
            tracing::info!("three");
        });
        assert_eq!(text.lines()[0], "outer one");
        assert!(text.lines()[1].ends_with("inner two"));
        assert_eq!(text.lines()[2..], ["outer three"]);
    });
}

thread_local! {
    static HELD: RefCell<Option<(EnteredSpan, Last)>> = const { RefCell::new(None) };
}

struct Last(Dispatch);

impl Drop for Last {
    fn drop(&mut self) {
        with_default(&self.0, || {
            let _span = tracing::info_span!("late").entered();
            tracing::info!(value = 1, "at the end");
        });
    }
}

#[test]
fn a_thread_may_end_in_a_span() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = to_text("%(message)s");
        registry.root().add_handler(handler);
        registry.root().set_level(Level::INFO);
        let dispatch = front(&registry);
        for first in [true, false] {
            thread::scope(|threads| {
                threads.spawn(|| {
                    // Which local ends first depends on which was used first.
                    if first {
                        HELD.with(|held| drop(held.borrow_mut()));
                    }
                    with_default(&dispatch, || {
                        let span = tracing::info_span!("held").entered();
                        tracing::info!("begins");
                        HELD.set(Some((span, Last(dispatch.clone()))));
                    });
                });
            });
        }
        let lines = text.lines();
        assert_eq!(
            lines.iter().filter(|line| *line == "begins").count(),
            2,
            "{lines:?}"
        );
    });
}

/// Does with its span what it likes, where it is formatted.
struct Meddles(Span);

impl fmt::Debug for Meddles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.record("later", 7);
        let _entered = self.0.clone().entered();
        Span::current().record("later", 8);
        drop(tracing::info_span!("short"));
        f.write_str("meddled")
    }
}

#[test]
fn a_value_may_change_the_span_that_it_is_logged_in() {
    let scene = |_: &Registry| {
        let span = tracing::info_span!("own", later = field::Empty);
        let _entered = span.enter();
        tracing::info!(value = ?Meddles(span.clone()), "one");
        span.record("later", field::debug(Meddles(span.clone())));
        tracing::info!("two");
        let _child = tracing::info_span!("child", value = ?Meddles(span.clone())).entered();
        tracing::info!("three");
    };
    for lines in lines(Level::INFO, "%(spans)s %(message)s", scene) {
        assert_eq!(
            lines,
            [
                "own one value=meddled",
                "own two later=meddled",
                "own:child three later=7 value=meddled"
            ]
        );
    }
}

struct Leaked(OnceLock<Metadata<'static>>);

impl Callsite for Leaked {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.0.get().unwrap()
    }
}

/// Makes a call site that was not there when the program was compiled.
fn call_site(target: &str, fields: &[&'static str]) -> &'static Metadata<'static> {
    let site: &'static Leaked = Box::leak(Box::new(Leaked(OnceLock::new())));
    let fields = field::FieldSet::new(fields.to_vec().leak(), Identifier(site));
    let (level, target) = (tracing::Level::INFO, target.to_owned().leak());
    let place = Some("src\n.rs");
    let metadata = Metadata::new(
        "e\n",
        target,
        level,
        place,
        Some(1),
        None,
        fields,
        Kind::EVENT,
    );
    site.0.get_or_init(|| metadata)
}

#[test]
fn names_of_a_call_site_may_be_any_text() {
    let names = [
        "message", "", "a b", "x=\n", "r#r#type", "message", "\u{202e}",
    ];
    let long = "long::".repeat(20_000);
    let names_and_shown = [
        ("", "root"),
        ("::", "."),
        ("a\nb::c", "a\\nb.c"),
        (&long, &*long.replace("::", ".")),
        ("\u{202e}", "\\u{202e}"),
    ];
    for (target, shown) in names_and_shown {
        let site = call_site(target, &names);
        let scene = |_: &Registry| {
            let fields: Vec<_> = site.fields().iter().collect();
            let value = Some(&"v" as &dyn field::Value);
            let [a, b, c, d, e, f, g] = &fields[..] else {
                panic!()
            };
            let values = [a, b, c, d, e, f, g].map(|field| (field, value));
            let values = site.fields().value_set(&values);
            dispatcher::get_default(|dispatch| {
                assert!(dispatch.enabled(site));
                let span = dispatch.new_span(&Attributes::new(site, &values));
                dispatch.enter(&span);
                dispatch.event(&Event::new(site, &values));
                dispatch.exit(&span);
                dispatch.try_close(span);
            });
        };
        let format = r#"v message_=v ""=v "a b"=v "x=\n"=v r#type=v "\u{202e}"=v"#;
        let builder = Formatter::builder().format("%(name)s %(message)s");
        let one_line = builder.multiline(Multiline::Escape).build().unwrap();
        by_each_front(|front| {
            let registry = Registry::new();
            let text = Text::default();
            let handler = StreamHandler::new(text.clone()).with_formatter(one_line.clone());
            registry.root().add_handler(handler);
            registry.root().set_level(Level::INFO);
            with_default(&front(&registry), || scene(&registry));
            assert_eq!(text.lines(), [format!("{shown} {format}")]);
        });
    }
}
