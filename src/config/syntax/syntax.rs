//! The syntaxes of configurations: [`Syntax`].

use std::path::Path;

use crate::config::node::Node;
use crate::config::raw_problem::RawProblem;
use crate::config::syntax::ini::Defaults;
use crate::config::syntax::limits::{MAX_BYTES, too_long};
#[cfg(feature = "config-toml")]
use crate::config::syntax::toml;
#[cfg(feature = "config-yaml")]
use crate::config::syntax::yaml;
use crate::config::syntax::{ini, json};
use crate::error::{Error, ErrorKind};

/// The syntax of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Syntax {
    /// JSON (RFC 8259).
    Json,
    /// TOML 1.
    #[cfg(feature = "config-toml")]
    Toml,
    /// YAML 1.2, with `<<` to merge sections.
    #[cfg(feature = "config-yaml")]
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
            #[cfg(feature = "config-toml")]
            Some("toml") => Ok(Self::Toml),
            #[cfg(feature = "config-yaml")]
            Some("yaml" | "yml") => Ok(Self::Yaml),
            Some("ini" | "cfg" | "conf") => Ok(Self::Ini),
            _ => {
                let feature = match extension.to_str() {
                    Some("toml") => " (it needs the feature `config-toml`)",
                    Some("yaml" | "yml") => " (it needs the feature `config-yaml`)",
                    _ => "",
                };
                let message = format!(
                    "unknown syntax of {}: expected a name ending in .json, .toml, .yaml, .yml, .ini, \
                     .cfg or .conf{feature}",
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
            #[cfg(feature = "config-toml")]
            Self::Toml => toml::read(text).map_err(|problem| vec![problem]),
            #[cfg(feature = "config-yaml")]
            Self::Yaml => yaml::read(text).map_err(|problem| vec![problem]),
            Self::Ini => ini::read(text, defaults),
        }
    }
}
