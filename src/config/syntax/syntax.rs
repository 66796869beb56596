//! The syntaxes of configurations: [`Syntax`].

use std::path::Path;

use crate::config::node::Node;
use crate::config::raw_problem::RawProblem;
use crate::config::syntax::ini::Defaults;
use crate::config::syntax::limits::{MAX_BYTES, too_long};
#[cfg(feature = "yaml")]
use crate::config::syntax::yaml;
use crate::config::syntax::{ini, json, toml};
use crate::error::{Error, ErrorKind};

/// The syntax of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Syntax {
    /// JSON (RFC 8259).
    Json,
    /// TOML 1.
    Toml,
    /// YAML 1.2, with `<<` to merge sections.
    #[cfg(feature = "yaml")]
    Yaml,
    /// INI, as Python's `logging.config.fileConfig` reads it.
    Ini,
}

impl Syntax {
    /// Chooses by the extension of a file: `.json`, `.toml`, `.yaml` and `.yml`, `.ini`, `.cfg` and
    /// `.conf`.
    pub(in crate::config) fn by_name(path: &Path) -> Result<Self, Error> {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("json") => Ok(Self::Json),
            Some("toml") => Ok(Self::Toml),
            #[cfg(feature = "yaml")]
            Some("yaml" | "yml") => Ok(Self::Yaml),
            Some("ini" | "cfg" | "conf") => Ok(Self::Ini),
            _ => {
                let yaml = if cfg!(feature = "yaml") {
                    ""
                } else {
                    " (YAML needs the feature `yaml`)"
                };
                let message = format!(
                    "unknown syntax of {}: expected a name ending in .json, .toml, .yaml, .yml, .ini, \
                     .cfg or .conf{yaml}",
                    path.display()
                );
                Err(Error::new(ErrorKind::InvalidConfig, message))
            }
        }
    }

    /// Returns the document, or what is wrong with the text: a syntax error ends the reading.
    /// `defaults` are values that an INI file can refer to.
    pub(in crate::config) fn read(
        self,
        text: &str,
        defaults: &Defaults,
    ) -> Result<Node, Vec<RawProblem>> {
        if text.len() > MAX_BYTES {
            return Err(vec![too_long(text.len())]);
        }
        match self {
            Self::Json => json::read(text).map_err(|problem| vec![problem]),
            Self::Toml => toml::read(text).map_err(|problem| vec![problem]),
            #[cfg(feature = "yaml")]
            Self::Yaml => yaml::read(text).map_err(|problem| vec![problem]),
            Self::Ini => ini::read(text, defaults),
        }
    }
}
