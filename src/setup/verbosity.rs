//! The usual flags of a command line for verbosity: [`Verbosity`].

use super::level_spec::LevelSpec;
use crate::{Error, Level, Registry};

/// The usual flags of a command line for verbosity: `-v`, `-vv`, `-q`, `--log LEVEL`, `--log NAME=LEVEL`.
///
/// From `WARNING`, each `-v` takes the root's level one step down, to `INFO`, `DEBUG`, `TRACE`, and each `-q` one up, to `ERROR`, `CRITICAL`,
/// `OFF`. What `--log` says, as a [`LevelSpec`], comes on top. Without a flag the levels stay as they are, so those of
/// [`init_from_env`](crate::init_from_env) hold until the command line has its say.
///
/// It needs no parser of command lines: [`take_from`](Self::take_from) picks the flags out of the arguments. With `clap`, count the flags
/// and hand them over:
///
/// ```
/// use logtree::{Level, Registry, Verbosity};
///
/// // #[arg(short, long, action = clap::ArgAction::Count)] verbose: u8,
/// // #[arg(short, long, action = clap::ArgAction::Count)] quiet: u8,
/// // #[arg(long = "log", value_name = "LEVEL|NAME=LEVEL")] log: Vec<String>,
/// let (verbose, quiet, log) = (1, 0, ["boto3=debug"]);
/// let registry = Registry::new();
/// Verbosity::new(verbose, quiet).with_levels(log)?.apply_to(&registry);
/// assert_eq!(registry.root().level(), Level::INFO);
/// assert_eq!(registry.get_logger("boto3").level(), Level::DEBUG);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Debug, Default)]
#[must_use = "nothing is set until `apply`"]
pub struct Verbosity {
    verbose: u8,
    quiet: u8,
    levels: LevelSpec,
}

/// From the quietest to the most verbose.
const STEPS: [Level; 7] = [
    Level::OFF,
    Level::CRITICAL,
    Level::ERROR,
    Level::WARNING,
    Level::INFO,
    Level::DEBUG,
    Level::TRACE,
];

/// The place of what is shown without a flag.
const USUAL: usize = 3;

impl Verbosity {
    /// As many `-v` and `-q` as there are.
    pub fn new(verbose: u8, quiet: u8) -> Self {
        Self {
            verbose,
            quiet,
            levels: LevelSpec::default(),
        }
    }

    /// What `--log` says, each time it is given.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidLevel`](crate::ErrorKind::InvalidLevel), with the place and what was expected.
    pub fn with_levels<S: AsRef<str>>(
        mut self,
        levels: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        for text in levels {
            let spec: LevelSpec = text.as_ref().parse()?;
            for (name, level) in spec.levels() {
                self.levels.set(name, level);
            }
        }
        Ok(self)
    }

    /// Picks the flags out of a program's arguments, and leaves the others: `-v`, `-vvv`, `-q`, `--verbose`, `--quiet`, `--log X` and `--log=X`.
    /// Behind `--` everything is left.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidLevel`](crate::ErrorKind::InvalidLevel) for what stands behind `--log`, or does not; the arguments are then as they were.
    ///
    /// # Examples
    /// ```
    /// use logtree::{Level, Verbosity};
    ///
    /// let mut arguments: Vec<String> = ["-vv", "copy", "--log=boto3=info", "a"].map(String::from).to_vec();
    /// let verbosity = Verbosity::take_from(&mut arguments)?;
    /// assert_eq!(verbosity.level(), Some(Level::DEBUG));
    /// assert_eq!(arguments, ["copy", "a"]);
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn take_from(arguments: &mut Vec<String>) -> Result<Self, Error> {
        let (mut verbose, mut quiet, mut levels) = (0_u8, 0_u8, Vec::new());
        let (mut left, mut rest) = (Vec::new(), arguments.iter());
        while let Some(argument) = rest.next() {
            let count = |letter: char| {
                let letters = argument.strip_prefix('-').unwrap_or_default();
                let all = !letters.is_empty() && letters.chars().all(|c| c == letter);
                all.then(|| u8::try_from(letters.len()).unwrap_or(u8::MAX))
            };
            match argument.as_str() {
                "--" => {
                    left.push(argument.clone());
                    left.extend(rest.by_ref().cloned());
                }
                "--verbose" => verbose = verbose.saturating_add(1),
                "--quiet" => quiet = quiet.saturating_add(1),
                "--log" => levels.push(rest.next().cloned().unwrap_or_else(|| "=".to_owned())),
                _ => match (argument.strip_prefix("--log="), count('v'), count('q')) {
                    (Some(level), ..) => levels.push(level.to_owned()),
                    (_, Some(more), _) => verbose = verbose.saturating_add(more),
                    (.., Some(more)) => quiet = quiet.saturating_add(more),
                    _ => left.push(argument.clone()),
                },
            }
        }
        let verbosity = Self::new(verbose, quiet).with_levels(levels)?;
        *arguments = left;
        Ok(verbosity)
    }

    /// The level for the root, or `None` where no flag asks for one.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        let named = self.levels.levels().find(|(name, _)| name.is_empty());
        if let Some((_, level)) = named {
            return Some(level);
        }
        if (self.verbose, self.quiet) == (0, 0) {
            return None;
        }
        let step = (USUAL + usize::from(self.verbose)).saturating_sub(usize::from(self.quiet));
        Some(STEPS[step.min(STEPS.len() - 1)])
    }

    /// Sets the levels of the global registry's loggers.
    pub fn apply(&self) {
        self.apply_to(Registry::global());
    }

    /// Sets the levels of a registry's loggers.
    pub fn apply_to(&self, registry: &Registry) {
        if let Some(level) = self.level() {
            registry.root().set_level(level);
        }
        self.levels.apply_to(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end_at_both_ends() {
        for (verbose, quiet, level) in [
            (1, 1, Level::WARNING),
            (1, 0, Level::INFO),
            (2, 0, Level::DEBUG),
            (3, 0, Level::TRACE),
            (200, 0, Level::TRACE),
            (0, 1, Level::ERROR),
            (0, 2, Level::CRITICAL),
            (0, 200, Level::OFF),
            (2, 1, Level::INFO),
        ] {
            assert_eq!(
                Verbosity::new(verbose, quiet).level(),
                Some(level),
                "{verbose} {quiet}"
            );
        }
    }

    #[test]
    fn flags_are_picked_out() {
        let take = |arguments: &[&str]| {
            let mut arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
            let taken = Verbosity::take_from(&mut arguments).map(|verbosity| verbosity.level());
            (taken, arguments.join(" "))
        };
        let (level, left) = take(&["-q", "a", "--log", "x=debug", "-vq", "--", "-v"]);
        assert_eq!(
            (level.unwrap(), left.as_str()),
            (Some(Level::ERROR), "a -vq -- -v")
        );
        let (level, left) = take(&["--verbose", "--log=error", "-"]);
        assert_eq!((level.unwrap(), left.as_str()), (Some(Level::ERROR), "-"));
        for wrong in [&["--log"][..], &["--log", "a=loud"]] {
            let (level, left) = take(wrong);
            assert!(level.is_err());
            assert_eq!(left, wrong.join(" "));
        }
    }
}
