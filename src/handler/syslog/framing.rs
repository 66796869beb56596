//! Where a message ends in a stream: [`SysLogFraming`].

use std::io::Write;

/// How a [`SysLogHandler`](crate::handler::SysLogHandler) marks where a message ends. It matters on
/// streams (TCP, TLS, stream sockets of Unix); a datagram is one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SysLogFraming {
    /// The length in front, as in `5 hello`: RFC 6587, and what RFC 5425 demands with TLS. Messages
    /// may have newlines. The default over TCP and TLS. rsyslog and syslog-ng (`syslog()`) read it;
    /// Fluent Bit does not.
    OctetCounting,
    /// A newline at the end. One inside a message becomes `#012`, as receivers would take it for an
    /// end. The default on a stream socket of Unix.
    Newline,
    /// A NUL at the end, of datagrams as well. One inside a message of a stream becomes `#000`. The
    /// default of Python's form. Some receivers show the NUL, and some drop such messages.
    Nul,
    /// Nothing: messages run together on a stream, as with Python's `append_nul = False`.
    None,
}

impl SysLogFraming {
    /// Writes a message to a stream.
    pub(super) fn write(self, message: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::OctetCounting => {
                let _ = write!(out, "{} ", message.len());
                out.extend_from_slice(message);
            }
            Self::Newline => {
                write_without(message, b'\n', "#012", out);
                out.push(b'\n');
            }
            Self::Nul => {
                write_without(message, 0, "#000", out);
                out.push(0);
            }
            Self::None => out.extend_from_slice(message),
        }
    }

    /// Returns what is added to a datagram.
    pub(super) fn of_datagram(self) -> &'static [u8] {
        if self == Self::Nul { &[0] } else { &[] }
    }
}

/// Writes a message with each occurrence of a byte replaced.
fn write_without(message: &[u8], end: u8, replacement: &str, out: &mut Vec<u8>) {
    for (at, part) in message.split(|byte| *byte == end).enumerate() {
        if at > 0 {
            out.extend_from_slice(replacement.as_bytes());
        }
        out.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(framing: SysLogFraming, message: &str) -> String {
        let mut out = Vec::new();
        framing.write(message.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_message_ends_where_the_receiver_thinks_it_does() {
        use SysLogFraming::{Newline, None, Nul, OctetCounting};
        for (framing, message, expected) in [
            (OctetCounting, "", "0 "),
            (OctetCounting, "123456789", "9 123456789"),
            (OctetCounting, "1234567890", "10 1234567890"),
            (OctetCounting, "ß\n€", "6 ß\n€"),
            (Newline, "a\nb\n", "a#012b#012\n"),
            (Newline, "a\0b", "a\0b\n"),
            (Nul, "a\0b\n", "a#000b\n\0"),
            (None, "a", "a"),
        ] {
            assert_eq!(framed(framing, message), expected);
        }
    }
}
