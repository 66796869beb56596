//! Events that name the span that they are in.

use logtree::test::Capture;
use logtree::{Level, Registry, Scope};
use tracing::callsite::{Callsite, Identifier};
use tracing::dispatcher::with_default;
use tracing::field::FieldSet;
use tracing::metadata::Kind;
use tracing::subscriber::Interest;
use tracing::{Metadata, Span};

use crate::support::to_text;
use crate::tracing_bridge::by_each_front;
use crate::tracing_bridge::owners::Service;

/// Whatever the thread is in: decided on by the owner of the span that the event names, and sent to
/// its handlers.
#[test]
fn an_event_with_a_parent_belongs_to_the_parents_owner() {
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = to_text("%(message)s");
        registry.root().add_handler(handler);
        let [s3, dynamodb, job] =
            ["aws_sdk_s3", "aws_sdk_dynamodb", "job"].map(|name| registry.get_logger(name));
        s3.set_level(Level::DEBUG);
        dynamodb.set_level(Level::OFF);
        let capture = |logger| Capture::builder(logger).level(Level::ERROR).start();
        let (of_s3, of_dynamodb) = (capture(&s3), capture(&dynamodb));
        let event = |parent: &Span, message: &str| {
            tracing::trace!(target: "hyper", parent: parent, "{message}");
            tracing::debug!(target: "hyper", parent: parent, "{message}");
            tracing::error!(target: "hyper", parent: parent, "{message}");
        };
        let messages = |capture: &Capture| {
            let taken = capture.take().into_iter();
            taken
                .map(|record| record.message().to_owned())
                .collect::<Vec<_>>()
        };
        with_default(&front(&registry), || {
            let (shown, hidden) = (Service::S3.span(), Service::DynamoDb.span());
            let plain = tracing::error_span!("plain");
            let quiet = shown.in_scope(|| tracing::debug_span!(target: "hyper", "quiet"));
            let events = || {
                event(&shown, "s3");
                event(&quiet, "within s3");
                event(&hidden, "dynamodb");
                event(&plain, "plain");
            };
            let lines = ["s3", "s3", "within s3", "within s3", "plain"];
            let within: [&dyn Fn(); 4] = [
                &events,
                &|| shown.in_scope(events),
                &|| hidden.in_scope(events),
                // The span that is entered last has no owner.
                &|| hidden.in_scope(|| plain.in_scope(events)),
            ];
            for run in within {
                run();
                let words: Vec<_> = text
                    .take()
                    .lines()
                    .map(|line| line.split(" rpc").next().unwrap().to_owned())
                    .collect();
                assert_eq!(words, lines);
                assert_eq!(messages(&of_s3), ["s3", "within s3"]);
                assert_eq!(messages(&of_dynamodb), ["dynamodb"]);
            }
            // A scope that is entered later does not own it either.
            job.set_level(Level::OFF);
            Scope::new().owner(&job).run(|| event(&shown, "s3"));
            assert_eq!(messages(&of_s3), ["s3"]);
            // No level of an owner: by the event's own logger, wherever.
            for logger in [&s3, &dynamodb, &job] {
                logger.set_level(Level::NOTSET);
            }
            text.take();
            hidden.in_scope(|| event(&shown, "s3"));
            assert_eq!(text.take().lines().count(), 1);
        });
    });
}

/// A call site of `LogTracer`.
struct OfLog;

static OF_LOG: OfLog = OfLog;

impl Callsite for OfLog {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        unreachable!("it is never registered")
    }
}

/// `tracing` asks without the parent, so an event may be enabled in vain. One that `LogTracer`
/// makes of a record names none, and would be made for each record that is off.
#[test]
fn a_record_of_log_is_enabled_by_its_own_thread() {
    let registry = Registry::new();
    registry.get_logger("aws_sdk_s3").set_level(Level::DEBUG);
    with_default(&registry.tracing_subscriber().into(), || {
        const DEBUG: tracing::Level = tracing::Level::DEBUG;
        let of_log = || {
            let fields = FieldSet::new(&["message", "log.target"], Identifier(&OF_LOG));
            let (name, target) = ("log record", "hyper");
            let metadata =
                Metadata::new(name, target, DEBUG, None, None, None, fields, Kind::EVENT);
            tracing::dispatcher::get_default(|dispatch| dispatch.enabled(&metadata))
        };
        assert!(!of_log());
        assert!(Service::S3.span().in_scope(of_log));
        assert!(tracing::event_enabled!(target: "hyper", DEBUG));
        assert!(tracing::event_enabled!(target: "hyper", DEBUG, log.target));
    });
}
