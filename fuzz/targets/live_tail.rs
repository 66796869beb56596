//! Queries of live tails, and tokens to resume by, the first line being the token: each is refused
//! or begins a tail, after which no gate stays open.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logtree::control::{Control, fuzzing};
use logtree::{Level, Registry};

fuzz_target!(|text: &str| {
    let (token, query) = text.split_once('\n').unwrap_or(("", text));
    let registry = Registry::new();
    let control = Control::new(&registry);
    let request = format!("GET /v1/tail?{query}\nLast-Event-ID: {token}\n\n");
    let status = fuzzing::status(&control, &request);
    assert!(matches!(status, None | Some(200 | 400 | 404)), "{status:?}");
    assert!(!registry.root().is_enabled_for(Level::INFO));
    assert!(registry.logger_names().is_empty());
});
