//! What a client tells of itself.

use std::fmt;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not, Sub, SubAssign};
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::sys::variable::variable;

/// A set of the things that a client can tell of itself: by default none.
///
/// # Go
/// `aws.ClientLogMode`, with the same bits (rows G10 and G11), and one more for [warnings](Self::WARNINGS), which Go cannot switch off.
///
/// # Examples
/// ```
/// use logtree::client::ClientLogMode;
///
/// let mode = ClientLogMode::RETRIES | ClientLogMode::REQUEST_WITH_BODY;
/// assert!(mode.is_retries() && !mode.is_response());
/// assert_eq!(mode.to_string(), "LogRetries|LogRequestWithBody");
/// assert_eq!("retries, LogRequestWithBody".parse::<ClientLogMode>()?, mode);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ClientLogMode(u64);

/// A bit, its name, its question and its eraser.
macro_rules! modes {
    ($($(#[$doc:meta])* $constant:ident = $bit:literal, $name:literal, $is:ident, $clear:ident;)*) => {
        impl ClientLogMode {
            $(
                $(#[$doc])*
                pub const $constant: Self = Self(1 << $bit);
            )*

            /// Each thing with its name, in the order of the bits.
            const NAMED: &[(Self, &'static str)] = &[$((Self::$constant, $name)),*];

            $(
                #[doc = concat!("Whether [`", stringify!($constant), "`](Self::", stringify!($constant), ") is in it.")]
                #[must_use]
                pub const fn $is(self) -> bool {
                    self.contains(Self::$constant)
                }

                #[doc = concat!("Takes [`", stringify!($constant), "`](Self::", stringify!($constant), ") out.")]
                pub fn $clear(&mut self) {
                    self.remove(Self::$constant);
                }
            )*
        }
    };
}

modes! {
    /// The strings that are signed, and their signatures.
    SIGNING = 63, "LogSigning", is_signing, clear_signing;
    /// Attempts after the first, and why there are no more.
    RETRIES = 62, "LogRetries", is_retries, clear_retries;
    /// Requests without their bodies.
    REQUEST = 61, "LogRequest", is_request, clear_request;
    /// Requests with their bodies.
    REQUEST_WITH_BODY = 60, "LogRequestWithBody", is_request_with_body, clear_request_with_body;
    /// Responses without their bodies.
    RESPONSE = 59, "LogResponse", is_response, clear_response;
    /// Responses with their bodies.
    RESPONSE_WITH_BODY = 58, "LogResponseWithBody", is_response_with_body, clear_response_with_body;
    /// What is used and should not be any more.
    DEPRECATED_USAGE = 57, "LogDeprecatedUsage", is_deprecated_usage, clear_deprecated_usage;
    /// Messages of event streams that are sent.
    REQUEST_EVENT_MESSAGE = 56, "LogRequestEventMessage", is_request_event_message, clear_request_event_message;
    /// Messages of event streams that are received.
    RESPONSE_EVENT_MESSAGE = 55, "LogResponseEventMessage", is_response_event_message, clear_response_event_message;
    /// What the client thinks should be known: Go writes these whatever the mode (row G20).
    WARNINGS = 54, "LogWarnings", is_warnings, clear_warnings;
}

impl ClientLogMode {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self::NAMED
            .iter()
            .fold(Self::NONE, |all, (mode, _)| all | *mode)
    }

    /// The mode of these bits, those without a meaning included.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of another mode is in it.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Puts another mode in.
    pub fn insert(&mut self, other: Self) {
        *self |= other;
    }

    /// Takes another mode out.
    pub fn remove(&mut self, other: Self) {
        *self -= other;
    }

    /// The names of what is in it.
    pub fn iter_names(self) -> impl Iterator<Item = &'static str> {
        let named = Self::NAMED
            .iter()
            .filter(move |(mode, _)| self.contains(*mode));
        named.map(|(_, name)| *name)
    }

    /// The mode for an operation that streams events: a body that is a stream cannot be shown, so `REQUEST_WITH_BODY` becomes `REQUEST` where the
    /// request streams, and likewise for the response.
    ///
    /// # Go
    /// `toggleEventStreamClientLogMode` (row G17).
    #[must_use]
    pub fn for_event_stream(mut self, request: bool, response: bool) -> Self {
        if request && self.is_request_with_body() {
            self.clear_request_with_body();
            self |= Self::REQUEST;
        }
        if response && self.is_response_with_body() {
            self.clear_response_with_body();
            self |= Self::RESPONSE;
        }
        self
    }

    /// The mode from the environment: the variable `SDK_LOG_MODE`, as the SDK for Kotlin has it; `None` where it is absent or empty, and in a program that
    /// runs as another user than its caller, by a setuid bit.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`], with the word that is none and what may be meant.
    pub fn from_env() -> Result<Option<Self>, Error> {
        match variable("SDK_LOG_MODE") {
            Ok(text) if !text.trim().is_empty() => text.parse().map(Some),
            _ => Ok(None),
        }
    }
}

impl FromStr for ClientLogMode {
    type Err = Error;

    /// Reads names with `|` or commas between, in any case, with or without `Log` in front; `All`, `Off`, `None` and `Default`.
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
                "all" => Self::all(),
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
    /// The names with `|` between; `Off` for none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.iter_names().next().is_none() {
            return f.write_str("Off");
        }
        for (number, name) in self.iter_names().enumerate() {
            f.write_str(if number == 0 { "" } else { "|" })?;
            f.write_str(name)?;
        }
        Ok(())
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
        self.0 |= other.0;
    }
}

impl BitAnd for ClientLogMode {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitAndAssign for ClientLogMode {
    fn bitand_assign(&mut self, other: Self) {
        self.0 &= other.0;
    }
}

impl Sub for ClientLogMode {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl SubAssign for ClientLogMode {
    fn sub_assign(&mut self, other: Self) {
        self.0 &= !other.0;
    }
}

impl Not for ClientLogMode {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}
