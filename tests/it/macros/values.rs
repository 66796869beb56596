//! Key-values and errors.

use std::cell::Cell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use logtree::record::OwnedValue;
use logtree::test::Capture;
use logtree::{Level, Logger, Registry};

#[derive(Debug)]
struct Failure(&'static str, Option<Box<Failure>>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

#[test]
fn errors_and_backtraces() {
    let logger = Registry::new().get_logger("e");
    let capture = Capture::new(&logger);
    let error = Failure("outer", Some(Box::new(Failure("inner", None))));
    logtree::error!(logger, error:err, user = 1, second:err = Failure("second", None); "failed");
    logtree::error!(logger, here:backtrace; "failed");
    logger.exception("failed", &error);
    let records = capture.records();
    assert_eq!(records[0].error_text(), Some("outer\ncaused by: inner"));
    assert_eq!(records[0].key_value("second"), Some(&"second".into()));
    assert!(records[0].key_value("error").is_none() && records[0].key_value("user").is_some());
    let record = records[1].as_record();
    let stack = record.stack().unwrap();
    // In a program without symbols, frames have no names.
    let is_named = stack.contains("errors_and_backtraces") || stack.contains("<unknown>");
    assert!(stack.trim_start().starts_with("0: ") && is_named, "{stack}");
    assert_eq!(
        (records[2].error_text(), records[2].level()),
        (Some("outer\ncaused by: inner"), Level::ERROR)
    );
}

/// Values and arguments are evaluated once, in the order of the text.
#[test]
fn values_come_before_arguments() {
    let registry = Registry::new();
    let logger = registry.get_logger("m");
    let capture = Capture::new(&logger);
    let calls = Cell::new(0);
    let next = || {
        calls.set(calls.get() + 1);
        calls.get()
    };
    logtree::info!(logger, a = next(), b:? = next(), c:% = next(); "{} {:?}", next(), next());
    assert_eq!(capture.messages(), ["4 5"]);
    let records = capture.records();
    let values = ["a", "b", "c"].map(|key| records[0].key_value(key).map(ToString::to_string));
    let expected = ["1", "2", "3"].map(|text| Some(text.to_owned()));
    assert_eq!(values, expected);
    // A temporary lives until the record is written.
    logtree::info!(logger, text = String::from("t").as_str(), list:? = String::from("l").chars(); "x");
    assert_eq!(capture.records()[1].key_value("text"), Some(&"t".into()));
}

/// A value can wait, too, and the future still moves between threads.
#[test]
fn values_can_be_awaited() {
    use std::future::ready;

    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let logger = Registry::new().get_logger("m");
    let own = logtree::get_logger(module_path!());
    let (capture, of_the_module) = (Capture::new(&logger), Capture::thread_local(&own));
    let future = is_send(async move {
        logtree::error!(logger, k = ready(5).await; "x");
        logtree::error!(
            logger,
            a = ready(1).await, b:? = ready(2).await, c:% = ready(3).await, d:err = ready(fmt::Error).await, e = 5;
            "{} {:?}", ready(6).await, ready(7).await
        );
        logtree::error!(logger, a = 1, b:backtrace, c = ready(2).await; "{:?}", ready(8).await);
        logtree::log!(logger, Level::ERROR, a = ready(1).await; concat!("{}", "{}"), 1, ready(9).await);
        logtree::error!(a = ready(1).await; "{}", ready(10).await);
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::pin!(future).poll(&mut context).is_ready());
    assert_eq!(capture.messages(), ["x", "6 7", "8", "19"]);
    assert_eq!(of_the_module.messages(), ["10"]);
    assert_eq!(
        capture.records()[1].key_value("b"),
        Some(&OwnedValue::from("2"))
    );
}

/// A type like `anyhow::Error` and `eyre::Report`.
struct Report(Failure);

impl AsRef<dyn std::error::Error + Send + Sync> for Report {
    fn as_ref(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        &self.0
    }
}

/// A value is taken by the first way that its type allows.
#[test]
fn values_are_taken_as_their_type_allows() {
    use std::error::Error as StdError;

    let registry = Registry::new();
    let logger = registry.get_logger("values");
    let capture = Capture::new(&logger);
    let last = || capture.records().pop().unwrap();
    let path = Path::new("a/b");
    let (took, size, none) = (Duration::from_millis(1500), 3, None::<PathBuf>);
    logtree::info!(
        logger,
        took, path, size, none, buffer = path.to_owned(), shown = path.display(), boxed = Some(&path),
        text = "t", owned = String::from("o"), some = Some(1.5), flag = true;
        "std"
    );
    let record = last();
    let values = [
        "took", "path", "size", "none", "buffer", "shown", "boxed", "text", "owned", "some",
    ]
    .map(|key| record.key_value(key).map(ToString::to_string).unwrap());
    assert_eq!(
        values,
        [
            "1.5s", "a/b", "3", "None", "a/b", "a/b", "a/b", "t", "o", "1.5"
        ]
    );

    fn generic<E: StdError>(logger: &Logger, err: &E) {
        logtree::error!(logger, err; "generic");
    }
    let failure = || Failure("outer", Some(Box::new(Failure("inner", None))));
    let err = failure();
    let chain = "outer\ncaused by: inner";
    macro_rules! attaches {
        ($($values:tt)+) => {
            logtree::error!(logger, $($values)+; "failed");
            let record = last();
            assert_eq!(record.error_text(), Some(chain), stringify!($($values)+));
            assert_eq!(record.key_values().count(), 0);
        };
    }
    attaches!(err);
    attaches!(err:err);
    attaches!(err = &err);
    attaches!(err = failure());
    let dynamic: &dyn StdError = &err;
    attaches!(dynamic);
    attaches!(dynamic:err);
    let boxed: Box<dyn StdError> = Box::new(failure());
    attaches!(boxed);
    attaches!(boxed:err);
    attaches!(err = &boxed);
    let sync: Box<dyn StdError + Send + Sync> = Box::new(failure());
    attaches!(sync);
    attaches!(sync:err);
    let shared: Arc<dyn StdError + Send + Sync> = Arc::new(failure());
    attaches!(shared);
    attaches!(err = Report(failure()));
    attaches!(err:err = Report(failure()));
    generic(&logger, &err);
    assert_eq!(last().error_text(), Some(chain));
    // A text under the name is a text; the second error is a key-value.
    logtree::error!(logger, error = "text", first = err, second = failure(); "failed");
    let record = last();
    assert_eq!(record.key_value("error"), Some(&"text".into()));
    assert_eq!(record.error_text(), Some(chain));
    assert_eq!(record.key_value("second"), Some(&"outer".into()));
    assert!(record.key_value("first").is_none());
}
