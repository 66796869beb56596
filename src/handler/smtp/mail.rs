//! Mails of one record or of many: [`Letterhead`].

use std::borrow::Cow;
use std::time::SystemTime;

use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, SinglePart};

use crate::error::{Error, ErrorKind};
use crate::handler::delivery::Entry;
use crate::time::Timestamp;

/// How many characters of a subject are sent; other programs show fewer.
const LONGEST_SUBJECT: usize = 200;

/// What all mails of a handler have.
pub(super) struct Letterhead {
    pub(super) from: Mailbox,
    pub(super) to: Vec<Mailbox>,
    /// The domain of their identifiers.
    pub(super) domain: String,
}

impl Letterhead {
    /// # Errors
    /// Where there is no recipient.
    pub(super) fn envelope(&self) -> Result<Envelope, Error> {
        let to = self.to.iter().map(|mailbox| mailbox.email.clone());
        let envelope = Envelope::new(Some(self.from.email.clone()), to.collect());
        envelope.map_err(|_| Error::new(ErrorKind::InvalidConfig, "expected an address to send to"))
    }

    /// Returns the mail for entries, as a server takes it. The same entries have the same
    /// `Message-ID`, by which receivers drop duplicates.
    ///
    /// # Errors
    /// None that is known: the headers are checked when the handler is made.
    pub(super) fn mail(&self, entries: &[Entry]) -> Result<Vec<u8>, Error> {
        let failed = |error: &dyn std::error::Error| {
            Error::new(
                ErrorKind::InvalidRequest,
                format!("cannot make a mail: {error}"),
            )
        };
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return Err(Error::new(ErrorKind::InvalidRequest, "a mail of no record"));
        };
        let contents = entries.iter().map(|entry| Content::of(entry.payload()));
        let contents: Vec<_> = contents.collect();
        let severest = entries.iter().enumerate().fold(0, |severest, (at, entry)| {
            match entry.level() > entries[severest].level() {
                true => at,
                false => severest,
            }
        });
        let mut subject = one_line(&contents[severest].subject);
        if entries.len() > 1 {
            subject = format!("{subject} [{} records]", entries.len());
        }
        let texts: Vec<_> = contents.iter().map(|content| &*content.text).collect();
        let text = texts.join("\n");
        let id = format!("<{}-{:x}@{}>", first.uid(), last.sequence(), self.domain);
        let mut message = Message::builder().from(self.from.clone());
        for mailbox in &self.to {
            message = message.to(mailbox.clone());
        }
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        let message = message
            .subject(subject)
            .date(date(last.time()))
            .message_id(Some(id))
            .raw_header(automatic)
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(body(&text)),
            );
        Ok(message.map_err(|error| failed(&error))?.formatted())
    }
}

/// What an entry holds.
pub(super) struct Content<'e> {
    pub(super) subject: Cow<'e, str>,
    pub(super) text: Cow<'e, str>,
}

impl<'e> Content<'e> {
    /// Encodes a subject and a text.
    pub(super) fn push(subject: &str, text: &str, payload: &mut Vec<u8>) {
        payload.extend_from_slice(one_line(subject).as_bytes());
        payload.push(b'\n');
        payload.extend_from_slice(text.as_bytes());
    }

    pub(super) fn of(payload: &'e [u8]) -> Self {
        let at = payload.iter().position(|byte| *byte == b'\n');
        let at = at.unwrap_or(payload.len());
        Self {
            subject: String::from_utf8_lossy(&payload[..at]),
            text: String::from_utf8_lossy(payload.get(at + 1..).unwrap_or_default()),
        }
    }
}

/// Returns a text as a header can have it: a newline in it would begin another header.
fn one_line(text: &str) -> String {
    let is_break =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    let mut line = text.replace(is_break, " ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST_SUBJECT) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Returns a text in the encoding that suits it. A carriage return by itself would end a line for
/// some servers, and not for others.
fn body(text: &str) -> Body {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_plain = |character: char| !character.is_ascii_control() || "\n\t".contains(character);
    if text.chars().all(is_plain) {
        return Body::new(text);
    }
    let encoding = ContentTransferEncoding::QuotedPrintable;
    Body::new_with_encoding(text, encoding)
        .unwrap_or_else(|text| Body::dangerous_pre_encoded(text, ContentTransferEncoding::Binary))
}

/// What is before 1970 has no date in a mail.
fn date(time: Timestamp) -> SystemTime {
    SystemTime::from(time).max(SystemTime::UNIX_EPOCH)
}

/// Returns a mail as it is sent after `DATA`: the line with a dot alone ends it, so lines that
/// begin with one have another.
pub(super) fn with_dots(mail: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(mail.len() + 64);
    let mut begins = true;
    for byte in mail {
        if begins && *byte == b'.' {
            sent.push(b'.');
        }
        sent.push(*byte);
        begins = *byte == b'\n';
    }
    if !begins {
        sent.extend_from_slice(b"\r\n");
    }
    sent.extend_from_slice(b".\r\n");
    sent
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::level::Level;

    fn mail(texts: &[(&str, &str)]) -> String {
        let letterhead = Letterhead {
            from: "App <app@example.com>".parse().unwrap(),
            to: vec!["ops@example.com".parse().unwrap()],
            domain: "web1".to_owned(),
        };
        let entries: Vec<_> = texts
            .iter()
            .map(|(subject, text)| {
                let mut payload = Vec::new();
                Content::push(subject, text, &mut payload);
                Entry::new(Level::ERROR, Timestamp::from_nanos(0), "app", payload)
            })
            .collect();
        String::from_utf8(letterhead.mail(&entries).unwrap()).unwrap()
    }

    /// The headers, each with the lines that it continues on.
    fn headers(mail: &str) -> Vec<String> {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let mut headers: Vec<String> = Vec::new();
        for line in head.split("\r\n") {
            match headers.last_mut() {
                Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
                _ => headers.push(line.to_owned()),
            }
        }
        headers
    }

    const NAMES: [&str; 9] = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ];

    proptest! {
        #[test]
        fn no_text_makes_a_header(
            subject in "(?s)(.|[\r\n\t\0 :]|Bcc: ann@example.com|\u{85}|\u{2028}|xxxxxxxxxxxxx){0,80}",
            text in "(?s)(.|[\r\n\t\0 .]|Bcc: ann@example.com|xxxxxxxxxxxxx){0,80}",
        ) {
            let mail = mail(&[(&subject, &text)]);
            prop_assert!(mail.is_ascii());
            for line in mail.split("\r\n") {
                prop_assert!(line.len() <= 998 && !line.contains(['\r', '\n', '\0']), "{mail:?}");
            }
            let headers = headers(&mail);
            let names: Vec<_> = headers.iter().map(|it| it.split(':').next().unwrap()).collect();
            prop_assert_eq!(names, NAMES);
        }

        /// A server finds the end of a mail where it is, and nowhere before.
        #[test]
        fn only_the_end_looks_like_it(lines in prop::collection::vec("[.x]{0,3}", 0..20)) {
            let text = lines.join("\r\n");
            let sent = String::from_utf8(with_dots(text.as_bytes())).unwrap();
            let received: Vec<_> = sent
                .split_inclusive("\r\n")
                .take_while(|line| *line != ".\r\n")
                .map(|line| line.strip_prefix('.').unwrap_or(line))
                .collect();
            let end = if text.is_empty() || text.ends_with("\r\n") { "" } else { "\r\n" };
            prop_assert_eq!(received.concat(), format!("{text}{end}"));
            prop_assert!(sent.ends_with(".\r\n") && !sent.contains("\r\n.\r\nx"));
        }
    }

    #[test]
    fn the_subject_ends_after_200_characters() {
        for (count, expected) in [(199, 199), (200, 200), (201, 201)] {
            let subject = one_line(&"ö".repeat(count));
            assert_eq!(subject.chars().count(), expected);
            assert_eq!(subject.ends_with('…'), count > 200);
        }
    }

    #[test]
    fn times_before_1970_have_the_first_date() {
        let time = Timestamp::from_nanos(-1);
        assert_eq!(date(time), SystemTime::UNIX_EPOCH);
        assert!(mail(&[("a", "b")]).contains("\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\n"));
    }

    #[test]
    fn a_payload_is_a_subject_and_a_text() {
        for (subject, text) in [("", ""), ("a", ""), ("", "b"), ("a", "b\nc")] {
            let mut payload = Vec::new();
            Content::push(subject, text, &mut payload);
            let content = Content::of(&payload);
            assert_eq!((&*content.subject, &*content.text), (subject, text));
        }
        // What another handler has spooled is no panic.
        assert_eq!(Content::of(b"\xff").text, "");
    }
}
