//! Texts that may hold secrets: what was taken out stays out, and nothing else goes.
#![no_main]

use std::borrow::Cow;

use libfuzzer_sys::fuzz_target;
use logtree::filter::RedactingFilter;

fuzz_target!(|text: &str| {
    const PLANTED: &str = "qXzWvKjPlM";
    if text.contains(PLANTED) {
        return;
    }
    let filter = RedactingFilter::credentials().with_personal_data();
    match filter.redact(text) {
        Cow::Borrowed(same) => assert_eq!(same, text),
        Cow::Owned(redacted) => {
            assert!(redacted.contains("***"), "{redacted:?}");
            // A planted password is found, whatever stands around it.
            let planted = format!("{text}\n\"password\": \"{PLANTED}\"\n");
            assert!(!filter.redact(&planted).contains(PLANTED), "{planted:?}");
        }
    }
});
