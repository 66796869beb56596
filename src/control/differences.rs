//! What changed of pieces: [`level_change`], [`other_change`].

use crate::control::changed::Changed;
use crate::control::entry::Entry;
use crate::control::group::Group;
use crate::control::past::Piece;
use crate::level::Level;

/// Returns what changed of a piece that is a level: the level, or its end.
pub(super) fn level_change(
    before: &Piece,
    after: &Piece,
    changed: &dyn Fn() -> Changed,
) -> Option<Changed> {
    let (Piece::Level(target, old, old_entry), Piece::Level(_, new, entry)) = (before, after)
    else {
        return None;
    };
    // The end is that of the level in effect.
    let end = |entry: &Option<Entry>, level: &Option<Level>| {
        let entry = entry.as_ref().filter(|entry| entry.level() == *level)?;
        entry.until()
    };
    let until = end(entry, new);
    (old != new || end(old_entry, old) != until).then(|| Changed {
        target: Some(target.clone()),
        before: *old,
        after: *new,
        until,
        ..changed()
    })
}

/// Returns what changed of a piece that is not a level.
pub(super) fn other_change(
    before: &Piece,
    after: &Piece,
    changed: &dyn Fn() -> Changed,
) -> Vec<Changed> {
    let mut all = Vec::new();
    match (before, after) {
        (Piece::Group(name, before), Piece::Group(_, after)) => {
            let members = |group: &Option<Group>| group.as_ref().map(|group| group.members.clone());
            if members(before) != members(after) {
                let gone = || Group {
                    name: name.clone(),
                    members: Vec::new(),
                    level: None,
                };
                all.push(Changed {
                    group: Some(after.clone().unwrap_or_else(gone)),
                    ..changed()
                });
            }
        }
        (
            Piece::Options {
                role: old_role,
                disable_all: was_disabled,
                ..
            },
            Piece::Options {
                role, disable_all, ..
            },
        ) => {
            if was_disabled != disable_all {
                all.push(Changed {
                    disable_all: Some(*disable_all),
                    ..changed()
                });
            }
            if old_role != role {
                all.push(Changed {
                    role: Some(role.clone().unwrap_or_default()),
                    ..changed()
                });
            }
        }
        (Piece::FleetOff(_), Piece::FleetOff(off)) => all.push(Changed {
            disable_all: Some(*off),
            ..changed()
        }),
        _ => {}
    }
    all
}
