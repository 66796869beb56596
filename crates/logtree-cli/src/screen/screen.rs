//! Where a verb prints: [`Screen`].

use std::io::{self, IsTerminal, Write};

use logtree::formatter::ColorChoice;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Reply;
use crate::screen::escape::{escaped, json_lines};
use crate::screen::table::Table;

/// Where a verb prints: results to `out`, everything else to `errors`.
pub(crate) struct Screen<'w> {
    pub(crate) out: &'w mut dyn Write,
    pub(crate) errors: &'w mut dyn Write,
    /// Whether JSON was asked for.
    pub(crate) json: bool,
    /// Whether `out` is a terminal.
    pub(crate) terminal: bool,
    /// Whether `out` shows colours.
    pub(crate) color: bool,
}

impl<'w> Screen<'w> {
    pub(crate) fn new<O: Write + IsTerminal>(
        out: &'w mut O,
        errors: &'w mut dyn Write,
        json: bool,
        color: ColorChoice,
    ) -> Self {
        Self {
            terminal: out.is_terminal(),
            color: color.resolve(out),
            out,
            errors,
            json,
        }
    }

    /// Prints a line of the result; nothing of it was sent by a process unescaped.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    pub(crate) fn table(&mut self, table: Table) -> io::Result<()> {
        let text = match self.terminal {
            true => table.aligned(self.color),
            false => table.tabbed(),
        };
        self.line(&text)
    }

    pub(crate) fn json(&mut self, value: &Value) -> io::Result<()> {
        self.line(&json_lines(value))
    }

    /// Prints what is no result, such as a failure.
    pub(crate) fn notice(&mut self, text: &str) {
        // If nothing can be printed, that cannot either.
        let _ = writeln!(self.errors, "logtree: {}", escaped(text));
    }

    /// Asks the user for a yes. Without a terminal to ask on and to answer from, there is none.
    #[cfg(feature = "fleet")]
    pub(crate) fn is_agreed(&mut self, question: &str) -> bool {
        if self.json || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return false;
        }
        let asked = write!(self.errors, "logtree: {} [y/N] ", escaped(question));
        let mut answer = String::new();
        let asked = asked.and_then(|()| self.errors.flush());
        let read = asked.and_then(|()| io::stdin().read_line(&mut answer));
        read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
    }

    /// Prints what several processes said: as JSON, or by `show`, with failures as notices. Returns
    /// whether one failed.
    pub(crate) fn replies<R>(
        &mut self,
        replies: Vec<Reply<'_, R>>,
        as_json: impl Fn(&R) -> Value,
        show: impl FnOnce(&mut Self, &[(String, R)]) -> Result<(), Failure>,
    ) -> Result<Exit, Failure> {
        let failed = replies.iter().any(|reply| reply.result.is_err());
        if self.json {
            let all = replies.iter().map(|reply| match &reply.result {
                Ok(result) => json!({"process": reply.process.json(), "result": as_json(result)}),
                Err(failure) => {
                    json!({"process": reply.process.json(), "error": failure.message})
                }
            });
            let all = Value::Array(all.collect());
            self.json(&all)?;
            return Ok(Exit::failed_if(failed));
        }
        let mut good = Vec::new();
        for reply in replies {
            let label = reply.process.label();
            match reply.result {
                Ok(result) => good.push((label, result)),
                Err(failure) => self.notice(&format!("{label}: {failure}")),
            }
        }
        if !good.is_empty() {
            show(self, &good)?;
        }
        Ok(Exit::failed_if(failed))
    }
}
