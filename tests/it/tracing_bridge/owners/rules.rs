//! Rules that make further owners.

use logtree::tracing::OwnerRule;
use logtree::{Level, Registry, Scope};
use tracing::dispatcher::with_default;
use tracing::field::Value;
use tracing::span::Attributes;
use tracing::{Dispatch, Metadata};
use tracing_core::callsite::Callsite;
use tracing_core::metadata::Kind;
use tracing_core::subscriber::Interest;

use crate::support::to_text;

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
