//! What a client tells, as texts in Go's form.

use std::fmt;

/// What was signed, and how; see [`ClientLogger::signing`](super::ClientLogger::signing).
#[derive(Clone, Debug, Default)]
pub struct Signing {
    /// The request in the form in which it is signed.
    pub canonical: String,
    /// The text whose signature it is.
    pub to_sign: String,
    /// The URL with its signature, where that is what was asked for.
    pub signed_url: Option<String>,
}

impl fmt::Display for Signing {
    /// Row G13.
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

/// A request or response as it goes over the wire; see [`ClientLogger::request`](super::ClientLogger::request).
#[derive(Clone, Debug, Default)]
pub struct Dump {
    /// The first line and the headers, with the empty line behind.
    pub head: String,
    /// The body, where it is asked for.
    pub body: Option<Vec<u8>>,
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)?;
        match &self.body {
            Some(body) => f.write_str(&String::from_utf8_lossy(body)),
            None => Ok(()),
        }
    }
}
