//! The bytes of a stream: [`Frames`].

use std::fmt::Write;

use hyper::body::Bytes;
use serde_json::json;

use crate::control::endpoint::tail::accept::Media;
use crate::control::tail::{Batch, Dropped, Event, Gap, Tails};
use crate::formatter::{Format, Formatter, JsonFormatter, Line};
use crate::record::Record;

/// Writes what a tail gets in the form that its client wants.
pub(super) struct Frames {
    tails: Tails,
    media: Media,
    /// [`None`] writes JSON.
    text: Option<Formatter>,
    json: JsonFormatter,
}

/// The members that records have in addition.
const ADDED: [&str; 4] = ["levelNumber", "seq", "pid", "span"];

impl Frames {
    pub(super) fn new(tails: Tails, media: Media, is_json: bool) -> Self {
        let text = (!is_json).then(|| Formatter::preset(Formatter::BOTO3).build_preset());
        Self {
            tails,
            media,
            text,
            json: JsonFormatter::builder().reserving(&ADDED).build(),
        }
    }

    /// Returns what a stream begins with.
    pub(super) fn opening(&self) -> Option<Bytes> {
        (self.media == Media::Events).then(|| Bytes::from_static(b"retry: 1000\n\n"))
    }

    /// Returns what shows that the connection is alive.
    pub(super) fn sign_of_life(&self) -> Option<Bytes> {
        match self.media {
            Media::Events => Some(Bytes::from_static(b":\n\n")),
            // An empty line, which readers of JSON pass over.
            Media::Lines => Some(Bytes::from_static(b"\n")),
            Media::Plain => None,
        }
    }

    pub(super) fn batch(&self, batch: &Batch) -> Bytes {
        let mut out = String::new();
        if let Some(gap) = &batch.gap {
            self.gap(gap, &mut out);
        }
        if let Some(dropped) = &batch.dropped {
            self.dropped(dropped, &mut out);
        }
        for event in &batch.events {
            self.record(event, &mut out);
        }
        out.into()
    }

    fn gap(&self, gap: &Gap, out: &mut String) {
        let after = gap.after.to_string();
        if self.media == Media::Plain {
            let count = gap.records.map(|records| records.to_string());
            let count = count.unwrap_or_else(|| "an unknown number of".to_owned());
            let hidden = if gap.hidden { ", and hidden ones" } else { "" };
            let _ = writeln!(out, "# gap after {after}: {count} records{hidden}");
            return;
        }
        let (records, hidden) = (gap.records, gap.hidden);
        let data = json!({"gap": {"after": after, "records": records, "hidden": hidden}});
        self.notice("gap", &data, out);
    }

    fn dropped(&self, dropped: &Dropped, out: &mut String) {
        let counts = dropped.counts.iter();
        let counts = counts.map(|(level, count)| (self.tails.level_name(*level), *count));
        let since = dropped.since.to_string();
        if self.media == Media::Plain {
            let counts: Vec<_> = counts
                .map(|(level, count)| format!("{count} {}", level.escape_debug()))
                .collect();
            let _ = writeln!(out, "# dropped since {since}: {}", counts.join(", "));
            return;
        }
        let mut by_name = serde_json::Map::new();
        for (name, count) in counts {
            // Two levels may have one name.
            let before = by_name.get(&name).and_then(serde_json::Value::as_u64);
            by_name.insert(name, (before.unwrap_or_default() + count).into());
        }
        let data = json!({"dropped": by_name, "since": since});
        self.notice("dropped", &data, out);
    }

    fn notice(&self, event: &str, data: &serde_json::Value, out: &mut String) {
        if self.media == Media::Events {
            let _ = write!(out, "event: {event}\ndata: {data}\n\n");
        } else {
            let _ = writeln!(out, "{data}");
        }
    }

    fn record(&self, event: &Event, out: &mut String) {
        let text = self.text(event);
        if self.media != Media::Events {
            out.push_str(&text);
            out.push('\n');
            return;
        }
        let position = self.tails.position(event);
        let _ = write!(out, "id: {position}\nevent: record\n");
        // Each of these ends a line of the stream.
        for line in text.split(['\n', '\r']) {
            let _ = writeln!(out, "data: {line}");
        }
        out.push('\n');
    }

    fn text(&self, event: &Event) -> String {
        let record = event.record().as_record();
        match &self.text {
            Some(formatter) => formatted(formatter, &record),
            None => self.object(event.seq, &record),
        }
    }

    fn object(&self, seq: u64, record: &Record<'_>) -> String {
        let mut object = formatted(&self.json, record);
        object.pop();
        let (level, pid) = (record.level().number(), record.process_id());
        let span = json!(record.rare_fields().spans.as_ref().map(ToString::to_string));
        let _ = write!(
            object,
            ",\"levelNumber\":{level},\"seq\":{seq},\"pid\":{pid},\"span\":{span}}}"
        );
        object
    }
}

/// What is kept of a record is formatted without an error.
fn formatted(format: &dyn Format, record: &Record<'_>) -> String {
    let mut line = Line::new();
    let _ = format.format(record, &mut line);
    line.as_str().to_owned()
}
