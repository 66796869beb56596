//! What a client logs: [`ClientLogMode`].

use std::fmt;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not, Sub, SubAssign};
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::sys::variable::variable;

/// A set of the things that a client logs; empty by default.
///
/// A mode with a body includes the one without: [`REQUEST_WITH_BODY`](Self::REQUEST_WITH_BODY)
/// contains [`REQUEST`](Self::REQUEST), and removing `REQUEST` removes both.
///
/// # Go
/// `aws.ClientLogMode`, with the same bits, and one more for [warnings](Self::WARNINGS), which
/// cannot be turned off there. In Go the bits with a body do not include those without, though they
/// mean the same; [`from_bits`](Self::from_bits) accepts Go's values.
///
/// # Examples
/// ```
/// use logtree::client::ClientLogMode;
///
/// let mode = ClientLogMode::RETRIES | ClientLogMode::REQUEST_WITH_BODY;
/// assert!(mode.contains(ClientLogMode::REQUEST) && !mode.contains(ClientLogMode::RESPONSE));
/// assert_eq!(mode.to_string(), "LogRetries|LogRequestWithBody");
/// assert_eq!("retries, LogRequestWithBody".parse::<ClientLogMode>()?, mode);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ClientLogMode(u64);

/// Defines the modes by their bits and names.
macro_rules! modes {
    ($($(#[$doc:meta])* $constant:ident = $bits:expr, $name:literal;)*) => {
        impl ClientLogMode {
            $(
                $(#[$doc])*
                pub const $constant: Self = Self($bits);
            )*

            /// Everything.
            pub const ALL: Self = Self(0 $(| $bits)*);

            /// The modes with their names, in the order of the bits.
            const NAMED: &[(Self, &'static str)] = &[$((Self::$constant, $name)),*];
        }
    };
}

modes! {
    /// The strings that are signed, and their signatures.
    SIGNING = 1 << 63, "LogSigning";
    /// Attempts after the first, and why there are no more.
    RETRIES = 1 << 62, "LogRetries";
    /// Requests without their bodies.
    REQUEST = 1 << 61, "LogRequest";
    /// Requests with their bodies.
    REQUEST_WITH_BODY = 1 << 61 | 1 << 60, "LogRequestWithBody";
    /// Responses without their bodies.
    RESPONSE = 1 << 59, "LogResponse";
    /// Responses with their bodies.
    RESPONSE_WITH_BODY = 1 << 59 | 1 << 58, "LogResponseWithBody";
    /// Deprecated features in use.
    DEPRECATED_USAGE = 1 << 57, "LogDeprecatedUsage";
    /// Sent messages of event streams.
    REQUEST_EVENT_MESSAGE = 1 << 56, "LogRequestEventMessage";
    /// Received messages of event streams.
    RESPONSE_EVENT_MESSAGE = 1 << 55, "LogResponseEventMessage";
    /// Warnings of the client, which Go logs in every mode.
    WARNINGS = 1 << 54, "LogWarnings";
}

impl ClientLogMode {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// The bits for bodies; the bit above each is the one without.
    const BODIES: u64 = 1 << 60 | 1 << 58;

    /// Returns the mode of these bits, including those without a meaning. A bit for bodies adds the
    /// one without.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits | (bits & Self::BODIES) << 1)
    }

    /// Returns the bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Returns the mode without bits for bodies whose other bit is missing.
    const fn without_stray_bodies(self) -> Self {
        Self(self.0 & !(Self::BODIES & !(self.0 >> 1)))
    }

    /// Reports whether it is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Reports whether it contains all of another mode.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Adds another mode.
    pub fn insert(&mut self, other: Self) {
        *self |= other;
    }

    /// Removes another mode.
    pub fn remove(&mut self, other: Self) {
        *self -= other;
    }

    /// Returns an iterator over the names of what it contains. A mode without a body is left out if
    /// the one with a body is contained.
    #[must_use]
    pub fn names(self) -> Names {
        Names {
            mode: self,
            next: 0,
        }
    }

    /// Returns the mode for an operation that streams events. A body that is a stream cannot be
    /// logged, so `REQUEST_WITH_BODY` becomes `REQUEST` if the request streams, and likewise for
    /// the response.
    ///
    /// # Go
    /// `toggleEventStreamClientLogMode`.
    #[must_use]
    pub fn for_event_stream(self, request: bool, response: bool) -> Self {
        let body_of = |streams, with_body: Self, without: Self| {
            if streams { with_body.0 & !without.0 } else { 0 }
        };
        Self(
            self.0
                & !body_of(request, Self::REQUEST_WITH_BODY, Self::REQUEST)
                & !body_of(response, Self::RESPONSE_WITH_BODY, Self::RESPONSE),
        )
    }

    /// Returns the mode from the environment variable `SDK_LOG_MODE`, as in the AWS SDK for Kotlin;
    /// `None` if it is not set or empty, and in a program that runs with the rights of another user
    /// than its caller, as by a setuid bit.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the unknown word and the known ones.
    pub fn from_env() -> Result<Option<Self>, Error> {
        match variable("SDK_LOG_MODE") {
            Ok(text) if !text.trim().is_empty() => text.parse().map(Some),
            _ => Ok(None),
        }
    }
}

/// An iterator over the names of a mode; see [`ClientLogMode::names`].
#[derive(Clone, Debug)]
pub struct Names {
    mode: ClientLogMode,
    next: usize,
}

impl Iterator for Names {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        let is_part_of_another = |mode: ClientLogMode| {
            let mut others = ClientLogMode::NAMED.iter();
            others.any(|(other, _)| {
                *other != mode && other.contains(mode) && self.mode.contains(*other)
            })
        };
        let rest = ClientLogMode::NAMED.get(self.next..)?;
        let found = rest
            .iter()
            .position(|(mode, _)| self.mode.contains(*mode) && !is_part_of_another(*mode))?;
        self.next += found + 1;
        Some(rest[found].1)
    }
}

impl FromStr for ClientLogMode {
    type Err = Error;

    /// Reads names separated by `|` or commas, in any case, with or without `Log` in front; `All`,
    /// `Off`, `None` and `Default`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut mode = Self::NONE;
        for word in text
            .split(['|', ','])
            .map(str::trim)
            .filter(|word| !word.is_empty())
        {
            let plain = word.to_ascii_lowercase();
            let plain = plain.strip_prefix("log").unwrap_or(&plain);
            mode |= match plain {
                "all" => Self::ALL,
                "off" | "none" | "default" => Self::NONE,
                _ => {
                    let found = Self::NAMED
                        .iter()
                        .find(|(_, name)| name[3..].eq_ignore_ascii_case(plain));
                    found.map(|(mode, _)| *mode).ok_or_else(|| unknown(word))?
                }
            };
        }
        Ok(mode)
    }
}

fn unknown(word: &str) -> Error {
    let names: Vec<_> = ClientLogMode::NAMED.iter().map(|(_, name)| *name).collect();
    let message = format!(
        "unknown client log mode {word:?}: expected Off, All or some of {}",
        names.join(", ")
    );
    Error::new(ErrorKind::InvalidConfig, message)
}

impl fmt::Display for ClientLogMode {
    /// Writes the names separated by `|`; `Off` for none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = self.names();
        f.write_str(names.next().unwrap_or("Off"))?;
        names.try_for_each(|name| write!(f, "|{name}"))
    }
}

impl fmt::Debug for ClientLogMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientLogMode({self})")
    }
}

impl BitOr for ClientLogMode {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for ClientLogMode {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl BitAnd for ClientLogMode {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0).without_stray_bodies()
    }
}

impl BitAndAssign for ClientLogMode {
    fn bitand_assign(&mut self, other: Self) {
        *self = *self & other;
    }
}

impl Sub for ClientLogMode {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0).without_stray_bodies()
    }
}

impl SubAssign for ClientLogMode {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Not for ClientLogMode {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0).without_stray_bodies()
    }
}
