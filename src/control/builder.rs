//! A control with more to say: [`ControlBuilder`].

use std::path::PathBuf;

use crate::control::error::ControlError;
use crate::control::handle::Control;
use crate::control::shared::{Limits, Shared};
use crate::control::store::Store;
use crate::registry::Registry;

/// Makes a [`Control`].
///
/// The defaults: no file, 10,000 targets at most, configured from the start.
#[derive(Clone, Debug)]
#[must_use]
pub struct ControlBuilder {
    registry: Registry,
    path: Option<PathBuf>,
    limits: Limits,
}

impl ControlBuilder {
    pub(super) fn new(registry: &Registry) -> Self {
        Self {
            registry: registry.clone(),
            path: None,
            limits: Limits::default(),
        }
    }

    /// A file in which options, levels and groups are kept, and from which they are taken at the start. It is written whole for each change,
    /// beside the old one and then in its place, for the user alone; what would take more than 64 MiB is refused, and a longer file is
    /// not read. It must be a regular file that only its owner and group can write.
    pub fn persist_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// How many targets may have levels; 10,000 unless set.
    pub fn max_targets(mut self, most: usize) -> Self {
        self.limits.most_targets = most;
        self
    }

    /// AWS's manner: before options are set, nothing but that can be done; names have up to 128 letters, digits, `.`, `:`, `_`, `-` and spaces.
    pub fn strict_aws(mut self, strict: bool) -> Self {
        self.limits.strict_aws = strict;
        self
    }

    /// The control, with what its file holds put in place.
    ///
    /// # Errors
    /// [`ControlErrorKind::Internal`](super::ControlErrorKind::Internal) when the file is there and cannot be read;
    /// [`ControlErrorKind::InvalidRequest`](super::ControlErrorKind::InvalidRequest) when it is no regular file, everybody can write it, it is too
    /// long, or, with the line, when it holds what no control writes; [`ControlErrorKind::LimitExceeded`](super::ControlErrorKind::LimitExceeded).
    /// Nothing is changed then.
    pub fn build(self) -> Result<Control, ControlError> {
        let Self {
            registry,
            path,
            limits,
        } = self;
        let Some(path) = path else {
            return Ok(Control::of(&registry, limits, None));
        };
        let (store, kept) = Store::open(&path)?;
        let shared = Shared::of(&registry);
        let mut state = shared.state.lock();
        if let Some(mut kept) = kept {
            let mut draft = shared.draft(&mut state, &registry, &limits, &"file".into());
            for (line, change) in std::mem::take(&mut kept.changes) {
                draft.make(change).map_err(|why| kept.refused(line, &why))?;
            }
            draft.put_in_place()?;
        }
        let store = state.add_store(store);
        drop(state);
        Ok(Control::of(&registry, limits, Some(store)))
    }
}
