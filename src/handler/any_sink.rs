//! The sink of a handler: [`AnySink`].

use std::ops::Deref;

use crate::handler::sink::Sink;
use crate::handler::stream_sink::StreamSink;
use crate::sys::sync::Arc;
use crate::sys::user_code::Owned;

/// The sink of a handler. That of a stream is known, so that the usual records reach it by no
/// virtual call.
pub(super) enum AnySink {
    Stream(Owned<Arc<StreamSink>>),
    Other(Owned<Box<dyn Sink>>),
}

impl Deref for AnySink {
    type Target = dyn Sink;

    #[inline]
    fn deref(&self) -> &Self::Target {
        match self {
            Self::Stream(stream) => &***stream,
            Self::Other(sink) => &***sink,
        }
    }
}

impl From<&Arc<StreamSink>> for AnySink {
    fn from(stream: &Arc<StreamSink>) -> Self {
        Self::Stream(Owned::new(Arc::clone(stream)))
    }
}

impl<S: Sink + 'static> From<Box<S>> for AnySink {
    fn from(sink: Box<S>) -> Self {
        Self::Other(Owned::new(sink))
    }
}
