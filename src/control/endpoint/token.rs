//! The secret of clients that connect by TCP: [`Token`].

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::control::error_codes::invalid;
use crate::error::Error;
#[cfg(unix)]
use crate::sys::own_file::OwnFile;
use crate::sys::private_file::{self, Access, PRIVATE};
use crate::sys::small_file::{self, Unread};

/// The shortest token of a file: that of 192 bits.
const SHORTEST: usize = 32;
const LONGEST: usize = 1024;

/// 256 random bits as base64url, or the token of a file.
#[derive(Clone)]
pub(super) struct Token {
    text: String,
    /// Compared in place of the text: of equal length, and nothing about the text can be learned
    /// from how long that takes.
    digest: [u8; 32],
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Token {
    pub(super) fn new(text: String) -> Self {
        Self {
            digest: Sha256::digest(&text).into(),
            text,
        }
    }

    /// Returns a new token.
    pub(super) fn random() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::io("cannot make a token", io::Error::other(error)))?;
        Ok(Self::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Returns the token of a file; a new one if the file does not exist, which is created.
    pub(super) fn of_file(path: &Path) -> Result<Self, Error> {
        let what = format!("the token in {}", path.display());
        let refused =
            |why: &dyn fmt::Display| invalid(format!("cannot use {what}: {why}")).with_path(path);
        match small_file::read_private(path, LONGEST) {
            Ok(text) => {
                let text = text.trim_end();
                if !is_token(text) {
                    let why =
                        format!("expected at least {SHORTEST} letters, digits, \"-\" and \"_\"");
                    return Err(refused(&why));
                }
                Ok(Self::new(text.to_owned()))
            }
            Err(Unread::Failed(error)) if error.kind() == io::ErrorKind::NotFound => {
                let token = Self::random()?;
                token.write(path)?;
                Ok(token)
            }
            Err(Unread::Failed(error)) => {
                Err(Error::io(format!("cannot read {what}"), error).with_path(path))
            }
            Err(Unread::Refused(why)) => Err(refused(&why)),
        }
    }

    /// Writes a new file that only the user can read.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let write = || {
            let mut file = private_file::create(path, Access::Write, PRIVATE)?;
            let written = file.write_all(self.text.as_bytes());
            if written.is_err() {
                let _ = fs::remove_file(path);
            }
            written
        };
        write().map_err(|error| {
            let what = format!("cannot write the token to {}", path.display());
            Error::io(what, error).with_path(path)
        })
    }

    /// Writes it beside a socket. The file ends with the server; that of an earlier process is
    /// replaced. A file that holds something else is refused, and stays.
    #[cfg(unix)]
    pub(super) fn write_beside(&self, path: &Path) -> Result<OwnFile, Error> {
        let why = match small_file::read(path, LONGEST) {
            // Empty, if the process was killed in between.
            Ok(text) if text.is_empty() || text.len() == self.text.len() && is_token(&text) => {
                let _ = fs::remove_file(path);
                None
            }
            Ok(_) => Some("expected the token of an earlier process, or no file".to_owned()),
            Err(Unread::Failed(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(Unread::Failed(error)) => Some(error.to_string()),
            Err(Unread::Refused(why)) => Some(why),
        };
        if let Some(why) = why {
            let message = format!("cannot write the token to {}: {why}", path.display());
            return Err(invalid(message).with_path(path));
        }
        self.write(path)?;
        let metadata = fs::symlink_metadata(path);
        metadata
            .map(|metadata| OwnFile::new(path, &metadata))
            .map_err(|error| {
                let what = format!("cannot write the token to {}", path.display());
                Error::io(what, error).with_path(path)
            })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Reports whether it is this token, in a time that does not depend on it.
    pub(super) fn is(&self, text: &str) -> bool {
        Sha256::digest(text).ct_eq(&self.digest).into()
    }
}

/// Reports whether a text is long enough for a token, and has its characters only.
fn is_token(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.len() >= SHORTEST && text.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_compared_whole() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert_eq!(one.as_str().len(), 43);
        assert!(one.is(one.as_str()));
        assert!(!one.is(other.as_str()));
        assert!(!one.is(""));
        assert!(!one.is(&one.as_str()[..42]));
        assert!(!one.is(&format!("{} ", one.as_str())));
        assert_eq!(format!("{one:?}"), "Token(..)");
    }

    #[test]
    fn a_file_keeps_its_token() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        let made = Token::of_file(&path).unwrap();
        assert_eq!(Token::of_file(&path).unwrap().as_str(), made.as_str());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode));
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
            mode(0o640).unwrap();
            let error = Token::of_file(&path).unwrap_err().to_string();
            assert!(error.contains("run chmod go="), "{error}");
            mode(0o600).unwrap();
        }
        fs::write(&path, "short\n").unwrap();
        let error = Token::of_file(&path).unwrap_err().to_string();
        assert!(error.contains("at least 32"), "{error}");
        fs::write(&path, format!("{}\n", "x".repeat(32))).unwrap();
        assert!(Token::of_file(&path).unwrap().is(&"x".repeat(32)));
        fs::write(&path, "x y".repeat(32)).unwrap();
        assert!(Token::of_file(&path).is_err());
    }
}
