//! A user and a password.

use crate::config::arguments::Arguments;

/// Reads the argument `credentials`. What it has is shown in no problem.
pub(super) fn read(arguments: &mut Arguments<'_>) -> Option<(String, String)> {
    let pair: Vec<String> = arguments.optional("credentials")?;
    match <[String; 2]>::try_from(pair) {
        Ok([user, password]) => Some((user, password)),
        Err(_) => {
            arguments.problem("credentials", "expected a user and a password");
            None
        }
    }
}
