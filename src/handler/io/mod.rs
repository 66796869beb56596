//! What handlers of devices are built from.

pub(super) mod around;
pub(super) mod exclusive;
pub(super) mod line_writer;
pub(super) mod retry;
