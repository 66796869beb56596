//! Files with a token.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// Reads the token of a file that others cannot read.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    let shown = path.display();
    let failed = |error| Failure::usage(format!("cannot read the token of {shown}: {error}"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = fs::metadata(path).map_err(failed)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Failure::usage(format!(
                "refused the token of {shown}: expected mode 0600, found {mode:04o}"
            )));
        }
    }
    let token = fs::read_to_string(path).map_err(failed)?;
    let token = token.trim();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.~+/=".contains(c);
    match !token.is_empty() && token.chars().all(is_part) {
        true => Ok(token.to_owned()),
        false => Err(Failure::usage(format!("{shown} holds no token"))),
    }
}
