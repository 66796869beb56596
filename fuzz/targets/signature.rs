//! Signed requests: without the token nothing is accepted, whatever the header claims.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logtree::control::fuzzing;

/// When the requests of the corpus were signed.
const SIGNED: i64 = 1_795_732_470;

fuzz_target!(|text: &str| {
    assert_ne!(fuzzing::is_signed(text, "another token", SIGNED), Some(true));
});
