//! The handler for CloudWatch Logs: [`CloudWatchHandler`].

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::formatter::JsonFormatter;
use crate::handler::cloudwatch::log_group::{LogGroup, LogGroupClass};
use crate::handler::cloudwatch::names::{StreamName, check_group};
use crate::handler::cloudwatch::oversize::Oversize;
use crate::handler::cloudwatch::put_log_events::PutLogEvents;
use crate::handler::cloudwatch::target::Target;
use crate::handler::cloudwatch::transport::CloudWatch;
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::{DeliveryOptions, delivery_options};
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::sys::sync::Arc;
use crate::time::SystemClock;

/// Sends records to CloudWatch Logs, by a client that has [`PutLogEvents`]. This crate has none;
/// the package `logtree-cloudwatch` has one, over the official SDK.
///
/// Each record is an event, with the record's time in milliseconds and the formatted line as its
/// message: JSON without another [formatter](CloudWatchHandlerBuilder::formatter). An empty line is
/// sent as one blank. Records wait for others for a second
/// ([`linger`](CloudWatchHandlerBuilder::linger)), or until there are enough for a call.
///
/// Calls keep to the service's limits exactly: 10,000 events, 1,048,576 bytes with 26 for each
/// event, less than 24 hours between the first and the last, sorted by time. A record of more than
/// 1,048,550 bytes becomes [several events](Oversize). Records that are more than 14 days old or 2
/// hours ahead are not sent, as the service would reject them; they and those that it rejects are
/// counted as dropped and reported, with the number for each reason, and go to the
/// [dead letters](CloudWatchHandlerBuilder::dead_letters).
///
/// Calls are made one after another, which bounds the rate: where a response takes 50 milliseconds,
/// 20 calls a second take 200,000 records or 20 MiB, whichever comes first. A program that needs
/// more has several handlers, which may share a stream.
///
/// Group and stream are created when a call finds them missing. Throttling, failures of the service
/// and the network are waited out as with every [`DeliveryHandler`]; [`ServiceError`] lists what is
/// done by code. A call that was carried out though its response got lost is repeated: its events
/// are there twice.
///
/// [`ServiceError`]: crate::delivery::ServiceError
///
/// # AWS IoT
/// The log group `AWSIotLogsV2`, with an
/// [`IotJsonFormatter`](crate::formatter::IotJsonFormatter), holds entries as AWS IoT writes them.
///
/// # Python
/// `CloudWatchLogHandler` of watchtower. Events are split, not cut; nothing is given up while there
/// is room; 24 hours and rejected events are dealt with.
///
/// # Examples
/// ```
/// # use logtree::delivery::PutLogEvents;
/// use logtree::formatter::IotJsonFormatter;
/// use logtree::handler::CloudWatchHandler;
/// use logtree::{Error, get_logger};
///
/// fn set_up(client: impl PutLogEvents) -> Result<(), Error> {
///     let handler = CloudWatchHandler::builder(client, "AWSIotLogsV2")
///         .stream("{name}/{date}")
///         .retention_days(30)
///         .formatter(IotJsonFormatter::new().with_account("123456789012"))
///         .start()?;
///     get_logger("iot").add_handler(handler);
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct CloudWatchHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl CloudWatchHandler {
    /// Returns a handler for a log group, with the default options. Nothing is called yet.
    ///
    /// # Errors
    /// Where the name cannot be that of a group, or the system has no thread left.
    pub fn new(client: impl PutLogEvents, group: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder(client, group).start()
    }

    /// Returns a builder for a handler with other options.
    pub fn builder(client: impl PutLogEvents, group: impl AsRef<str>) -> CloudWatchHandlerBuilder {
        CloudWatchHandlerBuilder {
            client: Box::new(client),
            group: LogGroup::new(group.as_ref().to_owned()),
            stream: "{host}/{name}/{pid}".to_owned(),
            creates: true,
            retention_days: None,
            oversize: Oversize::default(),
            passes_metrics: false,
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }
}

handler_type!(CloudWatchHandler);
delivery_type!(CloudWatchHandler);

/// Makes a [`CloudWatchHandler`].
#[must_use]
pub struct CloudWatchHandlerBuilder {
    client: Box<dyn PutLogEvents>,
    group: LogGroup,
    stream: String,
    creates: bool,
    retention_days: Option<u32>,
    oversize: Oversize,
    passes_metrics: bool,
    delivery: DeliveryOptions,
    handler: HandlerOptions,
}

handler_options!(CloudWatchHandlerBuilder, handler);
delivery_options!(CloudWatchHandlerBuilder, delivery);

/// The numbers of days for which a group can keep events.
const RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

impl CloudWatchHandlerBuilder {
    /// Sets the name of the log stream, in which `{host}`, `{name}` (the program's file), `{pid}`
    /// and `{date}` (the day of the call, in UTC) are filled in; `{host}/{name}/{pid}` by default.
    ///
    /// Processes may write to one stream.
    pub fn stream(mut self, template: impl Into<String>) -> Self {
        self.stream = template.into();
        self
    }

    /// Sets whether group and stream are created if they are missing; they are by default. It needs
    /// the permissions `logs:CreateLogStream`, `logs:CreateLogGroup` and, with a retention,
    /// `logs:PutRetentionPolicy`.
    pub fn create(mut self, create: bool) -> Self {
        self.creates = create;
        self
    }

    /// Sets for how many days a group keeps events that this handler creates; for ever by default.
    /// An existing group is left as it is.
    pub fn retention_days(mut self, days: u32) -> Self {
        self.retention_days = Some(days);
        self
    }

    /// Sets the class of a group that this handler creates; the service's default without it.
    pub fn log_group_class(mut self, class: LogGroupClass) -> Self {
        self.group.class = Some(class);
        self
    }

    /// Adds a tag to a group that this handler creates. It needs the permission
    /// `logs:TagResource`.
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.group.tags.push((name.into(), value.into()));
        self
    }

    /// Sets what is done with a record that is larger than an event can be; it is
    /// [split](Oversize::Split) by default.
    pub fn oversize(mut self, oversize: Oversize) -> Self {
        self.oversize = oversize;
        self
    }

    /// Sets whether messages in CloudWatch's embedded metric format (a JSON object with the member
    /// `_aws`) are sent as they are, without the formatter, so that metrics are made of them; off
    /// by default.
    pub fn pass_embedded_metrics(mut self, pass: bool) -> Self {
        self.passes_metrics = pass;
        self
    }

    /// Starts the handler's thread, and returns the handler. Nothing is called yet.
    ///
    /// # Errors
    /// Where a name or the retention is none that the service knows, the spool cannot be used, or
    /// the system has no thread left.
    pub fn start(mut self) -> Result<CloudWatchHandler, Error> {
        check_group(&self.group.name)?;
        if let Some(days) = self
            .retention_days
            .filter(|days| !RETENTIONS.contains(days))
        {
            let message = format!("retention: expected one of {RETENTIONS:?} days, found {days}");
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        if !self.handler.has_formatter() {
            self.handler.set_formatter(JsonFormatter::new());
        }
        let target = Target {
            client: self.client,
            group: self.group,
            stream: StreamName::new(&self.stream)?,
            creates: self.creates,
            retention_days: self.retention_days,
            oversize: self.oversize,
            clock: Box::new(SystemClock),
        };
        let transport = CloudWatch {
            target: Arc::new(target),
            passes_metrics: self.passes_metrics,
        };
        let delivery = DeliveryHandler::with(Box::new(transport), self.delivery, self.handler)?;
        Ok(CloudWatchHandler::over(delivery))
    }
}

impl fmt::Debug for CloudWatchHandlerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudWatchHandlerBuilder")
            .field("group", &self.group)
            .field("stream", &self.stream)
            .field("creates", &self.creates)
            .field("retention_days", &self.retention_days)
            .field("oversize", &self.oversize)
            .field("passes_metrics", &self.passes_metrics)
            .field("delivery", &self.delivery)
            .field("handler", &self.handler)
            .finish()
    }
}
