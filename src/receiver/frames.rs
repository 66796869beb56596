//! What comes through a socket: [`next`], [`of_datagram`].

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

/// How long the rest of a frame may take, once it has begun.
const FRAME_WITHIN: Duration = Duration::from_secs(10);

/// The bytes of the length before each frame.
const LENGTH: usize = 4;

pub(super) const TOO_LONG: &str = "a frame that is too long";
const NOT_IN_TIME: &str = "a frame that did not end in time";
const CUT_OFF: &str = "a frame that was cut off";

/// Waits for a frame, and returns its bytes; `None` at the end of the connection.
///
/// # Errors
/// Where a frame is too long, breaks off, or does not come to its end in time. No more is to be
/// read then.
pub(super) async fn next(
    stream: &mut (impl AsyncRead + Unpin),
    longest: usize,
) -> Result<Option<Vec<u8>>, &'static str> {
    let mut length = [0; LENGTH];
    // Not begun yet: there is no hurry.
    match stream.read(&mut length[..1]).await {
        Ok(0) | Err(_) => return Ok(None),
        Ok(_) => {}
    }
    let rest = async {
        stream.read_exact(&mut length[1..]).await?;
        let length = u32::from_be_bytes(length) as usize;
        if length > longest {
            return Ok(Err(TOO_LONG));
        }
        // Grows with what comes: a length alone takes no memory.
        let mut frame = Vec::new();
        let read = (&mut *stream)
            .take(length as u64)
            .read_to_end(&mut frame)
            .await?;
        Ok::<_, io::Error>(if read == length {
            Ok(frame)
        } else {
            Err(CUT_OFF)
        })
    };
    match timeout(FRAME_WITHIN, rest).await {
        Ok(Ok(frame)) => frame.map(Some),
        Ok(Err(_)) => Err(CUT_OFF),
        Err(_) => Err(NOT_IN_TIME),
    }
}

/// Returns the frame in a datagram.
///
/// # Errors
/// Where its length is not the one that it announces.
pub(super) fn of_datagram(datagram: &[u8], longest: usize) -> Result<&[u8], &'static str> {
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
                assert_eq!(next(&mut stream, 3).await.unwrap().unwrap(), frame);
            }
            drop(peer);
            assert_eq!(next(&mut stream, 3).await, Ok(None));
        });
    }

    #[test]
    fn what_is_no_frame_ends_the_connection() {
        run(async {
            for (bytes, why) in [
                (&b"\0\0\0\x04abcd"[..], TOO_LONG),
                (b"\xff\xff\xff\xff", TOO_LONG),
                (b"\0\0", CUT_OFF),
                (b"\0\0\0\x03ab", CUT_OFF),
            ] {
                let (mut peer, mut stream) = tokio::io::duplex(64);
                peer.write_all(bytes).await.unwrap();
                drop(peer);
                assert_eq!(next(&mut stream, 3).await, Err(why));
            }
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
            assert_eq!(next(&mut stream, 64).await, Err(NOT_IN_TIME));
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
