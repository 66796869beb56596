//! Colours of what stands out in a message.

use crate::formatter::pretty::pen::Pen;
use crate::formatter::pretty::styles::Styles;

/// Appends a text with the style of each word that stands out: numbers, quoted words, paths, URLs,
/// UUIDs, and `true`, `false` and `None`. Any other word has the style of the text.
pub(super) fn push(pen: &mut Pen<'_>, text: &str, style: &str, styles: &Styles) {
    for word in text.split_inclusive(' ') {
        let bare = word.trim_matches(|character| matches!(character, ' ' | ',' | '.' | ':' | ';'));
        let own = style_of(bare, styles);
        pen.start(own.unwrap_or(style));
        pen.shown(word);
        pen.end(own.unwrap_or(style));
    }
}

fn style_of<'s>(word: &str, styles: &'s Styles) -> Option<&'s str> {
    let first = word.bytes().next()?;
    let last = word.bytes().next_back();
    let is_hex = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let style = match first {
        b'"' | b'\'' if word.len() > 1 && last == Some(first) => &styles.quoted,
        b'/' => &styles.path,
        _ if word.contains("://") || word.starts_with("./") || word.starts_with("~/") => {
            &styles.path
        }
        _ if matches!(word, "true" | "false" | "None" | "null") => &styles.number,
        // With its unit: `12.4ms`, `80%`.
        b'0'..=b'9' if word.len() - word.trim_end_matches(is_unit).len() <= 3 => {
            let number = word.trim_end_matches(is_unit);
            let is_number = number
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b','));
            let is_uuid = word.len() == 36 && word.bytes().all(is_hex);
            (is_number || is_uuid).then_some(&styles.number)?
        }
        _ if word.len() == 36 && word.bytes().all(is_hex) => &styles.number,
        _ => return None,
    };
    Some(style)
}

fn is_unit(character: char) -> bool {
    character.is_ascii_alphabetic() || matches!(character, '%' | 'µ')
}
