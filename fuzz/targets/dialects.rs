//! Requests in all dialects: what is refused, and what only reads, changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logtree::Registry;
use logtree::control::{Control, LevelTarget, fuzzing};

fuzz_target!(|text: &str| {
    let control = Control::new(&Registry::new());
    control.set_group("aws", ["boto3", "botocore"]).unwrap();
    control.set_level(LevelTarget::logger("a"), 20).unwrap();
    let before = (control.revision(), control.loggers());
    let Some(status) = fuzzing::status(&control, text) else {
        return;
    };
    assert_ne!(status, 500);
    if status >= 300 || text.starts_with("GET ") {
        assert_eq!((control.revision(), control.loggers()), before);
    }
});
