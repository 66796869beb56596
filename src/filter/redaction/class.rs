//! The classes of secrets, and the number of each that was found.

use std::fmt;

use crate::sys::sync::{AtomicU64, Ordering};

/// The kind of a secret; see [`RedactingFilter`](super::RedactingFilter).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretClass {
    /// The secret that belongs to an access key, and other secrets by name.
    SecretKey,
    /// A token of a session, a bearer, an interface.
    Token,
    /// A password.
    Password,
    /// A header that authorizes a request.
    Authorization,
    /// The signature of a request.
    Signature,
    /// A cookie.
    Cookie,
    /// The id of an access key, which is masked in its middle.
    AccessKeyId,
    /// A key that encrypts, or what was encrypted by one.
    EncryptionKey,
    /// User and password of a URL.
    UrlUser,
    /// A mail address.
    Email,
    /// A card number.
    Card,
    /// A bank account, as an IBAN.
    BankAccount,
    /// A phone number with a country code.
    Phone,
    /// A US social security number.
    SocialSecurity,
    /// A network address.
    Address,
    /// What was found by a name or pattern that was added.
    Custom,
}

impl SecretClass {
    /// All classes.
    pub const ALL: [Self; 16] = [
        Self::SecretKey,
        Self::Token,
        Self::Password,
        Self::Authorization,
        Self::Signature,
        Self::Cookie,
        Self::AccessKeyId,
        Self::EncryptionKey,
        Self::UrlUser,
        Self::Email,
        Self::Card,
        Self::BankAccount,
        Self::Phone,
        Self::SocialSecurity,
        Self::Address,
        Self::Custom,
    ];
}

/// How many were found, by class.
#[derive(Default)]
pub(super) struct Tally([AtomicU64; SecretClass::ALL.len()]);

impl Tally {
    pub(super) fn count(&self, class: SecretClass) {
        self.0[class as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self, class: SecretClass) -> u64 {
        self.0[class as usize].load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = SecretClass::ALL
            .iter()
            .filter(|class| self.get(**class) > 0);
        f.debug_map()
            .entries(found.map(|class| (class, self.get(*class))))
            .finish()
    }
}
