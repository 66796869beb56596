//! In which form a client wants a stream: [`Media`].

use http::{HeaderMap, header};

/// The forms of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// Server-sent events.
    Events,
    /// JSON, an object on each line.
    Lines,
    /// Text.
    Plain,
}

impl Media {
    /// Returns the form that `Accept` prefers: the first one with the highest quality.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let accepts = headers.get_all(header::ACCEPT);
        let texts = accepts.iter().filter_map(|value| value.to_str().ok());
        let ranges = texts.flat_map(|text| text.split(','));
        let mut ranges = ranges.map(str::trim).filter(|range| !range.is_empty());
        let mut ranges = ranges.by_ref().peekable();
        if ranges.peek().is_none() {
            return Some(Self::Events);
        }
        let mut best: Option<(Self, f32)> = None;
        for (media, quality) in ranges.filter_map(read) {
            if quality > best.map_or(0.0, |(_, best)| best) {
                best = Some((media, quality));
            }
        }
        best.map(|(media, _)| media)
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
            Self::Plain => "text/plain; charset=utf-8",
        }
    }
}

/// Reads a media range with its quality.
fn read(range: &str) -> Option<(Media, f32)> {
    let mut parts = range.split(';').map(str::trim);
    let media = match parts.next()?.to_ascii_lowercase().as_str() {
        "text/event-stream" | "text/*" | "*/*" => Media::Events,
        "application/x-ndjson" | "application/*" => Media::Lines,
        "text/plain" => Media::Plain,
        _ => return None,
    };
    let mut qualities = parts.filter_map(|part| part.strip_prefix("q="));
    let quality = qualities
        .next()
        .map_or(Some(1.0), |text| text.parse().ok())?;
    Some((media, quality))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_form() {
        for (accept, expected) in [
            (None, Some(Media::Events)),
            (Some(""), Some(Media::Events)),
            (Some("*/*"), Some(Media::Events)),
            (
                Some("Application/X-NDJSON ; charset=utf-8"),
                Some(Media::Lines),
            ),
            (Some("text/html, text/plain"), Some(Media::Plain)),
            (
                Some("text/plain;q=0.5, text/event-stream; q=0.9"),
                Some(Media::Events),
            ),
            (Some("text/event-stream;q=0"), None),
            (Some("text/plain;q=NaN"), None),
            (Some("image/png"), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT, accept.parse().unwrap());
            }
            assert_eq!(Media::of(&headers), expected, "{accept:?}");
        }
    }
}
