//! Where something is in a store: [`Key`].

use std::fmt;
use std::str::FromStr;

use crate::control::error_codes::invalid;
use crate::control::fleet::percent;
use crate::control::fleet::selector::Selector;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::Error;

/// Where something is in a store, below the [prefix](Self::prefix) of its service.
///
/// It prints and parses as below: a path for people, who read it with `etcdctl`. Names are
/// percent-encoded but for printable ASCII without `%`, `/`, `,` and `=`; each key has one form,
/// and no other parses.
///
/// # Examples
/// ```
/// use logtree::control::LevelTarget;
/// use logtree::control::fleet::{Key, Selector};
///
/// assert_eq!(Key::prefix("payments"), "/logtree/v1/payments/");
/// let key = Key::Level(Selector::all(), LevelTarget::logger("botocore"));
/// assert_eq!(key.to_string(), "set/level/all/LOGGER/botocore");
/// assert_eq!("set/level/all/LOGGER/botocore".parse::<Key>()?, key);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Key {
    /// `set/head`: the [`Head`](super::Head).
    Head,
    /// `set/level/all/LOGGER/botocore`: a [`Setting`](super::Setting).
    Level(Selector, LevelTarget),
    /// `set/for/all/LOGGER/botocore`: a [`Setting`](super::Setting) for a while.
    For(Selector, LevelTarget),
    /// `set/off/all`: disables all logging of these instances; see [`Off`](super::Off).
    Off(Selector),
    /// `set/group/aws`: [`GroupMembers`](super::GroupMembers).
    Group(String),
    /// `log/000000000017`: what a change did; see [`Logged`](super::Logged).
    Log(u64),
    /// `seen/pay-7f9c`: the [`Report`](super::Report) of an instance.
    Seen(String),
}

impl Key {
    /// What instances follow, below the prefix of their service.
    pub const SET: &'static str = "set/";

    /// Returns what precedes the keys of a service.
    #[must_use]
    pub fn prefix(service: &str) -> String {
        format!("/logtree/v1/{}/", percent::encode(service))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = |f: &mut fmt::Formatter<'_>, kind: &str, selector, target: &LevelTarget| {
            write!(f, "set/{kind}/{selector}/")?;
            match target.target_type() {
                TargetType::Default => f.write_str("DEFAULT"),
                TargetType::Logger => write!(f, "LOGGER/{}", percent::encode(target.name())),
                other => write!(f, "{other}/{}", percent::encode(target.name())),
            }
        };
        match self {
            Self::Head => f.write_str("set/head"),
            Self::Level(selector, of) => target(f, "level", selector, of),
            Self::For(selector, of) => target(f, "for", selector, of),
            Self::Off(selector) => write!(f, "set/off/{selector}"),
            Self::Group(name) => write!(f, "set/group/{}", percent::encode(name)),
            Self::Log(number) => write!(f, "log/{number:012}"),
            Self::Seen(instance) => write!(f, "seen/{}", percent::encode(instance)),
        }
    }
}

impl FromStr for Key {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || invalid(format!("invalid key {text:?} of a fleet"));
        let key = parse(text).ok_or_else(wrong)?;
        match key.to_string() == text {
            true => Ok(key),
            false => Err(wrong()),
        }
    }
}

fn parse(text: &str) -> Option<Key> {
    let mut parts = text.split('/');
    let key = match (parts.next()?, parts.next()?) {
        ("set", "head") => Key::Head,
        ("set", "off") => Key::Off(parts.next()?.parse().ok()?),
        ("set", "group") => Key::Group(percent::decode(parts.next()?)?),
        ("set", kind @ ("level" | "for")) => {
            let selector = parts.next()?.parse().ok()?;
            let of = parts.next()?.parse().ok()?;
            let name = match of {
                TargetType::Default => String::new(),
                _ => percent::decode(parts.next()?)?,
            };
            let target = LevelTarget::new(of, name);
            target.check_new(false).ok()?;
            match kind {
                "level" => Key::Level(selector, target),
                _ => Key::For(selector, target),
            }
        }
        ("log", number) => Key::Log(number.parse().ok()?),
        ("seen", instance) => Key::Seen(percent::decode(instance)?),
        _ => return None,
    };
    parts.next().is_none().then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_form() {
        for text in [
            "set/head",
            "set/level/all/DEFAULT",
            "set/level/version=1.4.2,zone=eu-1a/CLIENT_ID/sensor-7",
            "set/for/share=10/LOGGER/a%2Fb",
            "set/off/all",
            "set/group/aws",
            "log/000000000017",
            "seen/pay-7f9c",
        ] {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        for wrong in [
            "set",
            "set/head/x",
            "set/level/all/LOGGER/",
            "set/level/all/LOGGER/root",
            "set/level/all/LOGGER/a..b",
            "set/level/all/logger/a",
            "set/level/all/THING_GROUP/a",
            "set/level/zone=b,version=a/LOGGER/a",
            "set/level/all/LOGGER/a/b",
            "set/level/all/LOGGER/%61",
            "log/17",
            "other/17",
        ] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong}");
        }
    }
}
