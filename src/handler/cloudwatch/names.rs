//! Names of groups and streams: [`StreamName`].

use crate::error::{Error, ErrorKind};
use crate::handler::origin;
use crate::sys::host;
use crate::sys::host_name::host_name;
use crate::text::boundary::floor_char_boundary;
use crate::time::Timestamp;

/// Names have so many bytes at most.
const LONGEST: usize = 512;

/// # Errors
/// Where it cannot be the name of a group.
pub(super) fn check_group(name: &str) -> Result<(), Error> {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || b".-_/#".contains(&it);
    if (1..=LONGEST).contains(&name.len()) && name.bytes().all(is_allowed) {
        return Ok(());
    }
    let message = format!(
        "log group {name:?}: expected 1 to 512 of the characters a-z, A-Z, 0-9, '.', '-', '_', '/' and '#'"
    );
    Err(Error::new(ErrorKind::InvalidConfig, message))
}

/// The template of a stream's name.
#[derive(Clone, Debug)]
pub(super) struct StreamName(Vec<Segment>);

#[derive(Clone, Debug)]
enum Segment {
    Text(String),
    Date,
    Pid,
}

impl StreamName {
    /// # Errors
    /// Where it has a placeholder that is not known, or is empty.
    pub(super) fn new(template: &str) -> Result<Self, Error> {
        let invalid = |what: String| {
            let message = format!("log stream {template:?}: {what}");
            Err(Error::new(ErrorKind::InvalidConfig, message))
        };
        let mut segments = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('{') {
            segments.push(Segment::Text(text.to_owned()));
            let Some((name, after)) = after.split_once('}') else {
                return invalid("expected '}' after '{'".to_owned());
            };
            segments.push(match name {
                "host" => Segment::Text(host_name()),
                "name" => Segment::Text(origin::program()),
                "pid" => Segment::Pid,
                "date" => Segment::Date,
                _ => {
                    return invalid(format!(
                        "expected {{host}}, {{name}}, {{pid}} or {{date}}, found {{{name}}}"
                    ));
                }
            });
            rest = after;
        }
        segments.push(Segment::Text(rest.to_owned()));
        if template.is_empty() || template.len() > LONGEST {
            return invalid("expected 1 to 512 characters".to_owned());
        }
        if template.contains([':', '*']) {
            return invalid("':' and '*' are not allowed".to_owned());
        }
        Ok(Self(segments))
    }

    /// Returns the name at a time, in this process.
    pub(super) fn at(&self, time: Timestamp) -> String {
        let mut name = String::new();
        for segment in &self.0 {
            match segment {
                Segment::Text(text) => name.push_str(text),
                Segment::Pid => name.push_str(&host::process_id().to_string()),
                Segment::Date => {
                    name.extend(time.to_string().chars().take_while(|it| *it != 'T'));
                }
            }
        }
        let mut name = name.replace([':', '*'], "_");
        name.truncate(floor_char_boundary(&name, LONGEST));
        if name.is_empty() {
            name.push('_');
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_in() {
        let time: Timestamp = "2026-11-27T23:59:59.999Z".parse().unwrap();
        let name = |template: &str| StreamName::new(template).unwrap().at(time);
        assert_eq!(name("a/{date}b"), "a/2026-11-27b");
        assert_eq!(name("{pid}"), std::process::id().to_string());
        assert_eq!(name("{host}").replace([':', '*'], "_"), name("{host}"));
        assert!(name("x-{name}").starts_with("x-logtree"));
        for (template, what) in [
            ("", "1 to 512"),
            ("{", "expected '}'"),
            ("{user}", "found {user}"),
            ("a:b", "not allowed"),
            ("a*", "not allowed"),
            (&"x".repeat(513), "1 to 512"),
        ] {
            let error = StreamName::new(template).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        assert_eq!(name(&"x".repeat(512)).len(), 512);
    }

    #[test]
    fn groups_have_the_characters_that_the_service_allows() {
        for name in ["a", "/aws/lambda/f", "A.b-c_d#1", &"x".repeat(512)] {
            check_group(name).unwrap();
        }
        for name in ["", "a b", "a:b", "ä", &"x".repeat(513)] {
            check_group(name).unwrap_err();
        }
    }
}
