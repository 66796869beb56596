//! Spans that own what is logged in them, as those of the AWS SDK for Rust do.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use logtree::tracing::OwnerRule;
use logtree::{Level, Registry, Scope};
use tracing::dispatcher::with_default;
use tracing::field::Value;
use tracing::span::Attributes;
use tracing::{Dispatch, Instrument, Metadata, Span};
use tracing_core::callsite::Callsite;
use tracing_core::metadata::Kind;
use tracing_core::subscriber::Interest;

use crate::support::{Random, to_text};
use crate::tracing_bridge::{Front, by_each_front, by_exact_front, lines};

/// A service, as the SDK's crate for it names its spans.
#[derive(Clone, Copy)]
pub(super) enum Service {
    S3,
    DynamoDb,
    Sts,
    Logs,
}

impl Service {
    /// The span of an operation.
    pub(super) fn span(self) -> Span {
        let id = "1234567";
        match self {
            Self::S3 => tracing::debug_span!(
                target: "aws_sdk_s3::operation::put_object", "S3.PutObject",
                rpc.service = "S3", rpc.method = "PutObject", sdk_invocation_id = id
            ),
            Self::DynamoDb => tracing::debug_span!(
                target: "aws_sdk_dynamodb::operation::put_item", "DynamoDB.PutItem",
                rpc.service = "DynamoDB", rpc.method = "PutItem", sdk_invocation_id = id
            ),
            Self::Sts => tracing::debug_span!(
                target: "aws_sdk_sts::operation::assume_role", "STS.AssumeRole",
                rpc.service = "STS", rpc.method = "AssumeRole", sdk_invocation_id = id
            ),
            Self::Logs => tracing::debug_span!(
                target: "aws_smithy_runtime::client::orchestrator::operation", "invoke",
                rpc.service = "CloudWatch Logs", rpc.method = "PutLogEvents"
            ),
        }
    }
}

/// What the crates log that all services share.
fn shared(of: &str) {
    let attempt = tracing::debug_span!(
        target: "aws_smithy_runtime::client::orchestrator", "try_attempt", attempt = 1
    );
    let _attempt = attempt.entered();
    tracing::debug!(target: "aws_smithy_runtime::client::orchestrator", "{of} signs");
    tracing::trace!(target: "hyper_util::client::legacy::connect::http", "{of} connects");
    tracing::warn!(target: "aws_smithy_runtime::client::retries", "{of} retries");
}

fn call(service: Service, of: &str) {
    let _span = service.span().entered();
    shared(of);
}

#[test]
fn a_service_is_shown_whole_and_others_are_not() {
    let scene = |registry: &Registry| {
        let s3 = registry.get_logger("aws_sdk_s3");
        call(Service::S3, "before");
        s3.set_level(Level::DEBUG);
        call(Service::S3, "s3");
        registry
            .get_logger("aws_sdk_dynamodb")
            .set_level(Level::OFF);
        call(Service::DynamoDb, "dynamodb");
        call(Service::Sts, "sts");
        s3.set_level(Level::NOTSET);
        call(Service::S3, "after");
    };
    for lines in lines(
        Level::WARNING,
        "%(name)s %(rpc.service)s %(message)s",
        scene,
    ) {
        let names: Vec<_> = lines.iter().map(String::as_str).collect();
        let prefix = "aws_smithy_runtime.client";
        let retries = |of: &str, service: &str| format!("{prefix}.retries {service} {of} retries");
        assert!(
            names[0].starts_with(&format!("{prefix}.retries")),
            "{names:?}"
        );
        assert_eq!(names.len(), 5, "{names:?}");
        assert!(names[1].contains("orchestrator S3 s3 signs"), "{names:?}");
        assert!(names[1].contains("rpc.method=PutObject"), "{names:?}");
        assert!(names[1].contains("sdk_invocation_id=1234567"), "{names:?}");
        assert!(names[2].starts_with(&retries("s3", "S3")), "{names:?}");
        assert!(names[3].starts_with(&retries("sts", "STS")), "{names:?}");
        assert!(names[4].starts_with(&retries("after", "S3")), "{names:?}");
    }
}

/// Without a level of an owner, everything goes by its own target.
#[test]
fn shared_code_has_its_own_level_for_all_services() {
    let scene = |registry: &Registry| {
        registry
            .get_logger("aws_smithy_runtime")
            .set_level(Level::DEBUG);
        call(Service::S3, "s3");
        call(Service::DynamoDb, "dynamodb");
        registry
            .get_logger("aws_sdk_dynamodb")
            .set_level(Level::ERROR);
        call(Service::DynamoDb, "silenced");
        shared("none");
    };
    for lines in lines(Level::WARNING, "%(message)s", scene) {
        let words: Vec<_> = lines
            .iter()
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            words,
            [
                "s3 signs",
                "s3 retries",
                "dynamodb signs",
                "dynamodb retries",
                "none signs",
                "none retries"
            ]
        );
    }
}

#[test]
fn the_innermost_service_owns() {
    let scene = |registry: &Registry| {
        registry.get_logger("aws_sdk_s3").set_level(Level::DEBUG);
        let _s3 = Service::S3.span().entered();
        let identity = tracing::debug_span!(
            target: "aws_smithy_runtime::client::identity", "lazy_load_identity"
        );
        identity.in_scope(|| {
            tracing::debug!(target: "aws_config", "s3 loads");
            // Its own level is not set.
            call(Service::Sts, "sts");
            registry.get_logger("aws_sdk_sts").set_level(Level::OFF);
            call(Service::Sts, "silent");
            tracing::debug!(target: "aws_config", "s3 has");
        });
        // Of another task's span, and of none.
        let parent = Service::DynamoDb.span();
        tracing::debug!(target: "hyper", parent: &parent, "of dynamodb");
        tracing::debug!(target: "hyper", parent: &identity, "of s3");
        tracing::debug!(target: "hyper", parent: None, "of none");
        let child = tracing::debug_span!(target: "hyper", parent: &identity, "child");
        child.in_scope(|| tracing::debug!(target: "hyper", "of the child"));
    };
    for lines in lines(Level::WARNING, "%(name)s", scene) {
        let names: Vec<_> = lines
            .iter()
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "aws_config",
                "aws_smithy_runtime.client.retries",
                "aws_config",
                "hyper",
                "hyper"
            ]
        );
    }
}

/// Clients before 2025 name the service in a field, and so do calls that no crate is generated for.
#[test]
fn a_service_may_be_named_in_a_field() {
    let scene = |registry: &Registry| {
        for name in ["aws_sdk_s3", "aws_sdk_cloudwatchlogs"] {
            registry.get_logger(name).set_level(Level::DEBUG);
        }
        for service in ["s3", "S3", "dynamodb"] {
            let span = tracing::debug_span!(
                target: "aws_smithy_runtime::client::orchestrator", "invoke",
                service = %service, operation = "PutObject", sdk_invocation_id = 7
            );
            span.in_scope(|| tracing::debug!(target: "hyper", "{service}"));
        }
        call(Service::Logs, "logs");
        // Others may have such a field and mean something else.
        let span = tracing::debug_span!(target: "shop", "sale", service = "s3");
        span.in_scope(|| tracing::debug!(target: "hyper", "no"));
    };
    for lines in lines(Level::WARNING, "%(message)s", scene) {
        let words: Vec<_> = lines
            .iter()
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        assert_eq!(words, ["s3", "S3", "logs", "logs"]);
    }
}

#[test]
fn handlers_and_captures_of_a_service_get_what_it_owns() {
    by_each_front(|front| {
        let registry = Registry::new();
        let s3 = registry.get_logger("aws_sdk_s3");
        let (handler, text) = to_text("%(levelname)s");
        s3.add_handler(handler);
        s3.set_propagate(false);
        let capture = logtree::test::Capture::builder(&s3)
            .level(Level::DEBUG)
            .start();
        with_default(&front(&registry), || {
            call(Service::S3, "s3");
            call(Service::DynamoDb, "dynamodb");
        });
        assert_eq!(text.lines().len(), 1);
        assert_eq!(capture.len(), 2);
    });
}

/// Spans are entered and left on several threads, two services side by side on each.
#[test]
fn services_do_not_mix_on_a_runtime_of_several_threads() {
    async fn put(of: &'static str) {
        for _ in 0..20 {
            pause().await;
            shared(of);
        }
    }
    by_each_front(|front| {
        let registry = Registry::new();
        let (handler, text) = to_text("%(rpc.service)s %(message)s");
        registry.root().add_handler(handler);
        registry.get_logger("aws_sdk_s3").set_level(Level::DEBUG);
        registry
            .get_logger("aws_sdk_dynamodb")
            .set_level(Level::OFF);
        let dispatch = front(&registry);
        let calls: Vec<_> = with_default(&dispatch, || {
            let call = |service: Service, of| Box::pin(put(of).instrument(service.span())) as Call;
            let calls =
                (0..8).flat_map(|_| [call(Service::S3, "s3"), call(Service::DynamoDb, "no")]);
            calls.collect()
        });
        run(&dispatch, calls);
        assert_eq!(text.lines().len(), 8 * 20 * 2);
        assert!(text.lines().iter().all(|line| line.starts_with("S3 s3 ")));
    });
}

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

async fn pause() {
    let mut waited = false;
    future::poll_fn(|_| match std::mem::replace(&mut waited, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// Polls futures in turn, on four threads, each poll on whatever thread comes.
fn run(dispatch: &Dispatch, calls: Vec<Call>) {
    let left = Mutex::new(VecDeque::from(calls));
    let start = Barrier::new(4);
    thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                start.wait();
                with_default(dispatch, || {
                    let mut task = Context::from_waker(Waker::noop());
                    let next = || left.lock().unwrap().pop_front();
                    while let Some(mut call) = next() {
                        if call.as_mut().poll(&mut task).is_pending() {
                            left.lock().unwrap().push_back(call);
                        }
                    }
                });
            });
        }
    });
}

type Bound<'a> = Box<dyn FnOnce() -> bool + 'a>;

#[test]
fn scopes_and_spans_own_in_the_order_of_entry() {
    by_each_front(|front| {
        let registry = Registry::new();
        let [s3, jobs, hyper] =
            ["aws_sdk_s3", "jobs", "hyper"].map(|name| registry.get_logger(name));
        s3.set_level(Level::DEBUG);
        jobs.set_level(Level::ERROR);
        let job = || Scope::new().owner(&jobs);
        let is_s3s = || hyper.is_enabled_for(Level::DEBUG);
        let is_jobs = || !hyper.is_enabled_for(Level::WARNING);
        with_default(&front(&registry), || {
            let scope = job().enter();
            let span = Service::S3.span();
            assert!(is_jobs());
            span.in_scope(|| {
                assert!(is_s3s());
                job().run(|| {
                    assert!(is_jobs());
                    // A span without an owner has that of what it is created in.
                    let inner = tracing::error_span!("inner").entered();
                    assert!(is_jobs());
                    span.in_scope(|| assert!(is_s3s()));
                    drop(inner);
                });
                assert!(is_s3s());
            });
            drop(scope);
            let [bound, inner] = span.in_scope(|| {
                let inner = job().run(|| Scope::current().bind(is_jobs));
                [
                    Box::new(Scope::new().bind(is_s3s)) as Bound<'_>,
                    Box::new(inner),
                ]
            });
            assert!(bound() && inner());
            let outer = job().run(|| span.in_scope(|| Scope::new().bind(is_s3s)));
            assert!(outer());
            // The same by a scope of all that holds, there and elsewhere.
            let all = job().run(|| {
                span.in_scope(|| {
                    assert!(Scope::current().run(is_s3s));
                    Scope::current().bind(is_s3s)
                })
            });
            assert!(all());
            let inner = span.in_scope(|| job().run(Scope::current));
            assert!(inner.run(is_jobs));
        });
    });
}

#[test]
fn rules_make_further_owners() {
    let registry = Registry::new();
    let (handler, text) = to_text("%(message)s");
    registry.root().add_handler(handler);
    let field = OwnerRule::field("tenant", |tenant| match tenant {
        "panics" => panic!("a rule that fails"),
        "of none" => None,
        tenant => Some(format!("tenants.{tenant}")),
    });
    let subscriber = registry
        .tracing_subscriber()
        .with_owner_rule(OwnerRule::target_prefix("shop_"))
        .with_owner_rule(field);
    let dispatch = Dispatch::new(subscriber);
    let scene = |of: &str| {
        for tenant in ["acme", "other", "of none", "panics"] {
            let span = tracing::trace_span!(target: "web", "request", tenant);
            span.in_scope(|| tracing::debug!(target: "hyper", "{of} {tenant}"));
        }
        let span = tracing::trace_span!(target: "shop_billing::invoice", "invoice");
        span.in_scope(|| tracing::debug!(target: "hyper", "{of} billing"));
    };
    with_default(&dispatch, || {
        scene("none");
        registry.get_logger("tenants.acme").set_level(Level::DEBUG);
        scene("acme");
        registry.get_logger("tenants.acme").set_level(Level::NOTSET);
        registry.get_logger("shop_billing").set_level(Level::DEBUG);
        scene("billing");
    });
    assert_eq!(text.take(), "acme acme tenant=acme\nbilling billing\n");
    // What is kept of names that come from outside is bounded.
    with_default(&dispatch, || {
        for number in 0..5_000 {
            drop(tracing::trace_span!("request", tenant = number));
        }
    });
    let names = registry.logger_names();
    let owners = names.iter().filter(|name| name.starts_with("tenants."));
    assert!((4_000..=4_096).contains(&owners.count()));
}

/// A prefix of a whole segment and more names one owner, which is known before its first span.
#[test]
fn a_prefix_may_reach_past_the_owners_name() {
    for prefix in ["shop::", "shop::billing", "shop.billing", "shop:"] {
        let target_has_it = |target: &str| target.starts_with(prefix);
        for level in [Level::DEBUG, Level::OFF] {
            let registry = Registry::new();
            let (handler, text) = to_text("%(message)s");
            registry.root().add_handler(handler);
            registry.root().set_level(Level::INFO);
            let rule = OwnerRule::target_prefix(prefix);
            let subscriber = registry.tracing_subscriber().with_owner_rule(rule);
            with_default(&Dispatch::new(subscriber), || {
                // Not of the rule, whatever it begins with.
                registry.get_logger("shopping").set_level(Level::DEBUG);
                assert!(tracing::trace_span!(target: "shop::billing", "span").is_disabled());
                registry.get_logger("shop").set_level(level);
                let colons = tracing::trace_span!(target: "shop::billing::invoice", "span");
                let dots = tracing::trace_span!(target: "shop.billing.invoice", "span");
                assert_eq!(
                    !colons.is_disabled(),
                    target_has_it("shop::billing::invoice")
                );
                assert_eq!(!dots.is_disabled(), target_has_it("shop.billing.invoice"));
                for span in [colons, dots] {
                    if !span.is_disabled() {
                        span.in_scope(|| tracing::debug!(target: "hyper", "detail"));
                        span.in_scope(|| tracing::info!(target: "hyper", "event"));
                    }
                }
            });
            let expected: &[&str] = match level {
                Level::OFF => &[],
                _ => &["detail", "event"],
            };
            assert_eq!(text.lines(), expected, "{prefix}");
        }
    }
}

struct MadeUp;

impl Callsite for MadeUp {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        &RAW
    }
}

/// A span with a field `r#type`, as older macros of `tracing` call it.
static RAW: Metadata<'static> = tracing_core::metadata! {
    name: "span",
    target: "app",
    level: tracing::Level::TRACE,
    fields: &["r#type"],
    callsite: &MadeUp,
    kind: Kind::SPAN,
};

#[test]
fn a_rule_names_a_field_as_records_do() {
    let registry = Registry::new();
    let (handler, text) = to_text("%(message)s");
    registry.root().add_handler(handler);
    let rule = OwnerRule::field("type", |kind| Some(format!("kinds.{kind}")));
    let subscriber = registry.tracing_subscriber().with_owner_rule(rule);
    registry.get_logger("kinds.job").set_level(Level::DEBUG);
    let dispatch = Dispatch::new(subscriber);
    with_default(&dispatch, || {
        let detail = || tracing::debug!(target: "hyper", "detail");
        for kind in ["job", "other"] {
            tracing::trace_span!("span", r#type = kind).in_scope(detail);
            assert!(dispatch.enabled(&RAW));
            let field = RAW.fields().field("r#type").unwrap();
            let values = [(&field, Some(&kind as &dyn Value))];
            let id = dispatch.new_span(&Attributes::new(&RAW, &RAW.fields().value_set(&values)));
            dispatch.enter(&id);
            detail();
            dispatch.exit(&id);
        }
    });
    assert_eq!(text.lines(), ["detail type=job", "detail type=job"]);
}

/// What rules make is bounded apart from what programs make.
#[test]
fn owners_of_scopes_take_no_room_of_rules() {
    let registry = Registry::new();
    for number in 0..5_000 {
        drop(Scope::new().owner(&registry.get_logger(format!("o{number}"))));
    }
    let rule = OwnerRule::field("job", |kind| Some(format!("jobs.{kind}")));
    let subscriber = registry.tracing_subscriber().with_owner_rule(rule);
    with_default(&Dispatch::new(subscriber), || {
        drop(tracing::info_span!("run", job = "import"));
    });
    assert!(registry.logger_names().contains(&"jobs.import".into()));
}

thread_local! {
    /// How many records of this thread passed.
    static SEEN: Cell<u64> = const { Cell::new(0) };
}

/// While levels of owners change, no event is decided by a level from before the change, in spans
/// that are kept open and in new ones.
#[test]
fn a_change_of_a_services_level_holds_when_it_returns() {
    let test = |front: &Front| {
        let registry = Registry::new();
        registry
            .get_logger("aws_smithy_runtime")
            .add_filter(|_: &mut logtree::Record<'_>| {
                SEEN.set(SEEN.get() + 1);
                false
            });
        let s3 = registry.get_logger("aws_sdk_s3");
        // Its spans are enabled from now on.
        s3.set_level(Level::OFF);
        let dispatch = front(&registry);
        // Twice the number of changes, less one while one is made; and whether DEBUG is on.
        let (now, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
        let (wrong, checked) = (AtomicU64::new(0), AtomicU64::new(0));
        let on = AtomicBool::new(false);
        thread::scope(|threads| {
            for number in 0..8 {
                let emit = || {
                    let before = now.load(Ordering::SeqCst);
                    let (is_on, seen) = (on.load(Ordering::SeqCst), SEEN.get());
                    tracing::debug!(target: "aws_smithy_runtime::client", "x");
                    tracing::warn!(target: "aws_smithy_runtime::client", "x");
                    let expected = if is_on { 2 } else { 0 };
                    if before % 2 == 0 && now.load(Ordering::SeqCst) == before {
                        let is_wrong = SEEN.get() - seen != expected;
                        wrong.fetch_add(u64::from(is_wrong), Ordering::SeqCst);
                        checked.fetch_add(1, Ordering::SeqCst);
                    }
                };
                let (dispatch, is_over) = (&dispatch, &is_over);
                threads.spawn(move || {
                    with_default(dispatch, || {
                        let kept = Service::S3.span();
                        while !is_over.load(Ordering::SeqCst) {
                            let span = match number % 2 {
                                0 => kept.clone(),
                                _ => Service::S3.span(),
                            };
                            span.in_scope(emit);
                        }
                    });
                });
            }
            let mut random = Random::new(3);
            for change in 1..=200_u64 {
                now.store(2 * change - 1, Ordering::SeqCst);
                let level = [Level::DEBUG, Level::TRACE, Level::OFF, Level::CRITICAL];
                let level = level[random.below(level.len())];
                s3.set_level(level);
                on.store(level <= Level::DEBUG, Ordering::SeqCst);
                now.store(2 * change, Ordering::SeqCst);
                let seen = checked.load(Ordering::SeqCst);
                while checked.load(Ordering::SeqCst) < seen + 8 {
                    thread::yield_now();
                }
            }
            is_over.store(true, Ordering::SeqCst);
        });
        assert_eq!(wrong.load(Ordering::SeqCst), 0);
    };
    by_each_front(test);
}

/// The levels of owners reach what `tracing` caches.
#[test]
fn call_sites_know_of_owners() {
    by_exact_front(|front| {
        let registry = Registry::new();
        let is_on = || tracing::enabled!(target: "hyper::client", tracing::Level::DEBUG);
        let warns = || tracing::enabled!(target: "hyper::client", tracing::Level::WARN);
        with_default(&front(&registry), || {
            assert!(Service::S3.span().is_disabled());
            let dynamodb = registry.get_logger("aws_sdk_dynamodb");
            dynamodb.set_level(Level::OFF);
            let (s3, off) = (Service::S3.span(), Service::DynamoDb.span());
            assert!(!s3.is_disabled() && !off.is_disabled());
            s3.in_scope(|| assert!(!is_on() && warns()));
            off.in_scope(|| assert!(!is_on() && !warns()));
            registry.get_logger("aws_sdk_s3").set_level(Level::DEBUG);
            s3.in_scope(|| assert!(is_on() && warns()));
            assert!(!is_on() && warns());
            dynamodb.set_level(Level::NOTSET);
            registry.get_logger("aws_sdk_s3").set_level(Level::NOTSET);
            assert!(Service::S3.span().is_disabled());
        });
    });
}
