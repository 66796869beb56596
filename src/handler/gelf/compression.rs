//! How datagrams are compressed: [`GelfCompression`].

/// How a [`GelfHandler`](crate::handler::GelfHandler) compresses datagrams. Nothing else is
/// compressed: receivers read TCP as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GelfCompression {
    /// Not at all; the default without the feature `gzip`.
    None,
    /// In gzip's format; the default with the feature `gzip`.
    #[cfg(feature = "gzip")]
    #[cfg_attr(docsrs, doc(cfg(feature = "gzip")))]
    Gzip,
    /// In zlib's format.
    #[cfg(feature = "gzip")]
    #[cfg_attr(docsrs, doc(cfg(feature = "gzip")))]
    Zlib,
}

impl Default for GelfCompression {
    fn default() -> Self {
        #[cfg(feature = "gzip")]
        return Self::Gzip;
        #[cfg(not(feature = "gzip"))]
        return Self::None;
    }
}

impl GelfCompression {
    /// Compresses a message; one that fails goes as it is, since receivers look at its first bytes.
    pub(super) fn apply(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::None => message.to_vec(),
            #[cfg(feature = "gzip")]
            Self::Gzip => packed(
                message,
                flate2::write::GzEncoder::new(Vec::new(), LEVEL),
                |it| it.finish(),
            ),
            #[cfg(feature = "gzip")]
            Self::Zlib => packed(
                message,
                flate2::write::ZlibEncoder::new(Vec::new(), LEVEL),
                |it| it.finish(),
            ),
        }
    }
}

#[cfg(feature = "gzip")]
const LEVEL: flate2::Compression = flate2::Compression::fast();

#[cfg(feature = "gzip")]
fn packed<W: std::io::Write>(
    message: &[u8],
    mut encoder: W,
    finish: impl FnOnce(W) -> std::io::Result<Vec<u8>>,
) -> Vec<u8> {
    let packed = encoder.write_all(message).and_then(|()| finish(encoder));
    packed.unwrap_or_else(|_| message.to_vec())
}
