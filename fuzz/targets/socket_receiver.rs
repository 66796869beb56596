//! Frames of other programs: whatever they hold, a record or nothing comes of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logtree::Registry;
use logtree::delivery::fuzzing;
use logtree::test::Capture;

fuzz_target!(|frame: &[u8]| {
    let registry = Registry::new();
    registry.root().set_level(1);
    let capture = Capture::new(&registry.root());
    let is_taken = fuzzing::deliver(&registry, frame);
    assert!(capture.len() <= usize::from(is_taken));
    // Values only: what names a function is no record.
    assert!(registry.logger_names().is_empty());
});
