//! A span and its call site: [`OpenSpan`].

use tracing_core::Metadata;

use crate::record::Span;
use crate::sys::sync::Arc;

/// A span as a front knows it.
#[derive(Clone)]
pub(super) struct OpenSpan {
    pub(super) span: Arc<Span>,
    pub(super) metadata: &'static Metadata<'static>,
}
