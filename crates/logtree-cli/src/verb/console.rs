//! `logtree console`.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Screen, escaped};

/// Prints the address of the console, with its token.
pub(crate) fn console(screen: &mut Screen<'_>, fleet: &Fleet, open: bool) -> Result<Exit, Failure> {
    let count = fleet.processes().len();
    if open && count > 1 {
        let message = format!("--open is for one process, found {count}: use --pid or --name");
        return Err(Failure::usage(message));
    }
    let replies = fleet.ask(|process| {
        let response = process.client.call(&Request::get("/v1/console"))?.json()?;
        let url = response["url"].as_str().ok_or_else(|| {
            Failure::new("serves no console: it needs Endpoint::tcp and Endpoint::console")
        })?;
        if open {
            open_browser(url)?;
        }
        Ok(response)
    });
    screen.replies(replies, Value::clone, |screen, replies| {
        for (label, response) in replies {
            let url = escaped(response["url"].as_str().unwrap_or_default());
            match replies.len() {
                1 => screen.line(&url)?,
                _ => screen.line(&format!("{}: {url}", escaped(label)))?,
            }
        }
        Ok(())
    })
}

/// Starts the browser of the desktop.
fn open_browser(url: &str) -> Result<(), Failure> {
    // What the process sent becomes an argument.
    if !url.starts_with("http://") {
        return Err(Failure::new("the address of its console is none"));
    }
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let mut command = Command::new(program);
    command.arg(url).stdin(Stdio::null());
    let started = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    started
        .map(drop)
        .map_err(|error| Failure::new(format!("cannot start {program}: {error}")))
}
