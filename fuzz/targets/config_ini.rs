//! Configurations in INI.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logtree::config::Syntax;

#[path = "../shared/config.rs"]
mod config;

fuzz_target!(|text: &str| config::holds(text, Syntax::Ini));
