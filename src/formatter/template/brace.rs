//! The parser of the `{` style: `{name[!conversion][:specification]}`, as in Python's `str.format`.

use crate::error::Error;
use crate::formatter::template::brace_spec::BraceSpec;
use crate::formatter::template::field::Field;
use crate::formatter::template::segment::{Segments, invalid_at};
use crate::formatter::template::spec::Spec;

pub(super) fn parse(template: &str) -> Result<Segments, Error> {
    let mut segments = Segments::default();
    let mut rest = template;
    while let Some(brace) = rest.find(['{', '}']) {
        segments.literal(&rest[..brace]);
        let at = template.len() - rest.len() + brace;
        let opening = rest[brace..].starts_with('{');
        let twice = if opening { "{{" } else { "}}" };
        if rest[brace..].starts_with(twice) {
            segments.literal(&twice[1..]);
            rest = &rest[brace + 2..];
            continue;
        }
        if !opening {
            return Err(invalid_at(template, at, "a single '}'"));
        }
        let inside = &rest[brace + 1..];
        let Some(end) = matching_brace(inside) else {
            return Err(invalid_at(template, at, "expected '}' before the end"));
        };
        let (name, spec) =
            parse_field(&inside[..end]).map_err(|why| invalid_at(template, at, why))?;
        // A number is a place among arguments, which a record does not have.
        let is_place = name.bytes().all(|byte| byte.is_ascii_digit());
        segments.field(
            if is_place {
                Field::Place(name.into())
            } else {
                Field::of_name(name)
            },
            spec,
        );
        rest = &inside[end + 1..];
    }
    segments.literal(rest);
    Ok(segments)
}

/// Returns the position of the brace that closes a field. A field may be inside the specification
/// of another.
fn matching_brace(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn parse_field(text: &str) -> Result<(&str, Spec), String> {
    // The first of these ends the name, also inside brackets.
    let end = text.find(['!', ':']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    check_name(name)?;
    let (conversion, rest) = match rest.strip_prefix('!') {
        None => (None, rest),
        Some(rest) => {
            let end = rest.find(':').unwrap_or(rest.len());
            match &rest[..end] {
                conversion @ ("r" | "s" | "a") => (conversion.bytes().next(), &rest[end..]),
                other => return Err(format!("{other:?} is no conversion: expected r, s or a")),
            }
        }
    };
    let spec = BraceSpec::new(conversion, rest.strip_prefix(':').unwrap_or(""))?;
    Ok((
        name,
        spec.map_or(Spec::Plain, |spec| Spec::Brace(Box::new(spec))),
    ))
}

/// Checks a name, which may be followed by parts like `.key` and `[key]`: the whole is the key of a
/// key-value.
fn check_name(name: &str) -> Result<(), String> {
    let is_word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    let word = name.find(['.', '[']).unwrap_or(name.len());
    let mut valid = is_word(&name[..word]);
    let mut rest = &name[word..];
    while valid && !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            valid = is_word(&after[..end]);
            rest = &after[end..];
        } else {
            let inside = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            valid = inside.is_some_and(|(key, _)| !key.is_empty());
            rest = inside.map_or("", |(_, after)| after);
        }
    }
    if valid {
        Ok(())
    } else {
        Err(format!("{name:?} is no field name"))
    }
}
