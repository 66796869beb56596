//! Levels of loggers as one line of text: [`LevelSpec`].

#[expect(
    clippy::module_inception,
    reason = "the noun stands in the file of its name"
)]
mod level_spec;
mod levels;
mod name_doubt;
mod variables;

pub use self::level_spec::LevelSpec;
pub use self::levels::Levels;
pub(crate) use self::variables::VARIABLES;
