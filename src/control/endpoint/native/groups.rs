//! `/v1/groups`.

use serde::{Deserialize, Deserializer, Serialize};

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::endpoint::level_words::LevelWord;
use crate::control::endpoint::native::{ResponseResult, at_revision, changed, if_match};
use crate::control::endpoint::object;
use crate::control::endpoint::request::Request;
use crate::control::error_codes::invalid;
use crate::control::target::LevelTarget;

pub(super) fn list(access: &Access) -> ResponseResult {
    #[derive(Serialize)]
    struct Groups {
        revision: u64,
        groups: Vec<Group>,
    }
    #[derive(Serialize)]
    struct Group {
        name: String,
        members: Vec<String>,
        level: Option<String>,
    }
    let revision = access.control().revision();
    let groups = access.control().groups().into_iter();
    let groups = groups.map(|group| Group {
        name: group.name,
        members: group.members,
        level: group.level.map(|level| access.registry().level_name(level)),
    });
    let groups = Groups {
        revision,
        groups: groups.collect(),
    };
    Ok(at_revision(revision, &groups))
}

/// Sets members, a level, or both as one change.
pub(super) fn put(access: &Access, request: &Request, name: &str) -> ResponseResult {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Group {
        members: Option<Vec<String>>,
        /// Inside, `None` is `null`, which clears.
        #[serde(default, deserialize_with = "given")]
        level: Option<Option<LevelWord>>,
    }
    let group: Group = object::parse(&request.body)?;
    let level = match group.level {
        Some(Some(word)) => Some(Some(word.level(access.registry())?)),
        Some(None) => Some(None),
        None => None,
    };
    let mut changes = Vec::new();
    if let Some(members) = group.members {
        changes.push(Change::Group(name.to_owned(), members));
    }
    if let Some(level) = level {
        changes.push(Change::GroupLevel(name.to_owned(), level));
    }
    if changes.is_empty() {
        return Err(invalid("expected members, a level, or both"));
    }
    let revision = access.apply(if_match::expected(request)?, changes)?;
    let members = match level {
        Some(Some(_)) => access.control().group(name),
        _ => None,
    };
    let members = members.into_iter().flat_map(|group| group.members);
    let warnings = members.filter_map(|name| access.control().warning(&LevelTarget::logger(name)));
    Ok(changed(revision, warnings.collect()))
}

/// Distinguishes `null` from what is absent.
pub(super) fn given<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<LevelWord>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
