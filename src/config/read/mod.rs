//! From text to a document: JSON, TOML, YAML, and Python's INI.
//!
//! Whatever the text, reading it takes time and room in proportion to its length, which is bounded.

mod ini;
mod json;
mod python_literal;
mod toml;
#[cfg(feature = "yaml")]
mod yaml;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::config::node::{Map, Node, Place, Value};
use crate::config::problems::Trouble;
use crate::error::{Error, ErrorKind};

/// The longest text that is read, in bytes (fault 65).
pub(super) const MAX_BYTES: usize = 1024 * 1024;

/// How deep lists and sections may nest.
const MAX_DEPTH: usize = 64;

/// Values by name, for `%(name)s` in INI files.
pub(super) type Defaults = BTreeMap<String, String>;

/// In which notation a configuration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Syntax {
    /// RFC 8259.
    Json,
    /// Version 1.
    Toml,
    /// Version 1.2, with `<<` to merge sections.
    #[cfg(feature = "yaml")]
    Yaml,
    /// The files of Python's `logging.config.fileConfig`.
    Ini,
}

impl Syntax {
    /// By the end of a file's name: `.json`, `.toml`, `.yaml` and `.yml`, `.ini`, `.cfg` and `.conf`.
    pub(super) fn by_name(path: &Path) -> Result<Self, Error> {
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
                    " (YAML is the feature `yaml`)"
                };
                let message = format!(
                    "cannot tell the notation of {}: expected a name that ends in .json, .toml, .yaml, .yml, .ini, .cfg or .conf{yaml}",
                    path.display()
                );
                Err(Error::new(ErrorKind::InvalidConfig, message))
            }
        }
    }

    /// The document; what is wrong with it otherwise, which is one thing at a time where the text does not follow the notation.
    /// `defaults` are values that an INI file can name.
    pub(super) fn read(self, text: &str, defaults: &Defaults) -> Result<Node, Vec<Trouble>> {
        if text.len() > MAX_BYTES {
            return Err(vec![too_long(text.len())]);
        }
        match self {
            Self::Json => json::read(text).map_err(|trouble| vec![trouble]),
            Self::Toml => toml::read(text).map_err(|trouble| vec![trouble]),
            #[cfg(feature = "yaml")]
            Self::Yaml => yaml::read(text).map_err(|trouble| vec![trouble]),
            Self::Ini => ini::read(text, defaults),
        }
    }
}

fn too_long(bytes: usize) -> Trouble {
    let message = format!("expected at most {MAX_BYTES} bytes, found {bytes}");
    Trouble::new(Place::Nowhere, message)
}

fn too_deep(place: Place) -> Trouble {
    Trouble::new(
        place,
        format!("expected at most {MAX_DEPTH} levels of lists and sections"),
    )
}

/// Collects a section's entries, and refuses a key that is there already.
#[derive(Default)]
struct MapBuilder {
    map: Map,
    keys: HashSet<String>,
}

impl MapBuilder {
    fn push(&mut self, key: String, place: Place, value: Node) -> Result<(), Trouble> {
        if !self.keys.insert(key.clone()) {
            let message = format!("the key {key:?} is there twice");
            return Err(Trouble::new(place, message));
        }
        self.map.push(key, place, value);
        Ok(())
    }

    fn finish(self) -> Value {
        Value::Map(self.map)
    }
}
