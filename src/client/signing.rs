//! What was signed: [`Signing`].

use std::fmt;

/// The strings of a signature; see [`ClientLogger::signing`](super::ClientLogger::signing).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Signing {
    canonical: String,
    to_sign: String,
    signed_url: Option<String>,
}

impl Signing {
    /// Returns the canonical request and the string to sign.
    pub fn new(canonical: impl Into<String>, to_sign: impl Into<String>) -> Self {
        Self {
            canonical: canonical.into(),
            to_sign: to_sign.into(),
            signed_url: None,
        }
    }

    /// Returns it with the signed URL, for presigned requests.
    pub fn with_signed_url(mut self, url: impl Into<String>) -> Self {
        self.signed_url = Some(url.into());
        self
    }
}

impl fmt::Display for Signing {
    /// Writes the text that Go's signer logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CANONICAL: &str = "---[ CANONICAL STRING  ]-----------------------------";
        const TO_SIGN: &str = "---[ STRING TO SIGN ]--------------------------------";
        const SIGNED_URL: &str = "---[ SIGNED URL ]------------------------------------";
        const END: &str = "-----------------------------------------------------";
        write!(
            f,
            "Request Signature:\n{CANONICAL}\n{}\n{TO_SIGN}\n{}\n",
            self.canonical, self.to_sign
        )?;
        if let Some(url) = &self.signed_url {
            write!(f, "{SIGNED_URL}\n{url}\n")?;
        }
        f.write_str(END)
    }
}
