//! The whole program: [`run`].

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Cli, Verb};
use crate::discovery::search;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::Screen;
use crate::verb;

/// Does what the arguments say, of which the first is the program's name. Results go to `out`,
/// which decides on tables and colours, everything else to `errors`.
pub fn run<O: Write + IsTerminal>(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut O,
    errors: &mut dyn Write,
) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, out, errors),
    };
    let mut screen = Screen::new(out, errors, cli.json, cli.color.into());
    let exit = match perform(&cli, &mut screen) {
        Ok(exit) => exit,
        Err(failure) => {
            // The reader has enough: `logtree levels | head`.
            if failure.is_broken_pipe() {
                return Exit::Done.into();
            }
            screen.notice(&failure.message);
            failure.exit
        }
    };
    match screen.out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Exit::Failed.into(),
        _ => exit.into(),
    }
}

/// Prints help, the version, or what is wrong.
fn refuse(error: &clap::Error, out: &mut dyn Write, errors: &mut dyn Write) -> ExitCode {
    let text = error.render().to_string();
    let printed = match error.use_stderr() {
        true => write!(errors, "{text}"),
        false => write!(out, "{text}"),
    };
    let is_good = printed.is_ok() && !error.use_stderr();
    if is_good { Exit::Done } else { Exit::Usage }.into()
}

fn perform(cli: &Cli, screen: &mut Screen<'_>) -> Result<Exit, Failure> {
    match &cli.verb {
        Verb::Check(arguments) => return verb::check(screen, arguments),
        Verb::Replay(arguments) => return verb::replay(screen, arguments),
        Verb::Pretty(arguments) => return verb::pretty(screen, arguments),
        Verb::Completions { shell } => return verb::completions(screen, *shell),
        _ => {}
    }
    #[cfg(feature = "fleet")]
    if let Some(exit) = crate::etcd::perform(cli, screen)? {
        return Ok(exit);
    }
    let found = search(&cli.target)?;
    for failure in &found.refused {
        screen.notice(&failure.message);
    }
    let fleet = Fleet::new(found.processes)?;
    let exit = match &cli.verb {
        Verb::Ps => verb::ps(screen, &fleet),
        Verb::Levels(arguments) => verb::levels(screen, &fleet, arguments),
        Verb::Set(arguments) => verb::set(screen, &fleet, arguments),
        Verb::Clear(arguments) => verb::clear(screen, &fleet, arguments),
        Verb::Off(_) => verb::switch(screen, &fleet, true),
        Verb::On(_) => verb::switch(screen, &fleet, false),
        Verb::Tail(arguments) => verb::tail(screen, &fleet, &cli.target, arguments),
        Verb::Groups(arguments) => verb::groups(screen, &fleet, arguments),
        Verb::Handlers => verb::handlers(screen, &fleet),
        Verb::Audit => verb::audit(screen, &fleet),
        Verb::Console { open } => verb::console(screen, &fleet, *open),
        Verb::CompleteNames => verb::complete_names(screen, &fleet),
        Verb::V2(v2) => verb::v2(screen, &fleet, v2),
        Verb::Check(_) | Verb::Replay(_) | Verb::Pretty(_) | Verb::Completions { .. } => {
            Ok(Exit::Done)
        }
        #[cfg(feature = "fleet")]
        Verb::Status(_) | Verb::Undo(_) | Verb::Export | Verb::Import(_) => Ok(Exit::Done),
    }?;
    Ok(match exit {
        Exit::Done => Exit::failed_if(!found.refused.is_empty()),
        exit => exit,
    })
}
