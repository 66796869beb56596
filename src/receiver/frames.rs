//! What comes through a socket: [`next`], [`of_datagram`].

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, copy, sink};
use tokio::time::timeout;

/// How long the rest of a frame may take, once it has begun.
const FRAME_WITHIN: Duration = Duration::from_secs(10);

/// The bytes of the length before each frame.
pub(super) const LENGTH: usize = 4;

/// Why something is refused.
pub(super) type Refused = &'static str;

pub(super) const TOO_LONG: Refused = "a frame that is too long";
const NOT_IN_TIME: Refused = "a frame that did not end in time";
const CUT_OFF: Refused = "a frame that was cut off";

/// What comes next on a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Frame(Vec<u8>),
    /// A frame was left out, and another one may follow.
    Refused(Refused),
    /// No more is to be read.
    Broken(Refused),
    End,
}

/// Waits for a frame. Nothing beyond it is read.
pub(super) async fn next(stream: &mut (impl AsyncRead + Unpin), longest: usize) -> Next {
    let mut length = [0; LENGTH];
    // Not begun yet: there is no hurry.
    let begun = match stream.read(&mut length).await {
        Ok(0) | Err(_) => return Next::End,
        Ok(count) => count,
    };
    let mut too_late = NOT_IN_TIME;
    let rest = async {
        stream.read_exact(&mut length[begun..]).await?;
        let length = u64::from(u32::from_be_bytes(length));
        let mut rest = stream.take(length);
        if length > longest as u64 {
            too_late = TOO_LONG;
            let is_whole = copy(&mut rest, &mut sink()).await? == length;
            return Ok(if is_whole {
                Next::Refused(TOO_LONG)
            } else {
                Next::Broken(TOO_LONG)
            });
        }
        // Grows with what comes: a length alone takes no memory.
        let mut frame = Vec::new();
        let is_whole = rest.read_to_end(&mut frame).await? as u64 == length;
        Ok::<_, io::Error>(if is_whole {
            Next::Frame(frame)
        } else {
            Next::Broken(CUT_OFF)
        })
    };
    match timeout(FRAME_WITHIN, rest).await {
        Ok(Ok(next)) => next,
        Ok(Err(_)) => Next::Broken(CUT_OFF),
        Err(_) => Next::Broken(too_late),
    }
}

/// Returns the frame in a datagram.
///
/// # Errors
/// Where its length is not the one that it announces.
pub(super) fn of_datagram(datagram: &[u8], longest: usize) -> Result<&[u8], Refused> {
    let (length, frame) = datagram.split_first_chunk().ok_or(CUT_OFF)?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > longest {
        return Err(TOO_LONG);
    }
    if length == frame.len() {
        Ok(frame)
    } else {
        Err(CUT_OFF)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::runtime::Builder;
    use tokio::time::{Instant, sleep};

    use super::*;

    /// With a clock that goes on when nothing else does.
    fn run(test: impl Future<Output = ()>) {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        runtime.unwrap().block_on(test);
    }

    #[test]
    fn frames_end_where_their_lengths_say() {
        run(async {
            let (mut peer, mut stream) = tokio::io::duplex(64);
            peer.write_all(b"\0\0\0\x03abc\0\0\0\0\0\0\0\x02de")
                .await
                .unwrap();
            for frame in [&b"abc"[..], b"", b"de"] {
                assert_eq!(next(&mut stream, 3).await, Next::Frame(frame.to_vec()));
            }
            drop(peer);
            assert_eq!(next(&mut stream, 3).await, Next::End);
        });
    }

    #[test]
    fn what_is_no_frame_ends_the_connection() {
        run(async {
            for (bytes, why) in [
                (&b"\xff\xff\xff\xff"[..], TOO_LONG),
                (b"\0\0\0\x05abcd", TOO_LONG),
                (b"\0\0", CUT_OFF),
                (b"\0\0\0\x03ab", CUT_OFF),
            ] {
                let (mut peer, mut stream) = tokio::io::duplex(64);
                peer.write_all(bytes).await.unwrap();
                drop(peer);
                assert_eq!(next(&mut stream, 3).await, Next::Broken(why));
            }
        });
    }

    #[test]
    fn what_follows_a_frame_that_is_too_long_is_read() {
        run(async {
            let (mut peer, mut stream) = tokio::io::duplex(64);
            let sending = tokio::spawn(async move {
                let long = [&100_000_u32.to_be_bytes()[..], &[b'x'; 100_000]].concat();
                peer.write_all(&long).await.unwrap();
                peer.write_all(b"\0\0\0\x03abc").await.unwrap();
            });
            assert_eq!(next(&mut stream, 3).await, Next::Refused(TOO_LONG));
            assert_eq!(next(&mut stream, 3).await, Next::Frame(b"abc".to_vec()));
            assert_eq!(next(&mut stream, 3).await, Next::End);
            sending.await.unwrap();
        });
    }

    /// What is left is the system's, which resets the connection at its end.
    #[test]
    fn nothing_beyond_a_frame_is_read() {
        run(async {
            let (mut peer, mut stream) = tokio::io::duplex(64);
            peer.write_all(b"\0\0\0\x03abc\0\0\0\x03def").await.unwrap();
            drop(peer);
            assert_eq!(next(&mut stream, 3).await, Next::Frame(b"abc".to_vec()));
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.unwrap();
            assert_eq!(rest, b"\0\0\0\x03def");
        });
    }

    #[test]
    fn a_frame_that_drips_is_given_up_in_time_and_an_idle_connection_is_not() {
        run(async {
            let (mut peer, mut stream) = tokio::io::duplex(64);
            let dripping = tokio::spawn(async move {
                sleep(1_000 * FRAME_WITHIN).await;
                for byte in b"\0\0\0\x40abcdefghijklmnopqrst" {
                    if peer.write_all(&[*byte]).await.is_err() {
                        return;
                    }
                    sleep(FRAME_WITHIN / 10).await;
                }
            });
            let start = Instant::now();
            assert_eq!(next(&mut stream, 64).await, Next::Broken(NOT_IN_TIME));
            assert_eq!(start.elapsed().as_secs(), (1_001 * FRAME_WITHIN).as_secs());
            drop(stream);
            dripping.await.unwrap();
        });
    }

    #[test]
    fn a_datagram_is_one_frame() {
        assert_eq!(of_datagram(b"\0\0\0\x02ab", 2), Ok(&b"ab"[..]));
        for datagram in [
            &b"\0\0\0"[..],
            b"\0\0\0\x02a",
            b"\0\0\0\x02abc",
            b"\0\0\0\x03abc",
        ] {
            assert!(of_datagram(datagram, 2).is_err());
        }
    }
}
