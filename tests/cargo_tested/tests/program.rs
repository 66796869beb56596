//! A test that uses the library as a program does: the library itself is not compiled for tests.

use logtree::Registry;

#[test]
fn nothing_is_set_up() {
    cargo_tested::set_up();
    assert!(Registry::global().root().handlers().is_empty());
}

/// Ends well although nobody reads what it prints: `eprint!` panics then.
#[test]
fn survives_a_broken_stderr() {
    logtree::test::init();
    for number in 0..10 {
        log::info!("lost {number}");
    }
    let counters = Registry::global().root().handlers()[0].counters();
    println!("written {} dropped {}", counters.written(), counters.dropped());
}
