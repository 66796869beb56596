//! Output that the test harness captures: [`init`], [`init_for_tests!`](crate::init_for_tests).

use crate::filter::RedactingFilter;
use crate::formatter::Formatter;
use crate::handler::{Handler, StreamHandler};
use crate::level_spec::{LevelSpec, VARIABLES};
use crate::registry::Registry;
use crate::sys::sync::OnceCell;
use crate::sys::variable::variable;

/// Prints every crate's records through the test harness, which shows them for tests that fail.
///
/// Adds a [`StreamHandler::for_tests`] to the root of the global registry, and installs the
/// registry as the `log` backend unless another backend is installed. The variable `LOGTREE`, or
/// `RUST_LOG` if it is not set, gives the levels, in the syntax of [`LevelSpec`]; without them, the
/// root's level is `DEBUG`. Call it at the start of each test; the first call takes effect, and
/// none does if the root has handlers. Known credentials are redacted.
///
/// With `--nocapture`, and by nextest, the same lines are shown as they are written. For the
/// records of one test, as values, see [`Capture`](crate::test::Capture).
///
/// `#[test_log::test]` of the crate test-log installs `env_logger` in its place: use one
/// of the two.
///
/// # Examples
/// ```
/// logtree::test::init();
/// log::debug!("shown if the test fails");
/// ```
pub fn init() {
    static DONE: OnceCell<()> = OnceCell::new();
    DONE.get_or_init(|| {
        let registry = Registry::global();
        // Another backend stays: the crate's own macros work without the facade.
        let _ = registry.install();
        let root = registry.root();
        if root.handlers().is_empty() {
            let formatter = Formatter::preset(Formatter::BOTO3).build_preset();
            let handler = StreamHandler::for_tests().with_formatter(formatter);
            handler.add_filter(RedactingFilter::shared_preset());
            root.add_handler(Handler::from(handler));
            LevelSpec::apply_variables(registry, &VARIABLES, "debug", variable);
        }
    });
}

/// Calls [`test::init`](crate::test::init) where the calling crate is compiled for tests, and does
/// nothing elsewhere: for a function that tests and the program share.
///
/// # Examples
/// ```
/// fn set_up() {
///     logtree::init_for_tests!();
/// }
/// # set_up();
/// ```
#[macro_export]
macro_rules! init_for_tests {
    () => {
        if ::core::cfg!(test) {
            $crate::test::init();
        }
    };
}
