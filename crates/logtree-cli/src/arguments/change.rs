//! A level for a name: [`NameLevel`].

use std::str::FromStr;

/// `NAME=LEVEL`; a level alone is the root's.
#[derive(Clone, Debug)]
pub(crate) struct NameLevel {
    pub(crate) name: String,
    pub(crate) level: String,
}

impl FromStr for NameLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, level) = text.rsplit_once('=').unwrap_or(("root", text));
        if level.is_empty() || name.is_empty() {
            return Err("expected NAME=LEVEL, such as botocore=DEBUG".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            level: level.to_owned(),
        })
    }
}
