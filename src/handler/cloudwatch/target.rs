//! Where events go: [`Target`].

use crate::handler::cloudwatch::log_group::LogGroup;
use crate::handler::cloudwatch::names::StreamName;
use crate::handler::cloudwatch::oversize::Oversize;
use crate::handler::cloudwatch::put_log_events::PutLogEvents;
use crate::time::Clock;

/// The group and stream of a handler, and how it uses them.
pub(super) struct Target {
    pub(super) client: Box<dyn PutLogEvents>,
    pub(super) group: LogGroup,
    pub(super) stream: StreamName,
    pub(super) creates: bool,
    pub(super) retention_days: Option<u32>,
    pub(super) oversize: Oversize,
    pub(super) clock: Box<dyn Clock>,
}
