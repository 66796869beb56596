//! A value that does not show itself: [`Secret`].

use std::fmt;

use log::kv::{ToValue, Value};

use crate::filter::redaction::span::MARK;

/// Holds a value and prints `***`, by `Display`, by `Debug`, and as a key-value: for what must
/// never be logged, even by mistake.
///
/// # Examples
/// ```
/// use logtree::filter::Secret;
///
/// #[derive(Debug)]
/// struct Login {
///     user: &'static str,
///     password: Secret<String>,
/// }
///
/// let login = Login { user: "ann", password: Secret::new("hunter2".to_owned()) };
/// assert_eq!(format!("{login:?}"), r#"Login { user: "ann", password: *** }"#);
/// assert_eq!(login.password.expose(), "hunter2");
/// # let _ = login.user;
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, and no longer hidden.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MARK)
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MARK)
    }
}

impl<T> ToValue for Secret<T> {
    fn to_value(&self) -> Value<'_> {
        Value::from(MARK)
    }
}
