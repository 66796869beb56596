//! Where this crate answers otherwise than CPython, on purpose: the reason, and our own expected answer.

use serde_json::Value;

/// A scenario with another answer than CPython's.
pub(crate) struct Deviation {
    id: &'static str,
    #[expect(dead_code, reason = "for the reader")]
    why: &'static str,
    observations: &'static str,
    buffers: &'static str,
}

impl Deviation {
    pub(crate) fn observations(&self) -> Value {
        serde_json::from_str(self.observations).expect("observations are JSON")
    }

    pub(crate) fn buffers(&self) -> Value {
        serde_json::from_str(self.buffers).expect("buffers are JSON")
    }
}

pub(crate) fn find(id: &str) -> Option<&'static Deviation> {
    DEVIATIONS.iter().find(|deviation| deviation.id == id)
}

const DEVIATIONS: &[Deviation] = &[];
