//! Whole requests, as they arrive: what is refused, and what only reads, changes nothing; and a
//! client without the token neither changes nor sees anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logtree::Registry;
use logtree::control::{Control, LevelTarget, fuzzing};

/// The token of the corpus.
const KNOWN: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const UNKNOWN: &str = "GFEDCBAzyxwvutsrqponmlkjihgfedcba9876543210";
/// A logger, which is in no file of the console.
const LOGGER: &str = "seen.by.clients";

fuzz_target!(|bytes: &[u8]| {
    for token in [None, Some(KNOWN), Some(UNKNOWN)] {
        let control = Control::new(&Registry::new());
        control.set_group("aws", ["boto3", "botocore"]).unwrap();
        control.set_level(LevelTarget::logger(LOGGER), 20).unwrap();
        let before = (control.revision(), control.loggers());
        let response = fuzzing::exchange(&control, bytes, token);
        let status = status(&response);
        assert_ne!(status, Some(500));
        let is_refused = status.is_none_or(|status| status >= 300);
        let reads = bytes.starts_with(b"GET ") || bytes.starts_with(b"HEAD ");
        if is_refused || reads || token == Some(UNKNOWN) {
            assert_eq!((control.revision(), control.loggers()), before);
        }
        if token == Some(UNKNOWN) && !contains(bytes, LOGGER) {
            assert!(!contains(&response, LOGGER));
        }
    }
});

/// Returns the status of a response, if there is any.
fn status(response: &[u8]) -> Option<u16> {
    let response = response
        .strip_prefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        .unwrap_or(response);
    let digits = std::str::from_utf8(response.get(9..12)?).ok()?;
    Some(digits.parse().expect("a status"))
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}
