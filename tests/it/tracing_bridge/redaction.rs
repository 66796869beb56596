//! Secrets in events and in the spans around them.

use std::error::Error;
use std::io;

use logtree::filter::RedactingFilter;
use logtree::formatter::JsonFormatter;
use logtree::handler::StreamHandler;
use logtree::{Formatter, Level, Registry};
use tracing::dispatcher::with_default;

use crate::support::Text;
use crate::tracing_bridge::by_each_front;

#[test]
fn secrets_of_events_and_spans_are_redacted() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (lines, json) = (Text::default(), Text::default());
        let filter = RedactingFilter::credentials();
        let line = Formatter::new("%(spans)s %(message)s").unwrap();
        let handler = StreamHandler::new(lines.clone()).with_formatter(line);
        registry
            .root()
            .add_handler(handler.with_filter(filter.clone()));
        let handler = StreamHandler::new(json.clone()).with_formatter(JsonFormatter::new());
        registry.root().add_handler(handler.with_filter(filter));
        registry.root().set_level(Level::INFO);
        with_default(&front(&registry), || {
            let outer = tracing::info_span!("outer", api_key = "hunter2", tenant = "acme");
            let _outer = outer.enter();
            let inner = tracing::info_span!("inner", url = tracing::field::Empty);
            inner.record("url", "https://user:hunter2@host/");
            let _inner = inner.enter();
            let error = io::Error::other("cannot reach https://user:hunter2@host");
            tracing::info!(
                error = &error as &dyn Error,
                session_token = "hunter2",
                shown = %"password=hunter2",
                message = "password=hunter2",
            );
        });
        for text in [lines.get(), json.get()] {
            assert!(!text.contains("hunter2"), "{text}");
            // The rest is there.
            for shown in ["acme", "api_key", "session_token", "url", "cannot reach"] {
                assert!(text.contains(shown), "{shown}: {text}");
            }
        }
    });
}
