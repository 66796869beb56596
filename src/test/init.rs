//! Output that the test harness captures: [`init`].

use crate::filter::RedactingFilter;
use crate::formatter::Formatter;
use crate::handler::{Handler, StreamHandler};
use crate::level::Level;
use crate::registry::Registry;
use crate::sys::sync::OnceCell;

/// Prints every crate's records at `DEBUG` and above through the test harness, which shows them for
/// tests that fail.
///
/// Sets the root of the global registry to `DEBUG`, adds a [`StreamHandler::for_tests`] to it, and
/// installs the registry as the `log` backend unless another backend is installed. Call it at the
/// start of each test; the first call takes effect, and none does if the root has handlers. Known
/// credentials are redacted.
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
            root.set_level(Level::DEBUG);
        }
    });
}
