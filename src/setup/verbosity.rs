//! The usual flags of a command line for verbosity: [`Verbosity`].

use crate::error::Error;
use crate::level::Level;
use crate::level_spec::LevelSpec;
use crate::name::{dotted, is_root};
use crate::registry::Registry;

/// The usual flags of a command line for verbosity: `-v`, `-vv`, `-q`, `--log LEVEL`,
/// `--log NAME=LEVEL`.
///
/// Each `-v` makes the root one step more verbose, along `OFF`, `CRITICAL`, `ERROR`, `WARNING`,
/// `INFO`, `DEBUG`, `TRACE`, and each `-q` one step quieter. The steps count from the level that
/// the root has when the flags are applied, so from the program's own default or from
/// [`init_from_env`](crate::init_from_env); [`base`](Self::base) sets another one. Without flags
/// the levels stay as they are, so levels from `init_from_env` apply unless a flag overrides them.
/// The levels of `--log`, in the syntax of [`LevelSpec`], are applied last.
///
/// [`for_logger`](Self::for_logger) selects a logger instead of the root, so that `-v` does not
/// make every other crate verbose.
///
/// No command line parser is needed: [`take_from`](Self::take_from) removes the flags from the
/// arguments. With `clap`, count the flags and pass the numbers:
///
/// ```
/// use logtree::{Level, Registry, Verbosity};
///
/// // #[arg(short, long, action = clap::ArgAction::Count)] verbose: u8,
/// // #[arg(short, long, action = clap::ArgAction::Count)] quiet: u8,
/// // #[arg(long = "log", value_name = "LEVEL|NAME=LEVEL")] log: Vec<String>,
/// let (verbose, quiet, log) = (1, 0, ["boto3=debug"]);
/// let registry = Registry::new();
/// Verbosity::new(verbose, quiet).levels(log)?.apply_in(&registry);
/// assert_eq!(registry.root().level(), Level::INFO);
/// assert_eq!(registry.get_logger("boto3").level(), Level::DEBUG);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "nothing is set until `apply`"]
pub struct Verbosity {
    verbose: u8,
    quiet: u8,
    levels: LevelSpec,
    /// `None`: the level that the logger has.
    base: Option<Level>,
    /// Empty for the root.
    logger: String,
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

impl Verbosity {
    /// Returns the verbosity of so many `-v` and `-q`.
    pub fn new(verbose: u8, quiet: u8) -> Self {
        Self {
            verbose,
            quiet,
            ..Self::default()
        }
    }

    /// Sets the level that the steps count from; by default the level that the logger has when they
    /// are applied.
    ///
    /// # Examples
    /// ```
    /// use logtree::{Level, Verbosity};
    ///
    /// assert_eq!(Verbosity::new(1, 0).base(Level::INFO).level(), Some(Level::DEBUG));
    /// ```
    pub fn base(mut self, level: impl Into<Level>) -> Self {
        self.base = Some(level.into());
        self
    }

    /// Sets the logger that `-v` and `-q` apply to, with its descendants; the root by default.
    /// `--log LEVEL` always applies to the root.
    ///
    /// # Examples
    /// ```
    /// use logtree::{Level, Registry, Verbosity};
    ///
    /// let registry = Registry::new();
    /// Verbosity::new(2, 0).for_logger("mycli").apply_in(&registry);
    /// assert_eq!(registry.get_logger("mycli.copy").effective_level(), Level::DEBUG);
    /// assert_eq!(registry.get_logger("rustls").effective_level(), Level::WARNING);
    /// ```
    pub fn for_logger(mut self, name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        self.logger = if is_root(name) {
            String::new()
        } else {
            dotted(name).into_owned()
        };
        self
    }

    /// Adds the values of `--log`, one for each time it is given.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidLevel`](crate::ErrorKind::InvalidLevel), with the position and what was
    /// expected.
    pub fn levels<S: AsRef<str>>(
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

    /// Removes the flags from a program's arguments and leaves the others: `-v`, `-vvv`, `-q`,
    /// `--verbose`, `--quiet`, `--log X` and `--log=X`. Everything after `--` is left.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidLevel`](crate::ErrorKind::InvalidLevel) if `--log` has no value or an
    /// invalid one; `arguments` is left unchanged.
    ///
    /// # Examples
    /// ```
    /// use logtree::{Level, Verbosity};
    ///
    /// let arguments = ["-vv", "copy", "--log=boto3=info", "a"];
    /// let mut arguments: Vec<String> = arguments.map(String::from).to_vec();
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
        let verbosity = Self::new(verbose, quiet).levels(levels)?;
        *arguments = left;
        Ok(verbosity)
    }

    /// Returns the level for the logger, or `None` if no flag sets one. Without a
    /// [`base`](Self::base), the steps count from the present level of the global registry's
    /// logger.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.level_in(Registry::global())
    }

    fn level_in(&self, registry: &Registry) -> Option<Level> {
        let mut levels = self.levels.levels();
        let named = levels.find(|(name, _)| *name == self.logger);
        if let Some((_, level)) = named {
            return Some(level);
        }
        let steps = i16::from(self.verbose) - i16::from(self.quiet);
        if (self.verbose, self.quiet) == (0, 0) {
            return None;
        }
        let base = self
            .base
            .unwrap_or_else(|| registry.get_logger(&self.logger).effective_level());
        // A level between two steps: the next step in the direction counts as one.
        let mut on_the_way: Vec<_> = if steps < 0 {
            STEPS
                .into_iter()
                .rev()
                .filter(|step| *step > base)
                .collect()
        } else {
            STEPS.into_iter().filter(|step| *step < base).collect()
        };
        on_the_way.truncate(usize::from(steps.unsigned_abs()));
        Some(on_the_way.last().copied().unwrap_or(base))
    }

    /// Sets the levels of the global registry's loggers. If applied twice, the steps count twice,
    /// unless there is a [`base`](Self::base).
    pub fn apply(&self) {
        self.apply_in(Registry::global());
    }

    /// Sets the levels of a registry's loggers.
    pub fn apply_in(&self, registry: &Registry) {
        if let Some(level) = self.level_in(registry) {
            registry.get_logger(&self.logger).set_level(level);
        }
        self.levels.apply_in(registry);
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
            let verbosity = Verbosity::new(verbose, quiet);
            assert_eq!(
                verbosity.level_in(&Registry::new()),
                Some(level),
                "{verbose} {quiet}"
            );
        }
    }

    #[test]
    fn steps_count_from_the_base() {
        let from = |base: Level, verbose, quiet| {
            let registry = Registry::new();
            registry.root().set_level(base);
            let present = Verbosity::new(verbose, quiet).level_in(&registry);
            let named = Verbosity::new(verbose, quiet).base(base);
            assert_eq!(named.level_in(&Registry::new()), present);
            present.unwrap()
        };
        assert_eq!(from(Level::INFO, 1, 0), Level::DEBUG);
        assert_eq!(from(Level::INFO, 0, 1), Level::WARNING);
        // No flag makes the program go the other way.
        assert_eq!(from(Level::TRACE, 1, 0), Level::TRACE);
        assert_eq!(from(Level::new(1), 1, 0), Level::new(1));
        assert_eq!(from(Level::OFF, 0, 1), Level::OFF);
        assert_eq!(from(Level::OFF, 1, 0), Level::CRITICAL);
        // Between two steps.
        assert_eq!(from(Level::new(25), 1, 0), Level::INFO);
        assert_eq!(from(Level::new(25), 0, 1), Level::WARNING);
        assert_eq!(from(Level::new(25), 1, 1), Level::new(25));
        assert_eq!(from(Level::new(25), 0, 255), Level::OFF);
    }

    #[test]
    fn a_logger_in_place_of_the_root() {
        let registry = Registry::new();
        registry.root().set_level(Level::ERROR);
        registry.get_logger("app").set_level(Level::INFO);
        let verbosity = Verbosity::new(1, 0).for_logger("app");
        let verbosity = verbosity.levels(["info", "other=debug"]).unwrap();
        verbosity.apply_in(&registry);
        assert_eq!(registry.get_logger("app").level(), Level::DEBUG);
        assert_eq!(registry.root().level(), Level::INFO);
        assert_eq!(registry.get_logger("other").level(), Level::DEBUG);
        // What --log says of the very logger holds.
        let verbosity = Verbosity::new(1, 0).for_logger("app");
        let verbosity = verbosity.levels(["app=error"]).unwrap();
        verbosity.apply_in(&registry);
        assert_eq!(registry.get_logger("app").level(), Level::ERROR);
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
