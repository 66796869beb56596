//! What becomes of a record that is larger than an event can be: [`Oversize`].

use crate::handler::cloudwatch::events::MAX_EVENT;
use crate::text::boundary::floor_char_boundary;

/// What a [`CloudWatchHandler`](crate::handler::CloudWatchHandler) does with a record of more than
/// 1,048,550 bytes, the largest message that CloudWatch Logs takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Oversize {
    /// Makes several events of it, cut between characters, of the same time; each ends in
    /// ` part=2/3`.
    #[default]
    Split,
    /// Cuts it between characters; `…[+N]` at the end says how many bytes are missing.
    Truncate,
}

impl Oversize {
    /// Returns the messages to send for a text; none if it can be sent as it is.
    pub(super) fn parts(self, text: &str) -> Vec<String> {
        match self {
            _ if text.len() <= MAX_EVENT => Vec::new(),
            Self::Split => split(text, MAX_EVENT),
            Self::Truncate => vec![truncated(text, MAX_EVENT)],
        }
    }
}

fn split(text: &str, limit: usize) -> Vec<String> {
    for digits in 1.. {
        let room = limit - " part=/".len() - 2 * digits;
        let (mut rest, mut parts) = (text, Vec::new());
        while !rest.is_empty() {
            let (part, more) = rest.split_at(floor_char_boundary(rest, room));
            parts.push(part);
            rest = more;
        }
        let count = parts.len();
        // More parts than the digits can count leave less room in each.
        if count.to_string().len() <= digits {
            let number = 1..=count;
            let numbered = parts.into_iter().zip(number);
            return numbered
                .map(|(part, number)| format!("{part} part={number}/{count}"))
                .collect();
        }
    }
    unreachable!("the digits grow until they suffice")
}

/// Returns a text of at most so many bytes, with a mark of what is missing.
pub(super) fn truncated(text: &str, limit: usize) -> String {
    let longest = format!("…[+{}]", text.len());
    let kept = floor_char_boundary(text, limit.saturating_sub(longest.len()));
    format!("{}…[+{}]", &text[..kept], text.len() - kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_limit_is_sent_as_it_is_and_one_byte_more_in_two_parts() {
        let text = "x".repeat(MAX_EVENT);
        assert!(Oversize::Split.parts(&text).is_empty());
        assert!(Oversize::Truncate.parts(&text).is_empty());
        let text = "x".repeat(MAX_EVENT + 1);
        let parts = Oversize::Split.parts(&text);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].len(), MAX_EVENT);
        assert_eq!(parts[1], format!("{} part=2/2", "x".repeat(10)));
        let cut = Oversize::Truncate.parts(&text);
        assert_eq!(cut.len(), 1);
        assert!(
            cut[0].len() <= MAX_EVENT && cut[0].ends_with("x…[+14]"),
            "{}",
            &cut[0][MAX_EVENT - 20..]
        );
    }

    #[test]
    fn parts_put_together_are_the_text() {
        for text in ["abcdefghij".repeat(3), "ä€😀x".repeat(11), "😀".repeat(300)] {
            for limit in 24..40 {
                let parts = split(&text, limit);
                let count = parts.len();
                let mut whole = String::new();
                for (at, part) in parts.iter().enumerate() {
                    assert!(part.len() <= limit, "{part:?} of {limit}");
                    let mark = format!(" part={}/{count}", at + 1);
                    whole.push_str(part.strip_suffix(&mark).unwrap());
                }
                assert_eq!(whole, text);
                let cut = truncated(&text, limit);
                let (kept, missing) = cut.split_once("…[+").unwrap();
                let missing: usize = missing.strip_suffix(']').unwrap().parse().unwrap();
                assert!(cut.len() <= limit && text.starts_with(kept));
                assert_eq!(kept.len() + missing, text.len());
            }
        }
    }
}
