//! Which streams show colours: [`ColorChoice`].

use std::io::IsTerminal;

use crate::sys::variable::variable;

/// Whether a stream shows colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColorChoice {
    /// If the stream is a terminal and the environment does not forbid it. `NO_COLOR` (not empty),
    /// `CLICOLOR=0` and `TERM=dumb` forbid colours; `CLICOLOR_FORCE` and
    /// `FORCE_COLOR` (not empty, not `0`) show them without a terminal, unless `NO_COLOR` is set.
    /// The default.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Reports whether a stream shows colours. It reads the environment, so handlers call it once,
    /// when they are made.
    #[must_use]
    pub fn resolve(self, stream: &impl IsTerminal) -> bool {
        self.decide(|| stream.is_terminal(), |name| variable(name).ok())
    }

    fn decide(
        self,
        is_terminal: impl FnOnce() -> bool,
        variable: impl Fn(&str) -> Option<String>,
    ) -> bool {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let forces = |name: &str| set(name) && variable(name).as_deref() != Some("0");
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto if forces("CLICOLOR_FORCE") || forces("FORCE_COLOR") => true,
            Self::Auto => {
                variable("CLICOLOR").as_deref() != Some("0")
                    && variable("TERM").as_deref() != Some("dumb")
                    && is_terminal()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_before_the_terminal() {
        let auto = |terminal: bool, set: &[(&str, &str)]| {
            let find = |name: &str| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            ColorChoice::Auto.decide(|| terminal, find)
        };
        assert!(auto(true, &[]) && !auto(false, &[]));
        assert!(!auto(true, &[("NO_COLOR", "1")]) && auto(true, &[("NO_COLOR", "")]));
        assert!(
            auto(false, &[("CLICOLOR_FORCE", "1")]) && !auto(false, &[("CLICOLOR_FORCE", "0")])
        );
        assert!(auto(false, &[("FORCE_COLOR", "3")]) && !auto(false, &[("FORCE_COLOR", "0")]));
        assert!(!auto(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(!auto(true, &[("CLICOLOR", "0")]) && !auto(true, &[("TERM", "dumb")]));
        let never_asks = |choice: ColorChoice| choice.decide(|| unreachable!(), |_| unreachable!());
        assert!(never_asks(ColorChoice::Always) && !never_asks(ColorChoice::Never));
    }
}
