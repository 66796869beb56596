//! The kind of handlers for configurations: [`add_to`].

use logtree::config::Factories;

use crate::cloudwatch::CloudWatch;

/// Adds the class `watchtower.CloudWatchLogHandler`, in short `cloudwatch`, to what a configuration
/// can name; see [`Factories::cloudwatch`] for its arguments. The client comes from the
/// environment, with `region`, `endpoint_url`, `profile` and `role_arn` where the document has
/// them.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::config::{DictConfig, Factories};
///
/// let text = r#"{
///     "version": 1,
///     "handlers": {"cloud": {"class": "cloudwatch", "group": "shop", "region": "eu-west-1"}},
///     "root": {"handlers": ["cloud"]}
/// }"#;
/// let factories = logtree_cloudwatch::add_to(Factories::new());
/// DictConfig::from_json(text)?.factories(factories).install_in(&Registry::new())?;
/// # Ok::<(), logtree::Error>(())
/// ```
#[must_use]
pub fn add_to(factories: Factories) -> Factories {
    factories.cloudwatch(|arguments| {
        let mut loader = CloudWatch::loader();
        if let Some(region) = arguments.optional::<String>("region") {
            loader = loader.region(region);
        }
        if let Some(url) = arguments.optional::<String>("endpoint_url") {
            loader = loader.endpoint_url(url);
        }
        if let Some(profile) = arguments.optional::<String>("profile") {
            loader = loader.profile(profile);
        }
        if let Some(role) = arguments.optional::<String>("role_arn") {
            loader = loader.role_arn(role);
        }
        move || loader.blocking_load()
    })
}
