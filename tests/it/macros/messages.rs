//! Messages and their arguments.

use std::cell::Cell;
use std::fmt;

use logtree::test::Capture;
use logtree::{Level, Logger, Registry};

/// A message whose only placeholders are `{}` is formatted without `core::fmt`, with the same
/// result.
#[test]
fn messages_are_those_of_format() {
    let registry = Registry::new();
    let logger = registry.get_logger("m");
    let capture = Capture::new(&logger);
    struct Shown(&'static str);
    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.pad(self.0)
        }
    }
    fn generic<T: fmt::Display + ?Sized>(logger: &Logger, value: &T) {
        logtree::info!(logger, "generic {}", value);
    }
    let mut expected = Vec::new();
    macro_rules! both {
        ($($message:tt)+) => {
            logtree::info!(logger, $($message)+);
            expected.push(format!($($message)+));
        };
    }
    let (text, owned, number) = ("text", String::from("owned"), 5);
    both!("{}", number);
    both!("{}{}{}{}{}{}", 1, 2, 3, 4, 5, 6);
    both!("{} {} {} {} {} {} {}", 1, 2, 3, 4, 5, 6, 7);
    both!("{} and more than the sixteen bytes of a short piece", 1);
    both!("{} {} {} {}", text, &owned, owned, &&text);
    both!("{}|{}|{}|{}", i8::MIN, i64::MIN, u64::MAX, usize::MAX);
    both!("{}{}{}", true, 'é', 1.50);
    both!("{} {}", u128::MAX, i128::MIN);
    both!("é{}日{}", Shown("a"), std::borrow::Cow::from("b"),);
    both!("{}", format_args!("{}{}", 1, 2));
    both!("{} {x}", 1, x = 2);
    both!("{:>4}|{:?}|{0}|{number:03}", number, text);
    both!("{{}} {}", number);
    both!("{:1$} {:.*} {:p}", number, 3, 2, std::ptr::null::<u8>());
    both!("{:p} {:?}", text, std::ptr::from_ref(&number));
    both!("{:?}", Some([1]));
    both!("{}", [1, 2].iter().map(|n| n * 2).sum::<i32>());
    both!("{}", if number == 5 { "five" } else { "other" });
    let dynamic: Box<dyn fmt::Display> = Box::new(7);
    both!("{} {}", dynamic, &*dynamic);
    generic(&logger, "str");
    generic(&logger, &Shown("shown"));
    expected.extend(["generic str".to_owned(), "generic shown".to_owned()]);
    assert_eq!(capture.messages(), expected);
}

/// Each argument is evaluated once, in order, and not at all when the level is off.
#[test]
fn arguments_of_plain_messages_are_evaluated_once() {
    let registry = Registry::new();
    let logger = registry.get_logger("m");
    let capture = Capture::builder(&logger).level(Level::INFO).start();
    let calls = Cell::new(0);
    let next = || {
        calls.set(calls.get() + 1);
        calls.get()
    };
    logtree::info!(logger, "{} {}", next(), next());
    logtree::debug!(logger, "{} {}", next(), next());
    assert_eq!(capture.messages(), ["1 2"]);
    assert_eq!(calls.get(), 2);
}

/// A logging call can await in its arguments, even if the task moves between threads.
#[test]
fn arguments_can_be_awaited() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let logger = Registry::new().get_logger("m");
    let capture = Capture::new(&logger);
    let future = is_send(async {
        logtree::info!(
            logger,
            "{} {}",
            std::future::ready(1).await,
            std::future::ready("b").await
        );
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::pin!(future).poll(&mut context).is_ready());
    assert_eq!(capture.messages(), ["1 b"]);
}

/// A format made by a macro, as `format!` takes it.
#[test]
fn a_format_can_be_made_by_a_macro() {
    macro_rules! two {
        ($first:literal) => {
            concat!($first, " {} {}")
        };
    }
    macro_rules! from_a_macro {
        ($logger:expr, $($message:tt)+) => { logtree::warn!($logger, $($message)+) };
    }
    let logger = logtree::get_logger(module_path!());
    let capture = Capture::thread_local(&logger);
    logtree::warn!(concat!("a", " {}"), 1);
    logtree::warn!(two!["b"], 1, 2);
    logtree::warn!(std::concat!("c", "d"));
    logtree::warn!(::std::concat!("e", "{x}"), x = 1);
    logtree::warn!(logger, two!("f"), 1, 2);
    logtree::warn!(logger: logger, key = 1; concat!("g", "h"),);
    logtree::warn!(key = 1; concat!("i", "{}"), 1);
    logtree::log!(Level::WARNING, concat!("j", "{}"), 1);
    logtree::log!(Level::WARNING, ::std::concat!("k"));
    logtree::log!(logger, Level::WARNING, concat!("l", "{}"), 1);
    from_a_macro!(logger, two!("m"), 1, 2);
    from_a_macro!(&logger, "n");
    let expected = [
        "a 1", "b 1 2", "cd", "e1", "f 1 2", "gh", "i1", "j1", "k", "l1", "m 1 2", "n",
    ];
    assert_eq!(capture.messages(), expected);
}
