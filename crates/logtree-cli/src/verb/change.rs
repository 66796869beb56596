//! What verbs that change something have in common.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::Request;
use crate::discovery::Process;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Reply;
use crate::screen::{Screen, escaped};

/// What a process says to a change.
#[derive(Deserialize)]
pub(super) struct Changed {
    #[serde(default)]
    revision: Option<u64>,
    #[serde(default)]
    warnings: Vec<String>,
    /// What was changed, for reading.
    #[serde(skip)]
    what: String,
}

/// Makes a change, if the revision is the expected one.
pub(super) fn make(
    process: &Process,
    request: Request,
    if_revision: Option<u64>,
    what: impl Into<String>,
) -> Result<Changed, Failure> {
    let request = at(request, if_revision);
    let changed: Changed = process.client.call(&request)?.read()?;
    Ok(Changed {
        what: what.into(),
        ..changed
    })
}

/// Makes a request hold for one revision only.
pub(super) fn at(request: Request, revision: Option<u64>) -> Request {
    match revision {
        Some(revision) => request.header("If-Match", format!("\"{revision}\"")),
        None => request,
    }
}

/// Says per process what happened.
pub(super) fn show(
    screen: &mut Screen<'_>,
    replies: Vec<Reply<'_, Changed>>,
) -> Result<Exit, Failure> {
    let as_json = |changed: &Changed| -> Value {
        json!({
            "revision": changed.revision,
            "changed": changed.what,
            "warnings": changed.warnings,
        })
    };
    screen.replies(replies, as_json, |screen, replies| {
        for (label, changed) in replies {
            let revision = match changed.revision {
                Some(revision) => format!(" (revision {revision})"),
                None => String::new(),
            };
            screen.line(&escaped(&format!("{label}: {}{revision}", changed.what)))?;
            for warning in &changed.warnings {
                screen.notice(&format!("{label}: {warning}"));
            }
        }
        Ok(())
    })
}
