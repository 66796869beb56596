//! Changes of a fleet as requests have them: [`parse`].

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::level_words::LevelWord;
use crate::control::endpoint::native::groups::given;
use crate::control::endpoint::native::levels;
use crate::control::endpoint::object::Object;
use crate::control::error_codes::invalid;
use crate::control::options::LoggingOptions;
use crate::error::Error;

/// Returns changes: levels, as of a process; groups; and all logging off or on.
pub(super) fn parse(access: &Access, given: Vec<Box<RawValue>>) -> Result<Vec<Change>, Error> {
    levels::parse_by(given, |text| match is_level(text) {
        true => levels::one(access, text).map(|change| vec![change]),
        false => other(access, text),
    })
}

fn is_level(text: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Known {
        group: Option<IgnoredAny>,
        disable_all: Option<IgnoredAny>,
    }
    serde_json::from_str(text).map_or(true, |known: Known| {
        known.group.is_none() && known.disable_all.is_none()
    })
}

/// A group's members, its level or both; or whether all logging is off.
fn other(access: &Access, text: &str) -> Result<Vec<Change>, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct One {
        group: Option<String>,
        members: Option<Vec<String>>,
        /// Inside, `None` is `null`, which clears.
        #[serde(default, deserialize_with = "given")]
        level: Option<Option<LevelWord>>,
        disable_all: Option<bool>,
    }
    let Object(one): Object<One> =
        serde_json::from_str(text).map_err(|why| invalid(why.to_string()))?;
    match (one.group, one.members, one.level, one.disable_all) {
        (None, None, None, Some(disable_all)) => {
            let options = LoggingOptions::default().with_disable_all(disable_all);
            Ok(vec![Change::Options(options)])
        }
        (Some(name), members, level, None) if members.is_some() || level.is_some() => {
            let members = members.map(|members| Change::Group(name.clone(), members));
            let level = match level {
                Some(Some(word)) => {
                    let level = word.level(access.registry())?;
                    Some(Change::GroupLevel(name, Some(level)))
                }
                Some(None) => Some(Change::GroupLevel(name, None)),
                None => None,
            };
            Ok(members.into_iter().chain(level).collect())
        }
        _ => Err(invalid(
            "expected a target; a group with members, a level, or both; or disableAll",
        )),
    }
}
