//! `logtree pretty`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};

use logtree::formatter::{Format, Line, TimeZone};
use logtree::{Level, Registry};
use logtree_replay::{Event, Layout};
use serde_json::json;

use crate::arguments::PrettyArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Screen, json_line};

/// Prints JSON lines for reading, and other lines as they are.
pub(crate) fn pretty(
    screen: &mut Screen<'_>,
    arguments: &PrettyArguments,
) -> Result<Exit, Failure> {
    let input: Box<dyn Read> =
        match &arguments.file {
            None => Box::new(io::stdin()),
            Some(path) if path.as_os_str() == "-" => Box::new(io::stdin()),
            Some(path) => Box::new(File::open(path).map_err(|error| {
                Failure::new(format!("cannot open {}: {error}", path.display()))
            })?),
        };
    let registry = Registry::new();
    let threshold = arguments
        .level
        .as_ref()
        .map_or(Ok(Level::NOTSET), |level| {
            registry.parse_level(level).map_err(Failure::usage)
        })?;
    let format = if screen.json {
        "json"
    } else {
        &arguments.format
    };
    let printer = Printer::new(&registry, format, arguments.utc, screen.color)?;
    let (json, mut out) = (screen.json, io::BufWriter::new(&mut *screen.out));
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    // Lines without a level belong to the record before.
    let mut shown = true;
    loop {
        // Before it waits for more, what was read is shown.
        if input.buffer().is_empty() {
            out.flush()?;
        }
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        let event = Event::read_in(&registry, text);
        if let Some(event) = &event {
            shown = event.level >= threshold;
        }
        if !shown {
            continue;
        }
        let printed = match event {
            Some(event) => printer.print(&event)?,
            None if json => json_line(&json!({"text": text})),
            None => plain(text),
        };
        writeln!(out, "{printed}")?;
    }
    Ok(out.flush().map(|()| Exit::Done)?)
}

/// Returns a line that is no event, with tabs, and other controls escaped.
fn plain(text: &str) -> String {
    let mut line = Line::new();
    line.push_escaped(text);
    line.as_str().to_owned()
}

/// Prints events in a layout.
pub(super) struct Printer {
    registry: Registry,
    format: Box<dyn Format>,
    color: bool,
}

impl Printer {
    pub(super) fn new(
        registry: &Registry,
        format: &str,
        utc: bool,
        color: bool,
    ) -> Result<Self, Failure> {
        let layout: Layout = format.parse().map_err(Failure::usage)?;
        let zone = if utc { TimeZone::Utc } else { TimeZone::Local };
        Ok(Self {
            registry: registry.clone(),
            format: layout.formatter(zone)?,
            color,
        })
    }

    /// Returns an event as it is shown.
    pub(super) fn print(&self, event: &Event) -> Result<String, Failure> {
        self.line(event, self.color)
    }

    /// Returns an event without colours.
    pub(super) fn plain(&self, event: &Event) -> Result<String, Failure> {
        self.line(event, false)
    }

    fn line(&self, event: &Event, color: bool) -> Result<String, Failure> {
        let mut line = Line::new().with_color(color);
        event.with_record(&self.registry, |record| {
            self.format.format(record, &mut line)
        })?;
        Ok(line.as_str().to_owned())
    }
}
