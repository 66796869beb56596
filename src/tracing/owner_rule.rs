//! Which spans own the records within: [`OwnerRule`].

use std::borrow::Cow;
use std::fmt;

use tracing_core::Metadata;

use crate::level::Level;
use crate::name;
use crate::record::Context;
use crate::sys::sync::Arc;
use crate::sys::user_code::{self, Owned};
use crate::tracing::field_value::key_of;

/// Where the AWS SDK calls any service, and creates spans that name it in a field only.
const ORCHESTRATOR: &str = "aws_smithy_runtime::client::orchestrator";

/// The fields in which it does.
const SERVICE_FIELDS: [&str; 2] = ["rpc.service", "service"];

/// What the names of the SDK's crates begin with.
const SDK_PREFIX: &str = "aws_sdk_";

/// Makes loggers the owners of what is logged in spans; see [the module](crate::tracing#owners).
///
/// The spans of the AWS SDK for Rust need no rule. Rules that are added later are tried first.
///
/// # Examples
/// ```
/// use logtree::test::Capture;
/// use logtree::tracing::OwnerRule;
/// use logtree::{Level, Registry};
///
/// let registry = Registry::new();
/// let rule = OwnerRule::field("job", |kind| Some(format!("jobs.{kind}")));
/// let subscriber = registry.tracing_subscriber().with_owner_rule(rule);
/// let jobs = registry.get_logger("jobs");
/// let capture = Capture::builder(&jobs).level(Level::DEBUG).start();
/// tracing::subscriber::with_default(subscriber, || {
///     let _span = tracing::info_span!("run", job = "import").entered();
///     tracing::debug!(target: "shared::code", "a detail");
/// });
/// assert_eq!(capture.records()[0].name(), "shared.code");
/// ```
#[derive(Clone)]
#[must_use = "it is added to a subscriber or a layer"]
pub struct OwnerRule(Kind);

type Namer = dyn Fn(&str) -> Option<String> + Send + Sync;

#[derive(Clone)]
enum Kind {
    /// With the most verbose level that its spans have.
    Prefix(Cow<'static, str>, Level),
    Field(String, Arc<Owned<Box<Namer>>>),
    Orchestrator,
}

impl OwnerRule {
    /// Returns a rule for spans whose target begins with a prefix: the first segment of the target
    /// names the owner. For `shop_`, the owner of spans of `shop_billing::invoice` is
    /// `shop_billing`; for `shop::billing`, that of spans of `shop::billing::invoice` is `shop`.
    ///
    /// While a level is set on any owner, these spans are enabled whatever their level.
    pub fn target_prefix(prefix: impl Into<String>) -> Self {
        Self(Kind::Prefix(prefix.into().into(), Level::NOTSET))
    }

    /// Returns a rule for spans with a field, by the name that its key-value has (`type` for
    /// `r#type`): `logger` makes the owner's name of the text of its value, or returns `None` for a
    /// span that this rule gives no owner. It is called when a span is created, and only for a
    /// value that is recorded then. If it panics, the rule does not apply.
    ///
    /// These spans are always enabled, whatever their level, as nothing but their value says which
    /// logger they belong to. Each name makes a logger that stays, if there is none. Rules make
    /// 4,096 at most; spans with further names have no owner.
    pub fn field(
        name: impl Into<String>,
        logger: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let logger: Box<Namer> = Box::new(logger);
        Self(Kind::Field(name.into(), Arc::new(Owned::new(logger))))
    }

    /// Returns the rules for the AWS SDK.
    pub(super) fn built_in() -> Vec<Self> {
        let crates = Kind::Prefix(SDK_PREFIX.into(), Level::DEBUG);
        vec![Self(crates), Self(Kind::Orchestrator)]
    }

    /// Returns what the targets of its spans begin with, if that is known.
    pub(super) fn prefix(&self) -> Option<&str> {
        match &self.0 {
            Kind::Prefix(prefix, _) => Some(prefix),
            Kind::Field(..) | Kind::Orchestrator => None,
        }
    }

    /// Reports whether spans of a call site may have an owner by this rule.
    pub(super) fn covers(&self, metadata: &Metadata<'_>) -> bool {
        let has = |key: &str| metadata.fields().iter().any(|field| key_of(&field) == key);
        match &self.0 {
            Kind::Prefix(prefix, _) => metadata.target().starts_with(&**prefix),
            Kind::Field(name, _) => has(name),
            Kind::Orchestrator => {
                metadata.target().starts_with(ORCHESTRATOR) && SERVICE_FIELDS.iter().any(|n| has(n))
            }
        }
    }

    /// Returns the level from which its spans are enabled regardless of loggers; `is_asked` is
    /// whether any owner has a level.
    pub(super) fn floor(&self, is_asked: bool) -> Level {
        match &self.0 {
            Kind::Field(..) => Level::NOTSET,
            _ if !is_asked => Level::OFF,
            Kind::Prefix(_, level) => *level,
            Kind::Orchestrator => Level::DEBUG,
        }
    }

    /// Returns the name of the owner of a new span.
    pub(super) fn logger_of<'m>(
        &self,
        metadata: &Metadata<'m>,
        fields: &Context,
    ) -> Option<Cow<'m, str>> {
        if !self.covers(metadata) {
            return None;
        }
        let value = |name: &str| {
            let field = fields.iter().find(|(known, _)| *known == name)?;
            Some(field.1.to_string())
        };
        match &self.0 {
            Kind::Prefix(..) => Some(name::first_segment(metadata.target()).into()),
            Kind::Field(name, logger) => {
                let value = value(name)?;
                let name = user_code::call(|| logger(&value)).ok()??;
                Some(name.into())
            }
            Kind::Orchestrator => Some(crate_of(&SERVICE_FIELDS.iter().find_map(|n| value(n))?)),
        }
    }
}

/// Returns the name of the SDK's crate for a service: `CloudWatch Logs`, `s3`.
fn crate_of<'n>(service: &str) -> Cow<'n, str> {
    let letters = service.chars().filter(char::is_ascii_alphanumeric);
    let letters = letters.map(|letter| letter.to_ascii_lowercase());
    SDK_PREFIX.chars().chain(letters).collect::<String>().into()
}

impl fmt::Debug for OwnerRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, of) = match &self.0 {
            Kind::Prefix(prefix, _) => ("target_prefix", &**prefix),
            Kind::Field(name, _) => ("field", &**name),
            Kind::Orchestrator => ("target_prefix", ORCHESTRATOR),
        };
        f.debug_struct("OwnerRule").field(name, &of).finish()
    }
}
