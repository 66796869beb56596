//! CloudWatch Logs.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::arguments::Arguments;
use crate::config::factories::delivery;
use crate::config::factories::factories::Factories;
use crate::config::from_config::FromConfig;
use crate::error::Error;
use crate::handler::CloudWatchHandler;
use crate::handler::cloudwatch::{LogGroupClass, Oversize, PutLogEvents};

impl Factories {
    /// Adds the class `watchtower.CloudWatchLogHandler`, in short `cloudwatch`, which sends by the
    /// client that the function makes.
    ///
    /// Arguments are `group` (or `log_group_name`), `stream` (`log_stream_name`), `create`
    /// (`create_log_group`), `retention_days` (`log_group_retention_days`), `tags`
    /// (`log_group_tags`), `log_group_class` (`STANDARD`, `INFREQUENT_ACCESS`), `oversize`
    /// (`split`, `truncate`), `pass_embedded_metrics`, and those of delivery, with `send_interval`
    /// for `linger`; see [`CloudWatchHandler`]. The function reads those of the client, and returns
    /// what makes it once the whole document is known to be valid.
    #[must_use]
    pub fn cloudwatch<F, B, P>(mut self, client: F) -> Self
    where
        F: Fn(&mut Arguments<'_>) -> B + Send + Sync + 'static,
        B: FnOnce() -> Result<P, Error> + 'static,
        P: PutLogEvents,
    {
        let names = ["watchtower.CloudWatchLogHandler", "cloudwatch"];
        self.handlers.add(&names, move |arguments| {
            let group: Option<String> = either(arguments, "group", "log_group_name");
            if group.is_none() && !arguments.has("group") {
                let message = "expected the key \"group\", which is missing";
                arguments.problem("group", message);
            }
            let stream: Option<String> = either(arguments, "stream", "log_stream_name");
            let create: Option<bool> = either(arguments, "create", "create_log_group");
            let days = either(arguments, "retention_days", "log_group_retention_days");
            let tags = either::<BTreeMap<String, String>>(arguments, "tags", "log_group_tags");
            let class: Option<LogGroupClass> = arguments.optional("log_group_class");
            let oversize: Option<Oversize> = arguments.optional("oversize");
            let passes = arguments.optional("pass_embedded_metrics").unwrap_or(false);
            let send_interval: Option<Duration> = arguments.optional("send_interval");
            let client = client(arguments);
            let delivery = delivery::read(arguments);
            move || {
                let mut options = delivery()?;
                if let Some(time) = send_interval {
                    options.set_linger(time);
                }
                let builder = CloudWatchHandler::builder(client()?, group.unwrap_or_default());
                let mut builder = builder.delivery(options).pass_embedded_metrics(passes);
                if let Some(stream) = stream {
                    builder = builder.stream(stream);
                }
                if let Some(create) = create {
                    builder = builder.create(create);
                }
                if let Some(days) = days {
                    builder = builder.retention_days(days);
                }
                if let Some(class) = class {
                    builder = builder.log_group_class(class);
                }
                if let Some(oversize) = oversize {
                    builder = builder.oversize(oversize);
                }
                for (name, value) in tags.into_iter().flatten() {
                    builder = builder.tag(name, value);
                }
                Ok(builder.start()?.into())
            }
        });
        self
    }
}

/// Returns an argument that has two names.
fn either<T: FromConfig>(arguments: &mut Arguments<'_>, ours: &str, theirs: &str) -> Option<T> {
    let theirs = arguments.optional(theirs);
    arguments.optional(ours).or(theirs)
}
