//! Options of a control: [`ControlBuilder`].

use std::path::PathBuf;

use crate::control::change_log::ChangeLog;
use crate::control::control::Control;
use crate::control::core::ControlCore;
use crate::control::limits::Limits;
use crate::control::local_file::{Content, LocalFile};
use crate::error::Error;
use crate::level::Level;
use crate::registry::Registry;

/// Builder for a [`Control`]; see [`Control::builder`].
///
/// Defaults: no file, up to 10,000 targets.
#[derive(Clone, Debug)]
#[must_use]
pub struct ControlBuilder {
    registry: Registry,
    path: Option<PathBuf>,
    limits: Limits,
}

impl Control {
    /// Returns a builder with further options, such as a file.
    pub fn builder(registry: &Registry) -> ControlBuilder {
        ControlBuilder {
            registry: registry.clone(),
            path: None,
            limits: Limits::default(),
        }
    }
}

impl ControlBuilder {
    /// Sets a file that stores options, levels and groups, and from which [`open`](Self::open)
    /// restores them. Each change writes a new file, which then replaces the old one; only the user
    /// can read it. The limit is 64 MiB. An existing file must be a regular one that only its owner
    /// and group can write.
    pub fn persist_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets how many targets can have levels; 10,000 by default.
    pub fn max_targets(mut self, max: usize) -> Self {
        self.limits.max_targets = max;
        self
    }

    /// Sets whether AWS's rules apply: until options are set, all other requests are refused, and
    /// names have up to 128 letters, digits, `.`, `:`, `_`, `-` and spaces. Off by default.
    pub fn strict_aws(mut self, strict: bool) -> Self {
        self.limits.strict_aws = strict;
        self
    }

    /// Returns the control, after restoring what its file holds.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file exists and cannot be read;
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not a regular file,
    /// is writable by everyone, is too long, or has invalid content, with the line;
    /// [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded). Nothing is changed then.
    pub fn open(self) -> Result<Control, Error> {
        let Self {
            registry,
            path,
            limits,
        } = self;
        let Some(path) = path else {
            return Ok(Control::of(&registry, limits, None));
        };
        let (file, content) = LocalFile::open(&path)?;
        let core = ControlCore::of(&registry);
        let mut state = core.state.lock();
        let restore = |mut content: Content| {
            let mut transaction = core.transaction(&mut state, &registry, &limits, "file");
            for (line, kept) in std::mem::take(&mut content.changes) {
                transaction.origin.guards_secrets = kept.guarded;
                transaction
                    .apply(kept.change)
                    .map_err(|why| content.refused(line, &why))?;
            }
            transaction.commit()
        };
        let restored = content.map(restore).transpose();
        let file = restored.map(|_| state.add_file(file));
        drop(state);
        // What is restored is no change that is logged.
        core.notify(&ChangeLog::new(&registry, Level::INFO), &[]);
        Ok(Control::of(&registry, limits, Some(file?)))
    }
}
