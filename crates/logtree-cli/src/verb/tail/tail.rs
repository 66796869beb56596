//! Records as they are logged: [`tail`].

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use logtree::time::Timestamp;
use logtree::{Level, LevelSpec, Registry};
use logtree_replay::Event;
use serde_json::{Value, json};

use crate::arguments::{TailArguments, Target};
use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Screen, escaped, json_line};
use crate::verb::pretty::Printer;
use crate::verb::tail::feed::{Feed, Followed, Sent};
use crate::verb::tail::merge::Merge;

/// How long a record waits for earlier ones of other processes.
const WINDOW: Duration = Duration::from_millis(200);

/// Prints records of all processes, by time.
pub(crate) fn tail(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    target: &Target,
    arguments: &TailArguments,
) -> Result<Exit, Failure> {
    let registry = Registry::new();
    let printer = Printer::new(&registry, &arguments.format, arguments.utc, screen.color)?;
    let request = request(&registry, arguments)?;
    let (sender, receiver) = mpsc::sync_channel(1024);
    let processes = fleet.processes();
    // The process of a number does not come back.
    let is_once = arguments.once || !target.pid.is_empty();
    let followed = Arc::new(Followed::default());
    for process in processes {
        followed.add(&process.address);
    }
    for (number, process) in processes.iter().enumerate() {
        let feed = Feed {
            number,
            name: process.name.clone(),
            address: process.address.clone(),
            target: (!is_once).then(|| target.clone()),
            followed: Arc::clone(&followed),
            last_id: None,
            client: process.client.clone(),
            request: request.clone(),
            registry: registry.clone(),
            sender: sender.clone(),
        };
        feed.start();
    }
    drop(sender);
    let labels: Vec<_> = processes
        .iter()
        .map(|process| escaped(&process.label()))
        .collect();
    let mut shown = Shown {
        labels,
        printer: &printer,
        arguments,
        left: arguments.limit.unwrap_or(u64::MAX),
    };
    // Alone, there is nothing to wait for.
    let window = if processes.len() == 1 {
        Duration::ZERO
    } else {
        WINDOW
    };
    let mut merge = Merge::new(window);
    let (mut latest, mut failed) = (Timestamp::from_nanos(i64::MIN), false);
    loop {
        while let Some((number, sent)) = merge.pop(Instant::now()) {
            if shown.show(screen, number, &sent)? {
                return Ok(Exit::failed_if(failed));
            }
        }
        let now = Instant::now();
        let wait = merge
            .due()
            .map_or(Duration::MAX, |due| due.saturating_duration_since(now));
        let received = match wait {
            Duration::MAX => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            wait => receiver.recv_timeout(wait),
        };
        match received {
            Ok((number, sent)) => {
                failed |= matches!(sent, Sent::End(Err(_)));
                if matches!(sent, Sent::Note(Value::Null)) {
                    continue;
                }
                let time = match &sent {
                    Sent::Record { event, .. } => event.time,
                    _ => None,
                };
                // What has no time stands where it arrived.
                let time = time.unwrap_or(latest);
                latest = latest.max(time);
                merge.push(time, (number, sent), Instant::now());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    while let Some((number, sent)) = merge.pop_any() {
        if shown.show(screen, number, &sent)? {
            break;
        }
    }
    Ok(Exit::failed_if(failed))
}

/// Returns what each process is asked.
fn request(registry: &Registry, arguments: &TailArguments) -> Result<Request, Failure> {
    if let Some(spec) = &arguments.level {
        // Names of levels may be the process's own, which says so itself.
        let spec = LevelSpec::parse_in(registry, spec);
        let is_other = |message: &str| message.starts_with("unknown level");
        if let Some(problem) = spec.problems().iter().find(|one| !is_other(one.message())) {
            return Err(Failure::usage(format!("--level: {}", problem.message())));
        }
    }
    let lines = (arguments.lines > 0).then(|| arguments.lines.to_string());
    let request = Request::get("/v1/tail")
        .query("level", arguments.level.clone())
        .query("logger", arguments.logger.clone());
    let key_values = arguments.kv.iter();
    let request = key_values.fold(request, |request, kv| request.query("kv", kv.clone()));
    Ok(request
        .query("backlog", lines)
        .header("Accept", "text/event-stream"))
}

/// What is printed.
struct Shown<'t> {
    labels: Vec<String>,
    printer: &'t Printer,
    arguments: &'t TailArguments,
    /// How many records are still to be shown.
    left: u64,
}

impl Shown<'_> {
    /// Prints what a process sent. Returns whether that was the last.
    fn show(
        &mut self,
        screen: &mut Screen<'_>,
        number: usize,
        sent: &Sent,
    ) -> Result<bool, Failure> {
        if let Sent::Back(label) = sent {
            self.labels[number] = escaped(label);
        }
        let label = &self.labels[number];
        match sent {
            Sent::Record { json, event } => {
                if !self.passes(event)? {
                    return Ok(false);
                }
                let text = match screen.json {
                    true => json_line(&json!({"process": label, "record": json})),
                    false if self.labels.len() == 1 => self.printer.print(event)?,
                    false => format!("{label} {}", self.printer.print(event)?),
                };
                screen.line(&text)?;
                screen.out.flush()?;
                self.left -= 1;
                let is_error = event.level >= Level::ERROR;
                return Ok(self.left == 0 || self.arguments.until_error && is_error);
            }
            Sent::Note(note) if screen.json => {
                screen.line(&json_line(&json!({"process": label, "note": note})))?;
            }
            Sent::Note(note) => screen.notice(&format!("{label}: {}", note_text(note))),
            Sent::Back(_) if screen.json => {
                screen.line(&json_line(&json!({"process": label, "back": true})))?;
            }
            Sent::Back(_) => screen.notice(&format!("{label}: is back")),
            Sent::End(end) | Sent::Lost(end) => {
                let mut text = match end {
                    Ok(()) => "ended".to_owned(),
                    Err(failure) => failure.message.clone(),
                };
                if matches!(sent, Sent::Lost(_)) {
                    text.push_str("; waiting for it to come back");
                }
                if screen.json {
                    screen.line(&json_line(&json!({"process": label, "end": text})))?;
                } else {
                    screen.notice(&format!("{label}: {text}"));
                }
            }
        }
        Ok(false)
    }

    /// Reports whether a record's text matches, without colours and as it is printed.
    fn passes(&self, event: &Event) -> Result<bool, Failure> {
        let Some(pattern) = &self.arguments.grep else {
            return Ok(true);
        };
        Ok(pattern.is_match(&event.message) || pattern.is_match(&self.printer.plain(event)?))
    }
}

/// Returns what a note says: `dropped 312 DEBUG, 4 INFO`.
fn note_text(note: &Value) -> String {
    let counts = |counts: &Value| -> Option<String> {
        let counts = counts.as_object()?.iter();
        let counts: Vec<_> = counts
            .map(|(level, count)| format!("{count} {level}"))
            .collect();
        Some(counts.join(", "))
    };
    match note.get("dropped").and_then(counts) {
        Some(counts) => format!("dropped {counts}, as they came too fast"),
        None => note.to_string(),
    }
}
