//! Lines of levels: whatever is read, what is written of it is read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logtree::{LevelSpec, Registry};

fuzz_target!(|text: &str| {
    let registry = Registry::new();
    let spec = LevelSpec::parse_in(&registry, text);
    spec.apply_in(&registry);
    let again = LevelSpec::parse_in(&registry, &spec.to_string());
    assert!(again.problems().is_empty(), "{:?}", again.problems());
    assert!(again.levels().eq(spec.levels()));
    for (name, level) in spec.levels() {
        assert_eq!(registry.get_logger(name).level(), level);
    }
});
