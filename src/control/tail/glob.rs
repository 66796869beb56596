//! Patterns of loggers' names: [`Glob`].

use std::str::Chars;

/// A pattern of loggers' names: `*` stands for any characters, `?` for one. Without either, it
/// matches the logger and its descendants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::control) struct Glob {
    pattern: String,
    is_plain: bool,
}

impl Glob {
    pub(in crate::control) fn new(pattern: &str) -> Self {
        let mut before = None;
        let pattern = pattern.replace("::", ".");
        // Several stars are one: threads that log match names, and would walk through all of them.
        let pattern: String = pattern
            .chars()
            .filter(|one| before.replace(*one) != Some('*') || *one != '*')
            .collect();
        Self {
            is_plain: !pattern.contains(['*', '?']),
            pattern,
        }
    }

    /// In time proportional to the square of the name's length, however long the pattern is.
    pub(super) fn matches(&self, name: &str) -> bool {
        if self.is_plain {
            return is_within(name, &self.pattern);
        }
        let (mut pattern, mut name) = (self.pattern.chars(), name.chars());
        // Where to go on if what follows the last `*` does not match here: one character later.
        let mut again: Option<(Chars<'_>, Chars<'_>)> = None;
        loop {
            let rest = name.clone();
            match (pattern.next(), name.next()) {
                (Some('*'), _) => {
                    name = rest;
                    again = Some((pattern.clone(), name.clone()));
                    continue;
                }
                (None, None) => return true,
                (Some('?'), Some(_)) => continue,
                (Some(a), Some(b)) if a == b => continue,
                _ => {}
            }
            let Some((after_star, from)) = &mut again else {
                return false;
            };
            if from.next().is_none() {
                return false;
            }
            (pattern, name) = (after_star.clone(), from.clone());
        }
    }
}

/// Reports whether a name is a logger's or that of one of its descendants.
pub(super) fn is_within(name: &str, logger: &str) -> bool {
    let rest = name.strip_prefix(logger);
    logger.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_definition(pattern: &[char], name: &[char]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some(('*', rest)) => (0..=name.len()).any(|at| by_definition(rest, &name[at..])),
            Some((first, rest)) => name.split_first().is_some_and(|(head, tail)| {
                (*first == '?' || first == head) && by_definition(rest, tail)
            }),
        }
    }

    #[test]
    fn a_plain_name_is_a_subtree() {
        let glob = Glob::new("botocore::client");
        assert!(glob.matches("botocore.client") && glob.matches("botocore.client.S3"));
        assert!(!glob.matches("botocore.clients") && !glob.matches("botocore"));
    }

    #[test]
    fn a_row_of_stars_is_one() {
        let many = format!("a{}b", "*".repeat(10_000));
        assert_eq!(Glob::new(&many), Glob::new("a*b"));
        assert_eq!(Glob::new("*?**::***").pattern, "*?*.*");
        assert!(Glob::new(&many).matches("a.b") && !Glob::new(&many).matches("a.b.c"));
    }

    proptest! {
        #[test]
        fn patterns_match_as_defined(pattern in "[ab.é*?]{0,8}", name in "[ab.é]{0,10}") {
            let glob = Glob::new(&format!("*{pattern}"));
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = by_definition(&chars(&glob.pattern), &chars(&name));
            prop_assert_eq!(glob.matches(&name), expected);
        }
    }
}
