//! Templates of all styles, and patterns of times: none panics, and what is accepted can be
//! written.
//!
//! The first character chooses the style, the second whether the template is checked; a NUL stands
//! before the pattern of the time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logtree::{Formatter, Level, Record};
use logtree::formatter::TemplateStyle;

fuzz_target!(|text: &str| {
    let mut rest = text.chars();
    let style = match rest.next() {
        Some('{') => TemplateStyle::Brace,
        Some('$') => TemplateStyle::Dollar,
        _ => TemplateStyle::Percent,
    };
    let checked = rest.next() != Some('!');
    let (template, pattern) = rest
        .as_str()
        .split_once('\0')
        .unwrap_or((rest.as_str(), ""));
    let formatter = Formatter::builder()
        .format(template)
        .style(style)
        .validate(checked)
        .date_format(pattern)
        .build();
    if let Ok(formatter) = formatter {
        let record = Record::builder()
            .name("a.b")
            .level(Level::INFO)
            .message("text");
        let record = record
            .key_value("n", 17)
            .key_value("f", -0.5)
            .key_value("s", "ü")
            .build();
        // Fields that the record does not have, and values of other types, are errors.
        let _ = formatter.format_to_string(&record);
    }
});
